"""Which product is whose, what a run leaves alone, and how runs end."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from pims_api.connectors.shopify.product_push import ProductPush
from pims_api.domain.outlets.outlet import Run as OneRun
from pims_api.domain.outlets.outlet import RunState
from pims_api.jobs.worker import run_pending_jobs
from pims_api.storage.database import Database
from pims_api.storage.outlets.runs import add_run
from pims_api.storage.tables import job
from tests.connectors.shopify.server import Server
from tests.connectors.shopify.shop import Root, Shop
from tests.connectors.shopify.things import Metafield, Product
from tests.databases.fresh import on_one_engine
from tests.sigma.channels.conftest import body, counts
from tests.sigma.channels.test_pull import plain, records, single, sized
from tests.sigma.channels.test_push import variant
from tests.sigma.channels.test_sync import edit
from tests.sigma.conftest import Json, Sigma, everywhere, in_segment

Run = Callable[[str], Json]
Jacket = Callable[..., str]
TITLES = {"sourceAttribute": "product-name", "targetField": "title"}


def named(shop: Shop, product: Product, record: str) -> Product:
    """Have a product say whose it is."""
    held = Metafield(shop.gid("Metafield"), "pims", "product_id", "id", record)
    shop.definitions["pims", "product_id"] = "id"
    shop.edit(product, held=[*product.held, held])
    return product


# Which product


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
    log = run("pull")
    assert counts(log) == ("partial", 0, 2, 2, 1)  # no second record can have the one that was made
    clash = next(one.id for one in shop.products.values() if one.title == f"With {record}")
    assert [one.get("entityId") for one in log["errors"]] == [None]
    assert [one["externalId"] for one in log["errors"]] == [clash]


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


# What is left alone


@on_one_engine
def test_a_product_that_a_list_lacks_is_not_gone(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = jacket("Fleece", sku="F-1")
    run("push")
    empty = Shop("acme")
    listed = Root.products
    monkeypatch.setattr(Root, "products", lambda self, info, **asked: listed(
        Root(empty), info, **asked))  # fmt: skip
    before = list(shop.mutations)
    for direction in ("push", "pull"):
        log = run(direction)
        assert (log["status"], log["failed"], log["errors"]) == ("success", 0, [])
    assert shop.mutations == before
    edit(sigma, record, "product-name", "Parka")
    assert counts(run("push")) == ("success", 1, 0, 0, 0)
    assert [one.title for one in shop.products.values()] == ["Parka"]


@on_one_engine
def test_a_record_that_leaves_the_filter_keeps_product_and_mapping(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str
) -> None:
    record = jacket("Fleece")
    run("push")
    catalog = {"id": "cat-web", "alias": "web", "name": "Web"}
    sigma("POST", "/catalogs", catalog, status=201)
    sigma("PUT", channel, body(catalogId="cat-web"), status=200)
    edit(sigma, record, "product-name", "Parka")
    before = list(shop.mutations)
    assert counts(run("push")) == ("success", 0, 0, 0, 0)
    assert (shop.mutations, shop.one(title="Fleece").status) == (before, "DRAFT")
    (mapping,) = sigma("GET", f"{channel}/sync-mappings", status=200)
    assert mapping["entityId"] == record


@on_one_engine
def test_a_variant_that_is_gone_there_stays_here(
    run: Run, shop: Shop, sigma: Sigma, jacket: Jacket
) -> None:
    record = jacket("Fleece")
    for size in ("S", "M"):
        variant(sigma, record, size=size)
    run("push")
    product = shop.one(title="Fleece")
    (small, _) = product.all_variants
    kept = {"id": small.id, "optionValues": [{"optionName": "Size", "name": "S"}]}
    shop.change(
        product, productOptions=[{"name": "Size", "values": [{"name": "S"}]}], variants=[kept]
    )
    assert counts(run("pull"))[0] == "success"
    assert len(sigma("GET", f"/records/{record}/variants", status=200)) == 2


@on_one_engine
def test_what_one_field_refuses_leaves_the_others_of_its_product(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str
) -> None:
    attribute = sigma("GET", "/attributes/attr-description", status=200)
    rules = {"validation": {"pattern": "[a-z]*"}}
    sigma("PUT", "/attributes/attr-description", attribute | rules, status=200)
    record, other = jacket("Fleece", price=10), jacket("Parka", price=10)
    run("push")
    shop.edit(shop.one(title="Fleece"), title="Fleece 2", descriptionHtml="<p>No</p>")
    shop.edit(shop.one(title="Parka"), title="Parka 2")
    for _ in range(2):  # it fails as long as it is refused
        log = run("pull")
        assert (log["status"], log["failed"]) == ("partial", 1)
        assert [one["entityId"] for one in log["errors"]] == [record]
    names = {one["id"]: plain(one)["product-name"] for one in records(sigma)}
    assert names == {record: "Fleece", other: "Parka 2"}


@on_one_engine
def test_a_value_that_holds_already_by_another_scope_is_not_written(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str
) -> None:
    segments = [{"id": f"seg-{one}", "alias": one, "name": one} for one in ("en", "de")]
    language = {"id": "dim-language", "alias": "language", "name": "Language"}
    more = {"defaultSegmentId": "seg-en", "segments": segments}
    sigma("POST", "/dimensions", language | more, status=201)
    values = {"product-name": [in_segment("seg-en", "Fleece")], "sku": everywhere("F-1")}
    sent = {"schemaId": "schema-apparel", "values": values}
    record = sigma("POST", "/records", sent, status=201)["id"]
    sigma("PUT", channel, body(dimensionScope={"dim-language": "seg-de"}), status=200)
    product = single(shop, "Fleece", variant={"sku": "F-1"})
    run("pull")
    held = sigma("GET", f"/records/{record}", status=200)["values"]
    assert held["product-name"] == [in_segment("seg-en", "Fleece")]
    assert held["price"] == everywhere(10)  # which has no dimensions
    shop.edit(product, title="Jacke")
    assert counts(run("pull")) == ("success", 0, 1, 0, 0)
    held = sigma("GET", f"/records/{record}", status=200)["values"]
    english, german = in_segment("seg-en", "Fleece"), in_segment("seg-de", "Jacke")
    assert held["product-name"] == [english, german]


@on_one_engine
def test_what_a_transform_hides_is_sent_and_not_received(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str
) -> None:
    mappings = [
        TITLES | {"transform": "trim|uppercase"},
        {"sourceAttribute": "tags", "targetField": "tags", "transform": "split"},
        {"sourceAttribute": "price", "targetField": "variants[].price", "transform": "number"},
    ]
    sigma("PUT", channel, body(fieldMappings=mappings), status=200)
    record = jacket("Fleece", tags="b,a", price=10)
    run("push")
    product = shop.one(title="FLEECE")
    shop.edit(product, title="OTHER", tags=["c", "d"])
    product.all_variants[0].price = "12.50"
    assert counts(run("pull")) == ("success", 0, 1, 0, 0)
    held = plain(sigma("GET", f"/records/{record}", status=200))
    assert held == {"product-name": "Fleece", "tags": "c, d", "price": 12.5}


@on_one_engine
def test_without_mappings_the_usual_pairs_travel(
    run: Run,
    jacket: Jacket,
    shop: Shop,
    sigma: Sigma,
    channel: str,
    given_attribute: Sigma,
    given_schema: Sigma,
) -> None:
    more = ("name", "vendor", "brand", "product-type", "handle", "barcode")
    ids = [given_attribute(alias) for alias in more]
    kept = ["description", "tags", "price", "sku"]
    given_schema("usual", *ids, *(f"attr-{alias}" for alias in kept))
    sigma("PUT", channel, body(fieldMappings=[], schemaId="schema-usual"), status=200)
    values = {alias: everywhere(alias) for alias in [*more, "description", "tags", "sku"]}
    sent = {"schemaId": "schema-usual", "values": values | {"price": everywhere(9)}}
    sigma("POST", "/records", sent, status=201)
    assert counts(run("push")) == ("success", 1, 0, 0, 0)
    one = shop.one(title="name")
    (only,) = one.all_variants
    assert (one.descriptionHtml, one.vendor, one.productType, one.handle, one.tags) == (
        "description",
        "vendor",
        "product-type",
        "handle",
        ["tags"],
    )
    assert (only.sku, only.barcode, only.price) == ("sku", "barcode", "9.00")


# How runs end


@pytest.mark.parametrize("fault", ["402", "403", "404", "423", "denied"])
@on_one_engine
def test_a_shop_that_is_closed_amid_a_run_ends_it(
    run: Run, jacket: Jacket, shop: Shop, server: Server, fault: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    jacket("Fleece")
    jacket("Parka")
    jacket("Coat")
    create = ProductPush.create

    def created(self: ProductPush, form: Any) -> Any:
        made = create(self, form)
        server.faults.append(fault)
        return made

    monkeypatch.setattr(ProductPush, "create", created)
    log = run("push")
    assert counts(log) == ("failed", 1, 0, 0, 0)
    (error,) = log["errors"]
    assert set(error) == {"message"}
    assert "app" in error["message"]
    assert [one.title for one in shop.products.values()] == ["Fleece"]


@on_one_engine
def test_a_redirect_is_not_followed_and_fails_its_item(
    run: Run, jacket: Jacket, shop: Shop, server: Server
) -> None:
    record = jacket("Fleece")
    for status in ("301", "302", "307", "308"):
        server.faults.append(status)
        log = run("push")
        assert counts(log) == ("failed", 0, 0, 0, 1)
        message = f"The shop answered with status {status}."
        assert log["errors"] == [{"entityId": record, "message": message}]
    assert (server.followed, server.requests, shop.products) == (0, [], {})


@on_one_engine
def test_a_product_that_is_gone_fails_once(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
) -> None:
    jacket("Fleece", sku="F-1")
    jacket("Parka", sku="P-1")
    run("push")
    shop.remove(shop.one(title="Fleece"))
    assert counts(run("pull")) == ("partial", 0, 0, 1, 1)
    assert counts(run("pull")) == ("success", 0, 0, 1, 0)
    assert counts(run("sync")) == ("success", 1, 0, 1, 0)
    assert sorted(one.title for one in shop.products.values()) == ["Fleece", "Parka"]


@on_one_engine
def test_options_are_those_mapped_in_their_order_and_named_as_attributes(
    run: Run,
    jacket: Jacket,
    shop: Shop,
    sigma: Sigma,
    channel: str,
    given_attribute: Sigma,
    given_schema: Sigma,
) -> None:
    fabric = given_attribute("fabric", name="Made of")
    kept = [f"attr-{alias}" for alias in ("product-name", "size", "description", "sku")]
    given_schema("mapped", *kept, fabric)
    options = [
        {"sourceAttribute": "fabric", "targetField": "options[0]"},
        {"sourceAttribute": "size", "targetField": "options[1]"},
    ]
    sent = body(fieldMappings=[TITLES, *options], schemaId="schema-mapped")
    sigma("PUT", channel, sent, status=200)
    record = {"schemaId": "schema-mapped", "values": {"product-name": everywhere("Fleece")}}
    number = sigma("POST", "/records", record, status=201)["id"]
    for size, fabric in (("S", "wool"), ("M", "wool"), ("M", "silk")):
        variant(sigma, number, size=size, fabric=fabric, description=f"{size} {fabric}")
    assert counts(run("push")) == ("success", 1, 0, 0, 0)
    product = shop.one(title="Fleece")
    assert [one.name for one in product.all_options] == ["Made of", "Size"]
    assert [[value for _, value in one.chosen] for one in product.all_variants] == [
        ["wool", "S"],
        ["wool", "M"],
        ["silk", "M"],
    ]
    bare = variant(sigma, number, size="L")
    log = run("push")
    assert counts(log) == ("failed", 0, 0, 0, 1)
    message = f"Its variant {bare} has no Made of, which tells variants apart."
    assert log["errors"] == [
        {"entityId": number, "externalId": product.id, "message": message}
    ]  # fmt: skip
    assert len(product.all_variants) == 3


@on_one_engine
def test_options_are_those_by_which_the_record_says_it_varies(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, pims: Any
) -> None:
    record = jacket("Fleece", sku="F-1")
    for size in ("S", "M"):
        variant(sigma, record, size=size, description=f"as {size}")
    data = {"attributes": {"variation_attributes": ["description"]}}
    pims("editProduct", sku="F-1", data=data, status=200)
    assert counts(run("push")) == ("success", 1, 0, 0, 0)
    product = shop.one(title="Fleece")
    assert [one.name for one in product.all_options] == ["Description"]


@on_one_engine
def test_four_attributes_that_differ_are_too_many(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str
) -> None:
    sigma("PUT", channel, body(fieldMappings=[TITLES]), status=200)
    record = jacket("Fleece")
    for size in ("S", "M"):
        variant(sigma, record, size=size, description=size, tags=size, weight=len(size) + ord(size))
    log = run("push")
    assert counts(log) == ("failed", 0, 0, 0, 1)
    assert "more than 3 attributes" in log["errors"][0]["message"]
    assert shop.products == {}


@on_one_engine
def test_a_run_whose_worker_died_is_closed_by_the_next_that_is_asked_for(
    run: Run, sigma: Sigma, channel: str, database: Database
) -> None:
    sigma("POST", f"{channel}/push", status=202)
    with database.writing() as connection:
        connection.execute(update(job).values(state="running", lease="gone", lease_until=1))
        connection.commit()
    sigma("POST", f"{channel}/pull", status=202)
    (going, dead) = sigma("GET", f"{channel}/sync-logs", status=200)
    assert (going["direction"], going["status"]) == ("pull", "running")
    assert (dead["direction"], dead["status"], len(dead["errors"])) == ("push", "failed", 1)
    assert dead["completedAt"] is not None


@on_one_engine
def test_fifty_logs_are_shown_unless_more_are_asked_for(
    sigma: Sigma, channel: str, database: Database
) -> None:
    with database.writing() as connection:
        for number in range(1, 62):
            made = OneRun(1, 1, number, "push", RunState.SUCCESS, number * 1_000_000)
            add_run(connection, made)
        connection.commit()
    newest = [f"log-1-{number}" for number in range(61, 0, -1)]
    for query, count in (("", 50), ("?limit=1", 1), ("?limit=500", 61)):
        found = sigma("GET", f"{channel}/sync-logs{query}", status=200)
        assert [one["id"] for one in found] == newest[:count]
