"""Filters for a category that was deleted since: in lists as of a moment, and in changes."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.pims.conftest import CATEGORIES
from tests.pims.past.conftest import Follower, Json, Pims, category, create

LOW = "[[categories]] = 'Temp > Low'"


@pytest.fixture
def temporary(shop: Pims) -> Pims:
    """Two products in a category and below it."""
    shop("addCategory", path=CATEGORIES, status=200, name="Temp")
    parent = category(shop, "Temp")
    shop("addCategory", path=CATEGORIES, status=200, name="Low", cat_parent_id=parent)
    create(shop, "A", categories=["Temp"])
    create(shop, "B", categories=["Temp > Low"])
    return shop


def delete(pims: Pims) -> None:
    number = category(pims, "Temp")
    pims("deleteCategory", path=CATEGORIES, status=200, id=number, force=True)


@pytest.mark.parametrize(
    ("path", "found"), [("Temp", ["A"]), ("Temp > Low", ["B"]), ("Temp|Tools", ["A"])]
)
def test_a_filter_takes_the_last_path(
    temporary: Pims, last: Callable[[], int], path: str, found: list[str]
) -> None:
    then = last()
    delete(temporary)
    params = {"as_of": then, "filter_values": {"categories": path}}
    reply = temporary("getList", status=200, params=params | {"pagination": {"pageSize": 1}})
    assert ([one["sku"] for one in reply["products"]], reply["sku_count"]) == (found, 1)
    params["as_of"] = last()
    assert temporary("getList", status=200, params=params)["products"] == []


def test_lists_of_today_and_unknown_paths_are_refused(
    temporary: Pims, last: Callable[[], int]
) -> None:
    then = last()
    delete(temporary)
    for params in (
        {"filter_values": {"categories": "Temp"}},
        {"filter_values": {"categories": "Temp > Lower"}, "as_of": then},
    ):
        reply = temporary("getList", status=400, params=params)
        assert [one["code"] for one in reply["errors"]] == ["unknown_category"]


def test_the_pages_of_a_list_as_of_then_go_on(temporary: Pims, last: Callable[[], int]) -> None:
    create(temporary, "C", categories=["Temp"])
    params = {"as_of": last(), "filter_values": {"categories": "Temp"}}
    delete(temporary)
    params |= {"pagination": {"pageSize": 1}, "after": ""}
    reply = temporary("getList", status=200, params=params)
    del params["as_of"]
    reply = temporary("getList", status=200, params=params | {"after": reply["next"]})
    assert [one["sku"] for one in reply["products"]] == ["C"]


@pytest.mark.parametrize("way", ["filter_values", "condition_query"])
def test_who_follows_a_renamed_category_is_told_so_by_filters_as_by_conditions(
    temporary: Pims, last: Callable[[], int], way: str
) -> None:
    selection: Any = {"categories": "Temp > Low"} if way == "filter_values" else LOW
    reader = Follower(temporary, **{way: selection})
    reader.follow()
    by_number = Follower(temporary, **{way: selection})
    by_number.follow()
    by_number.cursor = last()
    assert set(reader.knows) == {"B"}
    temporary("editCategory", path=CATEGORIES, status=200, id=category(temporary, "Temp"), name="X")
    for one in (reader, by_number):
        one.follow()
        assert one.knows == {}
        assert one.page() is False
    temporary("addCategory", path=CATEGORIES, status=200, items=[{"path": "Temp > Low"}])
    create(temporary, "C", categories=["Temp > Low"])
    reader.follow()
    assert set(reader.knows) == {"C"}


def test_a_path_that_no_category_had_then_is_refused_to_who_begins(
    temporary: Pims, last: Callable[[], int]
) -> None:
    then = last()
    temporary(
        "editCategory", path=CATEGORIES, status=200, id=category(temporary, "Temp > Low"), name="X"
    )
    params: Json = {"filter_values": {"categories": "Temp > Low"}}
    temporary("changes", status=200, params=params | {"since": then})
    for since in ({}, {"since": 0}, {"since": last()}, {"since": 10**9}):
        reply = temporary("changes", status=400, params=params | since)
        assert "unknown_category" in [one["code"] for one in reply["errors"]]


def test_who_follows_a_value_goes_on_when_the_dictionary_loses_it(shop: Pims) -> None:
    path = "/pim/manage/attributes"
    definition = {"type": "dropdown", "label": {"en-us": "Hue"}, "isFilterable": "y",
                  "dictionary": {"columns": ["value"], "data": ["Red", "Blue"]}}  # fmt: skip
    shop("addAttribute", path=path, status=200, name="hue", definition=definition)
    create(shop, "H", hue="Red")
    reader = Follower(shop, filter_values={"hue": "Red"})
    reader.follow()
    shop("mergeValues", path=path, status=200, name="hue", values=["Red"], into="Blue")
    reader.follow()
    assert reader.knows == {}


def test_who_follows_a_category_is_told_that_its_products_are_gone(temporary: Pims) -> None:
    reader = Follower(temporary, filter_values={"categories": "Temp"})
    reader.follow()
    assert set(reader.knows) == {"A"}
    delete(temporary)
    reader.follow()
    assert reader.knows == {}
