"""Which product and record belong together, and what becomes of those that are left."""

from collections.abc import Callable

import pytest

from tests.connectors.shopify.shop import Shop
from tests.sigma.channels.conftest import body, counts
from tests.sigma.channels.test_pull import plain, records, single
from tests.sigma.conftest import Json, Sigma, everywhere

Run = Callable[[str], Json]
Jacket = Callable[..., str]
TITLES = {"sourceAttribute": "product-name", "targetField": "title"}


def test_a_product_is_found_by_its_handle_where_that_is_mapped(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str
) -> None:
    handles = {"sourceAttribute": "description", "targetField": "handle"}
    sigma("PUT", channel, body(fieldMappings=[TITLES, handles]), status=200)
    there = single(shop, "Old", handle="fleece")
    record = jacket("Fleece", description="fleece")
    assert counts(run("push")) == ("success", 1, 0, 0, 0)
    assert list(shop.products) == [there.id]
    assert (there.title, there.held[0].value) == ("Fleece", record)


def test_the_product_of_another_record_is_none_of_a_record(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str
) -> None:
    handles = {"sourceAttribute": "description", "targetField": "handle"}
    sigma("PUT", channel, body(fieldMappings=[TITLES, handles]), status=200)
    jacket("Fleece", description="fleece")
    run("push")
    taken = jacket("Parka", description="fleece")
    log = run("push")
    assert counts(log) == ("partial", 0, 0, 1, 1)
    (error,) = log["errors"]
    assert (error["entityId"], error["message"]) == (taken, "Handle 'fleece' already in use")
    assert [one.title for one in shop.products.values()] == ["Fleece"]


@pytest.mark.parametrize(("setting", "made"), [(None, "DRAFT"), ("ACTIVE", "ACTIVE")])
def test_only_a_creation_says_whether_a_product_is_sold(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str, setting: str | None, made: str
) -> None:
    if setting:
        more = body()["config"] | {"newProductStatus": setting}
        sigma("PUT", channel, body(config=more), status=200)
    record = jacket("Fleece")
    run("push")
    product = shop.one(title="Fleece")
    assert product.status == made
    shop.edit(product, status="UNLISTED")
    edit = {"scopedValues": everywhere("Parka")}
    sigma("PATCH", f"/records/{record}/values/product-name", edit, status=200)
    assert counts(run("push")) == ("success", 1, 0, 0, 0)
    assert (product.title, product.status) == ("Parka", "UNLISTED")


def test_a_pull_without_a_schema_makes_no_records(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str
) -> None:
    sigma("PUT", channel, body(schemaId=None), status=200)
    record = jacket("Fleece")
    run("push")
    shop.edit(shop.one(title="Fleece"), title="Parka")
    single(shop, "Theirs")
    assert counts(run("pull")) == ("success", 0, 1, 1, 0)
    assert [(one["id"], plain(one)["product-name"]) for one in records(sigma)] == [
        (record, "Parka")
    ]


def test_an_archived_product_updates_its_record_and_that_of_a_deleted_record_is_left_out(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
) -> None:
    kept, gone = jacket("Fleece"), jacket("Parka")
    run("push")
    shop.edit(shop.one(title="Fleece"), title="Fleece jacket", status="ARCHIVED")
    shop.edit(shop.one(title="Parka"), title="Park")
    sigma("DELETE", f"/records/{gone}", status=204)
    assert counts(run("pull")) == ("success", 0, 1, 0, 0)
    (left,) = records(sigma)
    assert (left["id"], plain(left)["product-name"]) == (kept, "Fleece jacket")


def test_two_records_with_the_skus_of_a_product_are_left_alone(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str
) -> None:
    ids = [jacket("One", sku="X-S"), jacket("Two", sku="X-M")]
    sizes = [{"name": one} for one in ("S", "M")]
    variants = [
        {"optionValues": [{"optionName": "Size"} | one], "sku": f"X-{one['name']}"} for one in sizes
    ]
    shop.add(title="Fleece", productOptions=[{"name": "Size", "values": sizes}], variants=variants)
    log = run("pull")
    assert counts(log) == ("failed", 0, 0, 0, 1)
    assert all(one in log["errors"][0]["message"] for one in ids)
    names = sorted(plain(one)["product-name"] for one in records(sigma))
    assert names == ["One", "Two"]
    assert sigma("GET", f"{channel}/sync-mappings", status=200) == []


def test_a_channel_that_is_deleted_leaves_products_and_records(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str
) -> None:
    record = jacket("Fleece")
    run("push")
    before = list(shop.mutations)
    sigma("DELETE", channel, status=204)
    for path in ("", "/sync-logs", "/sync-mappings"):
        sigma("GET", f"{channel}{path}", status=404)
    assert shop.mutations == before
    assert [one["id"] for one in records(sigma)] == [record]


def test_logs_come_newest_first_as_many_as_asked_for(run: Run, sigma: Sigma, channel: str) -> None:
    for direction in ("push", "pull", "sync"):
        run(direction)
    found = sigma("GET", f"{channel}/sync-logs", status=200)
    assert [one["direction"] for one in found] == ["bidirectional", "pull", "push"]
    assert len(sigma("GET", f"{channel}/sync-logs?limit=2", status=200)) == 2
    for limit in ("0", "501", "x"):
        sigma("GET", f"{channel}/sync-logs?limit={limit}", status=400)
