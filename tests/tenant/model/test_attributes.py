"""Attributes, attribute groups and templates."""

import pytest

from tests.databases.fresh import on_one_engine

ATTRIBUTES = "/pim/manage/attributes"


def test_an_attribute_is_answered_whole(tenant, ids) -> None:
    made = tenant("POST", "/attributes", {"name": "Colour", "slug": "colour", "type": "SELECT"})
    assert made == {
        "id": made["id"],
        "org_id": ids.org,
        "tenant_id": ids.uuid,
        "name": "Colour",
        "slug": "colour",
        "type": "SELECT",
        "created_at": made["created_at"],
        "updated_at": made["created_at"],
    }
    assert tenant("GET", "/attributes") == [made]


@pytest.mark.parametrize(
    ("word", "kind"),
    [(None, "string"), ("TEXT", "string"), ("NUMBER", "number"), ("BOOLEAN", "boolean"),
     ("SELECT", "dropdown")],
)  # fmt: skip
def test_types_are_those_of_pims(tenant, pims, word, kind) -> None:
    body = {"name": "Color", "slug": "color"} | ({"type": word} if word else {})
    assert tenant("POST", "/attributes", body)["type"] == (word or "TEXT")
    shown = pims("listAttributes", path=ATTRIBUTES, status=200)["data"]
    found = next(one["definition"] for one in shown if one["name"] == "color")
    assert (found["type"], found["label"]) == (kind, {"en-us": "Color"})


def test_a_select_grows(tenant, given_product, shown) -> None:
    tenant("POST", "/attributes", {"name": "Color", "slug": "color", "type": "SELECT"})
    given_product("A", color="red")
    assert shown("A")["color"] == "red"


def test_attributes_of_pims_are_listed_and_every_other_type_is_text(
    tenant, given_attribute
) -> None:
    for name, kind in (("b", "html"), ("a", "date"), ("c", "number"), ("d", "dropdown")):
        given_attribute(name, kind)
    told = [(one["name"], one["type"]) for one in tenant("GET", "/attributes")]
    assert told == [("a", "TEXT"), ("b", "TEXT"), ("c", "NUMBER"), ("d", "SELECT")]


def test_fields_and_system_attributes_are_not_listed(tenant, given_attribute) -> None:
    given_attribute("price", "number")
    given_attribute("brand", "dropdown")
    assert tenant("GET", "/attributes") == []


@pytest.mark.parametrize(
    "slug", ["brand", "price", "description", "barcode", "currency", "title", "sku", "status",
             "categories", "variation_of", "thumbnail", "color"]
)  # fmt: skip
def test_slugs_that_are_taken_clash(refused, tenant, unchanged, slug) -> None:
    tenant("POST", "/attributes", {"name": "Color", "slug": "color"})
    with unchanged():
        told = refused(409, "POST", "/attributes", {"name": "X", "slug": slug})
    assert told == f"There is an attribute {slug} already!"


@on_one_engine
@pytest.mark.parametrize(
    "slug", ["category", "category_id", "brand_id", "product_id", "product_type_id"]
)
def test_slugs_that_are_fields_clash(refused, unchanged, slug) -> None:
    with unchanged():
        told = refused(409, "POST", "/attributes", {"name": "X", "slug": slug})
    assert told == f"{slug} is a field of products: choose another slug!"


RULE = "slug begins with a letter and has 1 to 64 letters, digits, dashes and underscores!"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"slug": "a"}, "name is required!"),
        ({"name": "A"}, "slug is required!"),
        ({"name": " ", "slug": "a"}, "name cannot be empty!"),
        ({"name": "A", "slug": ""}, RULE),
        ({"name": "A", "slug": "1a"}, RULE),
        ({"name": "A", "slug": "a b"}, RULE),
        ({"name": "A", "slug": "a" * 65}, RULE),
        ({"name": "A", "slug": "ä"}, RULE),
        ({"name": "A", "slug": "a", "type": "text"},
         "type must be one of TEXT, NUMBER, BOOLEAN, SELECT!"),
        ({"name": "A", "slug": "a", "type": 1}, "type must be text!"),
    ],
)  # fmt: skip
def test_bad_attributes_are_told_and_store_nothing(refused, unchanged, body, told) -> None:
    with unchanged():
        assert refused(400, "POST", "/attributes", body) == told


def test_a_group_is_listed_in_pims_also_while_it_is_empty(tenant, ids, pims) -> None:
    made = tenant("POST", "/attribute-groups", {"name": "Sizes", "description": "How large."})
    assert made == {
        "id": made["id"],
        "org_id": ids.org,
        "tenant_id": ids.uuid,
        "name": "Sizes",
        "description": "How large.",
        "created_at": made["created_at"],
        "updated_at": made["created_at"],
    }
    assert tenant("GET", "/attribute-groups") == [made]
    groups = pims("listAttributeGroups", path=ATTRIBUTES, status=200)["data"]
    assert groups == ["Basic", "Sizes"]


def test_groups_of_pims_are_listed_newest_first(tenant, given_attribute) -> None:
    given_attribute("a", group="First")
    tenant("POST", "/attribute-groups", {"name": "Second"})
    given_attribute("b", group="Third")
    given_attribute("c", group="First")
    given_attribute("d", group="Basic")
    names = [one["name"] for one in tenant("GET", "/attribute-groups")]
    assert names == ["Third", "Second", "First"]


def test_a_group_of_an_attribute_keeps_its_id(tenant, given_attribute) -> None:
    made = tenant("POST", "/attribute-groups", {"name": "Sizes"})
    given_attribute("a", group="Sizes")
    assert [one["id"] for one in tenant("GET", "/attribute-groups")] == [made["id"]]


def test_a_template_is_a_product_type(tenant, ids, pims) -> None:
    made = tenant("POST", "/templates", {"name": "Hats", "description": "For heads."})
    assert made == {
        "id": made["id"],
        "org_id": ids.org,
        "tenant_id": ids.uuid,
        "name": "Hats",
        "description": "For heads.",
        "created_at": made["created_at"],
        "updated_at": made["created_at"],
        "deleted_at": None,
    }
    assert tenant("GET", "/templates") == [made]
    types = pims("listProductTypes", path=ATTRIBUTES, status=200)["data"]
    found = next(one for one in types if one["name"] == "Hats")
    assert found["attributes"] == []


def test_a_name_that_is_none_of_a_product_type_is_one_with_dashes(tenant, pims) -> None:
    for name in ("Wool & Hats", "Wool - Hats", "Ärmel", "帽子"):
        assert tenant("POST", "/templates", {"name": name})["name"] == name
    types = pims("listProductTypes", path=ATTRIBUTES, status=200)["data"]
    names = {one["name"] for one in types}
    assert names == {"default", "Wool---Hats", "Wool---Hats-2", "rmel", "template"}
    assert [one["name"] for one in tenant("GET", "/templates")] == [
        "Wool & Hats", "Wool - Hats", "Ärmel", "帽子"
    ]  # fmt: skip


def test_a_product_of_a_type_tells_its_template(tenant, pims) -> None:
    made = tenant("POST", "/templates", {"name": "Hats"})
    pims("createProduct", sku="A", product_type="Hats", status=200)
    (listed,) = tenant("GET", "/products")
    assert tenant("GET", f"/products/{listed['id']}")["product_type_id"] == made["id"]


@pytest.mark.parametrize("path", ["/attribute-groups", "/templates"])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"name": ""}, 400),
        ({"name": " "}, 400),
        ({"name": 7}, 400),
        ({"name": "X", "description": []}, 400),
        ({"name": "Taken"}, 409),
    ],
)
def test_bad_groups_and_templates_store_nothing(
    refused, tenant, unchanged, path, body, status
) -> None:
    tenant("POST", path, {"name": "Taken"})
    with unchanged():
        refused(status, "POST", path, body)


@pytest.mark.parametrize(
    ("path", "name"), [("/attribute-groups", "Basic"), ("/templates", "default")]
)
def test_what_is_not_shown_is_taken(refused, path, name) -> None:
    refused(409, "POST", path, {"name": name})


@on_one_engine
@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/attributes", {"slug": "a"}),
        ("/attribute-groups", {}),
        ("/templates", {}),
        ("/categories", {"slug": "a"}),
        ("/brands", {}),
    ],
)
def test_names_are_lines_of_at_most_255_characters(refused, tenant, unchanged, path, more) -> None:
    with unchanged():
        for sign in ("\x07", "\n", "\t", "\x7f", "\x85"):
            told = refused(400, "POST", path, {"name": f"A{sign}B"} | more)
            assert told == "name cannot hold control characters!"
        told = refused(400, "POST", path, {"name": "ä" * 256} | more)
        assert told == "name has at most 255 characters!"
    assert tenant("POST", path, {"name": "ä" * 255} | more)["name"] == "ä" * 255
