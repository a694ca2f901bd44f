"""Cached columns of a block are used only at the version at which they were read."""

import pytest

from pims_api.storage.catalogue_index.facets.block_cache import BlockCache
from pims_api.storage.catalogue_index.facets.block_columns import ColumnRows, TextColumn

PLACE, OTHER = (100, ""), (101, "")


def column(size: int = 1) -> TextColumn:
    rows = ColumnRows()
    rows.sparse = {f"={number}": b"\0\0" for number in range(size)}
    return TextColumn(rows)


@pytest.fixture
def known() -> tuple[BlockCache, TextColumn]:
    """Block 3 of tenant 1 at version 7."""
    cache, one = BlockCache(weight_max=2**20), column()
    cache.put(1, 3, 7, {PLACE: one})
    return cache, one


def test_a_block_is_known_at_its_clock_to_its_tenant_alone(known):
    cache, one = known
    assert cache.get(1, {3: 7, 4: 7}) == {3: {PLACE: one}, 4: {}}
    assert cache.get(1, {3: 8}) == cache.get(1, {3: 6}) == cache.get(2, {3: 7}) == {3: {}}


def test_columns_of_the_same_clock_join_those_of_a_newer_one_replace_them(known):
    cache, one = known
    second, newer = column(), column()
    cache.put(1, 3, 7, {OTHER: second})
    assert cache.get(1, {3: 7}) == {3: {PLACE: one, OTHER: second}}
    cache.put(1, 3, 8, {OTHER: newer})
    assert cache.get(1, {3: 8}) == {3: {OTHER: newer}}


def test_what_an_old_snapshot_saw_replaces_nothing(known):
    cache, one = known
    cache.put(1, 3, 6, {PLACE: column()})
    assert cache.get(1, {3: 7}) == {3: {PLACE: one}}
    assert cache.get(1, {3: 6}) == {3: {}}


def test_with_too_many_the_block_goes_that_was_not_asked_for_longest():
    cache = BlockCache(weight_max=2 * column().weight)
    for block in (1, 2):
        cache.put(1, block, 7, {PLACE: column()})
    cache.get(1, {1: 7})
    cache.put(1, 3, 7, {PLACE: column()})
    held = cache.get(1, dict.fromkeys((1, 2, 3), 7))
    assert [block for block, columns in held.items() if columns] == [1, 3]


def test_a_block_too_large_to_keep_is_not_kept():
    cache = BlockCache(weight_max=2 * column().weight)
    cache.put(1, 1, 7, {PLACE: column(9)})
    cache.put(1, 2, 7, {PLACE: column(2)})
    assert [bool(one) for one in cache.get(1, {1: 7, 2: 7}).values()] == [False, True]
