"""Reading the catalogue index: sets of products."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.types import NullType

from pims_api.storage.catalogue_index.codec import BlockRow, assemble, ids_of
from pims_api.storage.catalogue_index.entries import Entry
from pims_api.storage.catalogue_index.number_parts import PartRow
from pims_api.storage.catalogue_index.number_slices import NumberSlices, number_slices
from pims_api.storage.catalogue_index.terms import (
    INEXACT,
    INEXACT_END,
    MARK,
    TEXT,
    is_long,
)
from pims_api.storage.catalogue_index.text_range import EVERY_TEXT, TextRange
from pims_api.storage.dialect import looked_up
from pims_api.storage.prepared import Prepared
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import long_term, number_part, posting

ROWS_READ = 5_000  # taken from the engine at a time
LONG_TEXTS_READ = 500  # long terms whose texts one statement fetches


def raw(column: Column[Any]) -> ColumnElement[Any]:
    """Return a column whose values are taken as the driver gives them, at half the price."""
    return type_coerce(column, NullType())


_columns = posting.c
_ROW = (raw(_columns.term), raw(_columns.block), raw(_columns.bits))
_ENTRY = (_columns.attribute_id, _columns.scope, _columns.term)
_BETWEEN = (
    select(*_ROW)
    .where(
        _columns.tenant_id == bindparam("tenant_id"),
        _columns.attribute_id == bindparam("attribute_id"),
        _columns.scope == bindparam("scope"),
        _columns.term >= bindparam("low"),
        _columns.term < bindparam("high"),
    )
    .order_by(_columns.term, _columns.block)
)
_RANGE = Prepared(_BETWEEN)
_parts = number_part.c
_PARTS = select(literal("").label("term"), raw(_parts.part), raw(_parts.bits)).where(
    _parts.tenant_id == bindparam("tenant_id"),
    _parts.attribute_id == bindparam("attribute_id"),
    _parts.scope == bindparam("scope"),
)
_NUMBERS = Prepared(_PARTS.union_all(_BETWEEN.order_by(None)))
_LIKE = Prepared(
    _BETWEEN.where(
        _columns.term.like(bindparam("pattern"), escape="\\") | _columns.term.contains(MARK)
    )
)
_LONG = select(long_term.c.term, long_term.c.value).where(
    long_term.c.tenant_id == bindparam("tenant_id"),
    long_term.c.term.in_(bindparam("terms", expanding=True)),
)


class Postings:
    """What a snapshot's index says. Terms are read when first asked for, and then kept."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._rows: dict[Entry, list[BlockRow]] = {}

    @property
    def everything(self) -> int:
        """Every product there is."""
        return (1 << (self.snapshot.last_product_id + 1)) - 2

    def any_of(self, entries: Iterable[Entry]) -> int:
        """Return the products with at least one of these terms."""
        wanted = list(entries)
        self.load(wanted)
        return assemble(row for entry in wanted for row in self._rows[entry])

    def load(self, entries: Iterable[Entry]) -> None:
        """Read those of the terms that are not known yet, in one statement, for later calls."""
        missing = {entry for entry in entries if entry not in self._rows}
        if not missing:
            return
        self._rows.update({entry: [] for entry in missing})
        for attribute_id, scope, term, block, bits in self._read(_EXACT, entries=list(missing)):
            self._rows[attribute_id, scope, term].append((block, bits))

    def numbers(self, attribute_id: int, scope: str) -> NumberSlices:
        """Return the values of an attribute that are kept as numbers."""
        place = {"attribute_id": attribute_id, "scope": scope}
        parts: list[PartRow] = []
        inexact: dict[str, list[int]] = {}
        for term, number, stored in self._read(_NUMBERS, low=INEXACT, high=INEXACT_END, **place):
            if term:
                inexact.setdefault(term[len(INEXACT) :], []).extend(ids_of([(number, stored)]))
            else:
                parts.append((number, stored))
        return number_slices(parts, inexact)

    def texts(
        self, attribute_id: int, scope: str, wanted: TextRange = EVERY_TEXT
    ) -> Iterator[tuple[str, list[BlockRow]]]:
        """Yield the texts of a range, each with its blocks: long texts last, others in order.

        Where the range has a pattern, texts that it was tested on fit it.
        """
        place = {"attribute_id": attribute_id, "scope": scope}
        bounds = {"low": wanted.low, "high": wanted.high}
        if wanted.pattern is None:
            found = self._read(_RANGE, **place, **bounds)
        else:
            found = self._read(_LIKE, **place, **bounds, pattern=wanted.pattern)
        long: dict[str, list[BlockRow]] = {}
        for term, rows in by_term(found):
            if is_long(term):
                long[term] = rows
            else:
                yield term[len(TEXT) :], rows
        for term, text in long_texts_of(self.snapshot, list(long)).items():
            yield text, long[term]

    def in_range(self, attribute_id: int, scope: str, wanted: TextRange) -> int:
        """Return the products with a text in an exact range."""
        place = {"attribute_id": attribute_id, "scope": scope}
        found = self._read(_RANGE, low=wanted.low, high=wanted.high, **place)
        return assemble((block, bits) for _, block, bits in found)

    def _read(self, statement: Prepared, **wanted: Any) -> Iterator[Any]:
        parameters = {"tenant_id": self.snapshot.tenant_id, **wanted}
        return statement.each(self.snapshot.connection, parameters)


def long_texts_of(snapshot: Snapshot, terms: list[str]) -> dict[str, str]:
    """Return the texts that long terms stand for."""
    texts: dict[str, str] = {}
    for start in range(0, len(terms), LONG_TEXTS_READ):
        wanted = {
            "tenant_id": snapshot.tenant_id,
            "terms": terms[start : start + LONG_TEXTS_READ],
        }
        texts.update((term, text) for term, text in snapshot.connection.execute(_LONG, wanted))
    return texts


def by_term(rows: Iterable[Any]) -> Iterator[tuple[str, list[BlockRow]]]:
    """Yield each term with its blocks, from rows that come in the order of the terms."""
    here = None
    blocks: list[BlockRow] = []
    for term, block, bits in rows:
        if term == here:
            blocks.append((block, bits))
            continue
        if here is not None:
            yield here, blocks
        here, blocks = term, [(block, bits)]
    if here is not None:
        yield here, blocks


def _exact(connection: Connection) -> Select[Any]:
    columns = (*map(raw, _ENTRY), *_ROW[1:])
    mine = select(*columns).where(_columns.tenant_id == bindparam("tenant_id"))
    return looked_up(connection.dialect.name, mine, _ENTRY, "entries")


_EXACT = Prepared(_exact)
