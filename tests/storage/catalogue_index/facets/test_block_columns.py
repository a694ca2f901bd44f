"""Columns of a block tell what one finds by looking at every product."""

from hypothesis import given
from hypothesis import strategies as st

from pims_api.storage.catalogue_index.bitmaps.blocks import (
    BLOCK_BITS,
    BLOCK_BYTES,
    SPARSE_MAX,
    encode,
    from_ids,
    members,
)
from pims_api.storage.catalogue_index.bitmaps.number_blocks import encode_numbers
from pims_api.storage.catalogue_index.bitmaps.terms import HAS_VALUE, INEXACT
from pims_api.storage.catalogue_index.facets.block_columns import (
    ColumnRows,
    NumberColumn,
    Restriction,
    TextColumn,
)

OFFSETS = st.integers(0, BLOCK_BITS - 1)
ENDS = st.sampled_from([0, 255, 256, 2_047, 2_048, BLOCK_BITS - 1])
FEW = st.sets(OFFSETS | ENDS, min_size=1, max_size=SPARSE_MAX)
MANY = st.builds(lambda step, some: set(range(0, BLOCK_BITS, step)) | some, st.integers(1, 60), FEW)
SOME = FEW | MANY


def rows_of(products: dict[str, set[int]]) -> ColumnRows:
    """Rows as the index keeps them."""
    rows = ColumnRows()
    for term, offsets in products.items():
        stored = encode(from_ids(offsets))
        if len(stored) == BLOCK_BYTES:
            rows.dense[term] = from_ids(offsets)
        else:
            rows.sparse[term] = stored
    return rows


@given(
    products=st.dictionaries(st.sampled_from(["=a", "=b", "=", "=*", "=d"]), SOME),
    has=SOME,
    part=SOME | st.just(set()),
)
def test_counts_are_those_of_plain_python(products, has, part) -> None:
    column = TextColumn(rows_of({HAS_VALUE: has, **products}))
    among = Restriction(from_ids(part))
    shared = {term: len(offsets & part) for term, offsets in products.items()}
    assert column.counts(among) == {term: count for term, count in shared.items() if count}
    assert members(column.without_value(among).bits) == sorted(part - has)


def test_a_block_without_the_attribute_has_no_values_and_no_numbers() -> None:
    among = Restriction(0b101)
    assert TextColumn(ColumnRows()).counts(among) == {}
    assert TextColumn(ColumnRows()).without_value(among).bits == 0b101
    assert NumberColumn(ColumnRows()).numbers.has == 0


@given(
    parts=st.dictionaries(st.integers(0, 7), st.dictionaries(st.integers(0, 511), st.just(-4))),
    inexact=FEW,
)
def test_numbers_are_taken_from_the_parts_of_a_block(parts, inexact) -> None:
    rows = rows_of({INEXACT + "0.00001": inexact})
    rows.parts = [(part, encode_numbers(numbers)) for part, numbers in parts.items() if numbers]
    numbers = NumberColumn(rows).numbers
    has = from_ids(part * 512 + offset for part, some in parts.items() for offset in some)
    assert (numbers.has, numbers.negative) == (has, has)
    assert numbers.slices == ((0, 0, has) if has else ())
    assert numbers.inexact == {"0.00001": sorted(inexact)}
