import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims_api.storage.catalogue_index.bitmaps.blocks import (
    BLOCK_BYTES,
    SPARSE_MAX,
    assemble,
    changed,
    decode,
    encode,
    encode_offsets,
    from_ids,
    ids_of,
    is_in,
    members,
    place,
    to_bytes,
    without,
)

NEAR_THE_LIMIT = st.builds(
    lambda some, size: set(range(size)) ^ some,
    st.sets(st.integers(0, 4_095), max_size=5),
    st.integers(SPARSE_MAX - 4, SPARSE_MAX + 8),
)
OFFSETS = st.one_of(st.sets(st.integers(0, 4_095), max_size=20), NEAR_THE_LIMIT)


@given(OFFSETS)
def test_a_block_comes_back_as_it_was(offsets: set[int]) -> None:
    bits = from_ids(offsets)
    stored = encode(bits)
    assert decode(stored) == bits
    assert encode_offsets(sorted(offsets)) == stored
    assert members(bits) == sorted(offsets)
    assert len(stored) == (2 * len(offsets) if len(offsets) <= SPARSE_MAX else BLOCK_BYTES)


@pytest.mark.parametrize(("count", "length"), [(0, 0), (1, 2), (63, 126), (64, 512), (4_096, 512)])
def test_few_members_are_stored_as_offsets_many_as_bits(count: int, length: int) -> None:
    assert len(encode((1 << count) - 1)) == length


@given(OFFSETS, OFFSETS, OFFSETS)
def test_a_changed_block_has_lost_and_won(before: set, joining: set, leaving: set) -> None:
    joining -= leaving
    stored = changed(encode(from_ids(before)), sorted(joining), sorted(leaving))
    assert stored == encode(from_ids((before - leaving) | joining))


@given(st.lists(st.tuples(st.integers(0, 3), OFFSETS), max_size=6))
def test_blocks_are_put_together(blocks: list[tuple[int, set[int]]]) -> None:
    rows = [(block, encode(from_ids(offsets))) for block, offsets in blocks]
    expected = {block * 4_096 + offset for block, offsets in blocks for offset in offsets}
    assert assemble(rows) == from_ids(expected)
    assert set(ids_of(rows)) == expected


def test_membership_by_bytes() -> None:
    data = to_bytes(from_ids([1, 4_096, 9_999]))
    assert len(data) % BLOCK_BYTES == 0
    assert [one for one in (0, 1, 2, 4_095, 4_096, 9_999, 10_000, 99_999) if is_in(data, one)] == [
        1, 4_096, 9_999,
    ]  # fmt: skip


def test_places_and_differences() -> None:
    assert [place(one) for one in (0, 4_095, 4_096, 9_000)] == [
        (0, 0),
        (0, 4_095),
        (1, 0),
        (2, 808),
    ]
    assert without(0b1110, 0b0111) == 0b1000
    assert members(0) == []
    assert to_bytes(0) == b""
