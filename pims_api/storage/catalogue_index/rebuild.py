"""Rebuild of the catalogue index from the documents, block by block."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from typing import Any

from sqlalchemy import bindparam, delete

from pims_api.domain.product import Values
from pims_api.storage.catalogue_index.bitmaps.blocks import BLOCK_BITS, encode_offsets, place
from pims_api.storage.catalogue_index.bitmaps.document_terms import Entry, entries_of
from pims_api.storage.catalogue_index.bitmaps.number_blocks import (
    encode_numbers,
    part_of,
    parts_of,
)
from pims_api.storage.catalogue_index.bitmaps.terms import (
    index_number,
    is_long,
    is_sliced,
    long_texts,
)
from pims_api.storage.catalogue_index.block_versions import advance_version
from pims_api.storage.catalogue_index.long_terms import keep_long_texts
from pims_api.storage.catalogue_index.rows import NUMBER_PARTS, POSTINGS, PartKey
from pims_api.storage.products.documents import documents_between
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import number_part, posting

DOCUMENTS_READ = 512  # at once; divides BLOCK_BITS

_DELETE_BLOCK = (
    delete(posting).where(
        posting.c.tenant_id == bindparam("of_tenant"), posting.c.block == bindparam("of_block")
    ),
    delete(number_part).where(
        number_part.c.tenant_id == bindparam("of_tenant"),
        number_part.c.part.between(bindparam("first_part"), bindparam("last_part")),
    ),
)
_DELETE_ATTRIBUTES = tuple(
    one.where(one.table.c.attribute_id.in_(bindparam("of_attributes", expanding=True)))
    for one in _DELETE_BLOCK
)


class BlockEntries:
    """The index entries of the documents of one block: ascending offsets by entry.

    numbers: by part, and there by offset. long: the texts of long terms.
    """

    def __init__(self) -> None:
        self.offsets: defaultdict[Entry, list[int]] = defaultdict(list)
        self.numbers: defaultdict[PartKey, dict[int, int]] = defaultdict(dict)
        self.long: dict[str, str] = {}


def block_count(snapshot: Snapshot) -> int:
    """Return how many blocks of ids there are, counted from block 0; 1 at least."""
    return place(snapshot.last_product_id)[0] + 1


def rebuild_block(work: Snapshot, block: int, attribute_ids: Set[int] | None = None) -> None:
    """Replace the index rows of a block by those of its documents.

    attribute_ids: only these attributes; None: all. The caller opens and commits the transaction.
    """
    _delete_block(work, block, attribute_ids)
    found = block_entries(work, block, attribute_ids)
    keep_long_texts(work, found.long)
    rows = sorted(found.offsets.items())
    POSTINGS.store(work, (((*entry, block), encode_offsets(ids)) for entry, ids in rows))
    parts = sorted(found.numbers.items())
    NUMBER_PARTS.store(work, ((key, encode_numbers(numbers)) for key, numbers in parts))
    advance_version(work, block)


def block_entries(
    snapshot: Snapshot, block: int, attribute_ids: Set[int] | None = None
) -> BlockEntries:
    """Return the index entries of the documents of a block. attribute_ids: None for all."""
    found = BlockEntries()
    for product_id, values in _documents(snapshot, block):
        offset = place(product_id)[1]
        for attribute, scope, stored, terms in entries_of(values, snapshot.definition):
            if attribute_ids is not None and attribute.id not in attribute_ids:
                continue
            for term in terms:
                found.offsets[attribute.id, scope, term].append(offset)
            number = index_number(attribute, stored) if is_sliced(attribute) else None
            if number is not None:
                part, place_there = part_of(product_id)
                found.numbers[attribute.id, scope, part][place_there] = number
            if any(map(is_long, terms)):
                found.long.update(long_texts(attribute, stored))
    return found


def _delete_block(work: Snapshot, block: int, attribute_ids: Set[int] | None) -> None:
    parts = parts_of(block)
    wanted: dict[str, Any] = {
        "of_tenant": work.tenant_id,
        "of_block": block,
        "first_part": parts[0],
        "last_part": parts[-1],
    }
    statements: Iterable[Any] = _DELETE_BLOCK
    if attribute_ids is not None:
        statements, wanted["of_attributes"] = _DELETE_ATTRIBUTES, sorted(attribute_ids)
    for statement in statements:
        work.connection.execute(statement, wanted)


def _documents(snapshot: Snapshot, block: int) -> Iterator[tuple[int, Values]]:
    start = block * BLOCK_BITS
    for first in range(start, start + BLOCK_BITS, DOCUMENTS_READ):
        last = min(first + DOCUMENTS_READ - 1, snapshot.indexed_id)
        found = documents_between(snapshot, first, last)
        yield from sorted(found.items(), key=lambda one: one[0])
