"""Rebuild of the catalogue index from the documents, block by block."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from typing import Any

from sqlalchemy import bindparam, delete

from pims_api.domain.attributes.attribute import (
    CREATED_ATTRIBUTE,
    UPDATED_ATTRIBUTE,
    Attribute,
)
from pims_api.domain.product import Values
from pims_api.domain.values.scope import GLOBAL
from pims_api.storage.catalogue_index.bitmaps.blocks import BLOCK_BITS, encode_offsets, place
from pims_api.storage.catalogue_index.bitmaps.document_terms import (
    Entry,
    IndexedSlot,
    entries_of,
)
from pims_api.storage.catalogue_index.bitmaps.number_blocks import (
    encode_numbers,
    part_of,
    parts_of,
)
from pims_api.storage.catalogue_index.bitmaps.terms import (
    HAS_VALUE,
    index_number,
    is_long,
    is_sliced,
    long_texts,
)
from pims_api.storage.catalogue_index.block_versions import advance_version
from pims_api.storage.catalogue_index.long_terms import keep_long_texts
from pims_api.storage.catalogue_index.parents import HAS_VARIANTS, parents_in
from pims_api.storage.catalogue_index.rows import NUMBER_PARTS, POSTINGS, PartKey
from pims_api.storage.products.documents import documents_between, moments_between
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
_FORGET_TERMS, _FORGET_NUMBERS = (
    delete(table).where(
        table.c.tenant_id == bindparam("of_tenant"),
        table.c.attribute_id == bindparam("of_attribute"),
    )
    for table in (posting, number_part)
)
_FORGET_VALUES = _FORGET_TERMS.where(posting.c.term != HAS_VALUE)
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

    def add(self, at: IndexedSlot, product_id: int, stored: Any, terms: Set[str]) -> None:
        """Add the terms and the number of a stored value of a product."""
        attribute, scope = at
        for term in terms:
            self.offsets[attribute.id, scope, term].append(place(product_id)[1])
        number = index_number(attribute, stored) if is_sliced(attribute) else None
        if number is not None:
            self.add_number(attribute, scope, product_id, number)
        if any(map(is_long, terms)):
            self.long.update(long_texts(attribute, stored))

    def add_number(self, attribute: Attribute, scope: str, product_id: int, number: int) -> None:
        """Add the number of a product."""
        part, place_there = part_of(product_id)
        self.numbers[attribute.id, scope, part][place_there] = number


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
        for attribute, scope, stored, terms in entries_of(values, snapshot.definition):
            if attribute_ids is None or attribute.id in attribute_ids:
                found.add((attribute, scope), product_id, stored, terms)
    if attribute_ids is None:
        for moment, product_id, at in _moments(snapshot, block):
            found.add_number(moment, GLOBAL, product_id, at)
        if parents := parents_in(snapshot, block):
            found.offsets[HAS_VARIANTS] = [place(number)[1] for number in parents]
    return found


def forget_values(work: Snapshot, attribute: Attribute) -> None:
    """Delete the rows of an attribute in all blocks.

    Unless it is deleted, those stay that tell which products have a value.
    """
    mine = {"of_tenant": work.tenant_id, "of_attribute": attribute.id}
    work.connection.execute(_FORGET_TERMS if attribute.deleted else _FORGET_VALUES, mine)
    work.connection.execute(_FORGET_NUMBERS, mine)


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


def _moments(snapshot: Snapshot, block: int) -> Iterator[tuple[Attribute, int, int]]:
    """Yield attribute, product id and microseconds of each moment of the products of a block."""
    first = block * BLOCK_BITS
    last = min(first + BLOCK_BITS - 1, snapshot.indexed_id)
    for product_id, created, updated in moments_between(snapshot, first, last):
        yield CREATED_ATTRIBUTE, product_id, created
        yield UPDATED_ATTRIBUTE, product_id, updated
