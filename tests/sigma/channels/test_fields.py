"""What travels in the fields of products: status, metafields, media, options, levels, scopes."""

from collections.abc import Callable
from copy import copy
from typing import Any

import pytest

from pims_api.connectors.base import OutsideFailed
from pims_api.connectors.shopify.connector import ShopifyShop
from pims_api.domain.conditions.condition import And, Condition
from pims_api.services.access import full_access, sight_of
from pims_api.services.channels.changed import changed_records
from pims_api.services.channels.channel import ChannelPlan
from pims_api.services.channels.records import RecordReader
from pims_api.storage.database import Database
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import snapshot
from tests.connectors.shopify.shop import Shop
from tests.sigma.channels.conftest import body, counts
from tests.sigma.channels.test_pull import plain, single
from tests.sigma.channels.test_push import variant
from tests.sigma.conftest import Json, Send, Sigma, everywhere, in_segment

Run = Callable[[str], Json]
Jacket = Callable[..., str]


def mapped(sigma: Sigma, channel: str, *pairs: tuple[str, str], **more: Json) -> None:
    """Have the channel send these fields and no others."""
    found = [{"sourceAttribute": alias, "targetField": target} for alias, target in pairs]
    sigma("PUT", channel, body(fieldMappings=found, **more), status=200)


def test_metafields_and_statuses_travel_both_ways(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str
) -> None:
    mapped(sigma, channel, ("product-name", "title"), ("description", "status"),
           ("tags", "metafields.custom.care"))  # fmt: skip
    record = jacket("Fleece", description="active", tags="wash")
    assert counts(run("push")) == ("success", 1, 0, 0, 0)
    product = shop.one(title="Fleece")
    assert product.status == "ACTIVE"
    care = next(one for one in product.held if one.key == "care")
    assert (care.value, care.type) == ("wash", "multi_line_text_field")
    assert counts(run("pull")) == ("success", 0, 0, 1, 0)
    care.value = "dry"
    shop.edit(product, status="ARCHIVED")
    assert counts(run("pull")) == ("success", 0, 1, 0, 0)
    held = plain(sigma("GET", f"/records/{record}", status=200))
    assert (held["tags"], held["description"]) == ("dry", "ARCHIVED")
    assert counts(run("push")) == ("success", 0, 0, 1, 0)


def test_media_are_uploaded_once(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str
) -> None:
    mapped(sigma, channel, ("product-name", "title"), ("tags", "media"))
    record = jacket("Fleece", tags="https://media.example/1.jpg")
    run("push")
    edit = {"scopedValues": everywhere("Parka")}
    sigma("PATCH", f"/records/{record}/values/product-name", edit, status=200)
    assert counts(run("push")) == ("success", 1, 0, 0, 0)
    assert shop.uploads == ["https://media.example/1.jpg"]
    assert counts(run("pull")) == ("success", 0, 0, 1, 0)


@pytest.mark.parametrize("done", [True, False], ids=["done", "not done"])
def test_a_picture_is_uploaded_once_though_nobody_heard_that_it_was(
    run: Run,
    jacket: Jacket,
    shop: Shop,
    sigma: Sigma,
    channel: str,
    monkeypatch: pytest.MonkeyPatch,
    done: bool,
) -> None:
    listed = {"sourceAttribute": "tags", "targetField": "media", "transform": "split"}
    titles = {"sourceAttribute": "product-name", "targetField": "title"}
    sigma("PUT", channel, body(fieldMappings=[titles, listed]), status=200)
    pictures = ["https://media.example/1.jpg", "https://media.example/2.jpg"]
    record = jacket("Fleece", tags=pictures[0])
    run("push")

    def lost(self: ShopifyShop, *args: Any) -> None:
        if done:
            update(self, *args)
        raise OutsideFailed("The shop gave no answer.")

    update = ShopifyShop.update
    monkeypatch.setattr(ShopifyShop, "update", lost)
    edit = {"scopedValues": everywhere(", ".join(pictures))}
    sigma("PATCH", f"/records/{record}/values/tags", edit, status=200)
    assert counts(run("push")) == ("failed", 0, 0, 0, 1)
    monkeypatch.setattr(ShopifyShop, "update", update)
    for one in shop.one(title="Fleece").all_media:
        one.named = False
    assert counts(run("push")) == ("success", 1, 0, 0, 0)
    assert shop.uploads == pictures
    assert [one.source for one in shop.one(title="Fleece").all_media] == pictures


def test_a_product_whose_tie_was_not_answered_clears_nothing_and_gets_its_picture_once(
    run: Run,
    jacket: Jacket,
    shop: Shop,
    sigma: Sigma,
    channel: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pairs = (("product-name", "title"), ("description", "vendor"), ("tags", "media"))
    mapped(sigma, channel, *pairs)
    record = jacket("Fleece", sku="F-1", description="Ours", tags="https://media.example/1.jpg")
    product = single(shop, "Old", variant={"sku": "F-1"})

    def lost(self: ShopifyShop, *args: Any) -> None:
        shop.change(product, files=[{"originalSource": "https://media.example/1.jpg"}])
        raise OutsideFailed("The shop gave no answer.")

    update = ShopifyShop.update
    monkeypatch.setattr(ShopifyShop, "update", lost)
    assert counts(run("push")) == ("failed", 0, 0, 0, 1)
    monkeypatch.setattr(ShopifyShop, "update", update)
    (mapping,) = sigma("GET", f"{channel}/sync-mappings", status=200)
    assert (mapping["externalId"], len(mapping["checksum"])) == (product.id, 64)
    assert counts(run("pull")) == ("success", 0, 1, 0, 0)
    held = plain(sigma("GET", f"/records/{record}", status=200))
    assert (held["product-name"], held["description"]) == ("Old", "Ours")
    assert counts(run("push")) == ("success", 1, 0, 0, 0)
    assert (product.vendor, shop.uploads) == ("Ours", ["https://media.example/1.jpg"])


def test_leaves_of_deeper_variants_are_the_variants_of_the_product(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
) -> None:
    record = jacket("Fleece", price=10)
    red = sigma("POST", f"/records/{record}/variants",
                {"values": {"description": everywhere("red")}}, status=201)["id"]  # fmt: skip
    for size in ("S", "M"):
        sent = {"parentId": red, "values": {"size": everywhere(size)}}
        sigma("POST", f"/records/{record}/variants", sent, status=201)
    assert counts(run("push")) == ("success", 1, 0, 0, 0)
    product = shop.one(title="Fleece")
    assert [one.chosen for one in product.all_variants] == [(("Size", "S"),), (("Size", "M"),)]
    assert [one.sku for one in product.all_variants] == [None, None]


def test_variants_without_anything_to_tell_them_apart_fail(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
) -> None:
    record = jacket("Fleece", price=10)
    variant(sigma, record, sku="A")
    variant(sigma, record, sku="B")
    log = run("push")
    assert counts(log) == ("failed", 0, 0, 0, 1)
    assert log["errors"][0]["entityId"] == record
    assert shop.products == {}


def test_a_variant_that_is_deleted_here_is_removed_there(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
) -> None:
    record = jacket("Fleece", price=10)
    gone = variant(sigma, record, size="S", sku="A")
    variant(sigma, record, size="M", sku="B")
    variant(sigma, record, size="L", sku="C")
    run("push")
    sigma("DELETE", f"/records/{record}/variants/{gone}", status=204)
    assert counts(run("push")) == ("success", 1, 0, 0, 0)
    assert [one.sku for one in shop.one(title="Fleece").all_variants] == ["B", "C"]


def test_only_records_of_the_schema_and_catalog_are_sent(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str, given_schema: Sigma
) -> None:
    catalog = {"id": "cat-web", "alias": "web", "name": "Web"}
    sigma("POST", "/catalogs", catalog, status=201)
    category = sigma("POST", "/catalogs/cat-web/categories", {"name": "Jackets"}, status=201)
    sigma("PUT", channel, body(catalogId="cat-web"), status=200)
    inside, _ = jacket("Fleece"), jacket("Parka")
    given_schema("other", "attr-product-name")
    sigma("POST", "/records", {"schemaId": "schema-other", "values": {
        "product-name": everywhere("Shoe")}}, status=201)  # fmt: skip
    sigma("POST", f"/categories/{category['id']}/assign", {"entityIds": [inside]}, status=200)
    assert counts(run("push")) == ("success", 1, 0, 0, 0)
    assert [one.title for one in shop.products.values()] == ["Fleece"]
    sigma("POST", f"/categories/{category['id']}/unassign", {"entityIds": [inside]}, status=200)
    before = list(shop.mutations)
    assert counts(run("push")) == ("success", 0, 0, 0, 0)
    assert shop.mutations == before


def test_a_channel_sends_no_more_than_whoever_set_it_up_sees(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, send: Send, channel: str, pims: Any,
    make_key: Any, database: Database,
) -> None:  # fmt: skip
    shown = {"sku": {}, "product-name": {}}
    pims("addPimView", path="/pim/manage/views", name="names", attributes=shown, status=200)
    partner = make_key(
        "pim_manager", "pim_user", "pim_editor", views=("names",), default_view="names"
    )
    jacket("Fleece", price=129.90, description="canary")
    sent = send("PUT", channel, body(), key=partner)
    assert sent.status_code == 200, sent.text
    run("push")
    product = shop.one(title="Fleece")
    assert (product.descriptionHtml, product.all_variants[0].price) == ("", "0.00")


@pytest.fixture
def linked(sigma: Sigma, channel: str, given_attribute: Any, given_schema: Any) -> tuple[str, str]:
    """A schema with a kit, whose links lead to another record; the schema, and that record."""
    links = [
        given_attribute("maker", "relation"),
        given_attribute("parts", "relation", multiple=True),
        given_attribute("loose", "relation", multiple=True),
    ]
    near = given_attribute("near", "relation", dimensionIds=["dim-language"])
    schema = str(given_schema("kits", "attr-sku", "attr-product-name", "attr-size", *links, near))

    def record(path: str = "/records", **values: Json) -> str:
        sent = {alias: everywhere(value) for alias, value in values.items()}
        wanted = {"values": sent} | ({} if "/variants" in path else {"schemaId": schema})
        return str(sigma("POST", path, wanted, status=201)["id"])

    gone, there = record(sku="GONE"), record(sku="THERE")
    values = {"maker": there, "parts": [gone], "loose": [gone, there], "product-name": "Kit"}
    kit = record(sku="KIT", **values)
    record(f"/records/{kit}/variants", size="S", maker=gone)
    record(f"/records/{kit}/variants", size="M")
    return schema, gone


def test_a_link_to_what_is_deleted_or_not_seen_is_no_value(
    run: Run, shop: Shop, sigma: Sigma, send: Send, channel: str, linked: tuple[str, str],
    pims: Any, make_key: Any,
) -> None:  # fmt: skip
    """Variants inherit past one to what is deleted. It follows at the next push by itself."""

    def told() -> list[Json]:
        run("push")
        product = shop.one(title="Kit")
        (loose,) = (one.value for one in product.held if one.key == "loose")
        makers = [field.value for one in product.all_variants for field in one.held]
        return [makers, product.tags, loose]

    pairs = {"product-name": "title", "size": "options[0]", "parts": "tags",
             "loose": "metafields.custom.loose",
             "maker": "variants[].metafields.custom.maker"}  # fmt: skip
    schema, gone = linked
    pims("addPimView", path="/pim/manage/views", name="some", status=200,
         attributes={alias: {} for alias in ("sku", *pairs)},
         condition_query="[[sku]] <> 'GONE'")  # fmt: skip
    allowed = ("pim_manager", "pim_user", "pim_editor")
    partner = make_key(*allowed, views=("some",), default_view="some")
    fields = [{"sourceAttribute": alias, "targetField": to} for alias, to in pairs.items()]
    assert send("PUT", channel, body(schemaId=schema, fieldMappings=fields), key=partner).json
    assert told() == [["THERE"], [], "THERE"]
    mapped(sigma, channel, *pairs.items(), schemaId=schema)
    assert told() == [["GONE", "THERE"], ["GONE"], "GONE, THERE"]
    sigma("DELETE", f"/records/{gone}", status=204)
    assert told() == [["THERE", "THERE"], [], "THERE"]


Looked = Callable[..., set[str] | None]


@pytest.fixture
def looked(database: Database) -> Looked:
    """`looked("maker", since=7)`: the SKUs of the records that a push of it looks at then."""

    def looked(*aliases: str, since: int, rows: Condition | None = None) -> set[str] | None:
        to = {one: "options[0]" if one == "size" else f"metafields.a.{one}" for one in aliases}
        fields = [{"sourceAttribute": one, "targetField": to[one]} for one in to]
        plan = ChannelPlan("shop", "shopify", field_mappings=fields)
        with snapshot(database, 1) as seen:
            access = copy(full_access(seen.definition, seen.definition.default_locale))
            access.rows, access.derived = rows, {}
            found = changed_records(RecordReader(seen, sight_of(access), plan), since)
            return found and {one.sku for one in products_by_id(seen, found).values()}

    return looked


@pytest.fixture
def now(database: Database) -> Callable[[], int]:
    """`now()`: the sequence of the last change."""

    def now() -> int:
        with snapshot(database, 1) as seen:
            return seen.sequence

    return now


def test_a_record_is_looked_at_when_the_target_of_a_link_that_is_sent_goes_or_comes_back(
    sigma: Sigma, linked: tuple[str, str], looked: Looked, now: Callable[[], int], pims: Any
) -> None:
    schema, gone = linked
    values = {"sku": everywhere("NEAR"), "near": [in_segment("seg-en-us", gone)]}
    sigma("POST", "/records", {"schemaId": schema, "values": values}, status=201)
    before = now()
    sigma("DELETE", f"/records/{gone}", status=204)
    assert looked("near", "parts", since=before) == {"GONE", "NEAR", "KIT"}
    assert looked("near", "size", since=before) == {"GONE", "NEAR"}
    assert looked(since=before) == looked("near", since=before) == {"GONE", "NEAR", "KIT"}
    before = now()
    pims("editProduct", sku="GONE", data={"attributes": {"status": "active"}})
    assert looked("near", "size", since=before) == {"GONE", "NEAR"}
    assert looked("parts", "size", since=before) == {"GONE", "KIT"}


def test_a_record_is_looked_at_when_the_target_of_a_link_changes_for_a_channel_that_may_lose_it(
    sigma: Sigma, linked: tuple[str, str], looked: Looked, now: Callable[[], int]
) -> None:
    _, gone = linked
    before = now()
    sent = {"scopedValues": everywhere("Other")}
    sigma("PATCH", f"/records/{gone}/values/product-name", sent, status=200)
    assert looked("maker", "parts", since=before) == {"GONE"}
    assert looked("maker", "parts", since=before, rows=And(())) == {"GONE", "KIT"}
    assert looked("maker", "parts", since=now()) == set()
