"""From filter_values to a condition, and everything that is refused on the way."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pims_api.domain.conditions.condition import And, Between, Comparison, In, Or
from pims_api.domain.conditions.truth import matches
from pims_api.domain.values.value import JsonNumber
from pims_api.errors import BadInput, Fault
from schemas.pims.products.filter_values import parse_filters


@pytest.fixture
def refused(full_access):
    """Return the faults of filters."""

    def faults(filters, access=full_access, **more) -> tuple[Fault, ...]:
        with pytest.raises(BadInput) as caught:
            parse_filters(filters, access, **more)
        return caught.value.faults

    return faults


@pytest.fixture
def parse(full_access):
    """Return the conditions that filters state, in their order."""

    def parts(filters, access=full_access):
        condition = parse_filters(filters, access)
        assert isinstance(condition, And)
        return condition.parts

    return parts


def between(low, high):
    return lambda it: Between(it, low, high)


def equal(literal):
    return lambda it: Comparison(it, "=", literal)


def any_of(*literals):
    return lambda it: In(it, literals)


@pytest.mark.parametrize(
    ("name", "raw", "expected"),
    [
        ("sku", "A-1", equal("A-1")),
        ("sku", " A 1 ", equal(" A 1 ")),
        ("sku", "A|B", any_of("A", "B")),
        ("sku", ["A"], equal("A")),
        ("sku", ["A|B", "C"], any_of("A|B", "C")),
        ("sku", ["A;;B"], equal("A;;B")),
        ("status", "active|inactive", any_of("active", "inactive")),
        ("color", "green", equal("green")),
        ("color", "mauve", equal("mauve")),
        ("categories", "Rods>Steel", equal("Rods > Steel")),
        ("categories", ["Rods", "Rods > Steel"], any_of("Rods", "Rods > Steel")),
        ("variation_of", "A-1", equal("A-1")),
        ("price", "58", equal(Decimal(58))),
        ("price", JsonNumber("58.0"), equal(Decimal(58))),
        ("price", [JsonNumber("1"), "2"], any_of(Decimal(1), Decimal(2))),
        ("price", "10.50;;25.00", between(Decimal("10.5"), Decimal(25))),
        ("price", "25;;9", between(Decimal(9), Decimal(25))),
        ("price", "7;;7", between(Decimal(7), Decimal(7))),
        ("price", "10;;", lambda it: Comparison(it, ">=", Decimal(10))),
        ("price", ";;-10", lambda it: Comparison(it, "<=", Decimal(-10))),
        (
            "price",
            "1;;2|8|9",
            lambda it: Or(
                (any_of(Decimal(8), Decimal(9))(it), between(Decimal(1), Decimal(2))(it))
            ),
        ),
        (
            "price",
            ["1;;", ";;-1"],
            lambda it: Or((Comparison(it, ">=", Decimal(1)), Comparison(it, "<=", Decimal(-1)))),
        ),
        ("filled", "50;;100", between(Decimal(50), Decimal(100))),
        ("sizes", "1;;2", between(Decimal(1), Decimal(2))),
        ("released", "2024-12-31;;2024-01-01", between("2024-01-01", "2024-12-31")),
        ("stamped", "2024-01-01;;", lambda it: Comparison(it, ">=", "2024-01-01T00:00:00")),
        ("in_stock", True, equal(True)),
        ("in_stock", "N", equal(False)),
        ("in_stock", JsonNumber("1"), equal(True)),
        ("in_stock", [True, False], any_of(True, False)),
    ],
)
def test_reads_a_filter(parse, full_access, name, raw, expected):
    operand = full_access.by_name[name].operand
    assert parse({name: raw}) == (expected(operand),)


def test_every_filter_must_hold(parse):
    parts = parse({"price": "1", "color": "red"})
    assert [part.operand.attribute.name for part in parts] == ["price", "color"]


def test_no_filters_let_everything_through(full_access):
    assert parse_filters({}, full_access) == And(())


def test_names_and_scopes_are_those_of_the_caller(parse, shop_access, german_access, definition):
    (renamed,) = parse({"Net Amount": "1"}, shop_access)
    assert renamed.operand.attribute is definition.by_name["price"]
    (scoped,) = parse({"slogan": "x"}, german_access)
    assert scoped.operand.scopes == ("1=2", "")


@pytest.mark.parametrize(
    ("case", "name", "raw", "code", "message"),
    [
        ("empty text", "sku", "", "required", 'The filter value of "sku" is empty!'),
        ("null", "sku", None, "required", 'The filter value of "sku" is empty!'),
        ("empty list", "sku", [], "required", 'The filter value of "sku" is empty!'),
        ("number for text", "sku", JsonNumber("5"), "type", "should be text, in quotes!"),
        ("flag for text", "sku", True, "type", "should be text, in quotes!"),
        ("object", "sku", {}, "type", "should be text, in quotes!"),
        ("number for an option", "color", JsonNumber("5"), "type", "should be text, in quotes!"),
        ("text for a number", "price", "much", "type", "should be a number"),
        ("space in a number", "price", " 5", "type", "should be a number"),
        ("exponent", "price", JsonNumber("1e5"), "type", "should be a number"),
        ("flag for a number", "price", True, "type", "should be a number"),
        ("list for a number", "price", {"a": 1}, "type", "should be a number"),
        ("word for a flag", "in_stock", "perhaps", "type", "should be true or false"),
        ("number for a date", "released", JsonNumber("2024"), "type", "YYYY-MM-DD!"),
        ("no such day", "released", "2023-02-29", "type", "YYYY-MM-DD!"),
        ("range on text", "sku", "A;;B", "type", "send a JSON list for a value"),
        ("range on an option", "color", "green;;red", "type", "cannot be a range"),
        ("range on a flag", "in_stock", "0;;1", "type", "cannot be a range"),
        ("no ends", "price", ";;", "type", "should be a range such as"),
        ("three ends", "price", "1;;2;;3", "type", "should be a range such as"),
        ("no low end", "price", "x;;2", "type", "should be a number"),
        ("no high end", "price", "1;;x", "type", "should be a number"),
        ("moment as a date range", "released", "2024-01-01;;now", "type", "YYYY-MM-DD!"),
        ("unknown option", "color", "pink", "dictionary", "is not in the dictionary!"),
        ("option id", "color", "id-9", "dictionary", "is not in the dictionary!"),
        ("option in other case", "color", "Red", "dictionary", 'Did you mean "red"?'),
        ("unknown category", "categories", "Screws", "unknown_category", "is no category!"),
        (
            "category misspelt",
            "categories",
            "rods > Stel",
            "unknown_category",
            'Did you mean "Rods > Steel"?',
        ),
    ],
)
def test_refuses_a_value_it_cannot_read(refused, case, name, raw, code, message):
    (fault,) = refused({name: raw})
    assert (fault.code, fault.attribute) == (code, name)
    assert fault.pointer == f"/params/filter_values/{name}"
    assert message in fault.message
    assert fault.message.startswith(f'The filter value of "{name}" ')


@pytest.mark.parametrize(
    ("case", "raw", "pointers"),
    [
        ("between", "1||2", ["/f/price"]),
        ("in front and behind", "|1|", ["/f/price", "/f/price"]),
        ("in a list", [JsonNumber("1"), "", None], ["/f/price/1", "/f/price/2"]),
    ],
)
def test_refuses_every_empty_part(refused, case, raw, pointers):
    faults = refused({"price": raw}, pointer="/f")
    assert [fault.pointer for fault in faults] == pointers
    assert {fault.code for fault in faults} == {"required"}


def test_an_unknown_option_comes_with_the_accepted_ones(refused):
    (fault,) = refused({"color": ["red", "gren"]})
    assert fault == Fault(
        "dictionary",
        'The filter value of "color" is not in the dictionary! Did you mean "green"?',
        attribute="color",
        pointer="/params/filter_values/color/1",
        value="gren",
        allowed=["red", "green"],
        nearest="green",
    )


@pytest.mark.parametrize(
    ("case", "name"),
    [
        ("unknown", "nobody"),
        ("hidden by the View", "tags"),
        ("renamed by the View", "price"),
        ("not filterable", "notes"),
        ("empty", ""),
    ],
)
def test_what_cannot_be_named_is_told_alike(refused, shop_access, case, name):
    assert refused({name: {"any": "thing"}}, shop_access) == (
        Fault(
            "unknown_attribute",
            f'Attribute "{name}" is unknown or not filterable!',
            attribute=name,
            pointer=f"/params/filter_values/{name}",
        ),
    )


def test_collects_every_fault(refused):
    faults = refused({"nobody/~": "1", "price": "x|2|y", "colour": "red", "sku": ""})
    assert [(fault.code, fault.pointer, fault.nearest) for fault in faults] == [
        ("unknown_attribute", "/params/filter_values/nobody~1~0", None),
        ("type", "/params/filter_values/price", None),
        ("type", "/params/filter_values/price", None),
        ("unknown_attribute", "/params/filter_values/colour", "color"),
        ("required", "/params/filter_values/sku", None),
    ]


def test_suggests_for_the_first_few_only(refused):
    faults = refused({"color": ["gren"] * 7})
    assert [fault.nearest for fault in faults] == ["green"] * 5 + [None] * 2


@pytest.mark.parametrize(
    ("case", "filters", "message"),
    [
        ("filters", {f"a{n}": "1" for n in range(101)}, "There may be at most 100 filters!"),
        ("list", {"sku": ["a"] * 1001}, "There may be at most 1000 filter values!"),
        ("text", {"sku": "a|" * 1000 + "a"}, "There may be at most 1000 filter values!"),
        (
            "together",
            {"sku": ["a"] * 600, "title": ["a"] * 401},
            "There may be at most 1000 filter values!",
        ),
    ],
)
def test_there_are_limits(refused, case, filters, message):
    assert refused(filters) == (Fault("limit", message, pointer="/params/filter_values"),)


def test_a_thousand_values_are_fine(parse):
    (condition,) = parse({"sku": ["a"] * 1000})
    assert len(condition.literals) == 1000


ENDS = st.integers(-5, 5)


@settings(max_examples=200, deadline=None)
@given(one=ENDS, other=ENDS, price=ENDS)
def test_a_range_holds_between_its_ends_in_either_order(full_access, one, other, price):
    condition = parse_filters({"price": f"{one};;{other}"}, full_access)
    inside = min(one, other) <= price <= max(one, other)
    assert matches(condition, {"price": str(price)}, full_access.definition) is inside


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.text(alphabet="a1|;-.>N", max_size=8),
    st.from_regex(r"-?[0-9]{1,3}(\.[0-9])?(e5)?", fullmatch=True).map(JsonNumber),
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner)
)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_garbage_is_refused_and_never_crashes(full_access, data):
    names = st.sampled_from([*full_access.by_name, "nobody"])
    filters = data.draw(st.dictionaries(names, JSON, max_size=4))
    try:
        parse_filters(filters, full_access)
    except BadInput as error:
        faults = error.faults
    else:
        faults = ()
    assert all(fault.pointer and fault.attribute for fault in faults)
