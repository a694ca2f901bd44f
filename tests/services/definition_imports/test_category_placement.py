"""Where the categories of a source belong, whatever their order and their faults."""

from collections.abc import Sequence
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims_api.domain.category import Path, join_path
from pims_api.errors import Fault
from pims_api.services.categories.write import CategoryWrite
from pims_api.services.definition_imports.category_placement import place_categories
from pims_api.services.definition_imports.category_rows import CategoryEntry

Told = dict[int, list[str]]


def by_id(number: str, parent: str | None, name: str | None = None, **more: object) -> tuple:
    """Return an entry by ids; its name is its id unless another is given."""
    return number, parent, CategoryWrite(name=name or number, **more)


def by_path(*path: str, number: str | None = None) -> tuple:
    return number, None, CategoryWrite(path=path)


def placed(*rows: tuple, below: Path = ()) -> tuple[list[str], Told]:
    """Return the paths, parents first, and the messages by line, counted from 1."""
    entries = [
        CategoryEntry(line, wanted, number, parent)
        for line, (number, parent, wanted) in enumerate(rows, start=1)
    ]
    good, bad = place_categories(entries, below, "line")
    told = {one.entry.line: [fault.message for fault in one.faults] for one in bad}
    return [join_path(one.path) for one in good], told


def test_parents_may_come_after_their_children() -> None:
    found = placed(by_id("c", "b"), by_id("b", "a"), by_id("a", None))
    assert found == (["a", "a > b", "a > b > c"], {})


def test_the_parent_zero_is_none_unless_there_is_such_an_id() -> None:
    assert placed(by_id("1", "0"))[0] == ["1"]
    assert placed(by_id("1", "0"), by_id("0", None, "all"))[0] == ["all", "all > 1"]


def test_a_path_counts_more_than_a_parent_and_can_be_one() -> None:
    found = placed(by_path("A", "B", number="7"), by_id("8", "7"))
    assert found == (["A > B", "A > B > 8"], {})


def test_everything_can_hang_below_a_path() -> None:
    found = placed(by_id("a", None), by_id("b", "a"), by_path("P"), below=("Top", "In"))
    assert found == (["Top > In > a", "Top > In > P", "Top > In > a > b"], {})


def test_a_missing_parent_takes_what_is_below_along() -> None:
    found = placed(by_id("a", "x"), by_id("b", "a"), by_id("c", "b"), by_id("d", None))
    assert found == (
        ["d"],
        {
            1: ["Its parent 'x' is not there!"],
            2: ["It lies below line 1, which is rejected!"],
            3: ["It lies below line 2, which is rejected!"],
        },
    )


def test_a_missing_parent_says_nothing_of_paths() -> None:
    found = placed(by_id("A", "x"), by_path("A", "B"))
    assert found[0] == ["A > B"]


def test_a_circle_is_told_whole_and_what_hangs_on_it_too() -> None:
    paths, told = placed(
        by_id("x", "a"), by_id("a", "c"), by_id("b", "a"), by_id("c", "b"), by_id("self", "self")
    )
    assert paths == []
    assert told == {
        1: ["It lies below line 2, which is rejected!"],
        2: ["It lies below itself: a > c > b > a!"],
        3: ["It lies below itself: a > c > b > a!"],
        4: ["It lies below itself: a > c > b > a!"],
        5: ["It lies below itself: self > self!"],
    }


def test_the_first_of_two_siblings_of_a_name_stays() -> None:
    found = placed(by_id("1", None, "A"), by_id("2", None, "A"), by_id("3", "2"), by_id("4", "1"))
    assert found == (
        ["A", "A > 4"],
        {
            2: ["The category A is on line 1 already!"],
            3: ["It lies below line 2, which is rejected!"],
        },
    )


def test_the_first_of_two_with_an_id_stays_and_has_the_children() -> None:
    found = placed(by_id("1", None, "A"), by_id("1", None, "B"), by_id("2", "1"))
    assert found == (["A", "A > 2"], {2: ["The id '1' is on line 1 already!"]})


def test_what_is_wrong_with_an_entry_itself_takes_what_its_path_puts_below_it() -> None:
    bad = CategoryWrite(path=("A", "B"), faults=[Fault("limit", "Too long!")])
    found = placed(
        (None, None, bad), by_path("A", "B", "C"), by_path("A", "B", "C", "D"), by_path("A", "X")
    )
    assert found == (
        ["A > X"],
        {
            1: ["Too long!"],
            2: ["It lies below line 1, which is rejected!"],
            3: ["It lies below line 2, which is rejected!"],
        },
    )


@pytest.mark.parametrize(
    ("case", "name", "told"),
    [
        ("blank", " ", "A category name cannot be empty or start or end with a space!"),
        ("separator", "a>b", "A category name cannot hold >: send path to say where it belongs!"),
        (
            "long",
            "x" * 256,
            "A category name has at most 255 characters, no control characters!",
        ),
    ],
)
def test_names_have_the_rules_of_the_api(case: str, name: str, told: str) -> None:
    assert placed(by_id("1", None, name)) == ([], {1: [told]})


def test_a_level_too_deep_is_refused_with_what_is_below() -> None:
    rows = [by_id(str(n), str(n - 1) if n > 1 else None) for n in range(1, 36)]
    paths, told = placed(*rows)
    assert len(paths) == 32
    assert told[33] == ["A category path has 1 to 32 names, joined by >!"]
    assert told[35] == ["It lies below line 34, which is rejected!"]


parents = st.lists(st.integers(min_value=-1, max_value=11), min_size=1, max_size=12)
"""Of each entry, the number of its parent; -1: a root. Anything: circles, missing ones."""


@given(parents, st.randoms(use_true_random=False))
def test_order_does_not_matter(chosen: Sequence[int], random) -> None:
    rows = [by_id(f"n{n}", f"n{p}" if p >= 0 else None) for n, p in enumerate(chosen)]
    paths, told = placed(*rows)
    shuffled = list(rows)
    random.shuffle(shuffled)
    again, retold = placed(*shuffled)
    assert sorted(again) == sorted(paths) == sorted(_sound(chosen))
    assert len(told) == len(retold) == len(rows) - len(paths)


def _sound(chosen: Sequence[int]) -> list[str]:
    """Return the paths of what a root leads to, found by walking up."""
    found = []
    for number in range(len(chosen)):
        names, here = [], number
        while 0 <= here < len(chosen) and len(names) <= len(chosen):
            names.append(f"n{here}")
            here = chosen[here]
        if here == -1:
            found.append(" > ".join(reversed(names)))
    return found


@pytest.mark.parametrize("shape", ["wide", "a circle", "a chain without a head"])
def test_twenty_thousand_take_no_longer_each(shape: str) -> None:
    parent = {
        "wide": lambda n: "0",
        "a circle": lambda n: str(n % 20_000 + 1),
        "a chain without a head": lambda n: str(n + 1),
    }[shape]
    rows = [by_id(str(n), parent(n), f"c{n}") for n in range(1, 20_001)]
    before = perf_counter()
    paths, told = placed(*rows)
    assert perf_counter() - before < 5  # what grew with the square would take minutes
    assert len(paths) + len(told) == 20_000
