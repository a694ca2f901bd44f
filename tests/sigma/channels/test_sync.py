"""Both ways at once: who wins, and what is told of it."""

from collections.abc import Callable
from typing import Any

import pytest

from pims_api.connectors.base import OutsideFailed
from pims_api.connectors.shopify.connector import ShopifyShop
from tests.connectors.shopify.shop import Shop
from tests.databases.fresh import on_one_engine
from tests.sigma.channels.conftest import counts
from tests.sigma.channels.test_pull import choose, plain, sized, variants
from tests.sigma.channels.test_push import variant
from tests.sigma.conftest import Json, Sigma, everywhere

Run = Callable[[str], Json]
Jacket = Callable[..., str]


def edit(sigma: Sigma, record: str, alias: str, value: Json) -> None:
    sent = {"scopedValues": everywhere(value)}
    sigma("PATCH", f"/records/{record}/values/{alias}", sent, status=200)


def test_each_side_gets_what_changed_on_the_other(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
) -> None:
    record = jacket("Fleece", sku="F-1", price=10, description="old")
    run("push")
    product = shop.one(title="Fleece")
    edit(sigma, record, "price", 12)
    shop.edit(product, title="Fleece jacket")
    log = run("sync")
    assert counts(log) == ("success", 1, 1, 0, 0)
    assert log["direction"] == "bidirectional"
    assert log["errors"] == []
    assert plain(sigma("GET", f"/records/{record}", status=200))["product-name"] == "Fleece jacket"
    assert (product.title, product.all_variants[0].price) == ("Fleece jacket", "12.00")
    assert counts(run("sync")) == ("success", 0, 0, 1, 0)


def test_what_changed_on_both_sides_is_a_conflict_that_the_record_wins(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
) -> None:
    record = jacket("Fleece", sku="F-1", price=10)
    run("push")
    product = shop.one(title="Fleece")
    edit(sigma, record, "product-name", "Ours")
    shop.edit(product, title="Theirs", descriptionHtml="new")
    log = run("sync")
    assert counts(log) == ("success", 1, 1, 0, 0)
    (error,) = log["errors"]
    assert (error["entityId"], error["externalId"]) == (record, product.id)
    assert error["message"].startswith("conflict")
    assert "title" in error["message"]
    assert "descriptionHtml" not in error["message"]
    held = plain(sigma("GET", f"/records/{record}", status=200))
    assert (held["product-name"], held["description"]) == ("Ours", "new")
    assert (product.title, product.descriptionHtml) == ("Ours", "new")
    assert counts(run("sync")) == ("success", 0, 0, 1, 0)


def test_the_same_change_on_both_sides_is_none(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
) -> None:
    record = jacket("Fleece", sku="F-1", price=10)
    run("push")
    edit(sigma, record, "product-name", "Same")
    shop.edit(shop.one(title="Fleece"), title="Same")
    assert run("sync")["errors"] == []


def test_new_things_of_both_sides_cross_in_one_run(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
) -> None:
    jacket("Ours", sku="O-1")
    sized(shop, "Theirs", "S", "M")
    assert counts(run("sync")) == ("success", 1, 1, 0, 0)
    assert sorted(one.title for one in shop.products.values()) == ["Ours", "Theirs"]
    assert sigma("GET", "/records", status=200)["total"] == 2
    assert counts(run("sync")) == ("success", 0, 0, 2, 0)


def test_a_variant_that_the_shop_added_comes_in_beside_a_change_here(
    run: Run, shop: Shop, sigma: Sigma
) -> None:
    product = sized(shop, "Fleece", "S")
    run("pull")
    (record,) = sigma("GET", "/records", status=200)["items"]
    edit(sigma, record["id"], "product-name", "Parka")
    shop.change(
        product,
        productOptions=[{"name": "Size", "values": [{"name": "S"}, {"name": "M"}]}],
        variants=[
            {"id": product.all_variants[0].id,
             "optionValues": [{"optionName": "Size", "name": "S"}]},
            {"optionValues": [{"optionName": "Size", "name": "M"}], "sku": "X-M"},
        ],
    )  # fmt: skip
    assert counts(run("sync")) == ("success", 1, 1, 0, 0)
    found = sigma("GET", f"/records/{record['id']}/variants", status=200)
    assert sorted(plain(one)["size"] for one in found) == ["M", "S"]
    assert sorted(one.chosen[0][1] for one in product.all_variants) == ["M", "S"]
    assert product.title == "Parka"
    assert counts(run("sync")) == ("success", 0, 0, 1, 0)


@pytest.mark.parametrize("first", ["push", "pull", "sync"])
@on_one_engine
def test_the_first_variants_of_both_sides_meet(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, first: str
) -> None:
    record = jacket("Fleece", price=10)
    run("push")
    product = shop.one(title="Fleece")
    choose(shop, product, "XL", "M", "L")
    made = {one.chosen[0][1]: one.id for one in product.all_variants}
    for size in ("S", "M"):
        variant(sigma, record, size=size)
    for direction in (first, "sync", "sync"):
        log = run(direction)
        assert (log["status"], log["errors"]) == ("success", [])
    assert [one["size"] for one in variants(sigma, record)] == ["L", "M", "S", "XL"]
    there = {one.chosen[0][1]: one.id for one in product.all_variants}
    assert there == made | {"S": there["S"]}
    assert counts(run("sync")) == ("success", 0, 0, 1, 0)


@on_one_engine
def test_a_size_of_two_variants_fails_until_one_is_named_anew_and_loses_nothing(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
) -> None:
    record = jacket("Fleece", price=10)
    small = variant(sigma, record, size="S", sku="F-S")
    variant(sigma, record, size="M", sku="F-M")
    run("push")
    product = shop.one(title="Fleece")
    variant(sigma, record, size="L", sku="F-L")
    sizes = [{"name": one} for one in ("L", "M")]  # what was S is L there
    sent = [
        {"id": one.id, "optionValues": [{"optionName": "Size"} | size]}
        for one, size in zip(product.all_variants, sizes, strict=True)
    ]
    shop.change(product, productOptions=[{"name": "Size", "values": sizes}], variants=sent)
    for status, pulled in (("partial", 1), ("failed", 0)):  # what changed there alone is here now
        log = run("sync")
        assert counts(log) == (status, 0, pulled, 0, 1)
        assert "are alike" in log["errors"][0]["message"]
        assert [one.sku for one in product.all_variants] == ["F-S", "F-M"]
    path = f"/records/{record}/variants/{small}/values/size"
    sigma("PATCH", path, {"scopedValues": everywhere("XS")}, status=200)
    assert counts(run("sync")) == ("success", 1, 0, 0, 0)
    told = [(one.sku, one.chosen[0][1]) for one in product.all_variants]
    assert told == [("F-S", "XS"), ("F-M", "M"), ("F-L", "L")]
    assert counts(run("sync")) == ("success", 0, 0, 1, 0)


@on_one_engine
def test_a_product_that_cannot_be_read_is_told_once(
    run: Run, jacket: Jacket, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: Any) -> None:
        raise OutsideFailed("The shop gave no answer.")

    jacket("Fleece", price=10)
    run("push")
    shop.remove(shop.one(title="Fleece"))
    monkeypatch.setattr(ShopifyShop, "read", lost)
    monkeypatch.setattr(ShopifyShop, "candidates", lost)
    log = run("sync")
    assert counts(log) == ("failed", 0, 0, 0, 1)
    assert [one["message"] for one in log["errors"]] == ["The shop gave no answer."]


@on_one_engine
def test_what_is_left_of_a_product_comes_in_and_is_level_then(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
) -> None:
    """Its one variant of here goes, another one of there comes."""
    record = jacket("Fleece", price=10)
    gone = variant(sigma, record, size="S")
    run("push")
    product = shop.one(title="Fleece")
    sizes = [{"name": one} for one in ("S", "M")]
    sent = [{"optionValues": [{"optionName": "Size"} | size]} for size in sizes]
    sent[0] |= {"id": product.all_variants[0].id}
    shop.change(product, productOptions=[{"name": "Size", "values": sizes}], variants=sent)
    sigma("DELETE", f"/records/{record}/variants/{gone}", status=204)
    assert counts(run("sync")) == ("success", 1, 1, 0, 0)
    assert [one["size"] for one in variants(sigma, record)] == ["M"]
    assert [one.chosen[0][1] for one in product.all_variants] == ["M"]
    assert counts(run("sync")) == ("success", 0, 0, 1, 0)
