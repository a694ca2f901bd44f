"""What a run leaves alone, and how runs end."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from pims_api.connectors.shopify.product_push import ProductPush
from pims_api.domain.outlets.outlet import Run as OneRun
from pims_api.domain.outlets.outlet import RunState
from pims_api.storage.database import Database
from pims_api.storage.outlets.runs import add_run
from pims_api.storage.tables import job
from tests.connectors.shopify.server import Server
from tests.connectors.shopify.shop import Root, Shop
from tests.databases.fresh import on_one_engine
from tests.sigma.channels.conftest import body, counts
from tests.sigma.channels.test_pull import plain, records, single
from tests.sigma.channels.test_push import variant
from tests.sigma.channels.test_sync import edit
from tests.sigma.conftest import Json, Sigma, everywhere, in_segment

Run = Callable[[str], Json]
Jacket = Callable[..., str]
TITLES = {"sourceAttribute": "product-name", "targetField": "title"}


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
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
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
def test_no_option_a_number_that_is_taken_and_a_text_too_long_are_refused(
    run: Run, shop: Shop, sigma: Sigma, channel: str, given_attribute: Sigma, given_schema: Sigma
) -> None:
    values = [{"id": "opt-slim", "alias": "slim", "label": "Slim fit"}]
    listed = {"id": "list-fit", "alias": "fit", "name": "Fit", "values": values}
    sigma("POST", "/option-lists", listed, status=201)
    fit = given_attribute("fit", "option", optionListId="list-fit")
    code = given_attribute("code", validation={"maxLength": 5, "unique": True})
    given_schema("fitted", "attr-product-name", "attr-sku", fit, code)
    mappings = [
        TITLES,
        {"sourceAttribute": "fit", "targetField": "vendor"},
        {"sourceAttribute": "code", "targetField": "variants[].barcode"},
    ]
    sigma("PUT", channel, body(schemaId="schema-fitted", fieldMappings=mappings), status=200)
    single(shop, "Good", vendor="slim FIT", variant={"barcode": "12345"})
    bad = [
        single(shop, "No option", vendor="loose"),
        single(shop, "Taken", variant={"barcode": "12345"}),
        single(shop, "Too long", variant={"barcode": "123456"}),
    ]
    log = run("pull")
    assert counts(log) == ("partial", 0, 1, 0, 3)
    assert [one["externalId"] for one in log["errors"]] == [one.id for one in bad]
    (record,) = records(sigma)
    assert plain(record) == {"product-name": "Good", "fit": "opt-slim", "code": "12345"}


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
