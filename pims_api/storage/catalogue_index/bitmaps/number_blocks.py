"""Number parts: bit slices of 512 products, stored in one row.

A change of a number changes one row, whatever its bits. A part with few numbers is a list of offset
and number. Any other is a row of sets of 64 bytes each: the products with a number, those with a
negative one, and those whose magnitude has bit 0, 1, …. The first byte tells which it is.
"""

from collections.abc import Iterable, Iterator, Mapping
from struct import Struct

from pims_api.storage.catalogue_index.bitmaps.blocks import BLOCK_BITS, from_ids

PART_BITS = 512  # products
PART_BYTES = PART_BITS // 8
PARTS_PER_BLOCK = BLOCK_BITS // PART_BITS
LISTED_MAX = 15  # numbers of a listed part: shorter than slices, and fast to read
_ONE_BY_ONE_MAX = 64  # different numbers that are set one by one; more are faster together

_LISTED, _SLICED = b"\x00", b"\x01"
_ENTRY = Struct("<Hq")
_NO_MEMBERS = bytes(PART_BYTES)
_SIGNS = 2  # sets before the bits: has a number, has a negative one

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
    return _with_numbers(bytearray(_SLICED + _NO_MEMBERS * _SIGNS), numbers)


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
    after = _with_numbers(bytearray(stored), numbers)
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


def _with_numbers(data: bytearray, numbers: Mapping[int, int | None]) -> bytes:
    height = max((abs(one).bit_length() for one in numbers.values() if one is not None), default=0)
    missing = _SIGNS + height - (len(data) - 1) // PART_BYTES
    data += _NO_MEMBERS * max(missing, 0)
    if len(set(numbers.values())) > _ONE_BY_ONE_MAX:
        _set_together(data, numbers, height)
    else:
        _set_each(data, numbers)
    while len(data) > 1 + _SIGNS * PART_BYTES and data.endswith(_NO_MEMBERS):
        del data[-PART_BYTES:]
    return bytes(data)


def _set_together(data: bytearray, numbers: Mapping[int, int | None], height: int) -> None:
    """Set many numbers. height: bits of the largest magnitude among them."""
    given = {offset: number for offset, number in numbers.items() if number is not None}
    negative = from_ids(offset for offset, number in given.items() if number < 0)
    sets = [from_ids(given), negative, *_slices_of(given, height)]
    others = ~from_ids(numbers)
    for place, at in enumerate(_places(data)):
        members = int.from_bytes(data[at : at + PART_BYTES], "little") & others
        members |= sets[place] if place < len(sets) else 0
        data[at : at + PART_BYTES] = members.to_bytes(PART_BYTES, "little")


def _slices_of(numbers: Mapping[int, int], height: int) -> list[int]:
    """Return the slices of some numbers, by transposing their binary digits."""
    if not height:
        return []
    digits = ["0" * height] * PART_BITS
    for offset, number in numbers.items():
        digits[-1 - offset] = f"{abs(number):0{height}b}"
    return [int("".join(column), 2) for column in zip(*digits, strict=True)][::-1]


def _set_each(data: bytearray, numbers: Mapping[int, int | None]) -> None:
    """Set some numbers, all sets as one integer: those of a transaction are often equal."""
    count = (len(data) - 1) // PART_BYTES
    offsets_of: dict[int | None, list[int]] = {}
    for offset, number in numbers.items():
        offsets_of.setdefault(number, []).append(offset)
    sets = int.from_bytes(data[1:], "little")
    sets ^= sets & int.from_bytes(_members(numbers) * count, "little")
    for number, offsets in offsets_of.items():
        if number is not None:
            digits = f"{abs(number):b}{'1' if number < 0 else '0'}1"[::-1]  # the sets it is in
            members = _members(offsets)
            chosen = [members if digit == "1" else _NO_MEMBERS for digit in digits]
            sets |= int.from_bytes(b"".join(chosen), "little")
    data[1:] = sets.to_bytes(count * PART_BYTES, "little")


def _members(offsets: Iterable[int]) -> bytes:
    """Return a set of offsets."""
    return from_ids(offsets).to_bytes(PART_BYTES, "little")


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
