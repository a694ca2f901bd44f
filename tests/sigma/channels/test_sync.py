"""Both ways at once: who wins, and what is told of it."""

from collections.abc import Callable

from tests.connectors.shopify.shop import Shop
from tests.sigma.channels.conftest import counts
from tests.sigma.channels.test_pull import plain, sized
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
