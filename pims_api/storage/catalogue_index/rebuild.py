"""Making the catalogue index anew from the documents, block by block."""

from collections import defaultdict
from collections.abc import Iterator, Set

from sqlalchemy import bindparam, delete

from pims_api.domain.product import Values
from pims_api.storage.catalogue_index.block_clock import advance_clock
from pims_api.storage.catalogue_index.codec import BLOCK_BITS, encode_offsets, place
from pims_api.storage.catalogue_index.entries import Entry, entries_of
from pims_api.storage.catalogue_index.maintain import keep_long_texts, store_blocks
from pims_api.storage.catalogue_index.terms import is_long, long_texts
from pims_api.storage.documents import documents_between
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import posting

DOCUMENTS_READ = 512  # at once; divides BLOCK_BITS

_DELETE_BLOCK = delete(posting).where(
    posting.c.tenant_id == bindparam("of_tenant"), posting.c.block == bindparam("of_block")
)
_DELETE_ATTRIBUTES = _DELETE_BLOCK.where(
    posting.c.attribute_id.in_(bindparam("of_attributes", expanding=True))
)


class BlockEntries:
    """What the documents of one block put into the index: offsets by entry, ascending.

    long: long terms with the texts that they stand for.
    """

    def __init__(self) -> None:
        self.offsets: defaultdict[Entry, list[int]] = defaultdict(list)
        self.long: dict[str, str] = {}


def block_count(snapshot: Snapshot) -> int:
    """Return how many blocks of ids there are, counted from block 0; 1 at least."""
    return place(snapshot.last_product_id)[0] + 1


def rebuild_block(work: Snapshot, block: int, attribute_ids: Set[int] | None = None) -> None:
    """Make a block's part of the index anew from its documents.

    attribute_ids: only these attributes; None: all. The caller opens and commits the transaction.
    """
    wanted = {"of_tenant": work.tenant_id, "of_block": block}
    if attribute_ids is None:
        work.connection.execute(_DELETE_BLOCK, wanted)
    else:
        attributes = {"of_attributes": sorted(attribute_ids)}
        work.connection.execute(_DELETE_ATTRIBUTES, wanted | attributes)
    found = block_entries(work, block, attribute_ids)
    keep_long_texts(work, found.long)
    rows = sorted(found.offsets.items())
    store_blocks(work, (((*entry, block), encode_offsets(ids)) for entry, ids in rows))
    advance_clock(work, block)


def block_entries(
    snapshot: Snapshot, block: int, attribute_ids: Set[int] | None = None
) -> BlockEntries:
    """Return what the documents of a block put into the index. attribute_ids: None for all."""
    found = BlockEntries()
    for product_id, values in _documents(snapshot, block):
        offset = place(product_id)[1]
        for attribute, scope, stored, terms in entries_of(values, snapshot.definition):
            if attribute_ids is not None and attribute.id not in attribute_ids:
                continue
            for term in terms:
                found.offsets[attribute.id, scope, term].append(offset)
            if any(map(is_long, terms)):
                found.long.update(long_texts(attribute, stored))
    return found


def _documents(snapshot: Snapshot, block: int) -> Iterator[tuple[int, Values]]:
    start = block * BLOCK_BITS
    for first in range(start, start + BLOCK_BITS, DOCUMENTS_READ):
        found = documents_between(snapshot, first, first + DOCUMENTS_READ - 1)
        yield from sorted(found.items(), key=lambda one: one[0])
