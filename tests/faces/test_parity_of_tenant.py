"""One catalogue, three faces: what one writes the others read, with one version and history."""

from typing import Any

import pytest

from pims_api.services.maintenance.check import CHECKS
from pims_api.storage.snapshot import snapshot
from tests.sigma.conftest import everywhere
from tests.tenant.conftest import (
    app,
    client,
    database,
    edit,
    given_attribute,
    given_category,
    given_product,
    given_slug,
    hat,
    history,
    ids,
    key,
    make_key,
    pims,
    send,
    shared_app,
    shown,
    tenant,
)

__all__ = [
    "app", "client", "database", "edit", "given_attribute", "given_category", "given_product",
    "given_slug", "hat", "history", "ids", "key", "make_key", "pims", "send", "shared_app", "shown",
    "tenant",
]  # fmt: skip

ATTRIBUTES, CATEGORIES = "/pim/manage/attributes", "/pim/manage/categories"
SCHEMA = "schema-default"


@pytest.fixture
def sigma(client, key) -> Any:
    """`sigma("GET", "/records", status=200)`: the JSON of the answer."""

    usual = key

    def ask(method: str, path: str, body: Any = None, *, status: int, key: str = usual) -> Any:
        headers = {"X-Sigma-ApiKey": key}
        answer = client.open(f"/api/v1{path}", method=method, json=body, headers=headers)
        assert answer.status_code == status, answer.text[:1_000]
        return answer.get_json() if answer.data else None

    return ask


@pytest.fixture
def version(pims) -> Any:
    """`version("KP-1")`: how often the product has changed."""
    return lambda sku: pims("listProduct", sku=sku, status=200)["version"]


@pytest.fixture(autouse=True)
def sound(database) -> Any:
    """After each test everything derived fits, and history folds to what is there."""
    yield
    with snapshot(database, 1) as seen:
        assert [told for check in CHECKS for told in check.find(seen)] == []


def values_of(record: dict[str, Any]) -> dict[str, Any]:
    return {alias: scoped[0]["value"] for alias, scoped in record["values"].items() if scoped}


def test_a_product_made_here(tenant, given_slug, shown, version, history, sigma) -> None:
    given_slug("hats")
    body = {"title": "Hat", "description": "Warm.", "category": "hats"}
    made = tenant("POST", "/products", body, ApiUser="Ann")
    told = {"title": "Hat", "description": "Warm.", "categories": ["Hats"], "status": "active"}
    seen = shown(made["id"])
    assert {name: seen[name] for name in told} == told
    (record,) = sigma("GET", "/records", status=200)["items"]
    assert {name: values_of(record)[name] for name in ("title", "description")} == {
        "title": "Hat", "description": "Warm."
    }  # fmt: skip
    assert (record["schemaId"], record["createdBy"]) == (SCHEMA, "Ann")
    tenant("PUT", f"/products/{made['id']}", {"title": "Cap"}, ApiUser="Bob")
    assert version(made["id"]) == 2
    assert history(made["id"])[1:] == [({"title": "Hat"}, {"title": "Cap"})]
    trail = sigma("GET", f"/records/{record['id']}/audit", status=200)
    assert [(one["action"], one["userId"]) for one in trail] == [
        ("update", "Bob"), ("create", "Ann")
    ]  # fmt: skip


def test_a_product_made_in_pims(tenant, pims, version) -> None:
    body = {"attributes": {"title": "Pot"}}
    pims("createProduct", sku="KP-1", data=body, user="Ann", status=200)
    (row,) = tenant("GET", "/products")
    found = tenant("GET", f"/products/{row['id']}")
    assert (found["sku"], found["title"], found["created_by"]) == ("KP-1", "Pot", "Ann")
    tenant("PUT", f"/products/{row['id']}", {"title": "Pan"}, ApiUser="Bob")
    body = {"attributes": {"title": "Wok"}}
    pims("editProduct", sku="KP-1", data=body, user="Cid", status=200)
    found = tenant("GET", f"/products/{row['id']}")
    assert (found["title"], found["created_by"], found["updated_by"]) == ("Wok", "Ann", "Cid")
    assert version("KP-1") == 3
    entries = pims("historyProduct", sku="KP-1", status=200)["history"]
    assert [one["user"] for one in entries] == ["Ann", "Bob", "Cid"]


def test_a_product_made_in_sigma(tenant, sigma, shown) -> None:
    values = {"title": everywhere("Cup")}
    made = sigma("POST", "/records", {"schemaId": SCHEMA, "values": values}, status=201)
    (row,) = tenant("GET", "/products")
    assert (row["title"], row["status"]) == ("Cup", "ACTIVE")
    tenant("PUT", f"/products/{row['id']}", {"title": "Mug"})
    after = sigma("GET", f"/records/{made['id']}", status=200)
    assert values_of(after)["title"] == "Mug"
    assert tenant("GET", f"/products/{row['id']}")["sku"] is None
    assert shown(made["id"])["title"] == "Mug"


def test_a_product_deleted_in_one_is_gone_in_the_others(tenant, sigma, pims, hat, edit) -> None:
    (record,) = sigma("GET", "/records", status=200)["items"]
    tenant("DELETE", f"/products/{hat['id']}", status=204)
    sigma("GET", f"/records/{record['id']}", status=404)
    assert pims("getList", status=200)["sku_count"] == 0
    edit(hat["id"], status="active")
    sigma("DELETE", f"/records/{record['id']}", status=204)
    tenant("GET", f"/products/{hat['id']}", status=404)
    edit(hat["id"], status="active")
    edit(hat["id"], status="deleted")
    tenant("GET", f"/products/{hat['id']}", status=404)


def test_a_variant(tenant, sigma, hat, shown, edit, history, version) -> None:
    body = {"sku": "HAT-R", "price": "19.90", "currency": "EUR", "barcode": "40063"}
    tenant("POST", f"/products/{hat['id']}/variants", body, ApiUser="Ann")
    assert shown(hat["id"])["variation_skus"] == ["HAT-R"]
    assert {name: shown("HAT-R")[name] for name in body} == body
    (record,) = sigma("GET", "/records", status=200)["items"]
    found = sigma("GET", f"/records/{record['id']}/variants", status=200)
    (variant,) = found["items"] if isinstance(found, dict) else found
    told = values_of(variant)
    assert {name: str(told[name]) for name in ("price", "currency", "barcode")} == {
        "price": "19.9", "currency": "EUR", "barcode": "40063"
    }  # fmt: skip
    edit("HAT-R", price="20")
    assert (version("HAT-R"), history("HAT-R")[-1]) == (2, ({"price": "19.90"}, {"price": "20"}))


def test_a_category(tenant, pims, sigma, given_category) -> None:
    made = tenant("POST", "/categories", {"name": "Hats", "slug": "all-hats"})
    given_category("Hats > Wool Hats")
    here = {one["slug"]: one for one in tenant("GET", "/categories")}
    assert list(here) == ["all-hats", "wool-hats"]
    assert here["wool-hats"]["parent_id"] == made["id"]
    listed = pims("listCategories", path=CATEGORIES, status=200)["categories"]
    paths = [one["cat_path"] for one in listed]
    assert paths == ["Hats", "Hats > Wool Hats", "Uncategorized"]
    (root,) = sigma("GET", "/catalogs/cat-default/tree", status=200)
    assert (root["name"], [one["name"] for one in root["children"]]) == ("Hats", ["Wool Hats"])
    body = {"id": "cat-red", "alias": "red", "name": "Red", "parentId": root["id"]}
    sigma("POST", "/catalogs/cat-default/categories", body, status=201)
    assert [one["slug"] for one in tenant("GET", "/categories")] == ["all-hats", "red", "wool-hats"]


def test_a_brand(tenant, pims, sigma, hat, edit, shown) -> None:
    acme = tenant("POST", "/brands", {"name": "Acme", "description": "Hats."})
    edit(hat["id"], brand="Acme")
    assert tenant("GET", f"/products/{hat['id']}")["brand_id"] == acme["id"]
    (record,) = sigma("GET", "/records", status=200)["items"]
    assert "brand" in record["values"]
    edit(hat["id"], brand="Zeta")
    zeta = tenant("GET", "/brands")[1]
    assert (zeta["name"], zeta["description"]) == ("Zeta", None)
    tenant("PUT", f"/products/{hat['id']}", {"brand_id": acme["id"]})
    assert shown(hat["id"])["brand"] == "Acme"
    definition = next(
        one["definition"]
        for one in pims("listAttributes", path=ATTRIBUTES, status=200)["data"]
        if one["name"] == "brand"
    )
    assert definition["dictionary"]["data"] == ["Acme", "Zeta"]


def test_an_attribute(tenant, pims, sigma, given_product, shown) -> None:
    made = tenant("POST", "/attributes", {"name": "Colour", "slug": "colour", "type": "SELECT"})
    given_product("A", colour="red")
    assert shown("A")["colour"] == "red"
    found = sigma("GET", "/attributes/attr-colour", status=200)
    assert (found["alias"], found["name"]) == ("colour", "Colour")
    body = {"id": "attr-size", "alias": "size", "name": "Size", "type": "number"}
    sigma("POST", "/attributes", body, status=201)
    assert [(one["slug"], one["type"]) for one in tenant("GET", "/attributes")] == [
        ("colour", "SELECT"), ("size", "NUMBER")
    ]  # fmt: skip
    pims("deleteAttribute", path=ATTRIBUTES, name="colour", status=200)
    assert [one["slug"] for one in tenant("GET", "/attributes")] == ["size"]
    again = tenant("POST", "/attributes", {"name": "Colour", "slug": "colour"})
    assert again["id"] != made["id"]
    assert shown("A")["colour"] is None


def test_an_attribute_group(tenant, pims, given_attribute) -> None:
    tenant("POST", "/attribute-groups", {"name": "Sizes"})
    given_attribute("height", group="Measures")
    names = {one["name"] for one in tenant("GET", "/attribute-groups")}
    assert names == {"Sizes", "Measures"}
    told = pims("listAttributeGroups", path=ATTRIBUTES, status=200)["data"]
    assert told == ["Basic", "Measures", "Sizes"]


def test_a_template(tenant, pims, sigma) -> None:
    made = tenant("POST", "/templates", {"name": "Hats", "description": "For heads."})
    pims("addProductType", path=ATTRIBUTES, name="Caps", status=200)
    assert [one["name"] for one in tenant("GET", "/templates")] == ["Caps", "Hats"]
    schema = sigma("GET", "/schemas/schema-Hats", status=200)
    assert (schema["alias"], schema["description"]) == ("Hats", "For heads.")
    assert tenant("GET", "/templates")[1] == made
