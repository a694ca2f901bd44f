"""Scopes: which of an attribute's values holds where."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims_api.domain.values.scope import (
    Dimension,
    Segment,
    candidates,
    parse_scope,
    resolve,
    scope_text,
    slot,
    split_slot,
)

LANGUAGE = Dimension(1, "language", "", 1, (Segment(1, "en", ""), Segment(2, "de", "")))
CHANNEL = Dimension(2, "channel", "", 5, (Segment(5, "web", ""), Segment(6, "print", "")))
BOTH = (LANGUAGE, CHANNEL)

VALUES = {
    "": "everywhere",
    "1=2": "German",
    "2=6": "printed",
    "1=2,2=6": "printed German",
}


@pytest.mark.parametrize(
    ("case", "wanted", "found"),
    [
        ("nothing wanted: the default segments", {}, "everywhere"),
        ("a default segment named", {1: 1}, "everywhere"),
        ("one dimension", {1: 2}, "German"),
        ("the other dimension", {2: 6}, "printed"),
        ("both dimensions", {1: 2, 2: 6}, "printed German"),
        ("a segment without values", {1: 3}, "everywhere"),
    ],
)
def test_the_most_exact_value_holds(case: str, wanted: dict[int, int], found: str) -> None:
    assert resolve(VALUES, wanted, BOTH) == found


@pytest.mark.parametrize(
    ("dimensions", "best"), [((LANGUAGE, CHANNEL), "1=2"), ((CHANNEL, LANGUAGE), "2=6")]
)
def test_among_equals_the_dimension_listed_earlier_decides(
    dimensions: tuple[Dimension, ...], best: str
) -> None:
    assert candidates({1: 2, 2: 6}, dimensions, ["", "1=2", "2=6"])[0] == best


def test_without_a_fitting_value_the_default_segments_are_tried() -> None:
    assert resolve({"1=1": "English"}, {1: 2}, BOTH) == "English"


def test_nothing_fits() -> None:
    assert resolve({"1=2": "German"}, {1: 1}, BOTH) is None
    assert resolve({}, {1: 1}, BOTH) is None


def plainly(values: dict[str, str], wanted: dict[int, int], known: list[Dimension]) -> str | None:
    """Return what `resolve` must, by going through all subsets of the dimensions."""
    for asked in (wanted, {}):
        full = {one.id: asked.get(one.id, one.default_segment_id) for one in known}
        for size in range(len(known), -1, -1):
            for named in combinations(full, size):  # the dimensions listed earlier come first
                scope = scope_text({one: full[one] for one in named})
                if scope in values:
                    return values[scope]
    return None


@st.composite
def asked(draw: st.DrawFn) -> tuple[dict[str, str], dict[int, int], list[Dimension]]:
    """Return values, a scope and the one to four dimensions of their attribute."""
    segments = (Segment(1, "a", ""), Segment(2, "b", ""), Segment(3, "c", ""))
    ids = draw(st.lists(st.integers(1, 6), min_size=1, max_size=4, unique=True))
    known = [Dimension(one, str(one), "", draw(st.integers(1, 3)), segments) for one in ids]
    scopes = st.dictionaries(st.sampled_from(ids), st.integers(1, 3))
    held = draw(st.lists(scopes.map(scope_text), max_size=8, unique=True))
    return {one: f"value of {one}" for one in held}, draw(scopes), known


@given(asked())
def test_the_best_value_is_that_of_a_plain_reading(
    case: tuple[dict[str, str], dict[int, int], list[Dimension]],
) -> None:
    assert resolve(*case) == plainly(*case)


@given(st.dictionaries(st.integers(1, 99), st.integers(1, 99), max_size=4))
def test_a_scope_survives_its_text(scope: dict[int, int]) -> None:
    assert parse_scope(scope_text(scope)) == scope


@given(
    st.from_regex(r"[A-Za-z][A-Za-z0-9_~-]{0,20}", fullmatch=True),
    st.sampled_from(["", "1=2", "1=2,3=4"]),
)
def test_a_slot_tells_its_attribute_and_scope(key: str, scope: str) -> None:
    assert split_slot(slot(key, scope)) == (key, scope)


def test_a_segment_is_found_in_any_case() -> None:
    assert LANGUAGE.segment("DE") == Segment(2, "de", "")
    assert LANGUAGE.segment("fr") is None
