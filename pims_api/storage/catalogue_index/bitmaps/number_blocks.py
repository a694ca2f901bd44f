"""Number parts: bit slices of 512 products, stored in one row.

A change of a number changes one row, whatever its bits. A part with few numbers is a list of offset
and number. Any other is a row of sets of 64 bytes each: the products with a number, those with a
negative one, and those whose magnitude has bit 0, 1, …. The first byte tells which it is.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from operator import and_, or_
from struct import Struct

from pims_api.storage.catalogue_index.bitmaps.blocks import BLOCK_BITS

PART_BITS = 512  # products
PART_BYTES = PART_BITS // 8
PARTS_PER_BLOCK = BLOCK_BITS // PART_BITS
LISTED_MAX = 15  # numbers of a listed part: shorter than slices, and fast to read

_LISTED, _SLICED = b"\x00", b"\x01"
_ENTRY = Struct("<Hq")
_FEW_MAX = 16  # numbers that are faster bit by bit than together
_SIGNS = 2  # sets before the bits: has a number, has a negative one
_WIDTH = 8  # bytes of a magnitude
_MAGNITUDES = Struct(f"<{PART_BITS}Q")
_ONE = ord("1")
# By bit: the digit that each byte has there.
_DIGITS = [bytes(ord("0") + (byte >> bit & 1) for byte in range(256)) for bit in range(8)]

PartRow = tuple[int, bytes]
"""The number of a part and its encoded numbers."""

Slices = tuple[int, int, tuple[int, ...]]
"""The products with a number, with a negative one, and with bit 0, 1, … of the magnitude."""


def part_of(product_id: int) -> tuple[int, int]:
    """Return the part of a product and its offset there.

    >>> part_of(513)
    (1, 1)
    """
    return divmod(product_id, PART_BITS)


def parts_of(block: int) -> range:
    """Return the number parts of a block.

    >>> parts_of(1)
    range(8, 16)
    """
    return range(block * PARTS_PER_BLOCK, (block + 1) * PARTS_PER_BLOCK)


def encode_numbers(numbers: Mapping[int, int]) -> bytes:
    """Return the numbers of a part, by offset, encoded; empty when there are none."""
    if not numbers:
        return b""
    if len(numbers) <= LISTED_MAX:
        return list_numbers(numbers)
    return _with_numbers(_SLICED, numbers)


def list_numbers(numbers: Mapping[int, int]) -> bytes:
    """Return the numbers of a part, by offset, encoded as a list, however many they are."""
    return _LISTED + b"".join(_ENTRY.pack(*one) for one in sorted(numbers.items()))


def numbers_of(stored: bytes) -> dict[int, int]:
    """Return the numbers of a stored part by offset. Raises ValueError for malformed bytes."""
    if stored[:1] == _LISTED and (len(stored) - 1) % _ENTRY.size == 0:
        return dict(_ENTRY.iter_unpack(stored[1:]))
    whole = (len(stored) - 1) % PART_BYTES == 0 and len(stored) > _SIGNS * PART_BYTES
    if stored[:1] != _SLICED or not whole:
        raise ValueError("These are no numbers of products.")
    sets = [int.from_bytes(stored[at : at + PART_BYTES], "little") for at in _places(stored)]
    has, negative, slices = sets[0], sets[1], sets[_SIGNS:]
    return {
        offset: (-1 if negative >> offset & 1 else 1)
        * sum((one >> offset & 1) << bit for bit, one in enumerate(slices))
        for offset in range(PART_BITS)
        if has >> offset & 1
    }


def changed_numbers(stored: bytes, numbers: Mapping[int, int | None]) -> bytes:
    """Return a stored part with the numbers of some offsets changed, or removed by None.

    stored: empty when there was no such part; empty is returned when no number is left.
    """
    if stored[:1] != _SLICED:
        known = {**dict(_ENTRY.iter_unpack(stored[1:])), **numbers}
        return encode_numbers({at: number for at, number in known.items() if number is not None})
    after = _with_numbers(stored, numbers)
    has = int.from_bytes(after[1 : 1 + PART_BYTES], "little")
    return after if has.bit_count() > LISTED_MAX else encode_numbers(numbers_of(after))


def assemble_numbers(rows: Iterable[PartRow]) -> Slices:
    """Return the slices of all parts together; each part comes once."""
    known = sorted(rows)
    if not known:
        return 0, 0, ()
    size = (known[-1][0] + 1) * PART_BYTES
    sets = [bytearray(size) for _ in range(max(_sets_in(stored) for _, stored in known))]
    for count, run in _runs(known):
        start = run[0][0] * PART_BYTES
        if count:
            _copy_run(sets, start, count, [stored for _, stored in run])
            continue
        for offset, number in _ENTRY.iter_unpack(run[0][1][1:]):
            for place in _sets_with(number):
                sets[place][start + (offset >> 3)] |= 1 << (offset & 7)
    has, negative, *slices = (int.from_bytes(one, "little") for one in sets)
    return has, negative, tuple(slices)


def _runs(rows: list[PartRow]) -> Iterator[tuple[int, list[PartRow]]]:
    """Yield runs of adjacent parts with equally many sets, with this number; 0: a listed part."""
    start = 0
    for end in range(1, len(rows) + 1):
        last, stored = rows[end - 1]
        listed = stored[:1] == _LISTED
        goes_on = end < len(rows) and not listed and rows[end][0] == last + 1
        if not goes_on or len(rows[end][1]) != len(stored) or rows[end][1][:1] == _LISTED:
            yield 0 if listed else _sets_in(stored), rows[start:end]
            start = end


def _copy_run(sets: list[bytearray], start: int, count: int, run: list[bytes]) -> None:
    """Copy a run of parts into the sets at once: a loop in Python would take much longer."""
    unpack = Struct("x" + f"{PART_BYTES}s" * count).unpack
    end = start + len(run) * PART_BYTES
    for one, column in zip(sets, zip(*map(unpack, run), strict=True), strict=False):
        one[start:end] = b"".join(column)


def _with_numbers(stored: bytes, numbers: Mapping[int, int | None]) -> bytes:
    """Return a part of slices with the numbers of some offsets changed."""
    given = {offset: number for offset, number in numbers.items() if number is not None}
    joining = _sets_of_few(given) if len(given) <= _FEW_MAX else _sets_of_many(given)
    # All sets are one integer here: three operations, instead of as many on each set.
    whole = int.from_bytes(stored[1:], "little")
    whole ^= whole & int.from_bytes(_encoded(_members(numbers)) * _sets_in(stored), "little")
    whole |= int.from_bytes(joining, "little")
    count = max(_SIGNS, -(-whole.bit_length() // PART_BITS))
    return _SLICED + whole.to_bytes(count * PART_BYTES, "little")


def _sets_of_few(numbers: Mapping[int, int]) -> bytearray:
    """Return the sets of numbers by offset, bit by bit."""
    starts_of = {one: [n * PART_BYTES for n in _sets_with(one)] for one in set(numbers.values())}
    height = max((abs(one).bit_length() for one in starts_of), default=0)
    data = bytearray((_SIGNS + height) * PART_BYTES)
    for offset, number in numbers.items():
        at, bit = offset >> 3, 1 << (offset & 7)
        for start in starts_of[number]:
            data[start + at] |= bit
    return data


def _sets_of_many(numbers: Mapping[int, int]) -> bytes:
    """Return the sets of numbers by offset, all numbers together."""
    has = _members(numbers)
    negative = _members(offset for offset, number in numbers.items() if number < 0)
    return b"".join(map(_encoded, [has, negative, *_slices_of(numbers, has)]))


def _slices_of(numbers: Mapping[int, int], has: int) -> Iterator[int]:
    """Yield the slices of numbers by offset, by transposing their bits. has: all offsets.

    A bit in which all are equal is in all or in none: of times close together that is most bits.
    """
    magnitudes = set(map(abs, numbers.values()))
    in_some, in_all = reduce(or_, magnitudes), reduce(and_, magnitudes)
    columns = _columns(numbers) if in_some != in_all else ()
    for bit in range(in_some.bit_length()):
        if in_all >> bit & 1:
            yield has
        elif in_some >> bit & 1:
            yield int(columns[bit >> 3].translate(_DIGITS[bit & 7]), 2)
        else:
            yield 0


def _columns(numbers: Mapping[int, int]) -> list[bytes]:
    """Return the lowest byte of all magnitudes, the next one, …, the last offset first in each."""
    magnitudes = [0] * PART_BITS
    for offset, number in numbers.items():
        magnitudes[~offset] = abs(number)
    rows = _MAGNITUDES.pack(*magnitudes)
    return [rows[place::_WIDTH] for place in range(_WIDTH)]


def _members(offsets: Iterable[int]) -> int:
    """Return a set of offsets, by its digits: for hundreds it takes half the time of `from_ids`."""
    digits = bytearray(b"0" * PART_BITS)
    for offset in offsets:
        digits[~offset] = _ONE
    return int(digits, 2)


def _encoded(members: int) -> bytes:
    return members.to_bytes(PART_BYTES, "little")


def _sets_with(number: int) -> list[int]:
    """Return the indexes of the sets that a product with this number is in."""
    magnitude = abs(number)
    places = [place for place in range(magnitude.bit_length()) if magnitude >> place & 1]
    signs = [0, 1] if number < 0 else [0]
    return signs + [_SIGNS + place for place in places]


def _sets_in(stored: bytes) -> int:
    """Return how many sets a part has, or would have if it were not listed."""
    if stored[:1] == _SLICED:
        return (len(stored) - 1) // PART_BYTES
    numbers: list[int] = [number for _, number in _ENTRY.iter_unpack(stored[1:])]
    return _SIGNS + max(abs(number).bit_length() for number in numbers)


def _places(stored: bytes | bytearray) -> range:
    return range(1, len(stored), PART_BYTES)
