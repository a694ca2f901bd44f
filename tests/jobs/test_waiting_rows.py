"""What an import remembers of rows that wait."""

from hypothesis import given
from hypothesis import strategies as st

from pims_api.jobs.imports.waiting_rows import RowNumbers, SkuFilter

NUMBERS = st.integers(0, 300)


@given(added=st.sets(NUMBERS), removed=st.sets(NUMBERS))
def test_row_numbers_are_a_set(added, removed):
    numbers = RowNumbers(added)
    for one in removed:
        numbers.discard(one)
    again = RowNumbers.from_text(numbers.to_text())
    assert {one for one in range(310) if one in again} == added - removed
    assert len(numbers) == len(again) == len(added - removed)


@given(st.sets(st.text()), st.sets(st.text()))
def test_a_sku_that_waits_is_never_forgotten(known, others):
    held = SkuFilter()
    for one in known:
        held.add(one)
    assert all(one in held for one in known)
    assert known or not any(one in held for one in others)
