"""Variants store what differs and show what they inherit."""

import pytest

from pims_api.services.dimensions import add_locale
from pims_api.storage.history.changes import Actor
from pims_api.storage.unit_of_work import unit_of_work
from tests.sigma.conftest import everywhere, in_segment

SIZES = {"S": ("Small", 320), "M": ("Medium", 340), "L": ("Large", 360), "XL": ("X-Large", 380)}


@pytest.fixture
def danish(database) -> str:
    with unit_of_work(database, 1, Actor("tests")) as work:
        add_locale(work, "da")
    return "seg-da"


@pytest.fixture
def windbreaker(sigma, apparel, danish) -> str:
    values = {
        "product-name": [
            *everywhere("Coastal Windbreaker"),
            in_segment(danish, "Kyst Vindjakke"),
        ],
        "description": everywhere("Lightweight water-resistant jacket for coastal adventures"),
        "price": everywhere(129.99),
        "sku": everywhere("CW-001"),
    }
    return sigma("POST", "/records", {"schemaId": apparel, "values": values}, status=201)["id"]


@pytest.fixture
def sizes(sigma, windbreaker) -> dict[str, str]:
    """The ids of the four size variants."""
    made = {}
    for size, (label, weight) in SIZES.items():
        values = {
            "sku": everywhere(f"CW-001-{size}"),
            "weight": everywhere(weight),
            "size-label": everywhere(label),
        }
        body = {"values": values}
        made[size] = sigma("POST", f"/records/{windbreaker}/variants", body, status=201)["id"]
    return made


def test_a_resolved_variant_says_what_it_inherits(sigma, windbreaker, sizes) -> None:
    resolved = sigma("GET", f"/records/{windbreaker}/variants/{sizes['S']}/resolved", status=200)

    assert resolved == {
        "id": sizes["S"],
        "entityId": windbreaker,
        "parentId": windbreaker,
        "level": 1,
        "effectiveValues": {
            "product-name": [
                {"scope": {}, "value": "Coastal Windbreaker"},
                {"scope": {"dim-language": "seg-da"}, "value": "Kyst Vindjakke"},
            ],
            "description": [
                {
                    "scope": {},
                    "value": "Lightweight water-resistant jacket for coastal adventures",
                }
            ],
            "price": [{"scope": {}, "value": 129.99}],
            "sku": [{"scope": {}, "value": "CW-001-S"}],
            "weight": [{"scope": {}, "value": 320}],
            "size-label": [{"scope": {}, "value": "Small"}],
        },
        "overriddenAttributes": ["sku", "weight", "size-label"],
        "inheritedAttributes": ["product-name", "description", "price"],
    }


def test_variants_are_listed_of_a_record_and_of_all(sigma, windbreaker, sizes, apparel) -> None:
    listed = sigma("GET", f"/records/{windbreaker}/variants?level=1", status=200)
    assert [one["id"] for one in listed] == list(sizes.values())  # as they were created
    assert sigma("GET", f"/records/{windbreaker}/variants?level=2", status=200) == []

    page = sigma("GET", f"/variants?schemaId={apparel}&limit=3&offset=1", status=200)
    assert {name: page[name] for name in ("total", "offset", "limit")} == {
        "total": 4,
        "offset": 1,
        "limit": 3,
    }
    assert page["items"] == listed[1:]


def test_values_come_down_from_every_level(sigma, windbreaker, sizes) -> None:
    body = {"parentId": sizes["S"], "values": {"price": everywhere(99)}}
    red = sigma("POST", f"/records/{windbreaker}/variants", body, status=201)
    assert red == {
        "id": red["id"],
        "entityId": windbreaker,
        "parentId": sizes["S"],
        "level": 2,
        "values": {"price": [{"scope": {}, "value": 99}]},
    }

    address = f"/records/{windbreaker}/variants/{red['id']}/resolved"
    before = sigma("GET", address, status=200)
    assert before["effectiveValues"]["weight"] == [{"scope": {}, "value": 320}]
    assert before["overriddenAttributes"] == ["price"]
    assert "sku" not in before["effectiveValues"]

    weight = f"/records/{windbreaker}/variants/{sizes['S']}/values/weight"
    sigma("PATCH", weight, {"scopedValues": everywhere(318)}, status=200)
    sigma("PUT", f"/records/{windbreaker}", {"values": {}}, status=200)
    after = sigma("GET", address, status=200)
    assert after["effectiveValues"] == {
        "price": [{"scope": {}, "value": 99}],
        "weight": [{"scope": {}, "value": 318}],
        "size-label": [{"scope": {}, "value": "Small"}],
    }


def test_what_is_left_out_of_a_put_is_inherited_again(sigma, windbreaker, sizes) -> None:
    address = f"/records/{windbreaker}/variants/{sizes['M']}"
    sigma("PUT", address, {"values": {"weight": everywhere(315)}}, status=200)

    assert sigma("GET", address, status=200)["values"] == {
        "sku": [{"scope": {}, "value": "CW-001-M"}],
        "weight": [{"scope": {}, "value": 315}],
    }


def test_a_variant_has_its_own_value_of_what_is_not_inheritable(
    sigma, given_attribute, given_schema
) -> None:
    ids = given_attribute("ean", inheritable=False), given_attribute("brand")
    schema = given_schema("toys", *ids)
    values = {"ean": everywhere("40"), "brand": everywhere("Acme")}
    record = sigma("POST", "/records", {"schemaId": schema, "values": values}, status=201)["id"]
    variant = sigma("POST", f"/records/{record}/variants", {"values": {}}, status=201)["id"]

    resolved = sigma("GET", f"/records/{record}/variants/{variant}/resolved", status=200)

    assert resolved["effectiveValues"] == {"brand": [{"scope": {}, "value": "Acme"}]}
    assert resolved["overriddenAttributes"] == []
    assert resolved["inheritedAttributes"] == ["brand"]


def test_deleting_a_variant_or_record_takes_what_is_below_it(sigma, windbreaker, sizes) -> None:
    body = {"parentId": sizes["S"], "values": {}}
    below = sigma("POST", f"/records/{windbreaker}/variants", body, status=201)["id"]

    sigma("DELETE", f"/records/{windbreaker}/variants/{sizes['S']}", status=204)
    for gone in (sizes["S"], below):
        told = sigma("GET", f"/records/{windbreaker}/variants/{gone}", status=404)
        assert told == {"error": "NOT_FOUND", "message": f"Variant '{gone}' does not exist!"}

    sigma("DELETE", f"/records/{windbreaker}", status=204)
    sigma("GET", f"/records/{windbreaker}/variants/{sizes['M']}", status=404)
    assert sigma("GET", "/variants", status=200)["total"] == 0


def test_a_variant_is_a_variation_of_pims(sigma, pims, windbreaker, sizes) -> None:
    told = pims("listProduct", sku="CW-001-S", params={"definition": False}, status=200)
    shown = told["data"]["attributes"]
    assert (shown["variation_of"], shown["weight"], shown["product-name"]) == (
        "CW-001",
        "320",
        None,
    )

    pims("editProduct", sku="CW-001", data={"attributes": {"price": "130.50"}}, status=200)
    pims(
        "createProduct",
        sku="CW-001-XS",
        product_type="apparel",
        data={"attributes": {"variation_of": "CW-001", "weight": "300"}},
        status=200,
    )
    listed = sigma("GET", f"/records/{windbreaker}/variants", status=200)
    made = next(one for one in listed if one["id"] not in sizes.values())
    assert made["values"] == {"sku": everywhere("CW-001-XS"), "weight": everywhere(300)}
    resolved = sigma("GET", f"/records/{windbreaker}/variants/{made['id']}/resolved", status=200)
    assert resolved["effectiveValues"]["price"] == everywhere(130.5)


def test_variants_are_found_by_the_schema_of_their_record(
    sigma, pims, windbreaker, apparel, sizes
) -> None:
    for sku, parent in (("CW-001-X", "CW-001"), ("CW-001-X-RED", "CW-001-X")):
        data = {"attributes": {"variation_of": parent}}
        pims("createProduct", sku=sku, data=data, status=200)
    pims("createProduct", sku="PLAIN", data={"attributes": {}}, status=200)
    data = {"attributes": {"variation_of": "PLAIN"}}
    pims("createProduct", sku="PLAIN-X", product_type="apparel", data=data, status=200)

    found = {
        schema: [
            one["values"]["sku"][0]["value"]
            for one in sigma("GET", f"/variants?schemaId={schema}", status=200)["items"]
        ]
        for schema in (apparel, "schema-default", "schema-unknown")
    }
    made = ["CW-001-X", "CW-001-X-RED"]
    assert found[apparel] == [*(f"CW-001-{size}" for size in sizes), *made]
    assert found["schema-default"] == ["PLAIN-X"]
    assert found["schema-unknown"] == []
