"""Imports: rows of texts are tried, or create and update records."""

from functools import partial
from typing import Any

from pims_api.domain.access.sight import Sight
from pims_api.domain.attributes.attribute import PRODUCT_TYPE
from pims_api.domain.attributes.completeness import missing_ids
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.product import Product, Values
from pims_api.domain.workflow import stage_of, type_of
from pims_api.errors import BadInput, Fault
from pims_api.services.products.batch import BatchRow, RowOutcome, RowStatus, Verb, write_rows
from pims_api.services.products.lifecycle.transitions import completeness_in
from pims_api.services.products.removal import exists
from pims_api.services.products.write import ProductWrite
from pims_api.storage.products.store import products_by_id
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.rest.numbers import exact
from schemas.sigma.files.rows import ReadRow, RowReader, fault_objects
from schemas.sigma.ids import RECORD, made_id, number_of, schemas_by_id
from schemas.sigma.nouns import in_own_nouns
from schemas.sigma.records.values import ValuesReader
from views.running import Body
from views.sigma.actions.records.writing import (
    NEW,
    check_sku,
    first_stage,
    links_of,
    without_sku,
    writable,
)
from views.sigma.caller import Caller

FAULTS_MAX = 1_000  # rows whose faults an answer tells


def preview_import(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Answer with what would become of each row; nothing is stored."""
    run = _Run(work, caller, asked)
    work.dry_run = True
    rows: list[dict[str, Any]] = []
    for place, (row, outcome) in enumerate(run.outcomes(), 1):
        faults = [*outcome.faults, *run.lacking(row, outcome)]
        told = {
            "row": place,
            "valid": not faults and outcome.status is not RowStatus.REJECTED,
            "action": "update" if row.record_id else "create",
            "errors": fault_objects(faults, run.targets),
            "values": exact(row.values),
        }
        rows.append(told)
    valid = sum(one["valid"] for one in rows)
    return {"total": len(rows), "valid": valid, "invalid": len(rows) - valid, "rows": rows}


def execute_import(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Create and update records; a row that is refused is left out, the others go on."""
    run = _Run(work, caller, asked)
    created = updated = failed = 0
    errors: list[dict[str, Any]] = []
    for place, (row, outcome) in enumerate(run.outcomes(), 1):
        if outcome.status is RowStatus.REJECTED:
            failed += 1
            errors.append({"row": place, "message": in_own_nouns(outcome.faults[0]).message})
        elif row.record_id:
            updated += 1
        else:
            created += 1
    told = {"created": created, "updated": updated, "failed": failed}
    return told | {"errors": errors[:FAULTS_MAX]}


class _Run:
    """One import: its rows, read and written in one transaction."""

    def __init__(self, work: UnitOfWork, caller: Caller, asked: Body) -> None:
        self._work = work
        self._sight: Sight = caller.sight(work.definition)
        body = asked["body"]
        kind = schemas_by_id(work.definition).get(body["schemaId"])
        if kind is None:
            message = f"There is no schema {body['schemaId']!r}!"
            raise BadInput(faults=[Fault("range", message, pointer="/schemaId")])
        self._kind: ProductType = kind
        reader = RowReader(ValuesReader(self._sight, kind, None, {}), body["columnMapping"])
        self.targets = reader.targets
        self._rows = [reader.read(row) for row in body["rows"]]
        self._before: dict[str, Product] = {}

    def outcomes(self) -> list[tuple[ReadRow, RowOutcome]]:
        """Write all rows and return each with what became of it."""
        known = self._before = self._known()
        links = links_of(self._work, self._sight, [row.values for row in self._rows])
        batch = [self._batch_row(row, known, links) for row in self._rows]
        return list(
            zip(self._rows, write_rows(self._work, self._sight.overall, batch), strict=True)
        )

    def lacking(self, row: ReadRow, outcome: RowOutcome) -> list[Fault]:
        """Return a fault for each attribute that its state requires and the record would lack."""
        before = self._before.get(row.record_id or "")
        if row.record_id and before is None:
            return []
        held = outcome.product.values if outcome.product else self._given(row, before)
        definition, kind = self._work.definition, type_of(self._work.definition, held)
        stage = stage_of(definition, held)
        if stage is None:
            missing = [definition.attributes[one] for one in missing_ids(held, definition)]
        else:
            missing = list(completeness_in(definition, kind, stage, held).missing)
        shown = self._sight.of(kind, stage).by_attribute
        wrong = {one.attribute for one in row.faults}
        return [
            Fault("required", f"{one.name} is required!", one.name)
            for one in sorted(missing, key=lambda one: one.id)
            if one.id in shown and one.name not in wrong
        ]

    def _given(self, row: ReadRow, before: Product | None) -> Values:
        """Return what a row that is refused would have given the record."""
        held = {PRODUCT_TYPE: self._kind.name} if before is None else before.values
        by_name = self._work.definition.by_name
        return held | {by_name[alias].key: values for alias, values in row.values.items()}

    def _known(self) -> dict[str, Product]:
        numbers = {
            number: row.record_id
            for row in self._rows
            if row.record_id and (number := number_of(row.record_id, RECORD)) is not None
        }
        found = products_by_id(self._work, numbers)
        return {
            numbers[one.id] or "": one
            for one in found.values()
            if one.parent_id is None and exists(self._sight, one)
        }

    def _batch_row(
        self, row: ReadRow, known: dict[str, Product], links: dict[str, str]
    ) -> BatchRow:
        faults, before = list(row.faults), known.get(row.record_id or "")
        kind, stage = self._kind, first_stage(self._work, self._kind)
        if row.record_id and before is None:
            faults.append(Fault("not_found", f"There is no record {row.record_id[:64]!r}!", "_id"))
        elif before is not None:
            kind = type_of(self._work.definition, before.values)
            stage = stage_of(self._work.definition, before.values)
        reader, access = ValuesReader(self._sight, kind, stage, links), self._sight.of(kind, stage)
        sent = reader.assignments(row.values)
        assignments = writable(self._work, access, reader, sent, before or NEW)
        faults += reader.faults
        if before is not None:
            check_sku(self._work, before, sent, faults)
            wanted = ProductWrite(before.sku, assignments, faults)
            return BatchRow(Verb.EDIT, wanted)
        sku, kept = without_sku(assignments, faults)
        made = None if sku else partial(made_id, RECORD)
        wanted = ProductWrite(sku or "", kept, faults, product_type=kind.name, made_sku=made)
        return BatchRow(Verb.CREATE, wanted)
