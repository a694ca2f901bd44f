"""Order by a text: the texts of an attribute in their order, read in growing chunks."""

from collections.abc import Iterable, Iterator
from functools import cache
from heapq import merge
from operator import itemgetter
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, select, tuple_

from pims_api.deadline import check_deadline
from pims_api.storage.catalogue_index.bitmaps.blocks import BlockRow
from pims_api.storage.catalogue_index.bitmaps.term_range import TextRange
from pims_api.storage.catalogue_index.bitmaps.terms import HEAD_LENGTH, MARK, TEXT, is_long
from pims_api.storage.catalogue_index.filter.postings import Postings, by_term
from pims_api.storage.catalogue_index.long_terms import stored_long_texts
from pims_api.storage.engine.query_trace import note_rows
from pims_api.storage.engine.untyped_column import raw
from pims_api.storage.tables import posting

ROWS_AT_ONCE_MIN = 250
ROWS_AT_ONCE_MAX = 4_000

_columns = posting.c


Place = tuple[int, str]
"""Attribute id and scope."""


class TooFar(Exception):
    """A walk has read more rows than the caller allows."""


class TextOrder:
    """A walk along the texts of an attribute in a scope, products apart included.

    within: the range of the texts. rows_max: how many rows may be read before TooFar is raised.
    """

    def __init__(
        self,
        postings: Postings,
        place: Place,
        within: TextRange,
        descending: bool,
        rows_max: int,
    ) -> None:
        self._snapshot = postings.snapshot
        self._place = {"attribute_id": place[0], "scope": place[1]}
        self._within = within
        self._descending = descending
        self._rows_max = rows_max
        apart = postings.apart
        self._stencil = postings.stencil(place)
        self._rows_apart = apart.rows(place, within.low, within.high)
        self._long_apart = apart.long_texts if self._rows_apart else {}
        self._long: dict[str, str] = {}

    def __iter__(self) -> Iterator[tuple[str, list[BlockRow]]]:
        """Yield each text with its blocks.

        Terms sort like their texts, except long ones with the same head; those are few, and sorted
        here.
        """
        alike: list[tuple[str, list[BlockRow]]] = []
        head = ""
        for term, rows in by_term(self._all_rows()):
            is_plain = len(term) <= HEAD_LENGTH and not is_long(term)
            if alike and (is_plain or _head(term) != head):
                yield from self._sorted(alike)
                alike = []
            if is_plain:
                yield term[len(TEXT) :], rows
            else:
                alike.append((self._text(term), rows))
                head = _head(term)
        yield from self._sorted(alike)

    def _sorted(self, texts: list[tuple[str, list[BlockRow]]]) -> list[tuple[str, list[BlockRow]]]:
        return sorted(texts, key=itemgetter(0), reverse=self._descending)

    def _text(self, term: str) -> str:
        if not is_long(term):
            return term[len(TEXT) :]
        return self._long.get(term) or self._long_apart[term]

    def _all_rows(self) -> Iterable[Any]:
        """Return the rows of the index merged with those of products apart."""
        stored = self._stencil.kept_terms(self._rows())
        if not self._rows_apart:
            return stored
        apart = self._rows_apart[::-1] if self._descending else self._rows_apart
        return merge(stored, apart, key=itemgetter(0, 1), reverse=self._descending)

    def _rows(self) -> Iterator[Any]:
        statement = _in_order(self._descending)
        last = (self._within.high, 0) if self._descending else (self._within.low, -1)
        size, passed = ROWS_AT_ONCE_MIN, 0
        before: dict[str, str] = {}
        while True:
            rows = self._read(statement, last, size)
            here = stored_long_texts(self._snapshot, list({r[0] for r in rows if is_long(r[0])}))
            # A term's text is needed after its last row, which may be in the next chunk.
            self._long, before = before | here, here
            yield from rows
            passed += size
            if len(rows) < size:
                return
            if passed > self._rows_max:
                raise TooFar
            last = (rows[-1][0], rows[-1][1])
            size = min(2 * size, ROWS_AT_ONCE_MAX)

    def _read(self, statement: Select[Any], last: tuple[str, int], size: int) -> list[Any]:
        check_deadline()
        wanted = {
            "tenant_id": self._snapshot.tenant_id,
            "term": last[0],
            "block": last[1],
            "end": self._within.low if self._descending else self._within.high,
            "count": size,
        }
        rows = [*self._snapshot.connection.execute(statement, wanted | self._place).all()]
        note_rows(len(rows))
        return rows


def _head(term: str) -> str:
    return term[: len(TEXT) + HEAD_LENGTH].partition(MARK)[0]


@cache
def _in_order(descending: bool) -> Select[Any]:
    place = tuple_(_columns.term, _columns.block)
    last = tuple_(bindparam("term"), bindparam("block"))
    end: BindParameter[str] = bindparam("end")
    if descending:
        further = (place < last) & (_columns.term >= end)
    else:
        further = (place > last) & (_columns.term < end)
    order = [_columns.term, _columns.block]
    return (
        select(raw(_columns.term), raw(_columns.block), raw(_columns.bits))
        .where(
            _columns.tenant_id == bindparam("tenant_id"),
            _columns.attribute_id == bindparam("attribute_id"),
            _columns.scope == bindparam("scope"),
            further,
        )
        .order_by(*(one.desc() if descending else one for one in order))
        .limit(bindparam("count"))
    )
