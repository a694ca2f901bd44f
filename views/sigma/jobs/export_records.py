"""The records of an export job, as a file in one of its formats."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO
from xml.sax.saxutils import escape, quoteattr

import orjson

from pims_api.domain.catalog import catalogs_of
from pims_api.domain.definition import Definition
from pims_api.domain.values.scope import Scope, parse_scope
from pims_api.errors import NotFound
from pims_api.jobs.job_run import JobRun
from pims_api.jobs.outlets.delivery import run_delivery
from pims_api.services.outlets.export_jobs import ExportPlan
from pims_api.storage.snapshot import take_snapshot
from schemas.sigma.catalogs.catalog import catalog_id
from schemas.sigma.ids import schema_id
from views.callers import Caller
from views.sigma.actions.files.exporting import (
    Exported,
    exported,
    exported_names,
    write_csv,
    write_json,
)

_PROGRESS_EVERY = 1_000
_NO_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")

Objects = Iterator[dict[str, Any]]


def run_export(run: JobRun) -> dict[str, Any]:
    """Deliver the file of an export job, and return what the run tells at its end."""
    return run_delivery(run, write_records)


def write_records(run: JobRun, plan: ExportPlan, file: BinaryIO) -> int:
    """Write the records of a plan to a file, as they are for who set it up; return how many."""
    with run.database.reading(deadline=False) as connection:
        seen = take_snapshot(run.database, connection, run.job.tenant_id)
        sight = run.seeing(connection)(seen.definition)
        caller = Caller(run.job.tenant_id, run.actor, run.key(connection), sight.role)
        query = _query(seen.definition, plan)
        scope = Scope(parse_scope(plan.scope or ""))
        plain = plan.scope is not None or plan.format == "csv"
        counted = _Counted(run, exported(seen, caller, query, scope if plain else None))
        if plan.format == "csv":
            write_csv(file, exported_names(seen, sight, query["schemaId"]), counted)
        else:
            _WRITERS[plan.format](file, counted)
    return counted.count


class _Counted:
    """Records that are counted as they pass, with progress told now and then."""

    def __init__(self, run: JobRun, found: Exported) -> None:
        self._run, self._found, self.count = run, found, 0

    def __iter__(self) -> Objects:
        for one in self._found.objects:
            if self.count % _PROGRESS_EVERY == 0:
                self._run.check_stop()
                self._run.save({"done": self.count, "total": self._found.total})
            self.count += 1
            yield one


def _query(definition: Definition, plan: ExportPlan) -> dict[str, Any]:
    kind = definition.type_ids.get(plan.type_id or 0)
    if plan.type_id is not None and kind is None:
        raise NotFound("The schema of this export job was deleted: choose another one.")
    catalog = catalogs_of(definition).get(plan.catalog_id or 0)
    if plan.catalog_id is not None and catalog is None:
        raise NotFound("The catalog of this export job was deleted: choose another one.")
    return {
        "schemaId": None if kind is None else schema_id(kind),
        "catalogId": None if catalog is None else catalog_id(catalog),
    }


def _write_lines(file: BinaryIO, objects: Iterable[dict[str, Any]]) -> None:
    for one in objects:
        file.write(orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE))


def _write_xml(file: BinaryIO, objects: Iterable[dict[str, Any]]) -> None:
    """Write `<records><record id="…"><value attribute="…" scope="…">…`."""
    file.write(b'<?xml version="1.0" encoding="utf-8"?>\n<records>\n')
    for one in objects:
        read = orjson.loads(orjson.dumps(one))
        parts = [f"<record id={_quoted(read.get('id') or read['_id'])}>"]
        for name, scope, value in _values(read):
            within = f" scope={_quoted(scope)}" if scope else ""
            text = escape(_plain(value), {"\r": "&#13;"})
            parts.append(f"<value attribute={_quoted(name)}{within}>{text}</value>")
        file.write("".join([*parts, "</record>\n"]).encode())
    file.write(b"</records>\n")


def _quoted(text: str) -> str:
    return quoteattr(_NO_XML.sub("", text))


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
    return _NO_XML.sub("", text)


_WRITERS = {"json": write_json, "jsonl": _write_lines, "xml": _write_xml}
