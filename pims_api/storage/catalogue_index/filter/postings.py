"""Reader of the catalogue index: sets of products by term, range and number."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from pims_api.domain.attributes.attribute import UPDATED_ATTRIBUTE
from pims_api.storage.catalogue_index.apart import ProductsApart, TermRow
from pims_api.storage.catalogue_index.bitmaps.bit_slices import NumberSlices
from pims_api.storage.catalogue_index.bitmaps.blocks import (
    BlockRow,
    Stencil,
    assemble,
    ids_up_to,
    without,
)
from pims_api.storage.catalogue_index.bitmaps.document_terms import Entry
from pims_api.storage.catalogue_index.bitmaps.term_range import EVERY_TEXT, TextRange
from pims_api.storage.catalogue_index.bitmaps.terms import TEXT, is_long
from pims_api.storage.catalogue_index.filter.number_cache import stored_numbers
from pims_api.storage.catalogue_index.filter.texts.text_cache import cached_texts
from pims_api.storage.catalogue_index.filter.texts.text_scan import scan_texts
from pims_api.storage.catalogue_index.filter.update_times import update_times
from pims_api.storage.catalogue_index.long_terms import stored_long_texts
from pims_api.storage.catalogue_index.past_products import products_apart
from pims_api.storage.catalogue_index.skip_scan import Place, scopes_at
from pims_api.storage.catalogue_index.unindexed_products import (
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

    Of a past snapshot, what products were replaces what they are. Each term is read once.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._rows: dict[Entry, list[BlockRow]] = {}
        self._stencils: dict[Place, Stencil] = {}

    @property
    def unindexed(self) -> UnindexedProducts:
        """The products that are not in the index yet; no other reader of it asks for them."""
        return unindexed_products(self.snapshot)

    @cached_property
    def apart(self) -> ProductsApart:
        """The products whose rows in the index are missing or do not hold."""
        return products_apart(self.snapshot)

    @property
    def everything(self) -> int:
        """Every product there is."""
        past = self.snapshot.past
        return ids_up_to(self.snapshot.last_product_id) if past is None else past.there

    def stencil(self, at: Place) -> Stencil:
        """Return what keeps of stored rows of an attribute the products of which they hold."""
        if at not in self._stencils:
            self._stencils[at] = Stencil(self.apart.outdated(at))
        return self._stencils[at]

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
        apart = self.apart
        for entry in missing if apart else ():
            at = entry[:2]
            self._rows[entry] = self.stencil(at).kept(self._rows[entry]) + apart.blocks(
                at, entry[2]
            )

    def scopes(self, attribute_id: int) -> set[str]:
        """Return the scopes in which products have values of an attribute."""
        return {*scopes_at(self.snapshot, attribute_id), *self.apart.scopes(attribute_id)}

    def numbers(self, attribute_id: int, scope: str) -> NumberSlices:
        """Return the bit slices of a numeric attribute."""
        at, apart = (attribute_id, scope), self.apart
        if attribute_id == UPDATED_ATTRIBUTE.id:
            found = update_times(self.snapshot)
        else:
            found = stored_numbers(self.snapshot, attribute_id, scope)
        return found.without(apart.outdated(at)).fallback(apart.numbers(at)) if apart else found

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
        at = (attribute_id, scope)
        if wanted.folded is not None and not wanted.tested:
            kept = cached_texts(self.snapshot, at, self.apart)
            if kept is not None and not kept.has_many(wanted.folded):
                return kept.holding(wanted.folded, self.long_texts(list(kept.long.values())))
        scanned = scan_texts(self.snapshot, attribute_id, scope, wanted)
        apart = self.apart.rows(at, wanted.low, wanted.high)
        terms = chain(scanned.unsure(), (term for term, *_ in apart))
        long = self.long_texts(sorted({term for term in terms if is_long(term)}))

        def fits(term: str) -> bool:
            return holds(long[term] if term in long else term[len(TEXT) :])

        waiting = assemble((block, bits) for term, block, bits in apart if fits(term))
        return without(scanned.products(fits), self.apart.outdated(at)) | waiting

    def texts(
        self, attribute_id: int, scope: str, wanted: TextRange = EVERY_TEXT
    ) -> Iterator[tuple[str, list[BlockRow]]]:
        """Yield the texts of a range, each with its blocks, in no defined order."""
        place = {"attribute_id": attribute_id, "scope": scope}
        bounds = {"low": wanted.low, "high": wanted.high}
        found, at = self._read(_RANGE, **place, **bounds), (attribute_id, scope)
        apart = self.apart.rows(at, wanted.low, wanted.high)
        long: dict[str, list[BlockRow]] = {}
        for term, rows in _with_apart(by_term(self.stencil(at).kept_terms(found)), apart):
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
        at = (attribute_id, scope)
        apart = self.apart.rows(at, wanted.low, wanted.high)
        kept = self.stencil(at).kept(found)
        return assemble(chain(kept, [(block, bits) for _, block, bits in apart]))

    def long_texts(self, terms: list[str]) -> dict[str, str]:
        """Return the texts of long terms."""
        apart = self.apart.long_texts if terms else {}
        return stored_long_texts(self.snapshot, [one for one in terms if one not in apart]) | {
            term: apart[term] for term in terms if term in apart
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


def _with_apart(
    found: Iterable[tuple[str, list[BlockRow]]], apart: Iterable[TermRow]
) -> Iterator[tuple[str, list[BlockRow]]]:
    """Yield terms with their blocks, merged with those of products apart."""
    waiting = dict(by_term(apart))
    for term, rows in found:
        yield term, rows + waiting.pop(term) if term in waiting else rows
    yield from waiting.items()


def _exact(connection: Connection) -> Select[Any]:
    columns = (*map(raw, _ENTRY), *_ROW[1:])
    mine = select(*columns).where(_columns.tenant_id == bindparam("tenant_id"))
    return looked_up(connection.dialect.name, mine, _ENTRY, "entries")


_EXACT = PreparedStatement(_exact)
