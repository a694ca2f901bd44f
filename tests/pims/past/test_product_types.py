"""Products that get another product type: in the feed of changes, and as of a moment."""

from collections.abc import Callable

import pytest

from tests.pims.conftest import ATTRIBUTES
from tests.pims.past.conftest import VIEWS, Follower, Pims, changes, define, told


@pytest.fixture
def toys(shop: Pims) -> Pims:
    """A toy that needs a price and has none, another one, and a product of the default type."""
    define(shop, "done", type="completeness", isFilterable="y")
    shop("addProductType", path=ATTRIBUTES, status=200, name="toy", attributes=["price", "done"],
         required=["price"])  # fmt: skip
    for sku, kind in (("TY1", "toy"), ("TY2", "toy"), ("D", "default")):
        shop("createProduct", status=200, sku=sku, product_type=kind, data={"attributes": {}})
    return shop


def retype(pims: Pims, sku: str, kind: str) -> None:
    pims("editProduct", status=200, sku=sku, product_type=kind, data={"attributes": {}})


def skus(pims: Pims, as_of: int, condition: str) -> list[str]:
    params = {"as_of": as_of, "condition_query": condition}
    found = pims("getList", status=200, params=params)["products"]
    return sorted(one["sku"] for one in found)


CONDITIONS = [
    ("[[product_type]] = 'toy'", "TY1", "default"),
    ("[[product_type]] <> 'toy'", "D", "toy"),
    ("[[product_type]] IN ('toy', 'book')", "TY1", "default"),
    ("[[done]] = 0", "TY1", "default"),
    ("[[done]] = 100", "D", "toy"),
]


@pytest.mark.parametrize(("condition", "sku", "kind"), CONDITIONS)
def test_a_product_that_leaves_by_its_type_is_gone(
    toys: Pims, last: Callable[[], int], condition: str, sku: str, kind: str
) -> None:
    reader = Follower(toys, condition_query=condition)
    reader.follow()
    assert sku in reader.knows
    retype(toys, sku, kind)
    assert [(one["sku"], one["kind"]) for one in reader.follow()] == [(sku, "gone")]
    retype(toys, sku, "toy" if kind == "default" else "default")
    assert [(one["sku"], one["kind"]) for one in reader.follow()] == [(sku, "changed")]


def test_pages_of_one_reading_know_the_types_that_they_told(toys: Pims) -> None:
    reader = Follower(toys, condition_query="[[product_type]] = 'toy'", limit=1)
    reader.page()
    retype(toys, "TY1", "default")
    reader.follow()
    assert set(reader.knows) == {"TY2"}
    retype(toys, "TY2", "default")
    retype(toys, "D", "toy")
    reader.follow()
    assert set(reader.knows) == {"D"}


def test_a_view_whose_rows_ask_for_the_type_loses_what_leaves(
    toys: Pims, make_key: Callable[..., str], last: Callable[[], int]
) -> None:
    rows = {"condition_query": "[[product_type]] = 'toy'", "attributes": {"price": {}}}
    toys("addPimView", path=VIEWS, status=200, name="toys", **rows)
    key = make_key("pim_user", views=("toys",), default_view="toys")
    since = changes(toys, None, key=key)["next"]
    retype(toys, "TY1", "default")
    assert told(toys, since, key=key) == [("TY1", "gone")]
    since = changes(toys, None, key=key)["next"]
    toys("editProduct", status=200, sku="TY1", data={"attributes": {"price": "1"}})
    assert told(toys, since, key=key) == []


def test_lists_ask_for_the_type_of_then(toys: Pims, last: Callable[[], int]) -> None:
    then = last()
    retype(toys, "TY1", "default")
    retype(toys, "D", "toy")
    assert skus(toys, then, "[[product_type]] = 'toy'") == ["TY1", "TY2"]
    assert skus(toys, then, "[[product_type]] = 'default'") == ["D"]
    assert skus(toys, last(), "[[product_type]] = 'toy'") == ["D", "TY2"]
    reply = toys("listProduct", sku="TY1", params={"as_of": then, "system": True})
    assert reply["product_type"] == "toy"
    params = {"as_of": then, "order": [{"attribute": "product_type"}, {"attribute": "sku"}]}
    found = toys("getList", status=200, params=params)["products"]
    assert [one["sku"] for one in found] == ["D", "TY1", "TY2"]


def test_completeness_is_counted_by_the_type_of_today(toys: Pims, last: Callable[[], int]) -> None:
    then = last()
    retype(toys, "TY1", "default")
    retype(toys, "D", "toy")
    assert skus(toys, then, "[[done]] = 100") == ["TY1"]
    assert skus(toys, then, "[[done]] = 0") == ["D", "TY2"]
    params = {"as_of": then, "system": True, "missing": True}
    reply = toys("listProduct", sku="TY1", params=params)
    assert (reply["data"]["attributes"]["done"], reply["missing"]) == (100, [])
    params = {"as_of": then, "order": [{"attribute": "done"}, {"attribute": "sku"}]}
    found = toys("getList", status=200, params=params)["products"]
    assert [one["sku"] for one in found] == ["D", "TY2", "TY1"]
