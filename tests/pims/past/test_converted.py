"""As of before an attribute got another type: what the type does not take today is null."""

from collections.abc import Callable

import pytest

from tests.pims.past.conftest import Follower, Pims, create, define, edit

VALUES = {"A": "1", "B": "0", "C": "Y", "D": "N", "E": "Q"}


@pytest.fixture
def then(shop: Pims, last: Callable[[], int]) -> int:
    """The moment before the texts of five products were converted to flags."""
    define(shop, "flag", type="string", isFilterable="y", isIndexable="y")
    for sku, value in VALUES.items():
        create(shop, sku, flag=value)
    moment = last()
    edit(shop, "E", flag="false")
    define(shop, "flag", "editAttribute", type="boolean")
    return moment


def skus(pims: Pims, as_of: int, condition: str) -> list[str]:
    params = {"as_of": as_of, "condition_query": condition}
    found = pims("getList", status=200, params=params)["products"]
    return sorted(one["sku"] for one in found)


CONDITIONS = [
    ("[[flag]] = TRUE", []),
    ("[[flag]] = FALSE", []),
    ("[[flag]] <> TRUE", []),
    ("[[flag]] IS NULL", list(VALUES)),
    ("[[flag]] IS NOT NULL", []),
]


@pytest.mark.parametrize(("condition", "found"), CONDITIONS)
def test_texts_are_no_flags(
    shop: Pims, then: int, last: Callable[[], int], condition: str, found: list[str]
) -> None:
    assert skus(shop, then, condition) == found
    assert skus(shop, last(), "[[flag]] = TRUE") == ["A", "C"]
    assert skus(shop, last(), "[[flag]] = FALSE") == ["B", "D", "E"]


@pytest.mark.parametrize("flag", ["true", "false"])
def test_filters_counts_and_orders_agree(shop: Pims, then: int, flag: str) -> None:
    params = {"as_of": then, "filter_values": {"flag": flag}}
    reply = shop("getList", status=200, params=params)
    assert (reply["products"], reply["sku_count"]) == ([], 0)
    params = {"as_of": then, "order": [{"attribute": "flag"}, {"attribute": "sku"}]}
    found = shop("getList", status=200, params=params)["products"]
    assert [one["sku"] for one in found] == list(VALUES)
    for sku in VALUES:
        reply = shop("listProduct", sku=sku, status=200, params={"as_of": then})
        assert reply["data"]["attributes"]["flag"] is None


def test_who_follows_changes_has_the_selection(shop: Pims) -> None:
    define(shop, "flag", type="string", isFilterable="y")
    for sku, value in VALUES.items():
        create(shop, sku, flag=value)
    reader = Follower(shop, condition_query="[[flag]] IS NOT NULL", limit=2)
    reader.page()
    edit(shop, "E", flag="false")
    define(shop, "flag", "editAttribute", type="boolean")
    reader.follow()
    assert {sku: one["flag"] for sku, one in reader.knows.items()} == {
        "A": True, "B": False, "C": True, "D": False, "E": False,
    }  # fmt: skip


def test_flags_that_were_texts_of_today_are_texts(shop: Pims, last: Callable[[], int]) -> None:
    define(shop, "flag", type="boolean", isFilterable="y")
    create(shop, "A", flag=True)
    moment = last()
    define(shop, "flag", "editAttribute", type="string")
    assert skus(shop, moment, "[[flag]] IS NULL") == ["A"]
    assert skus(shop, moment, "[[flag]] = 'True'") == []


@pytest.mark.parametrize(("kind", "value"), [("number", "7"), ("date", "2024-02-13")])
def test_what_is_no_number_or_date_is_null_as_it_shows(
    shop: Pims, last: Callable[[], int], kind: str, value: str
) -> None:
    define(shop, "x", type="string", isFilterable="y")
    create(shop, "A", x="nothing of that")
    create(shop, "B", x=value)
    moment = last()
    edit(shop, "A", x=value)
    edit(shop, "B", x=None)
    define(shop, "x", "editAttribute", type=kind)
    assert skus(shop, moment, "[[x]] IS NULL") == ["A"]
    assert skus(shop, moment, "[[x]] IS NOT NULL") == ["B"]
    assert skus(shop, moment, f"[[x]] = '{value}'") == ["B"]
