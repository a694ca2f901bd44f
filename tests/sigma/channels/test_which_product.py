"""Which product is whose, and which ids are kept of it."""

from collections.abc import Callable

import pytest

from pims_api.domain.tenant_ids import Numbered
from pims_api.jobs.worker import run_pending_jobs
from pims_api.storage.database import Database
from pims_api.storage.identity.tenants import tenant_ids
from pims_api.storage.snapshot import snapshot
from tests.connectors.shopify.shop import Shop
from tests.connectors.shopify.things import Metafield, Product
from tests.databases.fresh import on_one_engine
from tests.sigma.channels.conftest import body, counts
from tests.sigma.channels.test_pull import plain, records, single, sized, variants
from tests.sigma.channels.test_push import variant
from tests.sigma.channels.test_sync import edit
from tests.sigma.conftest import Json, Sigma

Run = Callable[[str], Json]
Jacket = Callable[..., str]
TITLES = {"sourceAttribute": "product-name", "targetField": "title"}


def named(shop: Shop, product: Product, record: str) -> Product:
    """Have a product say whose it is."""
    held = Metafield(shop.gid("Metafield"), "pims", "product_id", "id", record)
    shop.definitions["pims", "product_id"] = "id"
    shop.edit(product, held=[*product.held, held])
    return product


def test_the_id_of_the_record_goes_before_its_sku(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str
) -> None:
    record = jacket("Fleece", sku="F-1")
    mine = named(shop, single(shop, "Mine"), record)
    other = single(shop, "Other", variant={"sku": "F-1"})
    assert counts(run("push")) == ("success", 1, 0, 0, 0)
    assert (mine.title, other.title, len(shop.products)) == ("Fleece", "Other", 2)
    (mapping,) = sigma("GET", f"{channel}/sync-mappings", status=200)
    assert mapping["externalId"] == mine.id


@on_one_engine
def test_a_channel_that_is_made_anew_finds_its_products(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str, database: Database
) -> None:
    jacket("Fleece")
    run("push")
    product = shop.one(title="Fleece")
    sigma("DELETE", channel, status=204)
    again = sigma("POST", "/channels", body(), status=201)["id"]
    sigma("POST", f"/channels/{again}/push", status=202)
    run_pending_jobs(database)
    (log,) = sigma("GET", f"/channels/{again}/sync-logs", status=200)
    assert counts(log) == ("success", 1, 0, 0, 0)
    assert list(shop.products) == [product.id]


@on_one_engine
def test_a_pull_ties_the_record_that_a_product_names(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
) -> None:
    record, taken = jacket("Fleece", sku="F-1"), jacket("Parka", sku="P-1")
    named(shop, single(shop, "Coat", variant={"sku": "P-1"}), record)
    for nobody in ("ent-999", f"{record}.0", "fleece", "ent-01"):
        named(shop, single(shop, f"Of {nobody}"), nobody)
    assert counts(run("pull")) == ("success", 0, 5, 0, 0)
    names = {one["id"]: plain(one)["product-name"] for one in records(sigma)}
    assert (names.pop(record), names.pop(taken)) == ("Coat", "Parka")
    assert sorted(names.values()) == ["Of ent-01", "Of ent-1.0", "Of ent-999", "Of fleece"]


@pytest.mark.parametrize("direction", ["push", "pull"])
@on_one_engine
def test_the_sku_of_any_variant_tells_whose_a_product_is(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str, direction: str
) -> None:
    product = sized(shop, "Old", "S", "M")
    record = jacket("Fleece")
    variant(sigma, record, size="M", sku="X-M")
    variant(sigma, record, size="L", sku="X-L")
    log = run(direction)
    assert (log["status"], log["failed"], len(shop.products)) == ("success", 0, 1)
    (mapping,) = sigma("GET", f"{channel}/sync-mappings", status=200)
    assert (mapping["entityId"], mapping["externalId"]) == (record, product.id)
    assert mapping["externalVariantIds"] == [one.id for one in product.all_variants]


@on_one_engine
def test_a_sku_matches_exactly_and_one_that_was_made_not_at_all(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
) -> None:
    record = jacket("Fleece")
    jacket("Parka", sku="P-1")
    for sku in (record, "p-1", "P-10"):
        single(shop, f"With {sku}", variant={"sku": sku})
    assert counts(run("push")) == ("success", 2, 0, 0, 0)
    assert len(shop.products) == 5
    assert shop.one(title="Fleece").all_variants[0].sku is None
    assert counts(run("pull")) == ("success", 0, 3, 2, 0)
    found = {plain(one)["product-name"]: plain(one).get("sku") for one in records(sigma)}
    assert found.pop(f"With {record}") is None
    assert found == {"Fleece": None, "Parka": "P-1", "With p-1": "p-1", "With P-10": "P-10"}


def test_a_product_whose_sku_was_generated_here_becomes_a_record_without_one(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, database: Database
) -> None:
    of_record = jacket("Fleece")
    of_variant = variant(sigma, of_record, size="S")
    deleted = jacket("Parka")
    sigma("DELETE", f"/records/{deleted}", status=204)
    number = int(deleted.removeprefix("ent-"))
    further = f"ent-{number + 1}~2"
    with snapshot(database, 1) as seen:
        uuid = tenant_ids(seen).of_number(Numbered.PRODUCT, number + 2)
    jacket("Coat", sku=further)
    jacket("Scarf", sku=uuid)
    made = [of_record, of_variant, deleted, further, uuid]
    for sku in made:
        single(shop, f"With {sku}", variant={"sku": sku, "price": "7.00"})
    several = sized(shop, "Boots", "M", "L")
    for one, sku in zip(several.all_variants, (of_variant, of_record), strict=True):
        one.sku = sku
    shop.note(several)
    log = run("pull")
    assert (counts(log), log["errors"]) == (("success", 0, 6, 0, 0), [])
    found = {plain(one)["product-name"]: one for one in records(sigma)}
    for sku in made:
        assert plain(found[f"With {sku}"]) == {"product-name": f"With {sku}", "price": 7}
    assert variants(sigma, found["Boots"]["id"]) == [
        {"size": "L", "price": 5}, {"size": "M", "price": 5}]  # fmt: skip
    assert counts(run("pull")) == ("success", 0, 0, 6, 0)
    edit(sigma, found["Boots"]["id"], "product-name", "High boots")
    assert counts(run("push")) == ("success", 4, 0, 5, 0)
    assert (several.title, several.all_variants[0].sku) == ("High boots", of_variant)
    assert counts(run("sync")) == ("success", 0, 0, 9, 0)


@on_one_engine
def test_a_sku_that_somebody_chose_is_never_given_twice_and_the_log_says_so(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
) -> None:
    deleted = jacket("Parka", sku="P-1")
    sigma("DELETE", f"/records/{deleted}", status=204)
    for title, sku in (("Of nobody", "P-1"), ("One", "F-1"), ("Two", "F-1")):
        single(shop, title, variant={"sku": sku})
    log = run("pull")
    assert counts(log) == ("partial", 0, 1, 0, 2)
    taken = "another record or variant has it, or had it before it was deleted."
    assert [one["message"] for one in log["errors"]] == [
        f"The SKU '{sku}' is taken: {taken} Give the product another one in the shop."
        for sku in ("P-1", "F-1")
    ]


@on_one_engine
def test_a_product_with_the_sku_that_is_another_records_is_no_match(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
) -> None:
    jacket("Fleece", sku="F-1")
    run("push")
    theirs = shop.one(title="Fleece")
    theirs.all_variants[0].sku = "P-1"
    shop.note(theirs)
    jacket("Parka", sku="P-1")
    assert counts(run("push")) == ("success", 1, 0, 1, 0)
    assert sorted(one.title for one in shop.products.values()) == ["Fleece", "Parka"]


@on_one_engine
def test_two_candidates_by_sku_name_no_third_by_handle(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str
) -> None:
    handles = {"sourceAttribute": "description", "targetField": "handle"}
    sigma("PUT", channel, body(fieldMappings=[TITLES, handles]), status=200)
    made = [single(shop, name, variant={"sku": "F-1"}).id for name in ("One", "Two")]
    single(shop, "Three", handle="fleece")
    record = jacket("Fleece", sku="F-1", description="fleece")
    before = list(shop.mutations)
    log = run("push")
    assert counts(log) == ("failed", 0, 0, 0, 1)
    assert [one["entityId"] for one in log["errors"]] == [record]
    assert all(one in log["errors"][0]["message"] for one in made)
    assert shop.mutations == before


@on_one_engine
def test_the_metafield_of_ids_is_defined_by_the_first_push_that_needs_it(
    run: Run, jacket: Jacket, shop: Shop
) -> None:
    run("push")
    assert shop.mutations == []
    jacket("Fleece")
    jacket("Parka")
    run("push")
    assert shop.mutations == ["metafieldDefinitionCreate", "productSet", "productSet"]
    assert shop.definitions == {("pims", "product_id"): "id"}
    jacket("Coat")
    assert counts(run("push")) == ("success", 1, 0, 2, 0)  # it is there already


@on_one_engine
def test_ids_of_variants_are_in_the_order_of_the_shop(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str
) -> None:
    record = jacket("Fleece")
    for size in ("S", "M", "L"):
        variant(sigma, record, size=size)
    run("push")
    product = shop.one(title="Fleece")
    for direction in ("pull", "push"):
        product.all_variants.reverse()
        shop.edit(product, title=f"{product.title} 2")
        if direction == "push":
            edit(sigma, record, "product-name", "Ours")
        run(direction)
        (mapping,) = sigma("GET", f"{channel}/sync-mappings", status=200)
        assert mapping["externalVariantIds"] == [one.id for one in product.all_variants]
