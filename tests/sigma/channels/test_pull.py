"""Products of a shop that a channel receives."""

from collections.abc import Callable
from typing import Any

from pims_api.connectors.shopify.client import ATTEMPTS
from tests.connectors.shopify.server import Server
from tests.connectors.shopify.shop import Shop
from tests.connectors.shopify.things import Product
from tests.databases.fresh import on_one_engine
from tests.sigma.channels.conftest import body, counts
from tests.sigma.conftest import Json, Sigma, everywhere

Run = Callable[[str], Json]
Jacket = Callable[..., str]


def single(shop: Shop, title: str, **more: Json) -> Product:
    """Add a product with nothing to choose; `variant` is merged into its one variant."""
    chosen = [{"optionName": "Title", "name": "Default Title"}]
    variant = {"optionValues": chosen, "price": "10.00"} | more.pop("variant", {})
    options = [{"name": "Title", "values": [{"name": "Default Title"}]}]
    return shop.add(title=title, productOptions=options, variants=[variant], **more)


def sized(shop: Shop, title: str, *sizes: str, option: str = "Size") -> Product:
    variants = [
        {"optionValues": [{"optionName": option, "name": one}], "sku": f"X-{one}", "price": "5.00"}
        for one in sizes
    ]
    options = [{"name": option, "values": [{"name": one} for one in sizes]}]
    return shop.add(title=title, productOptions=options, variants=variants)


def records(sigma: Sigma) -> list[Any]:
    return list(sigma("GET", "/records", status=200)["items"])


def plain(record: Json) -> dict[str, Any]:
    return {alias: entries[0]["value"] for alias, entries in record["values"].items()}


def test_a_new_product_becomes_a_record_and_the_next_run_finds_nothing_to_do(
    run: Run, shop: Shop, sigma: Sigma, channel: str
) -> None:
    product = single(shop, "Fleece", tags=["b", "a"], descriptionHtml="<p>Warm</p>",
                     variant={"sku": "F-1", "price": "129.90"})  # fmt: skip
    assert counts(run("pull")) == ("success", 0, 1, 0, 0)
    assert shop.mutations == []
    (record,) = records(sigma)
    assert plain(record) == {
        "product-name": "Fleece",
        "description": "<p>Warm</p>",
        "tags": ", ".join(product.tags),
        "price": 129.9,
        "sku": "F-1",
    }
    (mapping,) = sigma("GET", f"{channel}/sync-mappings", status=200)
    assert (mapping["entityId"], mapping["externalId"]) == (record["id"], product.id)
    assert mapping["lastPulledAt"] is not None
    assert mapping["lastPushedAt"] is None
    assert counts(run("pull")) == ("success", 0, 0, 1, 0)
    assert counts(run("push")) == ("success", 0, 0, 1, 0)
    assert shop.mutations == []


def test_our_own_push_is_no_change(run: Run, jacket: Jacket, shop: Shop) -> None:
    jacket("Fleece", sku="F-1", tags="b, a", description="<P>Warm</P> ", price=10)
    run("push")
    assert counts(run("pull")) == ("success", 0, 0, 1, 0)


def test_only_what_changed_there_is_written(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
) -> None:
    record = jacket("Fleece", sku="F-1", price=10)
    run("push")
    shop.edit(shop.one(title="Fleece"), title="Fleece jacket")
    assert counts(run("pull")) == ("success", 0, 1, 0, 0)
    changes = sigma("GET", f"/records/{record}/audit", status=200)
    assert [one for one in changes if one.get("attribute") == "product-name"] or changes
    assert plain(sigma("GET", f"/records/{record}", status=200))["product-name"] == "Fleece jacket"
    assert counts(run("push")) == ("success", 0, 0, 1, 0)


def test_variants_there_become_variants_here(run: Run, shop: Shop, sigma: Sigma) -> None:
    product = sized(shop, "Fleece", "S", "M")
    assert counts(run("pull")) == ("success", 0, 1, 0, 0)
    (record,) = records(sigma)
    assert "sku" not in record["values"]
    found = sigma("GET", f"/records/{record['id']}/variants", status=200)
    told = sorted((plain(one)["size"], plain(one)["sku"], plain(one)["price"]) for one in found)
    assert told == [("M", "X-M", 5), ("S", "X-S", 5)]
    before = list(shop.mutations)
    assert counts(run("push")) == ("success", 0, 0, 1, 0)
    assert shop.mutations == before
    shop.change(
        product,
        productOptions=[{"name": "Size", "values": [{"name": one} for one in ("S", "M", "L")]}],
        variants=[
            *({"id": one.id, "optionValues": [{"optionName": "Size", "name": one.chosen[0][1]}]}
              for one in product.all_variants),
            {"optionValues": [{"optionName": "Size", "name": "L"}], "sku": "X-L"},
        ],
    )  # fmt: skip
    assert counts(run("pull")) == ("success", 0, 1, 0, 0)
    found = sigma("GET", f"/records/{record['id']}/variants", status=200)
    assert sorted(plain(one)["size"] for one in found) == ["L", "M", "S"]


def choose(shop: Shop, product: Product, *sizes: str) -> None:
    """Have a product come in sizes, as a merchant does: its variant becomes the first of them."""
    (only,) = product.all_variants
    first = {"id": only.id, "optionValues": [{"optionName": "Size", "name": sizes[0]}]}
    others = [
        {"optionValues": [{"optionName": "Size", "name": one}], "price": "12.00", "sku": f"F-{one}"}
        for one in sizes[1:]
    ]
    options = [{"name": "Size", "values": [{"name": one} for one in sizes]}]
    shop.change(product, productOptions=options, variants=[first, *others])


def variants(sigma: Sigma, record: str) -> list[dict[str, Any]]:
    found = sigma("GET", f"/records/{record}/variants", status=200)
    return sorted((plain(one) for one in found), key=lambda one: str(one["size"]))


def test_variants_that_a_merchant_makes_of_a_product_without_any_become_variants_here(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str
) -> None:
    record = jacket("Fleece", sku="F-1", price=10)
    run("push")
    product = shop.one(title="Fleece")
    choose(shop, product, "S", "M")
    assert counts(run("pull")) == ("success", 0, 1, 0, 0)
    assert plain(sigma("GET", f"/records/{record}", status=200))["sku"] == "F-1"
    assert variants(sigma, record) == [{"size": "M", "sku": "F-M", "price": 12}, {"size": "S"}]
    (mapping,) = sigma("GET", f"{channel}/sync-mappings", status=200)
    assert mapping["externalVariantIds"] == [one.id for one in product.all_variants]
    before = list(shop.mutations)
    for direction in ("pull", "push", "sync"):
        assert counts(run(direction)) == ("success", 0, 0, 1, 0)
    assert shop.mutations == before
    edit = {"scopedValues": everywhere("Parka")}
    sigma("PATCH", f"/records/{record}/values/product-name", edit, status=200)
    assert counts(run("push")) == ("success", 1, 0, 0, 0)
    told = [(one.chosen[0][1], one.sku, one.price) for one in product.all_variants]
    assert told == [("S", "F-1", "10.00"), ("M", "F-M", "12.00")]


def test_a_product_with_variants_that_is_tied_by_sku_brings_them_all(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
) -> None:
    record = jacket("Fleece", sku="X-S", price=10)
    product = sized(shop, "Fleece jacket", "S", "M")
    assert counts(run("pull")) == ("success", 0, 1, 0, 0)
    assert variants(sigma, record) == [
        {"size": "M", "sku": "X-M", "price": 5},
        {"size": "S", "price": 5},
    ]
    assert counts(run("sync")) == ("success", 0, 0, 1, 0)
    assert [one.sku for one in product.all_variants] == ["X-S", "X-M"]


def test_a_record_of_a_schema_without_variants_stays_the_one_variant_that_it_is(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
) -> None:
    kept = sigma("GET", "/schemas/schema-apparel", status=200)
    sigma("PUT", "/schemas/schema-apparel", kept | {"variantEnabled": False}, status=200)
    record = jacket("Fleece", sku="F-1", price=10)
    run("push")
    product = shop.one(title="Fleece")
    choose(shop, product, "S", "M")
    shop.edit(product, title="Parka")
    assert counts(run("pull")) == ("success", 0, 1, 0, 0)
    held = plain(sigma("GET", f"/records/{record}", status=200))
    assert (held["product-name"], held["price"]) == ("Parka", 10)
    assert counts(run("pull")) == ("success", 0, 0, 1, 0)
    assert [one.sku for one in product.all_variants] == ["F-1", "F-M"]


def test_an_option_that_no_attribute_takes_fails_the_product(
    run: Run, shop: Shop, sigma: Sigma
) -> None:
    sized(shop, "Fleece", "red", "blue", option="Colour")
    log = run("pull")
    assert counts(log) == ("failed", 0, 0, 0, 1)
    assert "'Colour'" in log["errors"][0]["message"]
    assert records(sigma) == []


def test_a_product_with_the_sku_of_a_record_is_that_record(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
) -> None:
    record = jacket("Fleece", sku="F-1", price=10)
    single(shop, "Fleece jacket", variant={"sku": "F-1", "price": "10.00"})
    assert counts(run("pull")) == ("success", 0, 1, 0, 0)
    (found,) = records(sigma)
    assert found["id"] == record
    assert plain(found)["product-name"] == "Fleece jacket"


def test_what_a_newly_tied_product_lacks_stays_and_is_sent_next(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
) -> None:
    record = jacket("Fleece", sku="F-1", price=10, description="<p>Warm</p>")
    product = single(shop, "Fleece jacket", variant={"sku": "F-1", "price": "10.00"})
    assert counts(run("pull")) == ("success", 0, 1, 0, 0)
    held = plain(sigma("GET", f"/records/{record}", status=200))
    assert (held["product-name"], held["description"]) == ("Fleece jacket", "<p>Warm</p>")
    assert counts(run("push")) == ("success", 1, 0, 0, 0)
    assert product.descriptionHtml == "<p>Warm</p>"
    assert counts(run("sync")) == ("success", 0, 0, 1, 0)


def test_what_the_schema_refuses_fails_and_nothing_of_it_is_stored(
    run: Run, shop: Shop, sigma: Sigma, channel: str
) -> None:
    attribute = sigma("GET", "/attributes/attr-price", status=200)
    sigma("PUT", "/attributes/attr-price", attribute | {"validation": {"max": 100}}, status=200)
    single(shop, "Fleece", variant={"sku": "F-1", "price": "129.90"})
    log = run("pull")
    assert counts(log) == ("failed", 0, 0, 0, 1)
    assert records(sigma) == []
    assert sigma("GET", f"{channel}/sync-mappings", status=200) == []


def test_archived_products_make_no_records(run: Run, shop: Shop, sigma: Sigma) -> None:
    single(shop, "Fleece", status="ARCHIVED")
    assert counts(run("pull")) == ("success", 0, 0, 1, 0)
    assert records(sigma) == []


def test_a_product_that_is_gone_is_untied_and_its_record_stays(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str
) -> None:
    record = jacket("Fleece", sku="F-1")
    run("push")
    product = shop.one(title="Fleece")
    shop.remove(product)
    log = run("pull")
    assert counts(log) == ("failed", 0, 0, 0, 1)
    (error,) = log["errors"]
    assert (error["entityId"], error["externalId"]) == (record, product.id)
    assert sigma("GET", f"{channel}/sync-mappings", status=200) == []
    assert len(records(sigma)) == 1


@on_one_engine
def test_a_product_of_which_nobody_knows_whether_it_is_gone_fails_and_stays_tied(
    run: Run, jacket: Jacket, server: Server, sigma: Sigma, channel: str
) -> None:
    record, _ = jacket("Fleece", sku="F-1"), jacket("Parka", sku="P-1")
    run("push")
    product, before = server.shop.one(title="Fleece"), len(server.requests)
    assert counts(run("pull")) == ("success", 0, 0, 2, 0)
    listed = len(server.requests) - before
    server.shop.remove(product)
    server.faults.extend([*([""] * listed), *(["503"] * ATTEMPTS)])
    log = run("pull")
    assert counts(log) == ("partial", 0, 0, 1, 1)
    (error,) = log["errors"]
    assert (error["entityId"], error["externalId"]) == (record, product.id)
    assert "503" in error["message"]
    assert len(sigma("GET", f"{channel}/sync-mappings", status=200)) == 2
    assert "is not in the shop any more" in run("pull")["errors"][0]["message"]
    assert len(sigma("GET", f"{channel}/sync-mappings", status=200)) == 1


def test_values_go_into_the_scope_of_the_channel_and_others_stay(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str
) -> None:
    sigma("POST", "/dimensions", {
        "id": "dim-language", "alias": "language", "name": "Language",
        "defaultSegmentId": "seg-en", "segments": [
            {"id": "seg-en", "alias": "en", "name": "English"},
            {"id": "seg-de", "alias": "de", "name": "German"}]}, status=201)  # fmt: skip
    record = jacket("Fleece", sku="F-1")
    german = body(dimensionScope={"dim-language": "seg-de"})
    sigma("PUT", channel, german | {"config": german["config"]}, status=200)
    run("push")
    shop.edit(shop.one(title="Fleece"), title="Jacke")
    assert counts(run("pull")) == ("success", 0, 1, 0, 0)
    found = sigma("GET", f"/records/{record}", status=200)["values"]["product-name"]
    assert found == [
        *everywhere("Fleece"),
        {"scope": {"dim-language": "seg-de"}, "value": "Jacke"},
    ]
