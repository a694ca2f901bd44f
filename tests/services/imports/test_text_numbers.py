"""A map that holds no texts."""

from hypothesis import given
from hypothesis import strategies as st

from pims_api.services.imports.text_numbers import TextNumbers


@given(st.lists(st.tuples(st.text(max_size=3), st.integers(1, 2**40))))
def test_it_is_a_map(pairs):
    numbers, expected = TextNumbers(), {}
    for text, number in pairs:
        numbers.put(text, number)
        expected[text] = number
    assert {text: numbers.get(text) for text in expected} == expected


def test_it_grows():
    numbers = TextNumbers()
    for number in range(1, 20_001):
        numbers.put(str(number), number)
    assert all(numbers.get(str(number)) == number for number in range(1, 20_001))
    assert numbers.get("0") == 0
