"""Every field that an attribute can be mapped to, there and back."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.connectors.shopify.server import Server
from tests.connectors.shopify.shop import Shop
from tests.databases.fresh import on_one_engine
from tests.sigma.channels.conftest import body, counts
from tests.sigma.channels.test_pull import plain
from tests.sigma.conftest import Json, Sigma, everywhere

Run = Callable[[str], Json]
TARGETS: dict[str, tuple[str, str, Any]] = {
    "t-title": ("title", "text", "Fleece"),
    "t-html": ("body_html", "text", "<p>Warm</p>"),
    "t-vendor": ("vendor", "text", "Acme"),
    "t-kind": ("product_type", "text", "Coat"),
    "t-handle": ("handle", "text", "fleece-coat"),
    "t-status": ("status", "text", "unlisted"),
    "t-tags": ("tags", "text", "warm, blue"),
    "t-seo": ("seo.title", "text", "Buy it"),
    "t-snippet": ("seo.description", "text", "It is warm"),
    "t-note": ("metafields.custom.note", "text", "two\nlines"),
    "t-count": ("metafields.custom.count", "number", 1.5),
    "t-flag": ("metafields.custom.flag", "boolean", True),
    "t-day": ("metafields.custom.day", "datetime", "2026-11-29T10:00:00.000Z"),
    "t-fibre": ("metafields.custom.fibre", "option", "opt-wool"),
    "t-care": ("metafields.custom.care", "complex", {"wash": 30}),
    "v-price": ("variants[0].price", "number", 129.9),
    "v-before": ("variants[].compareAtPrice", "number", 150),
    "v-code": ("variants[].barcode", "text", "4006381333931"),
    "v-taxable": ("variants[].taxable", "boolean", False),
    "v-policy": ("variants[].inventoryPolicy", "text", "continue"),
    "v-tracked": ("variants[].inventoryItem.tracked", "boolean", True),
    "v-ships": ("variants[].inventoryItem.requiresShipping", "boolean", False),
    "v-cost": ("variants[].inventoryItem.cost", "number", 40.25),
    "v-weight": ("variants[].inventoryItem.measurement.weight", "number", 1.25),
    "v-note": ("variants[].metafields.custom.fit", "text", "slim"),
}


@pytest.fixture
def mapped(
    tied: None, sigma: Sigma, given_attribute: Sigma, given_schema: Sigma
) -> dict[str, Json]:
    """A channel that maps them all, weights in kilograms; the values of a record."""
    options = [
        {"id": "opt-wool", "alias": "wool", "label": "Merino wool"},
        {"id": "opt-cotton", "alias": "cotton", "label": "Pima cotton"},
    ]
    listed = {"id": "list-fibre", "alias": "fibre", "name": "Fibre", "values": options}
    sigma("POST", "/option-lists", listed, status=201)
    more = {"option": {"optionListId": "list-fibre"}}
    ids = [given_attribute(a, kind, **more.get(kind, {})) for a, (_, kind, _) in TARGETS.items()]
    given_schema("apparel", *ids, given_attribute("sku"))
    mappings = [{"sourceAttribute": a, "targetField": t[0]} for a, t in TARGETS.items()]
    sent = body(fieldMappings=mappings)
    sent["config"] |= {"weightUnit": "KILOGRAMS"}
    sigma("POST", "/channels", sent, status=201)
    return {a: everywhere(t[2]) for a, t in TARGETS.items()}


@pytest.fixture
def channel(mapped: dict[str, Json]) -> str:
    return "/channels/ch-1"


@pytest.fixture
def pushed(mapped: dict[str, Json], run: Run, sigma: Sigma) -> str:
    """A record that has them all, and was sent; its id."""
    sent = {"schemaId": "schema-apparel", "values": mapped | {"sku": everywhere("F-1")}}
    record = str(sigma("POST", "/records", sent, status=201)["id"])
    log = run("push")
    assert (counts(log), log["errors"]) == (("success", 1, 0, 0, 0), [])
    return record


@on_one_engine
def test_every_field_goes_there(pushed: str, shop: Shop, server: Server) -> None:
    one = shop.one(title="Fleece")
    (variant,) = one.all_variants
    assert (one.descriptionHtml, one.vendor, one.productType, one.handle, one.status, one.tags) == (
        "<p>Warm</p>",
        "Acme",
        "Coat",
        "fleece-coat",
        "UNLISTED",
        ["blue", "warm"],
    )
    assert one.seo == {"title": "Buy it", "description": "It is warm"}
    assert {m.key: (m.type, m.value) for m in one.held} == {
        "product_id": ("id", pushed),
        "note": ("multi_line_text_field", "two\nlines"),
        "count": ("number_decimal", "1.5"),
        "flag": ("boolean", "true"),
        "day": ("date_time", "2026-11-29T10:00:00.000Z"),
        "care": ("json", '{"wash":30}'),
        "fibre": ("single_line_text_field", "Merino wool"),
    }
    assert (variant.sku, variant.price, variant.compareAtPrice, variant.barcode) == (
        "F-1",
        "129.90",
        "150.00",
        "4006381333931",
    )
    item = variant.inventoryItem
    assert (variant.taxable, variant.inventoryPolicy) == (False, "CONTINUE")
    assert (item.tracked, item.requiresShipping, item.cost) == (True, False, "40.25")
    assert item.weight == {"unit": "KILOGRAMS", "value": 1.25}
    assert [(m.key, m.value) for m in variant.held] == [("fit", "slim")]
    text = str([one["variables"] for one in server.requests])
    assert "inventoryQuantit" not in text


@on_one_engine
def test_what_changed_there_comes_back_and_nothing_else(
    pushed: str, mapped: dict[str, Json], run: Run, sigma: Sigma, shop: Shop
) -> None:
    one = shop.one(title="Fleece")
    (variant,) = one.all_variants
    assert counts(run("pull")) == ("success", 0, 0, 1, 0)
    shop.edit(one, status="DRAFT", vendor="Other", seo={"title": "Now", "description": None})
    there = {"count": "2.50", "flag": "false", "care": '{"wash": 40}', "fibre": "pima cotton"}
    for metafield in one.held:
        metafield.value = there.get(metafield.key, metafield.value)
    variant.inventoryItem.weight = {"unit": "GRAMS", "value": 900}
    variant.taxable, variant.compareAtPrice = True, None
    assert counts(run("pull")) == ("success", 0, 1, 0, 0)
    held = plain(sigma("GET", f"/records/{pushed}", status=200))
    left = {a: v[0]["value"] for a, v in mapped.items()} | {"sku": "F-1"}
    for gone in ("v-before", "t-snippet"):
        del left[gone]
    assert held == left | {
        "t-status": "DRAFT",
        "t-vendor": "Other",
        "t-seo": "Now",
        "t-count": 2.5,
        "t-flag": False,
        "t-care": {"wash": 40},
        "t-fibre": "opt-cotton",
        "v-weight": 0.9,
        "v-taxable": True,
    }
    before = list(shop.mutations)
    for direction in ("push", "pull", "sync"):
        assert counts(run(direction)) == ("success", 0, 0, 1, 0)
    assert shop.mutations == before


@on_one_engine
def test_a_value_that_is_taken_away_clears_its_field_or_is_told(
    pushed: str, mapped: dict[str, Json], run: Run, sigma: Sigma, shop: Shop
) -> None:
    for alias in mapped:
        if alias not in ("t-title", "t-note"):
            path = f"/records/{pushed}/values/{alias}"
            sigma("PATCH", path, {"scopedValues": []}, status=200)
    log = run("push")
    assert counts(log) == ("success", 1, 0, 0, 0)
    one = shop.one(title="Fleece")
    (variant,) = one.all_variants
    assert (one.descriptionHtml, one.vendor, one.productType, one.tags) == ("", "", "", [])
    assert one.seo == {"title": "", "description": ""}
    assert (variant.price, variant.compareAtPrice, variant.barcode) == ("0.00", None, None)
    assert (variant.inventoryItem.cost, variant.inventoryItem.weight["value"]) == (None, 0)
    assert (one.handle, one.status) == ("fleece-coat", "UNLISTED")  # which a shop cannot empty
    keys = ["count", "flag", "day", "fibre", "care"]
    told = [f"metafields.custom.{key}" for key in keys] + ["variants[].metafields.custom.fit"]
    ours = {"entityId": pushed, "externalId": one.id}
    message = "{} could not be cleared, for a shop has no empty metafields."
    assert log["errors"] == [ours | {"message": message.format(name)} for name in told]
    assert counts(run("sync")) == ("success", 0, 0, 1, 0)
