"""Products: created, read, listed, changed, deleted; here and in PIMS."""

import re

import pytest

from tests.tenant.conftest import STRANGE

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def test_a_new_product_is_answered_whole(tenant, ids) -> None:
    made = tenant("POST", "/products", {"title": "Hat", "description": "Warm."}, ApiUser="Ann")
    assert MOMENT.fullmatch(made["created_at"])
    assert made == {
        "id": made["id"],
        "org_id": ids.org,
        "tenant_id": ids.uuid,
        "sku": None,
        "title": "Hat",
        "description": "Warm.",
        "status": "ACTIVE",
        "product_type_id": None,
        "created_by": "Ann",
        "updated_by": "Ann",
        "created_at": made["created_at"],
        "updated_at": made["created_at"],
        "deleted_at": None,
        "category": None,
        "category_id": None,
        "brand": None,
        "brand_id": None,
        "short_description": None,
        "long_description": None,
        "tags": [],
        "launch_date": None,
        "discontinue_date": None,
        "warranty_period": None,
        "is_taxable": True,
        "is_returnable": True,
        "requires_serial_number": False,
        "seo_title": None,
        "seo_description": None,
        "seo_keywords": [],
        "data_quality_score": 0,
    }
    assert tenant("GET", f"/products/{made['id']}") == made
    assert tenant("GET", f"/products/{made['id'].upper()}") == made


def test_a_product_without_a_sku_has_its_id_as_its_sku_in_pims(hat, shown, tenant) -> None:
    assert shown(hat["id"])["sku"] == hat["id"]
    assert tenant("GET", f"/products/{hat['id']}")["sku"] is None


def test_the_list_has_five_keys_and_the_newest_first(tenant, given_slug) -> None:
    given_slug("hats")
    first = tenant("POST", "/products", {"title": "A", "category": "hats"})
    second = tenant("POST", "/products", {"title": "B"})
    tenant("PUT", f"/products/{first['id']}", {"title": "A2"})
    listed = tenant("GET", "/products")
    assert listed == [
        {"id": second["id"], "title": "B", "category": None, "status": "ACTIVE",
         "updated_at": second["updated_at"]},
        {"id": first["id"], "title": "A2", "category": "hats", "status": "ACTIVE",
         "updated_at": listed[1]["updated_at"]},
    ]  # fmt: skip


def test_the_list_ends_after_a_hundred_products(tenant, pims) -> None:
    rows = [{"sku": f"S{n}", "data": {"attributes": {"title": str(n)}}} for n in range(120)]
    pims("batch", actions=[{"action": "createProduct"} | row for row in rows], status=200)
    listed = tenant("GET", "/products")
    assert [one["title"] for one in listed] == [str(n) for n in range(119, 19, -1)]


def test_nothing_is_an_empty_list(tenant) -> None:
    assert tenant("GET", "/products") == []


def test_a_change_leaves_what_is_missing_or_empty(tenant, given_slug, hat) -> None:
    given_slug("hats")
    path = f"/products/{hat['id']}"
    full = {"title": "Cap", "description": "Thin.", "category": "hats"}
    tenant("PUT", path, full, ApiUser="Bob")
    for body in ({}, {"title": "", "description": "", "category": ""}, {"title": None}):
        after = tenant("PUT", path, body, ApiUser="Cid")
        assert {name: after[name] for name in full} == full
        assert (after["created_by"], after["updated_by"]) == (hat["created_by"], "Bob")


def test_what_changes_nothing_is_no_change(tenant, hat, history) -> None:
    before = len(history(hat["id"]))
    again = tenant("PUT", f"/products/{hat['id']}", {"title": "Hat"}, ApiUser="Ann")
    assert again == hat
    assert len(history(hat["id"])) == before


def test_unknown_keys_are_ignored(tenant) -> None:
    made = tenant("POST", "/products", {"title": "Hat", "status": "DRAFT", "price": [1], "x": {}})
    assert (made["title"], made["status"]) == ("Hat", "ACTIVE")


def test_texts_come_back_as_they_were_sent(tenant) -> None:
    text = "  <b>Wörm</b>\n\u2028 帽子 \U0001f3a9  "
    made = tenant("POST", "/products", {"title": text, "description": text * 100})
    assert (made["title"], made["description"]) == (text, text * 100)


def test_the_first_use_of_a_field_makes_its_attribute(tenant, pims, make_key) -> None:
    editor = make_key("pim_editor")
    body = {"title": "Hat", "description": "Warm."}
    made = tenant("POST", "/products", body, key=editor)
    assert made["description"] == "Warm."
    shown = pims("listAttributes", path="/pim/manage/attributes", status=200)["data"]
    types = {one["name"]: one["definition"]["type"] for one in shown}
    assert types["description"] == "text"
    assert not types.keys() & {"brand", "barcode", "currency", "price"}
    assert tenant("GET", "/attributes") == []


def test_an_attribute_of_that_name_is_used_if_it_can_hold_the_value(
    tenant, given_attribute, shown
) -> None:
    given_attribute("description", "html", collection="y")
    made = tenant("POST", "/products", {"title": "Hat", "description": "<p>"})
    assert made["description"] == "<p>"
    assert shown(made["id"])["description"] == ["<p>"]


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("boolean", {}),
        ("date", {}),
        ("number", {}),
        ("dropdown", {"dictionaryIsStatic": "y", "dictionary": {"data": ["a", "b"]}}),
        ("relation", {}),
    ],
)
def test_one_that_cannot_hold_it_is_a_clash(
    refused, given_attribute, unchanged, tenant, kind, more
) -> None:
    given_attribute("description", kind, **more)
    body = {"title": "Hat", "description": "Warm."}
    with unchanged():
        told = refused(409, "POST", "/products", body)
    assert told == "The attribute description of this catalogue cannot hold this value!"
    assert tenant("POST", "/products", {"title": "Hat"})["description"] is None


def test_a_deleted_product_is_gone_here_with_its_variants_and_restored_in_pims(
    tenant, refused, hat, shown, edit, send
) -> None:
    path = f"/products/{hat['id']}"
    variant = tenant("POST", f"{path}/variants", {"sku": "V-1"})
    answer = send("DELETE", path)
    assert (answer.status_code, answer.data) == (204, b"")
    assert [shown(sku)["status"] for sku in (hat["id"], "V-1")] == ["deleted", "deleted"]
    assert tenant("GET", "/products") == []
    for method, body in (("GET", None), ("PUT", {"title": "X"}), ("DELETE", None)):
        assert refused(404, method, path, body) == "There is no such product!"
    refused(404, "POST", f"{path}/variants", {})
    edit(hat["id"], status="active")
    assert tenant("GET", path)["status"] == "ACTIVE"
    assert variant["sku"] == "V-1"


def test_a_deletion_is_one_transaction(tenant, hat, history) -> None:
    tenant("POST", f"/products/{hat['id']}/variants", {"sku": "V-1"})
    tenant("DELETE", f"/products/{hat['id']}", status=204)
    assert history(hat["id"])[-1] == ({"status": "active"}, {"status": "deleted"})
    assert history("V-1")[-1] == ({"status": "active"}, {"status": "deleted"})


def test_a_variant_is_no_product_here(tenant, refused, hat) -> None:
    variant = tenant("POST", f"/products/{hat['id']}/variants", {})
    assert [one["id"] for one in tenant("GET", "/products")] == [hat["id"]]
    refused(404, "GET", f"/products/{variant['id']}")
    refused(404, "POST", f"/products/{variant['id']}/variants", {})


def test_a_product_that_becomes_a_variant_keeps_its_id(tenant, refused, hat, edit) -> None:
    other = tenant("POST", "/products", {"title": "Hats"})
    edit(hat["id"], variation_of=other["id"])
    refused(404, "GET", f"/products/{hat['id']}")
    edit(hat["id"], variation_of=None)
    assert tenant("GET", f"/products/{hat['id']}")["id"] == hat["id"]


def test_products_of_pims_are_there_with_their_sku(tenant, given_product) -> None:
    given_product("KP-1", title="Pot")
    (listed,) = tenant("GET", "/products")
    found = tenant("GET", f"/products/{listed['id']}")
    assert (found["sku"], found["title"], found["status"]) == ("KP-1", "Pot", "ACTIVE")


def test_inactive_in_pims_is_a_draft_here(tenant, hat, edit) -> None:
    edit(hat["id"], status="inactive")
    assert tenant("GET", f"/products/{hat['id']}")["status"] == "DRAFT"
    assert tenant("GET", "/products")[0]["status"] == "DRAFT"
    edit(hat["id"], status="active")
    assert tenant("GET", f"/products/{hat['id']}")["status"] == "ACTIVE"


def test_a_write_may_ask_for_the_state_that_was_read(send, tenant, hat, refused) -> None:
    path = f"/products/{hat['id']}"
    tag = send("GET", path).headers["ETag"]
    tenant("PUT", path, {"title": "Cap"}, If_Match=tag)
    refused(412, "PUT", path, {"title": "Top hat"}, If_Match=tag)
    refused(412, "DELETE", path, If_Match=tag)
    assert tenant("GET", path)["title"] == "Cap"


BAD = [
    ("POST", "/products", {}, "title is required!"),
    ("POST", "/products", {"title": None}, "title is required!"),
    ("POST", "/products", {"title": ""}, "title cannot be empty!"),
    ("POST", "/products", {"title": " \t"}, "title cannot be empty!"),
    ("POST", "/products", {"title": 7}, "title must be text!"),
    ("POST", "/products", {"title": ["Hat"]}, "title must be text!"),
    ("POST", "/products", {"title": "Hat", "description": {}}, "description must be text!"),
    ("POST", "/products", {"title": "Hat", "category": True}, "category must be text!"),
    ("POST", "/products", {"title": "x" * 65_537}, "title has at most 65536 characters!"),
    ("POST", "/products", {"title": "ü" * 40_000}, "title has at most 65536 bytes!"),
    ("POST", "/products", {"title": "Hat", "category": "none"},
     "There is no category with the slug 'none'!"),
    ("PUT", "{hat}", {"title": 7}, "title must be text!"),
    ("PUT", "{hat}", {"title": "  "}, "title cannot be empty!"),
    ("PUT", "{hat}", {"category": "none"}, "There is no category with the slug 'none'!"),
    ("PUT", "{hat}", {"category": "uncategorized"},
     "There is no category with the slug 'uncategorized'!"),
    ("PUT", "{hat}", {"category_id": "7"}, "category_id must be a UUID!"),
    ("PUT", "{hat}", {"category_id": 7}, "category_id must be text!"),
    ("PUT", "{hat}", {"category_id": STRANGE}, "category_id names no category!"),
    ("PUT", "{hat}", {"brand_id": STRANGE}, "brand_id names no brand!"),
    ("PUT", "{hat}", {"brand_id": "acme"}, "brand_id must be a UUID!"),
    ("PUT", "{hat}", {"categoryId": STRANGE, "category_id": "x"},
     "categoryId and category_id are one key and have two values: send one of them!"),
    ("POST", "{hat}/variants", {"sku": 7}, "sku must be text!"),
    ("POST", "{hat}/variants", {"sku": "x" * 256},
     "A SKU has at most 255 characters, this one has 256!"),
    ("POST", "{hat}/variants", {"sku": "a\tb"}, "A SKU cannot hold control characters!"),
    ("POST", "{hat}/variants", {"price": "ten"},
     "price must be a number: an optional sign, digits and at most one point, "
     "at most 40 digits, no exponent!"),
    ("POST", "{hat}/variants", {"price": -1}, "price must be a number that is not negative!"),
    ("POST", "{hat}/variants", {"price": "-0.01"}, "price must be a number that is not negative!"),
    ("POST", "{hat}/variants", {"price": True}, "price must be a number, or its text!"),
    ("POST", "{hat}/variants", {"price": [1]}, "price must be a number, or its text!"),
    ("POST", "{hat}/variants", {"currency": "usd"},
     "currency must be the code of a currency in use (ISO 4217), such as USD, in upper case!"),
    ("POST", "{hat}/variants", {"currency": "DEM"},
     "currency must be the code of a currency in use (ISO 4217), such as USD, in upper case!"),
    ("POST", "{hat}/variants", {"barcode": 4001}, "barcode must be text!"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body", "told"), BAD)
def test_bad_input_is_told_and_stores_nothing(
    refused, hat, unchanged, method, path, body, told
) -> None:
    with unchanged():
        assert refused(400, method, path.format(hat=f"/products/{hat['id']}"), body) == told


RAW = [
    (b"{", 400),
    (b"", 400),
    (b"[]", 400),
    (b"null", 400),
    (b'"Hat"', 400),
    (b'{"title":"A","title":"B"}', 400),
    (b'{"title":NaN}', 400),
    (b'{"title":"\\ud800"}', 400),
    (b'{"title":"a\\u0000b"}', 400),
    (b'{"title":"\xff"}', 400),
    (b'{"x":' + b"[" * 40 + b"]" * 40 + b"}", 400),
]


@pytest.mark.parametrize(("data", "status"), RAW)
@pytest.mark.parametrize("path", ["/products", "/categories", "/brands", "/attributes"])
def test_bodies_are_objects_of_sound_json(client, key, ids, path, data, status) -> None:
    headers = {"Authorization": f"Bearer {key}", "X-Tenant-ID": ids.uuid, "X-Org-ID": ids.org}
    answer = client.post(f"/api/v1/pim{path}", data=data, headers=headers | JSON)
    assert answer.status_code == status
    assert list(answer.get_json()) == ["error"]


JSON = {"Content-Type": "application/json"}


def test_a_body_that_is_not_declared_as_json_is_refused(client, key, ids) -> None:
    headers = {"Authorization": f"Bearer {key}", "X-Tenant-ID": ids.uuid, "X-Org-ID": ids.org}
    answer = client.post("/api/v1/pim/products", data="title=Hat", headers=headers)
    assert (answer.status_code, list(answer.get_json())) == (415, ["error"])


def test_a_body_may_have_ten_mebibytes_here(client, key, ids) -> None:
    headers = {"Authorization": f"Bearer {key}", "X-Tenant-ID": ids.uuid, "X-Org-ID": ids.org}

    def sent(size: int) -> int:
        body = b'{"title":"Hat","x":"'
        body += b"x" * (size - len(body) - 2) + b'"}'
        answer = client.post("/api/v1/pim/products", data=body, headers=headers | JSON)
        if answer.status_code != 200:
            assert list(answer.get_json()) == ["error"]
        return int(answer.status_code)

    assert [sent(size) for size in (10 * 2**20, 10 * 2**20 + 1, 11 * 2**20)] == [200, 413, 413]
