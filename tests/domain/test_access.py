"""From a policy and a scope to what a caller sees: levels, names, scopes with their fallback."""

from dataclasses import replace

import pytest

from pims_api.domain.access.access import Access
from pims_api.domain.access.attribute_view import AttributeView, ViewField
from pims_api.domain.access.compile import compile_access
from pims_api.domain.access.policy import EVERYTHING, Grant, Level, Policy, view_policy
from pims_api.domain.access.scopes import locale_scope, new_set, own_scope
from pims_api.domain.attributes.attribute import SYSTEM_ATTRIBUTES, Attribute, ValueType
from pims_api.domain.conditions.condition import Comparison
from pims_api.domain.definition import Definition
from pims_api.domain.values.scope import Dimension, Scope, Segment
from pims_api.errors import BadInput

LANGUAGE = Dimension(1, "language", "", 1, (Segment(1, "en", ""), Segment(3, "de", "")))
CHANNEL = Dimension(2, "channel", "", 5, (Segment(5, "web", ""), Segment(6, "print", "")))
ALL_SETS = ((2,), (1, 2))


def attribute(number: int, name: str, **more) -> Attribute:
    return Attribute(number, name, name, ValueType.STRING, filterable=True, **more)


@pytest.fixture
def definition() -> Definition:
    made = Definition(1)
    made.put_dimension(LANGUAGE)
    made.put_dimension(CHANNEL)
    made.put_attribute(SYSTEM_ATTRIBUTES[0])
    made.put_attribute(attribute(100, "width"))
    made.put_attribute(attribute(101, "label", dimensions=(1,)))
    made.put_attribute(attribute(102, "text", dimensions=(1, 2), scoped_by=ALL_SETS))
    made.put_attribute(attribute(103, "badge", dimensions=(2, 1), scoped_by=ALL_SETS))
    made.put_attribute(attribute(104, "filled", computed=True))
    made.put_attribute(attribute(105, "gone", deleted=True))
    return made


def access(definition: Definition, policy: Policy = EVERYTHING, **scope: int) -> Access:
    return compile_access(definition, policy, Scope({int(d[1:]): s for d, s in scope.items()}))


@pytest.mark.parametrize(
    ("case", "scope", "text", "badge", "label"),
    [
        ("nothing: the default segments", {}, ("1=1,2=5", "1=1", "2=5", ""), "2=5", ("",)),
        (
            "a locale",
            {"d1": 3},
            ("1=3,2=5", "1=3", "2=5", "", "1=1,2=5", "1=1"),
            "2=5",
            ("1=3", ""),
        ),
        ("a channel", {"d2": 6}, ("1=1,2=6", "1=1", "2=6", "", "1=1,2=5", "2=5"), "2=6", ("",)),
        (
            "both",
            {"d1": 3, "d2": 6},
            ("1=3,2=6", "1=3", "2=6", "", "1=1,2=5", "1=1", "2=5"),
            "2=6",
            ("1=3", ""),
        ),
    ],
)  # fmt: skip
def test_values_are_looked_for_from_the_most_exact_scope_to_the_default_segments(
    definition: Definition, case: str, scope, text, badge, label
) -> None:
    by_name = access(definition, **scope).by_name
    assert by_name["text"].scopes == by_name["text"].operand.scopes == text
    assert by_name["text"].slots == tuple(f"text@{one}" if one else "text" for one in text)
    assert by_name["badge"].scopes[:2] == (text[0], badge)  # its channel decides before its locale
    assert by_name["label"].scopes == label
    assert by_name["width"].scopes == ("",)


@pytest.mark.parametrize(
    ("case", "scoped_by", "expected"),
    [
        ("none is recorded", (), ("1=3,2=6", "1=3", "", "1=1")),
        ("the channel alone", ((2,),), ("1=3,2=6", "1=3", "2=6", "", "1=1", "2=5")),
        ("a dimension that the attribute has no longer", ((4,),), ("1=3,2=6", "1=3", "", "1=1")),
    ],
)
def test_only_sets_of_dimensions_in_use_are_looked_into(
    definition: Definition, case: str, scoped_by, expected
) -> None:
    definition.put_attribute(replace(definition.by_name["text"], scoped_by=scoped_by))
    assert access(definition, d1=3, d2=6).by_name["text"].scopes == expected


@pytest.mark.parametrize(
    ("name", "scope", "own"),
    [
        ("width", {1: 3, 2: 6}, ""),
        ("label", {1: 3, 2: 6}, "1=3"),
        ("label", {1: 1}, ""),
        ("text", {1: 3}, "1=3"),
        ("text", {2: 6, 1: 1}, "1=1,2=6"),
        ("text", {}, ""),
    ],
)
def test_a_write_goes_to_what_its_scope_says_of_the_attribute(
    definition: Definition, name: str, scope: dict[int, int], own: str
) -> None:
    one = definition.by_name[name]
    assert own_scope(definition, one, Scope(scope)) == own
    column = compile_access(definition, EVERYTHING, Scope(scope)).by_name[name]
    assert column.slot == (f"{name}@{own}" if own else name)
    assert column.slot in column.slots


def test_a_set_of_dimensions_is_new_once(definition: Definition) -> None:
    text = replace(definition.by_name["text"], scoped_by=((1, 2),))
    scopes = ("", "1=3", "1=1", "1=3,2=6", "2=5")
    assert [new_set(definition, text, one) for one in scopes] == [None, None, (1,), None, (2,)]


def test_a_locale_is_a_scope_and_the_default_one_is_empty(definition: Definition) -> None:
    scopes = [locale_scope(definition, one) for one in ("en", "DE", "fr")]
    assert scopes == [Scope(), Scope({1: 3}), Scope()]
    assert [access(definition).locale, access(definition, d1=3, d2=6).locale] == ["en", "de"]


def test_levels_hide_show_and_open_attributes(definition: Definition) -> None:
    grants = {
        100: Grant(Level.READ, "Breadth", "sizes", "1"),
        101: Grant(Level.HIDDEN),
        105: Grant(Level.HIDDEN),
    }
    seen = access(definition, Policy("role 1", "editors", grants, Level.WRITE))
    shown = {one.name: (one.level, one.writable) for one in seen.columns}
    assert shown == {
        "sku": (Level.WRITE, True),
        "Breadth": (Level.READ, False),
        "text": (Level.WRITE, True),
        "badge": (Level.WRITE, True),
        "filled": (Level.READ, False),
    }
    assert (seen.by_name["Breadth"].group, seen.by_name["Breadth"].default) == ("sizes", "1")
    assert seen.past == ()


def test_attributes_that_nothing_is_said_of_have_the_level_of_others(
    definition: Definition,
) -> None:
    grants = {100: Grant(Level.WRITE), 105: Grant(Level.WRITE)}
    hidden, read = (
        access(definition, Policy(level.name, grants=grants, others=level))
        for level in (Level.HIDDEN, Level.READ)
    )
    assert [one.name for one in hidden.columns] == ["width"]
    assert hidden.past == ()
    levels = {one.name: one.level for one in read.columns}
    assert levels == dict.fromkeys(("sku", "label", "text", "badge", "filled"), Level.READ) | {
        "width": Level.WRITE
    }
    assert [one.name for one in read.past] == ["gone"]


def test_a_view_is_a_policy_with_the_sku_in_it(definition: Definition) -> None:
    fields = (ViewField(100, "Breadth", readonly=True, group="sizes"), ViewField(101, "label"))
    view = AttributeView(7, "shop", fields, condition_query="[[width]] = 'wide'")
    policy = view_policy(definition, view)
    assert policy == Policy(
        ("view", 7),
        "shop",
        {
            100: Grant(Level.READ, "Breadth", "sizes"),
            101: Grant(Level.WRITE, "label"),
            1: Grant(Level.WRITE, "sku"),
        },
        Level.HIDDEN,
        "[[width]] = 'wide'",
    )
    seen = access(definition, policy)
    assert [one.name for one in seen.columns] == ["sku", "Breadth", "label"]
    width = access(definition).by_name["width"].operand
    assert seen.rows == Comparison(width, "=", "wide")


def test_rows_are_chosen_by_the_values_of_the_default_segments(definition: Definition) -> None:
    policy = Policy("some", rows="[[text]] = 'x'")
    rows = access(definition, policy, d1=3, d2=6).rows
    assert rows == Comparison(access(definition).by_name["text"].operand, "=", "x")
    with pytest.raises(BadInput):
        access(definition, Policy("broken", rows="[[nothing]] = 'x'"))


def test_access_is_compiled_once_per_policy_and_scope(definition: Definition) -> None:
    assert access(definition, d1=3) is access(definition, d1=3)
    assert access(definition, d1=3) is not access(definition, d2=6)
    assert access(definition, Policy("a")) is not access(definition, Policy("b"))
    before = access(definition)
    definition.put_attribute(replace(definition.by_name["text"], scoped_by=()))
    assert access(definition) is not before


def test_everything_is_what_hides_renames_and_locks_nothing(definition: Definition) -> None:
    assert EVERYTHING.is_everything
    assert not Policy("a", others=Level.READ).is_everything
    assert not Policy("a", others=Level.WRITE, rows="[[sku]] = 'A'").is_everything
    assert not Policy("a", grants={100: Grant(Level.READ)}, others=Level.WRITE).is_everything
