"""Numbers of 512 products in a row: changing them, reading them, putting parts together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims_api.storage.catalogue_index.bitmaps.number_blocks import (
    LISTED_MAX,
    PART_BITS,
    assemble_numbers,
    changed_numbers,
    encode_numbers,
    numbers_of,
)

OFFSETS = st.integers(0, PART_BITS - 1)
NUMBERS = st.one_of(st.integers(-3, 3), st.integers(-(2**63 - 1), 2**63 - 1))
PARTS = st.dictionaries(OFFSETS, NUMBERS, max_size=3 * LISTED_MAX)
CHANGES = st.dictionaries(OFFSETS, st.none() | NUMBERS, max_size=3 * LISTED_MAX)


@given(numbers=PARTS, changes=st.lists(CHANGES, max_size=4))
def test_a_part_holds_what_it_was_last_given(numbers, changes) -> None:
    stored = encode_numbers(numbers)
    for change in changes:
        stored = changed_numbers(stored, change)
        numbers = {at: one for at, one in {**numbers, **change}.items() if one is not None}
    assert stored == encode_numbers(numbers)  # however it came about
    assert (numbers_of(stored) if stored else {}) == numbers


@given(PARTS, st.lists(st.none() | NUMBERS, min_size=65, max_size=100), st.integers(1, 5))
def test_many_numbers_at_once_are_the_same_as_one_by_one(numbers, values, step) -> None:
    change = dict(zip(range(0, PART_BITS, step), values, strict=False))
    stored = encode_numbers(numbers)
    together = changed_numbers(stored, change)
    for offset, number in change.items():
        stored = changed_numbers(stored, {offset: number})
    assert together == stored


def test_numbers_that_are_all_zero_are_numbers() -> None:
    zeros = dict.fromkeys(range(LISTED_MAX + 1), 0)
    stored = encode_numbers(zeros)
    assert numbers_of(stored) == zeros
    assert changed_numbers(encode_numbers(dict.fromkeys(zeros, 7)), zeros) == stored


@given(st.dictionaries(st.integers(0, 9), PARTS.filter(bool), max_size=6))
def test_parts_make_up_the_sets_of_all_products(parts) -> None:
    rows = [(part, encode_numbers(numbers)) for part, numbers in parts.items()]
    has, negative, slices = assemble_numbers(rows)
    expected = {
        part * PART_BITS + at: number
        for part, numbers in parts.items()
        for at, number in numbers.items()
    }
    assert has == sum(1 << one for one in expected)
    assert negative == sum(1 << one for one, number in expected.items() if number < 0)
    for one, number in expected.items():
        assert sum((bits >> one & 1) << bit for bit, bits in enumerate(slices)) == abs(number)


def test_few_numbers_take_little_room_and_many_have_their_slices() -> None:
    assert len(encode_numbers(dict.fromkeys(range(LISTED_MAX), 7))) == 1 + 10 * LISTED_MAX
    many = encode_numbers(dict.fromkeys(range(PART_BITS), 7))
    assert len(many) == 1 + (2 + 3) * PART_BITS // 8
    assert changed_numbers(many, {0: 2**40})[: len(many)] != many
    assert len(changed_numbers(changed_numbers(many, {0: 2**40}), {0: 7})) == len(many)


@pytest.mark.parametrize("stored", [b"", b"\x00\x01", b"\x01", b"\x01" + bytes(63), b"\x02"])
def test_bytes_that_are_no_part_are_refused(stored: bytes) -> None:
    with pytest.raises(ValueError, match="no numbers"):
        numbers_of(stored)
