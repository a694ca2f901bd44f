"""A scan for texts that hold something: what the engine finds comes as one row, however much it is.

Fetching and joining ten thousand rows one by one would take longer than the scan itself.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, Select, bindparam, case, func, select, true

from pims_api.storage.catalogue_index.bitmaps.blocks import unite
from pims_api.storage.catalogue_index.bitmaps.term_range import EVERY_TEXT, TextRange
from pims_api.storage.catalogue_index.bitmaps.terms import LONG_LENGTH_MIN, MARK
from pims_api.storage.engine.dialect import (
    all_bytes,
    all_values,
    byte_length,
    holds_folded,
    is_not_ascii,
)
from pims_api.storage.engine.query_trace import note_rows
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import posting

_columns = posting.c


class Scanned(NamedTuple):
    """The rows that a scan found. blocks, terms, sizes: by row; stored: their bits, joined.

    terms: None of rows that satisfy the predicate for sure; the other terms must be tested.
    """

    blocks: Sequence[int] = ()
    terms: Sequence[str | None] = ()
    sizes: Sequence[int] = ()
    stored: bytes = b""

    def unsure(self) -> list[str]:
        """Return the terms that must be tested."""
        return [one for one in self.terms if one is not None]

    def products(self, holds: Callable[[str], bool]) -> int:
        """Return the products of the rows that satisfy the predicate. holds: tests a term."""
        if not any(self.terms):
            return unite(self.blocks, self.sizes, self.stored)
        kept = [term is None or holds(term) for term in self.terms]
        return unite(self.blocks, self.sizes, self.stored, kept)


def scan_texts(snapshot: Snapshot, attribute_id: int, scope: str, wanted: TextRange) -> Scanned:
    """Return the rows of a range that has a pattern or a folded text, unindexed products aside."""
    at = (attribute_id, scope, wanted)
    if wanted.pattern is not None:
        return _scanned(snapshot, _LIKE, *at, pattern=wanted.pattern)
    statement = _TESTED if wanted.tested else _HOLDING
    return _scanned(snapshot, statement, *at, folded=wanted.folded or "")


def read_texts(snapshot: Snapshot, attribute_id: int, scope: str) -> Scanned:
    """Return every row of the texts of an attribute with its term, unindexed products aside."""
    return _scanned(snapshot, _EVERY, attribute_id, scope, EVERY_TEXT)


def _scanned(
    snapshot: Snapshot,
    statement: PreparedStatement,
    attribute_id: int,
    scope: str,
    wanted: TextRange,
    **asked: str,
) -> Scanned:
    parameters = {
        "tenant_id": snapshot.tenant_id,
        "attribute_id": attribute_id,
        "scope": scope,
        "low": wanted.low,
        "high": wanted.high,
    }
    blocks, terms, sizes, stored = statement.first(snapshot.connection, parameters | asked)
    if not stored:
        return Scanned()
    found = Scanned(orjson.loads(blocks), orjson.loads(terms), orjson.loads(sizes), bytes(stored))
    note_rows(len(found.blocks))
    return found


def _united(
    connection: Connection, holds: ColumnElement[bool], unsure: ColumnElement[bool]
) -> Select[Any]:
    return _rows(connection, holds | unsure, case((unsure, _columns.term)))


def _rows(
    connection: Connection, wanted: ColumnElement[bool], term: ColumnElement[Any]
) -> Select[Any]:
    """Return the statement for rows. term: of each row, what is told of its term."""
    cells = (_columns.block, term, func.length(_columns.bits))
    united: list[ColumnElement[Any]] = [all_values(connection, one) for one in cells]
    return select(*united, all_bytes(connection, _columns.bits)).where(
        _columns.tenant_id == bindparam("tenant_id"),
        _columns.attribute_id == bindparam("attribute_id"),
        _columns.scope == bindparam("scope"),
        _columns.term >= bindparam("low"),
        _columns.term < bindparam("high"),
        wanted,
    )


def _is_long(connection: Connection) -> ColumnElement[bool]:
    """Return whether a term is long; most are told by their length, which takes less time."""
    may_be = byte_length(connection, _columns.term) >= LONG_LENGTH_MIN
    return may_be & _columns.term.contains(MARK)


def _like(connection: Connection) -> Select[Any]:
    holds = _columns.term.like(bindparam("pattern"), escape="\\")
    return _united(connection, holds, _is_long(connection))


def _holding(connection: Connection) -> Select[Any]:
    return _united(connection, holds_folded(connection, _columns.term), _unsure(connection))


def _tested(connection: Connection) -> Select[Any]:
    wanted = holds_folded(connection, _columns.term) | _unsure(connection)
    return _rows(connection, wanted, _columns.term)


def _unsure(connection: Connection) -> ColumnElement[bool]:
    return is_not_ascii(connection, _columns.term) | _is_long(connection)


def _every(connection: Connection) -> Select[Any]:
    return _rows(connection, true(), _columns.term)


_EVERY = PreparedStatement(_every)
_LIKE = PreparedStatement(_like)
_HOLDING = PreparedStatement(_holding)
_TESTED = PreparedStatement(_tested)
