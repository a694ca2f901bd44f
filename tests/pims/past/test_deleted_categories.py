"""Filters for a category that was deleted since: in lists as of a moment, and in changes."""

from collections.abc import Callable

import pytest

from tests.pims.conftest import CATEGORIES
from tests.pims.past.conftest import Follower, Pims, category, create


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


def test_who_follows_a_category_is_told_that_its_products_are_gone(temporary: Pims) -> None:
    reader = Follower(temporary, filter_values={"categories": "Temp"})
    reader.follow()
    assert set(reader.knows) == {"A"}
    delete(temporary)
    reader.follow()
    assert reader.knows == {}
