"""Reader of the catalogue index: sets of products by term, range and number."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from pims_api.domain.attributes.attribute import UPDATED_ATTRIBUTE
from pims_api.storage.catalogue_index.bitmaps.bit_slices import NumberSlices
from pims_api.storage.catalogue_index.bitmaps.blocks import BlockRow, assemble, ids_up_to
from pims_api.storage.catalogue_index.bitmaps.document_terms import Entry
from pims_api.storage.catalogue_index.bitmaps.term_range import EVERY_TEXT, TextRange
from pims_api.storage.catalogue_index.bitmaps.terms import TEXT, is_long
from pims_api.storage.catalogue_index.filter.number_cache import stored_numbers
from pims_api.storage.catalogue_index.filter.text_scan import scan_texts
from pims_api.storage.catalogue_index.filter.update_times import update_times
from pims_api.storage.catalogue_index.long_terms import stored_long_texts
from pims_api.storage.catalogue_index.skip_scan import scopes_at
from pims_api.storage.catalogue_index.unindexed_products import (
    TermRow,
    UnindexedProducts,
    unindexed_products,
)
from pims_api.storage.engine.dialect import looked_up
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.engine.untyped_column import raw
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import posting

ROWS_READ = 5_000  # taken from the engine at a time


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
_RANGE = PreparedStatement(_BETWEEN)
_COUNT = PreparedStatement(_BETWEEN.with_only_columns(func.count()).order_by(None))
_BLOCKS = PreparedStatement(_BETWEEN.with_only_columns(*_ROW[1:]).order_by(None))


class Postings:
    """The catalogue index of a snapshot, unindexed products included.

    Each term is read once.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._rows: dict[Entry, list[BlockRow]] = {}

    @property
    def unindexed(self) -> UnindexedProducts:
        """The products that are not in the index yet; no other reader of it asks for them."""
        return unindexed_products(self.snapshot)

    @property
    def everything(self) -> int:
        """Every product there is."""
        return ids_up_to(self.snapshot.last_product_id)

    def any_of(self, entries: Iterable[Entry]) -> int:
        """Return the products with at least one of these terms."""
        wanted = list(entries)
        self.load(wanted)
        return assemble(row for entry in wanted for row in self._rows[entry])

    def load(self, entries: Iterable[Entry]) -> None:
        """Read the terms that are not read yet, in one statement, for later calls."""
        missing = {entry for entry in entries if entry not in self._rows}
        if not missing:
            return
        self._rows.update({entry: [] for entry in missing})
        for attribute_id, scope, term, block, bits in self._read(_EXACT, entries=list(missing)):
            self._rows[attribute_id, scope, term].append((block, bits))
        unindexed = self.unindexed
        for attribute_id, scope, term in missing if unindexed else ():
            self._rows[attribute_id, scope, term] += unindexed.blocks((attribute_id, scope), term)

    def scopes(self, attribute_id: int) -> set[str]:
        """Return the scopes in which products have values of an attribute."""
        return {*scopes_at(self.snapshot, attribute_id), *self.unindexed.scopes(attribute_id)}

    def numbers(self, attribute_id: int, scope: str) -> NumberSlices:
        """Return the bit slices of a numeric attribute."""
        if attribute_id == UPDATED_ATTRIBUTE.id:
            found = update_times(self.snapshot)
        else:
            found = stored_numbers(self.snapshot, attribute_id, scope)
        unindexed = self.unindexed
        return found.fallback(unindexed.numbers((attribute_id, scope))) if unindexed else found

    def holding(
        self, attribute_id: int, scope: str, wanted: TextRange, holds: Callable[[str], bool]
    ) -> int:
        """Return the products with a text of a range that a test accepts.

        Where the engine can tell which texts the range holds, only those are tested of which it
        cannot.
        """
        if wanted.pattern is None and wanted.folded is None:
            found = self.texts(attribute_id, scope, wanted)
            return assemble(row for text, rows in found if holds(text) for row in rows)
        scanned = scan_texts(self.snapshot, attribute_id, scope, wanted)
        unindexed = self.unindexed.rows((attribute_id, scope), wanted.low, wanted.high)
        terms = chain(scanned.unsure(), (term for term, *_ in unindexed))
        long = self.long_texts(sorted({term for term in terms if is_long(term)}))

        def fits(term: str) -> bool:
            return holds(long[term] if term in long else term[len(TEXT) :])

        waiting = assemble((block, bits) for term, block, bits in unindexed if fits(term))
        return scanned.products(fits) | waiting

    def texts(
        self, attribute_id: int, scope: str, wanted: TextRange = EVERY_TEXT
    ) -> Iterator[tuple[str, list[BlockRow]]]:
        """Yield the texts of a range, each with its blocks, in no defined order."""
        place = {"attribute_id": attribute_id, "scope": scope}
        bounds = {"low": wanted.low, "high": wanted.high}
        found = self._read(_RANGE, **place, **bounds)
        unindexed = self.unindexed.rows((attribute_id, scope), wanted.low, wanted.high)
        long: dict[str, list[BlockRow]] = {}
        for term, rows in _with_unindexed(by_term(found), unindexed):
            if is_long(term):
                long[term] = rows
            else:
                yield term[len(TEXT) :], rows
        for term, text in self.long_texts(list(long)).items():
            yield text, long[term]

    def row_count(self, attribute_id: int, scope: str) -> int:
        """Return the number of rows of all texts of an attribute, without unindexed products."""
        place = {"attribute_id": attribute_id, "scope": scope}
        bounds = {"low": EVERY_TEXT.low, "high": EVERY_TEXT.high}
        wanted = {"tenant_id": self.snapshot.tenant_id, **place, **bounds}
        return int(_COUNT.first(self.snapshot.connection, wanted)[0])

    def in_range(self, attribute_id: int, scope: str, wanted: TextRange) -> int:
        """Return the products with a text in an exact range."""
        place = {"attribute_id": attribute_id, "scope": scope}
        found = self._read(_BLOCKS, low=wanted.low, high=wanted.high, **place)
        unindexed = self.unindexed.rows((attribute_id, scope), wanted.low, wanted.high)
        return assemble(chain(found, [(block, bits) for _, block, bits in unindexed]))

    def long_texts(self, terms: list[str]) -> dict[str, str]:
        """Return the texts of long terms."""
        unindexed = self.unindexed.long_texts if terms else {}
        return stored_long_texts(self.snapshot, [one for one in terms if one not in unindexed]) | {
            term: unindexed[term] for term in terms if term in unindexed
        }

    def _read(self, statement: PreparedStatement, **wanted: Any) -> Iterator[Any]:
        parameters = {"tenant_id": self.snapshot.tenant_id, **wanted}
        return statement.each(self.snapshot.connection, parameters)


def by_term(rows: Iterable[Any]) -> Iterator[tuple[str, list[BlockRow]]]:
    """Yield each term with its blocks, from rows ordered by term."""
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


def _with_unindexed(
    found: Iterable[tuple[str, list[BlockRow]]], unindexed: Iterable[TermRow]
) -> Iterator[tuple[str, list[BlockRow]]]:
    """Yield terms with their blocks, merged with those of unindexed products."""
    waiting = dict(by_term(unindexed))
    for term, rows in found:
        yield term, rows + waiting.pop(term) if term in waiting else rows
    yield from waiting.items()


def _exact(connection: Connection) -> Select[Any]:
    columns = (*map(raw, _ENTRY), *_ROW[1:])
    mine = select(*columns).where(_columns.tenant_id == bindparam("tenant_id"))
    return looked_up(connection.dialect.name, mine, _ENTRY, "entries")


_EXACT = PreparedStatement(_exact)
