import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims_api.domain.attributes.attribute import UPDATED_ATTRIBUTE, Attribute, ValueType
from pims_api.storage.catalogue_index.bitmaps.decimal_text import plain_number, scaled_floor
from pims_api.storage.catalogue_index.bitmaps.terms import (
    after_prefix,
    index_number,
    long_texts,
    slice_number,
    terms_of,
    text_term,
    unique_term,
)


def attribute(kind: ValueType, *, collection: bool = False) -> Attribute:
    return Attribute(100, "a", "a", kind, collection=collection, filterable=True)


@pytest.mark.parametrize(
    ("case", "kind", "stored", "terms"),
    [
        ("text", ValueType.STRING, "rod", {"*", "=rod"}),
        ("option", ValueType.OPTION, "o1", {"*", "=o1"}),
        ("flag", ValueType.BOOLEAN, False, {"*", "=false"}),
        ("moment", ValueType.DATETIME, "2024-02-29", {"*", "=2024-02-29T00:00:00"}),
        ("offset", ValueType.DATETIME, "2024-02-29T01:00+02:00", {"*", "=2024-02-28T23:00:00"}),
        ("number", ValueType.NUMBER, "0.0005", {"*"}),
        ("rounded down", ValueType.NUMBER, "0.00019", {"*", "!0.00019"}),
        ("too large", ValueType.NUMBER, "9" * 40, {"*", f"!{'9' * 40}"}),
        ("unset", ValueType.STRING, None, set()),
        ("of a type whose values are not kept", ValueType.HTML, "<p>", {"*"}),
        ("of several parts", ValueType.COMPLEX, {"a": [1]}, {"*"}),
    ],
)
def test_terms_of_a_single_value(case: str, kind: ValueType, stored: object, terms: set) -> None:
    assert terms_of(attribute(kind), stored) == terms, case


@pytest.mark.parametrize(
    ("case", "kind", "stored", "terms"),
    [
        ("texts", ValueType.STRING, ["a", "b", "a"], {"*", "=a", "=b"}),
        ("numbers", ValueType.NUMBER, ["1.0", "+1", "-.50"], {"*", "=1", "=-0.5"}),
        ("days", ValueType.DATE, ["2024-02-29"], {"*", "=2024-02-29"}),
        ("ids", ValueType.STRING, [3, 12], {"*", "=3", "=12"}),
        ("a bare value", ValueType.STRING, "a", {"*", "=a"}),
        ("empty", ValueType.STRING, [], set()),
    ],
)
def test_terms_of_a_collection(case: str, kind: ValueType, stored: object, terms: set) -> None:
    assert terms_of(attribute(kind, collection=True), stored) == terms, case


@pytest.mark.parametrize("stored", ["rod", "1.00019", ["a", "b"], {"a": 1}, False, "x" * 200])
def test_of_an_attribute_that_is_not_indexed_is_known_only_that_it_has_a_value(
    stored: object,
) -> None:
    for kind in (ValueType.STRING, ValueType.NUMBER, ValueType.TEXT, ValueType.MEDIA):
        plain = Attribute(100, "a", "a", kind, collection=isinstance(stored, list))
        assert terms_of(plain, stored) == {"*"}
        assert terms_of(plain, None) == terms_of(plain, []) == set()


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("1970-01-01", 0),
        ("1970-01-01T00:00:00.000001", 1),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("2024-02-13T10:00:00-05:00", 1_707_836_400_000_000),
        ("0001-01-01T00:00:00+05:00", -62_135_614_800_000_000),
    ],
)
def test_a_moment_that_the_server_notes_is_a_number_of_microseconds(
    moment: str, number: int
) -> None:
    assert slice_number(UPDATED_ATTRIBUTE, moment) == (number, True)


@pytest.mark.parametrize(
    ("case", "kind", "stored", "number"),
    [
        ("number", ValueType.NUMBER, "0.0005", 5),
        ("equal number", ValueType.NUMBER, "+0.00050", 5),
        ("zero", ValueType.NUMBER, "-0.0", 0),
        ("below zero", ValueType.NUMBER, "-0.0001", -1),
        ("rounded down", ValueType.NUMBER, "0.00019", 1),
        ("rounded down below zero", ValueType.NUMBER, "-0.00019", -2),
        ("too large", ValueType.NUMBER, "9" * 40, 2**63 - 1),
        ("too far below zero", ValueType.NUMBER, "-" + "9" * 40, -(2**63 - 1)),
        ("day", ValueType.DATE, "0001-01-05", 5),
        ("percentage", ValueType.COMPLETENESS, 5, 5),
        ("unset", ValueType.NUMBER, None, None),
    ],
)
def test_integers_that_are_kept(case: str, kind: ValueType, stored: object, number: object) -> None:
    assert index_number(attribute(kind), stored) == number, case


def test_a_long_text_enters_by_a_digest() -> None:
    assert text_term("x" * 120) == "=" + "x" * 120
    term = text_term("x" * 121)
    assert term.startswith("=" + "x" * 60 + "\x02")
    assert len(term) == 1 + 60 + 1 + 64
    assert text_term("x" * 122) != term
    assert text_term(term[1:]) != term  # a text that looks like a digest is taken for itself
    assert text_term("a\x02b").startswith("=a\x02")
    assert list(long_texts(attribute(ValueType.STRING), "x" * 121)) == [(term, "x" * 121)]
    assert list(long_texts(attribute(ValueType.STRING), "short")) == []
    assert list(long_texts(attribute(ValueType.NUMBER), "9" * 40)) == []


def test_values_share_a_unique_term_exactly_when_they_compare_as_equal() -> None:
    number, text = attribute(ValueType.NUMBER), attribute(ValueType.STRING)
    assert unique_term(number, "1.50") == unique_term(number, "+01.5") == "1.5"
    assert unique_term(text, "1.50") != unique_term(text, "1.5")
    assert unique_term(text, "x" * 121) != unique_term(text, "x" * 122)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=3), st.text(max_size=2))
def test_a_prefix_ends_before_the_next_one(prefix: str, more: str) -> None:
    end = after_prefix(f"={prefix}")
    assert f"={prefix}{more}" < end
    assert not end.startswith(f"={prefix}")
    end.encode()


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=6, min_value=-(10**6), max_value=10**6
    )
)
def test_plain_numbers_are_equal_exactly_when_the_numbers_are(number) -> None:
    plain = plain_number(format(number, "f"))
    assert type(number)(plain) == number
    assert plain_number(f"{format(number, '+f')}000") == plain
    floor, exact = scaled_floor(plain, 4)
    assert floor <= number * 10_000 < floor + 1
    assert exact == (floor == number * 10_000)
