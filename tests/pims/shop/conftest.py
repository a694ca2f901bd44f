"""Sentences to talk to a catalogue as a shop does."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

Json = dict[str, Any]


def look(client: FlaskClient, key: str) -> Callable[..., Json]:
    """Return the fixture `shop` for a client and the key that it uses when told none."""
    usual_key = key

    def get(
        path: str,
        *,
        key: str = usual_key,
        view: str | None = None,
        locale: str | None = None,
        status: int = 200,
        **query: Any,
    ) -> Json:
        headers = {"ApiKey": key} | ({"ApiView": view} if view else {})
        address = f"/api/{locale}{path}" if locale else path
        reply = client.get(address, query_string=query or None, headers=headers)
        assert reply.status_code == status, reply.text[:1_000]
        answer: Json = reply.get_json()
        return answer

    return get


@pytest.fixture
def shop(client: FlaskClient, make_key: Callable[..., str]) -> Callable[..., Json]:
    """`shop("/v/pc/2", color="red|blue", status=200)`: what a viewer's key gets at an address.

    Every further argument is a parameter of the query string.
    """
    return look(client, make_key("pim_user"))


@pytest.fixture
def facets(shop: Callable[..., Json]) -> Callable[..., Json]:
    """`facets(2)`: the filters of a category by attribute; values with counts, or the two ends."""

    def by_attribute(category_id: int, **query: Any) -> Json:
        category = shop(f"/v/c/{category_id}", **query)["currentCategory"][0]
        return plain_filters(category["cat_filters"])

    return by_attribute


def plain_filters(filters: Json) -> Json:
    """Return filters by attribute: values with counts, or the two ends."""
    choices = {
        one["attribute"]: {value["value"]: value["count"] for value in one["values"]}
        for one in filters["filter_dropdown"]
    }
    ranges = {one["attribute"]: (one["min"], one["max"]) for one in filters["filter_range_float"]}
    return choices | ranges


@pytest.fixture
def skus(shop: Callable[..., Json]) -> Callable[..., list[str]]:
    """`skus("/v/pc", color="red")`: the SKUs of a list."""

    def listed(path: str, **query: Any) -> list[str]:
        return [one["sku"] for one in shop(path, **query)["products"]]

    return listed


@pytest.fixture
def set_category(pims: Callable[..., Json]) -> Callable[..., Json]:
    """`set_category(2, cat_data={"cat_status": "inactive"})`: the category is changed."""

    def change(category_id: int, **wanted: Any) -> Json:
        path = "/pim/manage/categories"
        return pims("editCategory", path=path, id=category_id, **wanted, status=200)

    return change


@pytest.fixture
def close_category(set_category: Callable[..., Json]) -> Callable[..., Json]:
    """`close_category(2)`: the category becomes inactive."""
    return lambda number: set_category(number, cat_data={"cat_status": "inactive"})
