"""Reads of the blocks of some attributes from the index, cached by block."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Integer, Select, bindparam, select

from pims_api.domain.conditions.condition import Operand
from pims_api.garbage import without_collection
from pims_api.storage.catalogue_index.bitmaps.blocks import BLOCK_BYTES
from pims_api.storage.catalogue_index.bitmaps.number_blocks import PARTS_PER_BLOCK, parts_of
from pims_api.storage.catalogue_index.bitmaps.terms import is_sliced
from pims_api.storage.catalogue_index.facets.block_cache import BlockCache
from pims_api.storage.catalogue_index.facets.block_columns import (
    Column,
    ColumnRows,
    Columns,
    NumberColumn,
    TextColumn,
)
from pims_api.storage.catalogue_index.rows import NUMBER_PARTS
from pims_api.storage.catalogue_index.skip_scan import Place, terms_at
from pims_api.storage.engine.dialect import looked_up, parameter_rows
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.engine.untyped_column import raw
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import number_part, posting

# A step of the skip scan and a look-up of a block cost about as much as reading this many rows.
PASSED_PER_SKIP = 32
_TERMS_MAX = 1 << 30  # all of them

_columns = posting.c
_PLACE = (_columns.attribute_id, _columns.scope)
_KEY = (*_PLACE, _columns.term, _columns.block)
_ROW = (*_KEY, _columns.bits)
_MINE = select(*map(raw, _ROW)).where(_columns.tenant_id == bindparam("tenant_id"))

BlockRows = dict[Place, ColumnRows]
"""The rows of one block, by attribute id and scope."""


def columns_of(
    snapshot: Snapshot,
    cache: BlockCache,
    operands: Sequence[Operand],
    versions: Mapping[int, int],
    block_count: int,
) -> dict[int, Columns]:
    """Return the columns of some blocks, of each at least those of the operands.

    versions: of the blocks wanted. block_count: how many blocks there are. Columns that are not
    cached are read and cached.
    """
    cached = cache.get(snapshot.tenant_id, versions)
    sliced = {
        (o.attribute.id, scope): is_sliced(o.attribute) for o in operands for scope in o.scopes
    }
    missing = {block: sliced.keys() - columns.keys() for block, columns in cached.items()}
    blocks = [block for block, places in missing.items() if places]
    places = sorted({place for of_block in missing.values() for place in of_block})
    with without_collection():
        found = read_blocks(snapshot, places, blocks, block_count)
        _add_numbers(snapshot, [one for one in places if sliced[one]], found, block_count)
    for block, rows in found.items():
        columns: dict[Place, Column] = {
            place: (NumberColumn if sliced[place] else TextColumn)(rows.get(place) or ColumnRows())
            for place in places
        }
        cached[block] = {**cached[block], **columns}
        cache.put(snapshot.tenant_id, block, versions[block], columns)
    return cached


def read_blocks(
    snapshot: Snapshot, places: Sequence[Place], blocks: Sequence[int], block_count: int
) -> dict[int, BlockRows]:
    """Return the rows of some blocks, without places that have none.

    block_count: how many blocks there are. One statement reads all rows of the places; if they are
    very many for few blocks, two do: a skip scan of the terms, and a look-up of their blocks.
    """
    found: dict[int, BlockRows] = {block: {} for block in blocks}
    if not places or not blocks:
        return found
    place: Place = (-1, "")
    here: dict[int, ColumnRows] = {}
    for attribute_id, scope, term, block, bits in _rows(snapshot, places, blocks, block_count):
        if attribute_id != place[0] or scope != place[1]:
            place = (attribute_id, scope)
            here = {one: rows.setdefault(place, ColumnRows()) for one, rows in found.items()}
        column = here.get(block)
        if column is None:
            continue
        if len(bits) == BLOCK_BYTES:
            column.dense[term] = int.from_bytes(bits, "little")
        else:
            column.sparse[term] = bits
    return found


def _add_numbers(
    snapshot: Snapshot, places: Sequence[Place], found: dict[int, BlockRows], block_count: int
) -> None:
    if not places or not found:
        return
    statement, keys = _PARTS_OF_PLACES, [list(place) for place in places]
    if len(found) * 2 <= block_count:
        statement = _PARTS_OF_KEYS
        keys = [[*place, part] for place in places for block in found for part in parts_of(block)]
    wanted = {"tenant_id": snapshot.tenant_id, "keys": keys}
    for attribute_id, scope, part, bits in statement.each(snapshot.connection, wanted):
        block, place_there = divmod(part, PARTS_PER_BLOCK)
        if block in found:
            column = found[block].setdefault((attribute_id, scope), ColumnRows())
            column.parts.append((place_there, bits))


def _rows(
    snapshot: Snapshot, places: Sequence[Place], blocks: Sequence[int], block_count: int
) -> Iterable[Any]:
    if len(blocks) * PASSED_PER_SKIP < block_count:
        return _looked_up(snapshot, places, blocks)
    wanted: dict[str, Any] = {
        "tenant_id": snapshot.tenant_id,
        "keys": [list(place) for place in places],
    }
    if len(blocks) * 2 > block_count:
        return _OF_PLACES.each(snapshot.connection, wanted)
    wanted |= {"blocks": [[one] for one in blocks], "first": min(blocks), "last": max(blocks)}
    return _OF_BLOCKS.each(snapshot.connection, wanted)


def _looked_up(snapshot: Snapshot, places: Sequence[Place], blocks: Sequence[int]) -> Iterable[Any]:
    terms = terms_at(snapshot, [(*place, _TERMS_MAX) for place in places])
    keys = [[*place, term, block] for place in terms for term in terms[place] for block in blocks]
    return _OF_KEYS.each(snapshot.connection, {"tenant_id": snapshot.tenant_id, "keys": keys})


def _of_blocks(connection: Connection) -> Select[Any]:
    name = connection.dialect.name
    source, (block,) = parameter_rows(name, "blocks", (Integer(),))
    within = _MINE.where(
        # PostgreSQL tests the list only on fetched rows, but the range in the index.
        _columns.block.between(bindparam("first"), bindparam("last")),
        _columns.block.in_(select(block).select_from(source)),
    )
    return looked_up(name, within, _PLACE, "keys")


_OF_PLACES = PreparedStatement(lambda one: looked_up(one.dialect.name, _MINE, _PLACE, "keys"))
_OF_BLOCKS = PreparedStatement(_of_blocks)
_OF_KEYS = PreparedStatement(lambda one: looked_up(one.dialect.name, _MINE, _KEY, "keys"))
_parts = number_part.c
_PARTS = select(*map(raw, (_parts.attribute_id, _parts.scope, _parts.part, _parts.bits))).where(
    _parts.tenant_id == bindparam("tenant_id")
)
_PARTS_OF_PLACES = PreparedStatement(
    lambda one: looked_up(one.dialect.name, _PARTS, (_parts.attribute_id, _parts.scope), "keys")
)
_PARTS_OF_KEYS = PreparedStatement(
    lambda one: looked_up(one.dialect.name, _PARTS, NUMBER_PARTS.key, "keys")
)
