"""The records of an export job, as a file in one of its formats."""

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO
from xml.sax.saxutils import XMLGenerator

import orjson

from pims_api.domain.category import DEFAULT_CATALOG_ID
from pims_api.domain.values.scope import GLOBAL, Scope, parse_scope
from pims_api.errors import NotFound
from pims_api.jobs.job_run import JobRun
from pims_api.services.outlets.export_jobs import ExportPlan
from pims_api.storage.snapshot import take_snapshot
from pims_api.transfer.csv.write import open_csv_writer
from schemas.sigma.catalogs.catalog import catalog_id
from schemas.sigma.ids import schema_id
from views.callers import Caller
from views.sigma.actions.files.exporting import exported_names, exported_objects

_PROGRESS_EVERY = 1_000

Objects = Iterator[dict[str, Any]]


def write_records(run: JobRun, plan: ExportPlan, file: BinaryIO) -> int:
    """Write the records of a plan to a file, as they are for who set it up; return how many."""
    with run.database.reading(deadline=False) as connection:
        seen = take_snapshot(run.database, connection, run.job.tenant_id)
        sight = run.seeing(connection)(seen.definition)
        caller = Caller(run.job.tenant_id, run.actor, run.key(connection), sight.role)
        query = _query(seen.definition, plan)
        scope = GLOBAL if plan.scope is None else Scope(parse_scope(plan.scope))
        plain = plan.scope is not None or plan.format == "csv"
        objects = exported_objects(seen, caller, query, scope if plain else None)
        counted = _Counted(run, objects)
        if plan.format == "csv":
            _write_csv(file, exported_names(seen, sight, query["schemaId"]), counted)
        else:
            _WRITERS[plan.format](file, counted)
    return counted.count


class _Counted:
    """Records that are counted as they pass, with progress told now and then."""

    def __init__(self, run: JobRun, objects: Objects) -> None:
        self._run, self._objects, self.count = run, objects, 0

    def __iter__(self) -> Objects:
        for one in self._objects:
            self.count += 1
            if self.count % _PROGRESS_EVERY == 0:
                self._run.check_stop()
                self._run.save({"done": self.count, "total": None})
            yield one


def _query(definition: Any, plan: ExportPlan) -> dict[str, Any]:
    kind = definition.type_ids.get(plan.type_id or 0)
    if plan.type_id is not None and kind is None:
        raise NotFound("The schema of this export job was deleted: choose another one.")
    catalog = None
    if plan.catalog_id is not None:
        catalog = definition.catalogs.get(plan.catalog_id)
        if catalog is None and plan.catalog_id != DEFAULT_CATALOG_ID:
            raise NotFound("The catalog of this export job was deleted: choose another one.")
    return {
        "schemaId": None if kind is None else schema_id(kind),
        "catalogId": None if catalog is None else catalog_id(catalog),
    }


def _write_csv(file: BinaryIO, names: list[str], objects: Iterable[dict[str, Any]]) -> None:
    with open_csv_writer(file, names) as writer:
        for one in objects:
            writer.write(one)


def write_json(file: BinaryIO, objects: Iterable[dict[str, Any]]) -> None:
    """Write records as one JSON array."""
    file.write(b"[")
    for place, one in enumerate(objects):
        file.write((b"," if place else b"") + orjson.dumps(one))
    file.write(b"]")


def _write_lines(file: BinaryIO, objects: Iterable[dict[str, Any]]) -> None:
    for one in objects:
        file.write(orjson.dumps(one) + b"\n")


def _write_xml(file: BinaryIO, objects: Iterable[dict[str, Any]]) -> None:
    """Write `<records><record id="…"><value attribute="…" scope="…">…`."""
    made = XMLGenerator(file, "utf-8", short_empty_elements=True)
    made.startDocument()
    made.startElement("records", {})
    for one in objects:
        read = orjson.loads(orjson.dumps(one))
        made.startElement("record", {"id": read.get("id") or read.get("_id") or ""})
        for name, scope, value in _values(read):
            made.startElement("value", {"attribute": name} | ({"scope": scope} if scope else {}))
            made.characters(_plain(value))
            made.endElement("value")
        made.endElement("record")
    made.endElement("records")
    made.endDocument()


def _values(one: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    held = one.get("values")
    if not isinstance(held, dict):
        yield from ((name, "", value) for name, value in one.items() if name != "_id")
        return
    for name, values in held.items():
        for each in values:
            scope = each["scope"]
            yield name, orjson.dumps(scope).decode() if scope else "", each["value"]


def _plain(value: Any) -> str:
    """Return a value as the text of an element: without what XML cannot hold."""
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return "".join(c for c in text if c in "\t\n\r" or ord(c) >= 32 and ord(c) not in (0xFFFE, 0xFFFF))


_WRITERS = {"json": write_json, "jsonl": _write_lines, "xml": _write_xml}
