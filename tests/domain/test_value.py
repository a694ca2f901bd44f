"""How sent values are read and stored ones compare."""

from decimal import Decimal

import pytest

from pims_api.domain.values.value import (
    JsonNumber,
    comparable,
    elements,
    is_categories,
    point_in_time,
    read_boolean,
    read_date,
    read_datetime,
    read_literal,
    read_number,
    read_text,
)

LONGEST = "1234567890" * 4


@pytest.mark.parametrize(
    ("case", "raw"),
    [
        ("integer", "58"),
        ("trailing zeros", "100.00"),
        ("leading zeros", "007"),
        ("minus", "-3.5"),
        ("plus", "+3.5"),
        ("no digit before the point", ".5"),
        ("no digit after the point", "5."),
        ("40 digits", LONGEST),
        ("40 digits, sign and point", f"-{LONGEST[:20]}.{LONGEST[20:]}"),
        ("JSON token", JsonNumber("12.50")),
    ],
)
def test_a_number_stays_as_it_came(case, raw):
    number = read_number(raw)
    assert number == raw
    assert type(number) is str


@pytest.mark.parametrize(
    ("case", "raw"),
    [
        ("empty", ""),
        ("point alone", "."),
        ("sign alone", "-"),
        ("two points", "1.2.3"),
        ("two signs", "--1"),
        ("exponent", "1e5"),
        ("exponent token", JsonNumber("1E+5")),
        ("comma", "1,5"),
        ("space before", " 1"),
        ("line end", "1\n"),
        ("41 digits", LONGEST + "1"),
        ("41 digits behind the point", f"0.{LONGEST}"),
        ("digits of another script", "٣"),
        ("not a number", "NaN"),
        ("flag", True),
        ("null", None),
        ("list", ["1"]),
        ("Python number", 1),
    ],
)
def test_refuses_what_is_no_number(case, raw):
    with pytest.raises(ValueError, match="a number: an optional sign"):
        read_number(raw)


@pytest.mark.parametrize(
    ("raw", "flag"),
    [
        (True, True),
        ("true", True),
        ("TRUE", True),
        ("Y", True),
        ("y", True),
        ("1", True),
        (JsonNumber("1"), True),
        (False, False),
        ("False", False),
        ("n", False),
        ("0", False),
        (JsonNumber("0"), False),
    ],
)
def test_a_flag_has_many_spellings(raw, flag):
    assert read_boolean(raw) is flag


@pytest.mark.parametrize("raw", ["", "yes", "2", " true", JsonNumber("1.0"), None, 1, ["true"]])
def test_refuses_what_is_no_flag(raw):
    with pytest.raises(ValueError, match="true or false"):
        read_boolean(raw)


@pytest.mark.parametrize("raw", ["2024-02-29", "0001-01-01", "9999-12-31"])
def test_a_date_stays_as_it_came(raw):
    assert read_date(raw) == raw


@pytest.mark.parametrize(
    ("case", "raw"),
    [
        ("no such day", "2023-02-29"),
        ("no such year", "0000-01-01"),
        ("no dashes", "20240229"),
        ("week date", "2024-W01-1"),
        ("short month", "2024-2-9"),
        ("with time", "2024-02-29T10:00:00"),
        ("number", JsonNumber("20240229")),
        ("empty", ""),
        ("null", None),
    ],
)
def test_refuses_what_is_no_date(case, raw):
    with pytest.raises(ValueError, match="YYYY-MM-DD"):
        read_date(raw)


@pytest.mark.parametrize(
    "raw",
    [
        "2024-02-13",
        "2024-02-13T13:42",
        "2024-02-13T13:42:17",
        "2024-02-13T13:42:17.123456Z",
        "2024-02-13T13:42:17+05:30",
    ],
)
def test_a_moment_stays_as_it_came(raw):
    assert read_datetime(raw) == raw


@pytest.mark.parametrize(
    "raw",
    [
        "2024-02-30T10:00",
        "2024-02-13T24:00",
        "2024-02-13T13",
        "2024-02-13 13:42",
        "2024-02-13T13:42:17+99:00",
        "13:42",
        "",
        None,
        JsonNumber("1707831737"),
    ],
)
def test_refuses_what_is_no_moment(raw):
    with pytest.raises(ValueError, match="ISO 8601"):
        read_datetime(raw)


@pytest.mark.parametrize("raw", ["0001-01-01T00:30+01:00", "9999-12-31T23:30:00-00:31"])
def test_refuses_moments_outside_the_years_that_can_be_compared(raw):
    with pytest.raises(ValueError, match="in the years 1 to 9999 in UTC too"):
        read_datetime(raw)


@pytest.mark.parametrize(
    "spellings",
    [
        ("2024-02-13", "2024-02-13T00:00", "2024-02-13T00:00:00.000Z", "2024-02-12T19:00-05:00"),
        ("2024-02-13T13:42", "2024-02-13T13:42Z", "2024-02-13T13:42:00+00:00"),
        ("2024-02-13T13:42:17.5Z", "2024-02-13T13:42:17.500000", "2024-02-13T19:12:17.50+05:30"),
        ("2024-03-01T00:30Z", "2024-02-29T23:30-01:00"),
        ("2024-02-13T13:42:10", "2024-02-13T13:42:10.000Z"),
    ],
)
def test_spellings_of_one_point_in_time_are_equal(spellings):
    assert len(set(map(point_in_time, spellings))) == 1


def test_moments_are_in_the_order_of_time():
    moments = [
        "0001-01-01T00:00Z",
        "2024-02-13",
        "2024-02-13T13:42:00.000001Z",
        "2024-02-13T13:42:17Z",
        "2024-02-13T13:42:17.25Z",
        "2024-02-13T13:42:17.5Z",
        "2024-02-13T13:42:18",
        "2024-02-13T10:00:00-05:00",
        "9999-12-31T23:59:59.999999Z",
    ]
    assert sorted(moments, key=point_in_time) == moments


@pytest.mark.parametrize(
    ("stored", "point"),
    [
        ("0001-01-01T00:30+01:00", "0001-01-01T00:00:00"),
        ("9999-12-31T23:30-01:00", "9999-12-31T23:59:59.999999"),
    ],
)
def test_moments_stored_before_they_were_refused_are_the_nearest_that_can_be(stored, point):
    assert point_in_time(stored) == point


def test_text_stays_as_it_came():
    assert read_text(" as sent ") == " as sent "


@pytest.mark.parametrize("raw", [JsonNumber("5"), True, None, ["a"], {}])
def test_refuses_what_is_no_text(raw):
    with pytest.raises(ValueError, match="text"):
        read_text(raw)


@pytest.mark.parametrize(
    ("name", "stored", "form"),
    [
        ("price", "100.00", Decimal(100)),
        ("filled", 80, Decimal(80)),
        ("in_stock", True, True),
        ("color", "id-9", "green"),
        ("color", "unknown id", "unknown id"),
        ("categories", 3, "Rods > Steel"),
        ("released", "2024-02-13", "2024-02-13"),
        ("tags", "a", "a"),
    ],
)
def test_stored_values_compare_in_the_form_of_their_type(definition, name, stored, form):
    compared = comparable(definition.by_name[name], stored, definition)
    assert compared == form
    assert type(compared) is type(form)


@pytest.mark.parametrize(
    ("case", "name", "stored", "single"),
    [
        ("unset", "price", None, []),
        ("one", "price", "1", ["1"]),
        ("unset collection", "tags", None, []),
        ("empty collection", "tags", [], []),
        ("collection", "tags", ["a", "b"], ["a", "b"]),
        ("bare value of a collection", "tags", "a", ["a"]),
    ],
)
def test_elements_are_the_single_values(definition, case, name, stored, single):
    assert elements(definition.by_name[name], stored) == single


def test_a_path_literal_gets_the_spaces_that_faces_show(definition):
    assert read_literal(definition.by_name["categories"], "Rods>Steel") == "Rods > Steel"


def test_only_the_system_attribute_holds_category_ids(definition):
    assert [a.name for a in definition.attributes.values() if is_categories(a)] == ["categories"]
