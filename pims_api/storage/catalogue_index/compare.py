"""Comparing the catalogue index with the documents."""

import struct
from collections.abc import Iterator
from typing import Any

from sqlalchemy import bindparam, select

from pims_api.domain.attribute import PRODUCT_TYPE_ATTRIBUTE, Attribute
from pims_api.domain.definition import Definition
from pims_api.storage.catalogue_index.codec import BLOCK_BITS, decode, from_ids, members, without
from pims_api.storage.catalogue_index.entries import Entry, is_kept
from pims_api.storage.catalogue_index.lookup import long_texts_of
from pims_api.storage.catalogue_index.rebuild import block_count, block_entries
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import posting

BLOCKS_AT_ONCE = 8  # compared in one pass over the index
ROWS_READ = 2_000
IDS_SHOWN = 5

_columns = posting.c
_BLOCKS = select(
    _columns.attribute_id, _columns.scope, _columns.term, _columns.block, _columns.bits
).where(
    _columns.tenant_id == bindparam("tenant_id"),
    _columns.block.between(bindparam("first"), bindparam("last")),
)


def compare_index(snapshot: Snapshot) -> Iterator[str]:
    """Yield a sentence for each difference between the index and the documents.

    Attributes whose index is not built, or not asked for any more, are left out.
    """
    blocks = block_count(snapshot)
    for first in range(0, blocks, BLOCKS_AT_ONCE):
        yield from _compare(snapshot, range(first, min(first + BLOCKS_AT_ONCE, blocks)))


def _compare(snapshot: Snapshot, blocks: range) -> Iterator[str]:
    wanted: dict[tuple[Entry, int], int] = {}
    for block in blocks:
        found = block_entries(snapshot, block)
        wanted.update(((entry, block), from_ids(ids)) for entry, ids in found.offsets.items())
        yield from _compare_long(snapshot, found.long)
    for entry, block, stored in _stored(snapshot, blocks):
        expected = wanted.pop((entry, block), 0)
        try:
            bits = decode(stored)
        except struct.error:
            yield f"Index: block {block} of attribute id {entry[0]}, {entry[2]!r}, is damaged."
        else:
            yield from _told(snapshot.definition, entry, block, expected, bits)
    for (entry, block), bits in wanted.items():
        yield from _told(snapshot.definition, entry, block, bits, 0)


def _compare_long(snapshot: Snapshot, texts: dict[str, str]) -> Iterator[str]:
    known = long_texts_of(snapshot, list(texts))
    for term, text in texts.items():
        if known.get(term) != text:
            yield f"Index: the whole text of {term!r} is not kept."


def _stored(snapshot: Snapshot, blocks: range) -> Iterator[tuple[Entry, int, bytes]]:
    rows: Any = snapshot.connection.execute(
        _BLOCKS,
        {"tenant_id": snapshot.tenant_id, "first": blocks[0], "last": blocks[-1]},
        execution_options={"yield_per": ROWS_READ},
    )
    for attribute_id, scope, term, block, bits in rows:
        yield (attribute_id, scope, term), block, bits


def _told(
    definition: Definition, entry: Entry, block: int, wanted: int, stored: int
) -> Iterator[str]:
    attribute = _built(definition, entry[0])
    if attribute is None or wanted == stored:
        return
    where = f"Index of {attribute.name}{f' in scope {entry[1]}' if entry[1] else ''}"
    if missing := without(wanted, stored):
        yield f"{where}: {entry[2]!r} lacks {_products(missing, block)}."
    if surplus := without(stored, wanted):
        yield f"{where}: {entry[2]!r} has {_products(surplus, block)}, whose documents differ."


def _built(definition: Definition, attribute_id: int) -> Attribute | None:
    if attribute_id == PRODUCT_TYPE_ATTRIBUTE.id:
        return PRODUCT_TYPE_ATTRIBUTE
    attribute = definition.attributes.get(attribute_id)
    if attribute is None or not is_kept(attribute):
        return None
    sortable = attribute.indexable and "indexable" not in attribute.pending
    return attribute if attribute.can_filter or sortable else None


def _products(bits: int, block: int) -> str:
    ids = [block * BLOCK_BITS + offset for offset in members(bits)]
    shown = ", ".join(map(str, ids[:IDS_SHOWN]))
    more = f" and {len(ids) - IDS_SHOWN} more" if len(ids) > IDS_SHOWN else ""
    return f"product id {shown}{more}"
