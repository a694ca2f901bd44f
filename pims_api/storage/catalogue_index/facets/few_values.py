"""Counts of attributes with few values: every value, block by block.

Columns and counts of a block are reused for as long as its version is the same: columns for any set
of products, counts for the same set.
"""

from collections.abc import Iterable, Mapping, Sequence

from pims_api.domain.attributes.attribute import ValueType
from pims_api.domain.conditions.condition import Operand
from pims_api.storage.catalogue_index.bitmaps.blocks import from_ids
from pims_api.storage.catalogue_index.bitmaps.terms import is_sliced
from pims_api.storage.catalogue_index.block_versions import block_versions
from pims_api.storage.catalogue_index.facets.block_cache import BlockCache
from pims_api.storage.catalogue_index.facets.block_columns import (
    Column,
    ColumnRows,
    Columns,
    NumberColumn,
    TextColumn,
)
from pims_api.storage.catalogue_index.facets.block_counts import (
    BlockCount,
    Totals,
    count_block,
    members_by_block,
)
from pims_api.storage.catalogue_index.facets.block_reading import columns_of
from pims_api.storage.catalogue_index.filter.postings import Postings
from pims_api.storage.catalogue_index.skip_scan import terms_at
from pims_api.storage.snapshot import Snapshot

UNINDEXED = -1  # the number of a pseudo block of unindexed products
NUMBER_TERMS_MAX = 2_000  # of an attribute whose numbers are counted by blocks

RANGED = frozenset({ValueType.NUMBER, ValueType.DATE})


class FewValueCounts:
    """Counts of one set of products in one snapshot."""

    def __init__(self, snapshot: Snapshot, members: int, cache: BlockCache) -> None:
        self._snapshot = snapshot
        self._cache = cache
        first = snapshot.indexed_id + 1
        self._parts = members_by_block(members & ((1 << first) - 1))
        self._versions = block_versions(snapshot)
        self._unindexed = members >> first

    def few(self, operands: Sequence[Operand], texts_max: int) -> list[Operand]:
        """Return the operands with few values. Options are always few.

        An attribute of which most blocks are cached counts as one with few values. If it has many
        by now, the count takes longer and is still right.
        """
        cached = self._cache.get(self._snapshot.tenant_id, self._versions_of(self._parts))
        places = [
            (one.attribute.id, scope, most + 2)  # one more than allowed, and "has a value"
            for one in operands
            if (most := _terms_max(one, texts_max)) is not None and not _is_cached(one, cached)
            for scope in one.scopes
        ]
        terms = terms_at(self._snapshot, places) if places else {}
        many = {number for number, scope, most in places if len(terms[number, scope]) == most}
        return [one for one in operands if one.attribute.id not in many]

    def totals(self, operands: Sequence[Operand], known: Totals) -> Totals:
        """Return the counts of all values. known: earlier counts of the same attributes."""
        parts, versions = self._parts, self._versions
        unindexed = self._count_unindexed(operands)
        stale = [
            block
            for block, part in parts.items()
            if not _holds(known.blocks, block, versions, part)
        ]
        columns = columns_of(
            self._snapshot, self._cache, operands, self._versions_of(stale), len(versions)
        )
        new = {
            block: count_block(
                operands, versions.get(block, 0), parts[block], columns.get(block, {})
            )
            for block in stale
        }
        gone = known.blocks.keys() - parts.keys()
        return known.with_blocks(new | unindexed, gone)

    def _count_unindexed(self, operands: Sequence[Operand]) -> dict[int, BlockCount]:
        """Return the counts of unindexed products as a pseudo block."""
        if not self._unindexed:
            return {}
        postings = Postings(self._snapshot)
        columns = {
            (one.attribute.id, scope): _column(postings, one, scope)
            for one in operands
            for scope in one.scopes
        }
        return {UNINDEXED: count_block(operands, 0, self._unindexed, columns)}

    def _versions_of(self, blocks: Iterable[int]) -> dict[int, int]:
        return {block: self._versions[block] for block in blocks if block in self._versions}


def _column(postings: Postings, operand: Operand, scope: str) -> Column:
    """Return the column of unindexed products, with offset 0 for the first of them."""
    at, rows, products = (operand.attribute.id, scope), ColumnRows(), postings.unindexed
    for term, ids in products.terms(at).items():
        rows.dense[term] = from_ids(one - products.first_id for one in ids)
    rows.parts = products.number_parts(at, products.first_id)
    return NumberColumn(rows) if is_sliced(operand.attribute) else TextColumn(rows)


def _terms_max(operand: Operand, texts_max: int) -> int | None:
    if operand.attribute.type in RANGED:
        return NUMBER_TERMS_MAX
    return texts_max if operand.attribute.type is ValueType.STRING else None


def _is_cached(operand: Operand, cached: Mapping[int, Columns]) -> bool:
    """Return whether more than half of the attribute's columns are cached."""
    places = [(operand.attribute.id, scope) for scope in operand.scopes]
    known = sum(all(place in columns for place in places) for columns in cached.values())
    return 2 * known > len(cached)


def _holds(
    known: Mapping[int, BlockCount], block: int, versions: Mapping[int, int], part: int
) -> bool:
    one = known.get(block)
    return one is not None and one.version == versions.get(block) and one.members == part
