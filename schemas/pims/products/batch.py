"""The rows of a batch: from JSON objects to writes, and from outcomes to JSON.

Source: docs/api/pims.md, batch.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from pims_api.domain.access.access import Access
from pims_api.domain.access.permission import Permission
from pims_api.domain.product import SKU_LENGTH_MAX
from pims_api.domain.suggestion import Suggestions
from pims_api.errors import BadInput, Fault, UnknownAction
from pims_api.services.products.batch import BatchRow, Mode, RowOutcome, RowStatus, Verb
from pims_api.services.products.save import CREATE, UPDATE
from pims_api.services.products.value_rules import CATEGORIES_MISSING
from pims_api.services.products.write import ProductWrite
from pims_api.storage.history.changes import Note
from schemas.pims.body import DRY_RUN, Request, may_mean, read_request
from schemas.pims.faults import fault_objects
from schemas.pims.note import note_of
from schemas.pims.permissions import WORDS_GRANTING
from schemas.pims.products.product_write import read_product_write
from schemas.pims.products.requests import (
    BATCH,
    OF_HEAD,
    REPLY_FULL,
    STREAM_HEAD,
    RowRequestReader,
)

ROWS_MAX = 1_000  # of one JSON body
ROW_ACTIONS = {
    "createProduct": Verb.CREATE,
    "editProduct": Verb.EDIT,
    "saveProduct": Verb.SAVE,
}
_DEFAULTED = ("strict", "createMissing", "restore")  # what the batch says for rows that do not
_VERB_OF = {UPDATE: Verb.EDIT, CREATE: Verb.CREATE}
_CATEGORY_ADDERS = WORDS_GRANTING[Permission.ADD_CATEGORIES]
_NO_CATEGORIES = Fault(
    "forbidden",
    "Access denied! createMissing of categories needs the permission "
    f"{' or '.join(_CATEGORY_ADDERS)}.",
    pointer="/createMissing",
    allowed=_CATEGORY_ADDERS,
)


@dataclass(frozen=True, slots=True)
class BatchTerms:
    """The parameters of a batch for all of its rows. only: what they may do, of ONLY."""

    mode: Mode
    dry_run: bool
    full: bool
    rows: RowRequestReader
    request: Request
    note: Note
    only: str | None = None


def read_batch(body: Mapping[str, Any]) -> tuple[BatchTerms, list[Any]]:
    """Return the parameters of a batch and its rows. Raises BadInput with every fault of both."""
    request = read_request(BATCH, body)
    rows = body.get("actions")
    request.faults.extend(_rows_faults(rows))
    return _terms(request, body), cast(list[Any], rows)


def read_stream_terms(body: Mapping[str, Any]) -> BatchTerms:
    """Return the parameters of a stream, from its first line. Raises BadInput."""
    return _terms(read_request(STREAM_HEAD, body), body)


def refuse_misspelt_head(line: Mapping[str, Any]) -> None:
    """Raise BadInput for a first line of a stream that is no row but has keys of a head."""
    if line.get("action") in tuple(ROW_ACTIONS):
        return
    ours = [name for name in line if name in OF_HEAD or may_mean(name) == DRY_RUN]
    if ours:
        message = (
            f"The first line has {ours[0]}, which holds for all rows, but its action is not batch!"
        )
        raise BadInput(faults=[Fault(UnknownAction.code, message, None, "/action")])


def _terms(request: Request, body: Mapping[str, Any]) -> BatchTerms:
    request.check()
    values = request.values
    usual = {name: values[name] for name in _DEFAULTED if values[name]}
    full, mode, only = values["reply"] == REPLY_FULL, Mode(values["mode"]), values["only"] or None
    rows = RowRequestReader(usual)
    return BatchTerms(mode, request.dry_run, full, rows, request, note_of(body), only)


def _rows_faults(rows: Any) -> Iterator[Fault]:
    """Yield a fault unless there is a list of 1 to ROWS_MAX rows."""
    if not isinstance(rows, list) or not rows:
        message = "actions must be a list of at least one action!"
        yield Fault("required", message, pointer="/actions")
    elif len(rows) > ROWS_MAX:
        message = (
            f"A batch has at most {ROWS_MAX} actions, this one has {len(rows)}! Send them as "
            "application/x-ndjson, one action a line: such a stream has no limit."
        )
        yield Fault("limit", message, pointer="/actions")


class RowReader:
    """A reader of rows for one caller, with one limit of suggestions for all rows.

    may_add_categories: whether createMissing may be used for them.
    """

    def __init__(self, terms: BatchTerms, access: Access, *, may_add_categories: bool) -> None:
        self._reader = terms.rows
        self._access = access
        self._may_add_categories = may_add_categories
        self._only = terms.only
        self._suggestions = Suggestions()

    def read(self, sent: Any) -> BatchRow:
        """Return the write of a row, with its faults."""
        if not isinstance(sent, Mapping):
            return refused_row(Fault("type", "A row must be an object!", pointer=""))
        verb = ROW_ACTIONS.get(action) if isinstance(action := sent.get("action"), str) else None
        if verb is None:
            return refused_row(_unknown_action(action, self._suggestions), sku_of(sent))
        if self._only and verb not in (Verb.SAVE, _VERB_OF[self._only]):
            message = f"The batch says only {self._only}: {action} is not that!"
            return refused_row(Fault("range", message, pointer="/action"), sku_of(sent))
        return BatchRow(verb, self._write(sent))

    def _write(self, sent: Mapping[str, Any]) -> ProductWrite:
        request = self._reader.read(sent, self._suggestions)
        write = read_product_write(request, self._access)
        if CATEGORIES_MISSING in write.missing and not self._may_add_categories:
            write = replace(write, faults=[*write.faults, _NO_CATEGORIES])
        if self._only and write.only not in (None, self._only):
            write.faults = [*write.faults, _other_only(self._only, write.only)]
        return replace(write, only=self._only) if self._only else write


def _other_only(of_batch: str, of_row: str | None) -> Fault:
    message = f"The batch says only {of_batch}, and this row only {of_row}!"
    return Fault("range", message, pointer="/only")


def row_object(number: int, outcome: RowOutcome, transaction: int | None = None) -> dict[str, Any]:
    """Return the outcome of a row as callers see it. number: its place, from 0.

    transaction: the number of that which stored the rows, if they changed anything.
    """
    told: dict[str, Any] = {"row": number, "sku": outcome.sku, "status": outcome.status.value}
    if outcome.product is not None:
        told["version"] = outcome.product.version
    if transaction is not None and outcome.status in (RowStatus.CREATED, RowStatus.UPDATED):
        told["transaction"] = transaction
    if outcome.faults:
        told["errors"] = fault_objects(outcome.faults)
    if outcome.warnings:
        told["warnings"] = fault_objects(outcome.warnings)
    return told


class Totals:
    """Counts of rows by outcome, and of warnings."""

    def __init__(self) -> None:
        self._counts = {status.value: 0 for status in RowStatus} | {"warnings": 0}

    def add(self, outcomes: Iterable[RowOutcome]) -> None:
        """Count these rows too."""
        for one in outcomes:
            self._counts[one.status.value] += 1
            self._counts["warnings"] += len(one.warnings)

    @property
    def rejected(self) -> int:
        return self._counts[RowStatus.REJECTED.value]

    def as_object(self) -> dict[str, int]:
        """Return the counts by name."""
        return dict(self._counts)


def refused_row(fault: Fault, sku: str = "") -> BatchRow:
    """Return an unreadable row, or one of an unknown action, which will be rejected."""
    return BatchRow(Verb.SAVE, ProductWrite(sku, faults=[fault]))


def sku_of(sent: Any) -> str:
    """Return the SKU that a row names, or an empty text."""
    sku = sent.get("sku") if isinstance(sent, Mapping) else None
    return sku.strip()[:SKU_LENGTH_MAX] if isinstance(sku, str) else ""


def _unknown_action(action: Any, suggestions: Suggestions) -> Fault:
    known = list(ROW_ACTIONS)
    message = f"Unknown action! A row knows {', '.join(known)}."
    hint = suggestions.word(action[:64], known) if isinstance(action, str) else None
    return Fault(UnknownAction.code, message, None, "/action", None, known, hint)
