"""Moments are compared, ordered and told apart by points in time, and shown as they were sent."""

import pytest

MOMENTS = {
    "DAY": "2024-02-13",
    "PARIS": "2024-02-13T14:42:17+01:00",
    "HALF": "2024-02-13T13:42:17.5Z",
    "NO-ZONE": "2024-02-13T13:42",
    "NEW-YORK": "2024-02-13T10:00:00-05:00",
    "LONDON": "2024-02-13T15:00Z",
}
IN_ORDER = ["DAY", "NO-ZONE", "PARIS", "HALF", "LONDON", "NEW-YORK"]


@pytest.fixture
def moments(pims, given_attribute, given_product, filled):
    """`moments("getList", …)`: the actions on products with a `seen_at`, and some without."""
    filled(lambda: fill_moments(given_attribute, given_product))
    return pims


def fill_moments(given_attribute, given_product):
    given_attribute("seen_at", "datetime", isFilterable="y", isIndexable="y")
    given_attribute("times", "datetime", collection="y", isFilterable="y")
    for sku, moment in MOMENTS.items():
        given_product(sku, title=sku, seen_at=moment, times=[moment, "1999-01-01"])
    given_product("NEVER", title="Never")


def found(pims, **params):
    reply = pims("getList", params=params, status=200)
    assert reply["sku_count"] == len(reply["products"])
    return [one["sku"] for one in reply["products"]]


CONDITIONS = [
    ("= '2024-02-13T15:00:00Z'", ["LONDON", "NEW-YORK"]),
    ("= '2024-02-13T16:00:00.000+01:00'", ["LONDON", "NEW-YORK"]),
    ("= '2024-02-13T15:00'", ["LONDON", "NEW-YORK"]),
    ("= '2024-02-13T00:00Z'", ["DAY"]),
    ("<> '2024-02-13T15:00Z'", ["DAY", "HALF", "NO-ZONE", "PARIS"]),
    ("IN ('2024-02-13T13:42:17Z', '2024-02-12T19:00-05:00')", ["DAY", "PARIS"]),
    ("> '2024-02-13T13:42:17Z'", ["HALF", "LONDON", "NEW-YORK"]),
    (">= '2024-02-13T08:42:17-05:00'", ["HALF", "LONDON", "NEW-YORK", "PARIS"]),
    ("< '2024-02-13T13:42:17Z'", ["DAY", "NO-ZONE"]),
    ("<= '2024-02-13T13:42:17.0Z'", ["DAY", "NO-ZONE", "PARIS"]),
    ("BETWEEN '2024-02-13T13:42Z' AND '2024-02-13T13:42:17.5'", ["HALF", "NO-ZONE", "PARIS"]),
    ("NOT BETWEEN '2024-02-13' AND '2024-02-13T14:59:59Z'", ["LONDON", "NEW-YORK"]),
]


@pytest.mark.parametrize(("test", "skus"), CONDITIONS)
def test_conditions_compare_points_in_time(moments, test, skus) -> None:
    assert found(moments, condition_query=f"[[seen_at]] {test}") == skus


@pytest.mark.parametrize(("test", "skus"), [CONDITIONS[0], CONDITIONS[6], CONDITIONS[10]])
def test_elements_of_collections_too(moments, test, skus) -> None:
    assert found(moments, condition_query=f"[[times]] {test}") == skus


@pytest.mark.parametrize(
    ("value", "skus"),
    [
        ("2024-02-13T15:00:00Z", ["LONDON", "NEW-YORK"]),
        ("2024-02-13T15:00Z|2024-02-13T00:00", ["DAY", "LONDON", "NEW-YORK"]),
        ("2024-02-13T13:42:17.5Z;;", ["HALF", "LONDON", "NEW-YORK"]),
        ("2024-02-13T15:00:00Z;;2024-02-13T08:42:17.5-05:00", ["HALF", "LONDON", "NEW-YORK"]),
    ],
)
def test_filters_compare_points_in_time(moments, value, skus) -> None:
    assert found(moments, filter_values={"seen_at": value}) == skus


@pytest.mark.parametrize("size", [1, 2, 500])
def test_pages_are_in_the_order_of_time(moments, size) -> None:
    """Equal points in time are ordered by SKU."""
    order = {"order": [{"attribute": "seen_at"}, {"attribute": "sku"}]}
    after, skus = "", []
    while after is not None:
        page = order | {"after": after, "pagination": {"pageSize": size}}
        reply = moments("getList", params=page, status=200)
        skus += [one["sku"] for one in reply["products"]]
        after = reply.get("next")
    assert skus == [*IN_ORDER, "NEVER"]


def test_values_are_shown_as_they_were_sent(moments, shown) -> None:
    assert {sku: shown(sku)["seen_at"] for sku in MOMENTS} == MOMENTS


def test_another_spelling_is_a_change_like_that_of_a_number(moments, edit, history) -> None:
    edit("LONDON", seen_at="2024-02-13T15:00:00Z")
    assert history("LONDON")[-1] == (
        {"seen_at": "2024-02-13T15:00Z"},
        {"seen_at": "2024-02-13T15:00:00Z"},
    )
    assert found(moments, filter_values={"seen_at": "2024-02-13T15:00Z"}) == ["LONDON", "NEW-YORK"]
    edit("LONDON", seen_at="2024-02-13T15:00:01Z")
    assert found(moments, filter_values={"seen_at": "2024-02-13T15:00Z"}) == ["NEW-YORK"]


def test_one_point_in_time_is_unique_in_any_spelling(pims, given_attribute, given_product) -> None:
    given_attribute("made_at", "datetime", isUnique="y")
    given_product("A", title="A", made_at="2024-02-13T10:00:00-05:00")
    data = {"attributes": {"title": "B", "made_at": "2024-02-13T15:00Z"}}
    refused = pims("createProduct", sku="B", data=data, status=409)
    assert [one["code"] for one in refused["errors"]] == ["not_unique"]


def test_an_explanation_shows_the_point_in_time(moments) -> None:
    text = "[[seen_at]] BETWEEN '2024-02-13T10:00:00-05:00' AND '2024-02-14'"
    params = {"condition_query": text, "explain": True}
    steps = moments("getList", params=params, status=200)["explain"]["steps"]
    between = "[[seen_at]] BETWEEN '2024-02-13T15:00:00Z' AND '2024-02-14T00:00:00Z'"
    assert between in [one["step"] for one in steps]


@pytest.mark.parametrize("moment", ["0001-01-01T00:30+01:00", "9999-12-31T23:30-01:00"])
def test_a_moment_that_no_calendar_has_in_utc_is_refused(moments, moment) -> None:
    data = {"attributes": {"seen_at": moment}}
    reply = moments("editProduct", sku="DAY", data=data, status=400)
    message = "seen_at must be a date and time that is in the years 1 to 9999 in UTC too!"
    assert reply["status_message"] == message
