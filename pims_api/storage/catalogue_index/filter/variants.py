"""Direct variants: products whose parent is among some products, found without reading documents.

Where few parents decide, their variants are looked up. Else which product is whose parent is cached
by block, for as long as the block has the same version.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import ClassVar, NamedTuple

from sqlalchemy import bindparam, select

from pims_api.deadline import check_deadline
from pims_api.settings import Settings
from pims_api.storage.catalogue_index.bitmaps.blocks import (
    BLOCK_BITS,
    from_ids,
    members,
    without,
)
from pims_api.storage.catalogue_index.block_versions import block_versions
from pims_api.storage.catalogue_index.filter.postings import Postings
from pims_api.storage.catalogue_index.parents import HAS_VARIANTS, Pair, pairs_below
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.engine.versioned_cache import VersionedCache
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import product

LOOKED_UP_MAX = 200  # parents whose variants are looked up one by one
_PAIR_BYTES = 130  # in memory, about: two numbers and their tuple
_columns = product.c
_PAIRS = PreparedStatement(
    select(_columns.parent_id, _columns.id).where(
        _columns.tenant_id == bindparam("tenant_id"),
        _columns.id.between(bindparam("first_id"), bindparam("last_id")),
        _columns.parent_id.is_not(None),
    )
)


class _Block(NamedTuple):
    """The variants of a block. pairs: ascending. base, parents: the parents, as a set from base."""

    pairs: list[Pair]
    base: int
    parents: int

    def children(self, parent_id: int) -> list[int]:
        """Return the variants of a parent in the block."""
        start, end = (find(self.pairs, parent_id, key=_parent_of) for find in _BOUNDS)
        return [child for _, child in self.pairs[start:end]]

    def orphans(self, parents: int) -> list[int]:
        """Return the variants whose parent is none of these."""
        missing = members(without(self.parents, parents >> self.base))
        return [child for one in missing for child in self.children(one + self.base)]


def _parent_of(pair: Pair) -> int:
    return pair[0]


_BOUNDS = (bisect_left, bisect_right)


class VariantCache:
    """The variants of blocks by tenant and block, bounded by bytes."""

    unit: ClassVar[str] = "bytes"

    def __init__(self, weight_max: int) -> None:
        self.blocks: VersionedCache[tuple[int, int], _Block] = VersionedCache(_weight, weight_max)

    @classmethod
    def sized(cls, settings: Settings) -> "VariantCache":
        """Return an empty cache."""
        return cls(settings.number_cache_bytes)

    @property
    def size(self) -> int:
        """The number of bytes cached, about."""
        return self.blocks.weight


def _weight(block: _Block) -> int:
    return 200 + len(block.pairs) * _PAIR_BYTES + block.parents.bit_length() // 8


def direct_variants(snapshot: Snapshot, candidates: int, parents: int) -> int:
    """Return those of the candidates whose parent is one of the parents.

    candidates: a set of products that have a parent.
    """
    few = _of_few_parents(snapshot, candidates, parents)
    if few is not None:
        return few
    orphans = (one.orphans(parents) for one in _blocks_with(snapshot, candidates))
    return without(candidates, from_ids(child for some in orphans for child in some))


def below(snapshot: Snapshot, above: int) -> int | None:
    """Return everything that is below some products; None where very many have variants."""
    parents, found, left = _parents(snapshot), 0, LOOKED_UP_MAX
    frontier = above & parents
    while frontier:
        left -= frontier.bit_count()
        if left < 0:
            return None
        new = without(_children(snapshot, frontier), found)
        found |= new
        frontier = new & parents
    return found


def variants_below(snapshot: Snapshot, candidates: int, above: int) -> int:
    """Return those of the candidates that are below some products, at any depth.

    candidates: every product that has a parent, or those of them that matter with all above them.
    """
    found, level = 0, above
    while level:
        level = direct_variants(snapshot, without(candidates, found), level)
        found |= level
    return found


def _of_few_parents(snapshot: Snapshot, candidates: int, parents: int) -> int | None:
    """Return what `direct_variants` does where few products have variants that are, or are not."""
    every = _parents(snapshot)
    others = without(every, parents)
    if others.bit_count() <= LOOKED_UP_MAX:
        return without(candidates, _children(snapshot, others))
    if (every & parents).bit_count() <= LOOKED_UP_MAX:
        return candidates & _children(snapshot, every & parents)
    return None


def _parents(snapshot: Snapshot) -> int:
    """Return every product that has variants."""
    found, first = Postings(snapshot).any_of([HAS_VARIANTS]), snapshot.indexed_id + 1
    if first <= snapshot.last_product_id:
        new = _read(snapshot, first, snapshot.last_product_id)
        found |= new.parents << new.base
    return found


def _children(snapshot: Snapshot, parents: int) -> int:
    return from_ids(child for _, child in pairs_below(snapshot, members(parents)))


def variants_by_parent(snapshot: Snapshot, candidates: int) -> dict[int, list[int]]:
    """Return the candidates by the id of their parent, in ascending order of their ids.

    candidates: a set of products that have a parent.
    """
    wanted = set(members(candidates))
    pairs = sorted(
        pair
        for block in _blocks_with(snapshot, candidates)
        for pair in block.pairs
        if pair[1] in wanted
    )
    return {parent: [child for _, child in some] for parent, some in groupby(pairs, _parent_of)}


def _blocks_with(snapshot: Snapshot, candidates: int) -> Iterator[_Block]:
    """Yield the variants of every block that holds a candidate, unindexed ones at the end."""
    first = snapshot.indexed_id + 1
    indexed = candidates & ((1 << first) - 1)
    versions = block_versions(snapshot) if indexed else {}
    wanted = {block: versions[block] for block in _numbers(indexed) if block in versions}
    yield from _known_blocks(snapshot, wanted)
    if candidates >> first:
        yield _read(snapshot, first, snapshot.last_product_id)


def _numbers(products: int) -> Iterable[int]:
    """Return the numbers of the blocks that hold some of these products."""
    return (n for n in range(products.bit_length() // BLOCK_BITS + 1) if _part(products, n))


def _part(products: int, block: int) -> int:
    return products >> (block * BLOCK_BITS) & ((1 << BLOCK_BITS) - 1)


def _known_blocks(snapshot: Snapshot, versions: Mapping[int, int]) -> Iterator[_Block]:
    cache = snapshot.caches.of(VariantCache).blocks
    keys = {(snapshot.tenant_id, block): version for block, version in versions.items()}
    known = {} if snapshot.is_writing else cache.at(keys)
    for key, version in keys.items():
        found = known.get(key)
        if found is None:
            check_deadline()
            first = key[1] * BLOCK_BITS
            found = _read(snapshot, first, min(first + BLOCK_BITS - 1, snapshot.indexed_id))
            if not snapshot.is_writing:
                cache.put(key, version, found)
        yield found


def _read(snapshot: Snapshot, first_id: int, last_id: int) -> _Block:
    wanted = {"tenant_id": snapshot.tenant_id, "first_id": first_id, "last_id": last_id}
    pairs = sorted(tuple(row) for row in _PAIRS.each(snapshot.connection, wanted))
    base = pairs[0][0] if pairs else 0
    return _Block(pairs, base, from_ids(parent - base for parent, _ in pairs))
