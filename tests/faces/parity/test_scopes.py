"""Scoped values, options, categories and variants are one thing, seen from two faces."""

import pytest

from tests.pims.conftest import ATTRIBUTES
from tests.sigma.conftest import everywhere, in_segment

LANGUAGE = {
    "id": "dim-language",
    "alias": "language",
    "name": "Language",
    "segments": [
        {"id": "seg-en", "alias": "en-us", "name": "English"},
        {"id": "seg-da", "alias": "da", "name": "Danish"},
    ],
}
MARKET = {
    "id": "dim-market",
    "alias": "market",
    "name": "Market",
    "segments": [
        {"id": "seg-eu", "alias": "eu", "name": "Europe"},
        {"id": "seg-us", "alias": "us", "name": "America"},
    ],
}


@pytest.fixture
def scoped(sigma, given_attribute) -> None:
    """There are two dimensions, a name by language, a price by market and a text by both."""
    for dimension in (LANGUAGE, MARKET):
        sigma("POST", "/dimensions", dimension, status=201)
    given_attribute("name", dimensionIds=["dim-language"])
    given_attribute("price", "number", dimensionIds=["dim-market"])
    given_attribute("both", dimensionIds=["dim-market", "dim-language"])


@pytest.fixture
def made(sigma, scoped) -> str:
    values = {
        "sku": everywhere("A"),
        "name": [*everywhere("Jacket"), in_segment("seg-da", "Jakke")],
        "price": [*everywhere(10), in_segment("seg-us", 12, "dim-market")],
        "both": [
            {"scope": {"dim-market": "seg-us", "dim-language": "seg-da"}, "value": "USDA"},
            *everywhere("all"),
            in_segment("seg-da", "alt"),
        ],
    }
    body = {"schemaId": "schema-default", "values": values}
    return sigma("POST", "/records", body, status=201)["id"]


def test_a_locale_shows_its_segment_and_no_other_dimension(made, shown) -> None:
    names = ("name", "price", "both")
    assert {name: shown("A")[name] for name in names} == {
        "name": "Jacket",
        "price": "10",
        "both": "all",
    }
    danish = shown("A", locale="da")
    assert {name: danish[name] for name in names} == {"name": "Jakke", "price": "10", "both": "alt"}


def test_a_write_for_a_locale_replaces_the_value_that_it_shows(sigma, pims, made) -> None:
    changed = {"name": "Vindjakke", "price": "11.5", "both": "andet"}
    pims("editProduct", sku="A", data={"attributes": changed}, locale="da", status=200)
    values = sigma("GET", f"/records/{made}", status=200)["values"]
    assert values["name"] == [*everywhere("Jacket"), in_segment("seg-da", "Vindjakke")]
    assert values["price"] == [*everywhere(11.5), in_segment("seg-us", 12, "dim-market")]
    assert values["both"] == [
        {"scope": {"dim-market": "seg-us", "dim-language": "seg-da"}, "value": "USDA"},
        *everywhere("all"),
        in_segment("seg-da", "andet"),
    ]
    (newest, _) = sigma("GET", f"/records/{made}/audit", status=200)
    assert newest["changes"] == [
        {
            "attribute": "name",
            "oldValue": [in_segment("seg-da", "Jakke")],
            "newValue": [in_segment("seg-da", "Vindjakke")],
        },
        {"attribute": "price", "oldValue": everywhere(10), "newValue": everywhere(11.5)},
        {
            "attribute": "both",
            "oldValue": [in_segment("seg-da", "alt")],
            "newValue": [in_segment("seg-da", "andet")],
        },
    ]


def test_history_of_a_locale_tells_what_it_shows(sigma, pims, made, history) -> None:
    sent = [*everywhere("Coat"), in_segment("seg-da", "Frakke")]
    sigma("PATCH", f"/records/{made}/values/name", {"scopedValues": sent}, status=200)
    sent = [in_segment("seg-us", 13, "dim-market"), *everywhere(10)]
    sigma("PATCH", f"/records/{made}/values/price", {"scopedValues": sent}, status=200)
    assert history("A")[1:] == [({"name": "Jacket"}, {"name": "Coat"})]
    assert history("A", locale="da")[1:] == [({"name": "Jakke"}, {"name": "Frakke"})]
    assert len(sigma("GET", f"/records/{made}/audit", status=200)) == 3
    assert pims("listProduct", sku="A", status=200)["version"] == 3


def test_a_locale_without_a_value_of_its_own_shows_the_global_one(sigma, made, shown) -> None:
    sent = {"scopedValues": everywhere("Coat")}
    sigma("PATCH", f"/records/{made}/values/name", sent, status=200)
    assert shown("A", locale="da")["name"] == "Coat"


def test_a_locale_of_pims_is_a_segment(sigma, pims, scoped, german, made) -> None:
    (language,) = [
        one for one in sigma("GET", "/dimensions", status=200) if one["id"] == "dim-language"
    ]
    (new,) = [one for one in language["segments"] if one["alias"] == "de-de"]
    pims("editProduct", sku="A", data={"attributes": {"name": "Jacke"}}, locale="de-de", status=200)
    values = sigma("GET", f"/records/{made}", status=200)["values"]
    assert in_segment(new["id"], "Jacke") in values["name"]


@pytest.fixture
def colors(sigma, given_attribute) -> None:
    """The attribute `color` has the options of ol-color."""
    values = [{"id": "val-red", "alias": "red", "label": "Red"}]
    body = {"id": "ol-color", "alias": "colors", "name": "Colors", "values": values}
    sigma("POST", "/option-lists", body, status=201)
    given_attribute("color", "option", optionListId="ol-color")


def dictionary(pims) -> list:
    listed = pims("listAttributes", path=ATTRIBUTES, status=200)["data"]
    (found,) = [one["definition"] for one in listed if one["name"] == "color"]
    return found["dictionary"]["data"]


def test_options_are_a_dictionary(sigma, pims, colors) -> None:
    body = {"id": "val-blue", "alias": "blue", "label": "Blue"}
    sigma("POST", "/option-lists/ol-color/values", body, status=201)
    assert dictionary(pims) == ["red", "blue"]
    pims("createProduct", sku="A", data={"attributes": {"color": "blue"}}, status=200)
    (made,) = sigma("GET", "/records", status=200)["items"]
    assert made["values"]["color"] == everywhere("val-blue")

    changed = {"alias": "navy", "label": "Navy"}
    sigma("PUT", "/option-lists/ol-color/values/val-blue", changed, status=200)
    told = pims("listProduct", sku="A", status=200)["data"]["attributes"]["color"]
    assert (told, dictionary(pims)) == ("navy", ["red", "navy"])

    sigma("DELETE", "/option-lists/ol-color/values/val-blue", status=204)
    assert dictionary(pims) == ["red"]
    assert pims("listProduct", sku="A", status=200)["data"]["attributes"]["color"] == "navy"
    (made,) = sigma("GET", "/records", status=200)["items"]
    assert made["values"]["color"] == everywhere("val-blue")


def test_an_option_that_pims_makes_has_one_name(sigma, pims) -> None:
    definition = {"type": "dropdown", "label": {"en-us": "Color"}}
    definition["dictionary"] = {"columns": ["value"], "data": ["red"]}
    pims("addAttribute", path=ATTRIBUTES, name="color", definition=definition, status=200)
    pims("createProduct", sku="A", data={"attributes": {"color": "Sea green"}},
         createMissing=["dictionary"], status=200)  # fmt: skip
    made = sigma("GET", "/option-lists/ol-color", status=200)["values"][-1]
    assert (made["alias"], made["label"]) == ("Sea green", "Sea green")
    (record,) = sigma("GET", "/records", status=200)["items"]
    assert record["values"]["color"] == everywhere(made["id"])
    found = [
        sigma("POST", "/search", {"criteria": [
            {"attribute": "color", "operator": "equals", "value": value}]}, status=200)["total"]
        for value in (made["id"], "Sea green", "red")
    ]  # fmt: skip
    assert found == [1, 1, 0]


def test_categories_of_records_are_those_of_pims(sigma, pims, made) -> None:
    body = {"id": "cat-coats", "name": "Coats"}
    sigma("POST", "/catalogs/cat-default/categories", body, status=201)
    sigma("POST", "/categories/cat-coats/assign", {"entityId": made}, status=200)
    told = pims("listProduct", sku="A", status=200)
    assert (told["data"]["attributes"]["categories"], told["version"]) == (["Coats"], 2)
    pims("editProduct", sku="A", data={"attributes": {"categories": []}}, status=200)
    assert sigma("GET", "/categories/cat-coats/entities", status=200) == []
    history = pims("historyProduct", sku="A", params={"definition": False}, status=200)
    assert history["total_count"] == len(sigma("GET", f"/records/{made}/audit", status=200)) == 3


def test_a_variant_is_a_variation_both_ways(sigma, pims, made, history) -> None:
    values = {"sku": everywhere("A-S"), "price": everywhere(9)}
    small = sigma("POST", f"/records/{made}/variants", {"values": values}, status=201)["id"]
    told = pims("listProduct", sku="A-S", status=200)
    assert (told["version"], told["data"]["attributes"]["variation_of"]) == (1, "A")
    pims("editProduct", sku="A-S", data={"attributes": {"price": "8"}}, status=200)
    address = f"/records/{made}/variants"
    assert sigma("GET", f"{address}/{small}", status=200)["values"]["price"] == everywhere(8)
    assert [one[1].get("price") for one in history("A-S")] == ["9", "8"]
    (newest, _) = sigma("GET", f"/audit?entityId={small}", status=200)["items"]
    change = {"attribute": "price", "oldValue": everywhere(9), "newValue": everywhere(8)}
    assert newest["changes"] == [change]

    wanted = {"variation_of": "A-S", "both": "low"}
    pims("createProduct", sku="A-S-L", data={"attributes": wanted}, status=200)
    listed = sigma("GET", f"{address}?level=2", status=200)
    assert [one["values"]["both"] for one in listed] == [everywhere("low")]
    resolved = sigma("GET", f"{address}/{listed[0]['id']}/resolved", status=200)
    assert resolved["effectiveValues"]["price"] == everywhere(8)
    assert (resolved["parentId"], resolved["level"]) == (small, 2)

    sigma("DELETE", f"{address}/{small}", status=204)
    for sku in ("A-S", "A-S-L"):
        found = pims("getList", params={"includeDeleted": True, "filter": {}}, status=200)
        assert sku not in [one["sku"] for one in found["products"]]
    assert sigma("GET", address, status=200) == []


def test_a_sku_like_an_id_is_in_nobodys_way(sigma, pims, scoped) -> None:
    for number in (2, 3, 5):
        pims("createProduct", sku=f"ent-{number}", status=200)
    made = [
        sigma("POST", "/records", {"schemaId": "schema-default", "values": {}}, status=201)
        for _ in range(3)
    ]
    assert len({one["id"] for one in made}) == 3
    assert all("sku" not in one["values"] for one in made)
    listed = sigma("GET", "/records", status=200)
    assert listed["total"] == 6
    for one in listed["items"]:
        assert sigma("GET", f"/records/{one['id']}", status=200) == one
