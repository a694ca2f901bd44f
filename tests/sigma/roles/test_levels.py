"""What a role may not see is in no reply, and what it may only read it does not write."""

import pytest

from tests.databases.fresh import on_one_engine
from tests.sigma.conftest import everywhere

CANARY = "nobody sees this"


@pytest.fixture
def writer(sigma, apparel, given_role, as_role):
    """`sigma` for a role that only reads prices and does not see descriptions of apparel."""
    levels = {"attr-price": "read", "attr-description": "hidden"}
    permission = {"schemaId": apparel, "attributePermissions": levels}
    return as_role(given_role("writer", schemaPermissions=[permission]))


@pytest.fixture
def jacket(sigma, apparel) -> str:
    values = {"sku": "CW", "price": 10, "description": CANARY, "product-name": "Jacket"}
    sent = {alias: everywhere(value) for alias, value in values.items()}
    return sigma("POST", "/records", {"schemaId": apparel, "values": sent}, status=201)["id"]


@pytest.fixture
def small(sigma, jacket) -> str:
    values = {"description": everywhere(CANARY), "size-label": everywhere("S")}
    return sigma("POST", f"/records/{jacket}/variants", {"values": values}, status=201)["id"]


def refused(alias: str) -> dict:
    return {"error": "PERMISSION_DENIED", "message": f"Your role may not write {alias}!"}


def test_a_hidden_attribute_is_in_no_reply(writer, jacket, small) -> None:
    record = writer("GET", f"/records/{jacket}", status=200)
    assert list(record["values"]) == ["product-name", "price", "sku"]
    for path in (
        "/records",
        f"/records/{jacket}",
        f"/records/{jacket}/variants",
        f"/records/{jacket}/variants/{small}",
        f"/records/{jacket}/variants/{small}/resolved",
        f"/records/{jacket}/audit",
        f"/records/{jacket}/completeness",
        "/variants",
        "/audit",
    ):
        assert CANARY not in str(writer("GET", path, status=200)), path


@pytest.mark.parametrize("made_by", ["pims", "tenant"])
def test_a_variant_of_another_type_shows_no_more_than_its_record(
    sigma, writer, pims, client, key, jacket, made_by
) -> None:
    if made_by == "pims":
        values = {"variation_of": "CW", "description": CANARY}
        pims("createProduct", sku="CW-1", data={"attributes": values}, status=200)
    else:
        told = client.get("/pim/keyinfo", headers={"ApiKey": key}).get_json()
        named = {"X-Tenant-ID": told["tenant_id"], "X-Org-ID": told["org_id"]}
        sent = named | {"Authorization": f"Bearer {key}"}
        [product] = client.get("/api/v1/pim/products", headers=sent).get_json()
        path = f"/api/v1/pim/products/{product['id']}/variants"
        assert client.post(path, headers=sent, json={"sku": "CW-1"}).status_code == 200
    (variant,) = (one["id"] for one in sigma("GET", f"/records/{jacket}/variants", status=200))
    at = f"/records/{jacket}/variants/{variant}"
    assert CANARY in str(sigma("GET", f"{at}/resolved", status=200))
    for path in (at, f"{at}/resolved", f"/records/{jacket}/variants", "/variants", "/audit"):
        assert CANARY not in str(writer("GET", path, status=200)), path
    below = {"values": {"description": everywhere("x")}, "parentId": variant}
    assert writer("POST", f"/records/{jacket}/variants", below, status=403) == refused(
        "description"
    )
    for alias in ("description", "price"):
        sent = {"scopedValues": everywhere("x" if alias == "description" else 11)}
        told = writer("PATCH", f"{at}/values/{alias}", sent, status=403)
        assert told == refused(alias)


def test_what_may_only_be_read_is_not_written(sigma, writer, apparel, jacket, small) -> None:
    before = sigma("GET", f"/records/{jacket}", status=200)
    for one in (jacket, f"{jacket}/variants/{small}"):
        sent = {"scopedValues": everywhere(11)}
        told = writer("PATCH", f"/records/{one}/values/price", sent, status=403)
        assert told == refused("price")
        body = {"values": {"price": everywhere(11)}}
        assert writer("PUT", f"/records/{one}", body, status=403) == refused("price")
    body = {"schemaId": apparel, "values": {"price": everywhere(1)}}
    assert writer("POST", "/records", body, status=403) == refused("price")
    body = {"values": {"price": everywhere(1)}}
    assert writer("POST", f"/records/{jacket}/variants", body, status=403) == refused("price")
    assert sigma("GET", f"/records/{jacket}", status=200) == before


def test_what_is_not_seen_is_not_written_whatever_its_value(writer, apparel, jacket) -> None:
    for value in (CANARY, "x"):
        sent = {"scopedValues": everywhere(value)}
        address = f"/records/{jacket}/values/description"
        assert writer("PATCH", address, sent, status=403) == refused("description")
        body = {"values": {"description": everywhere(value)}}
        assert writer("PUT", f"/records/{jacket}", body, status=403) == refused("description")


def test_who_writes_the_rest_leaves_the_other_values_alone(sigma, writer, jacket) -> None:
    seen = writer("GET", f"/records/{jacket}", status=200)["values"]
    values = seen | {"product-name": everywhere("Coat")}
    writer("PUT", f"/records/{jacket}", {"values": values}, status=200)
    writer("PUT", f"/records/{jacket}", {"values": {"weight": everywhere(5)}}, status=200)
    assert sigma("GET", f"/records/{jacket}", status=200)["values"] == {
        "description": everywhere(CANARY),
        "price": everywhere(10),
        "sku": everywhere("CW"),
        "weight": everywhere(5),
    }


def test_what_is_forbidden_is_told_before_what_is_wrong(writer, jacket) -> None:
    body = {"values": {"price": everywhere(11), "weight": everywhere("heavy")}}
    assert writer("PUT", f"/records/{jacket}", body, status=403) == refused("price")


def test_a_default_level_holds_for_all_other_attributes(
    sigma, apparel, jacket, given_role, as_role
) -> None:
    permission = {
        "schemaId": apparel,
        "attributePermissions": {"attr-weight": "write", "attr-sku": "read"},
        "defaultPermission": "hidden",
    }
    ask = as_role(given_role("packer", schemaPermissions=[permission]))
    address = f"/records/{jacket}"
    assert ask("GET", address, status=200)["values"] == {"sku": everywhere("CW")}
    body = {"values": {"weight": everywhere(4), "sku": everywhere("CW")}}
    shown = ask("PUT", address, body, status=200)["values"]
    assert shown == {"sku": everywhere("CW"), "weight": everywhere(4)}
    assert len(sigma("GET", address, status=200)["values"]) == 5
    body = {"schemaId": apparel, "values": {"weight": everywhere(3)}}
    assert ask("POST", "/records", body, status=201)["values"] == {"weight": everywhere(3)}


def test_a_schema_that_a_role_does_not_list_is_written(sigma, writer, given_schema) -> None:
    tag = given_schema("tag", "attr-price", "attr-description")
    body = {"schemaId": tag, "values": {"price": everywhere(1), "description": everywhere("D")}}
    assert writer("POST", "/records", body, status=201)["values"] == body["values"]


@on_one_engine
def test_a_change_of_the_role_holds_from_the_next_request_on(sigma, writer, jacket) -> None:
    role = sigma("GET", "/roles/role-writer", status=200)
    sigma("PUT", "/roles/role-writer", role | {"schemaPermissions": []}, status=200)
    assert CANARY in str(writer("GET", f"/records/{jacket}", status=200))
    sigma("PUT", "/roles/role-writer", role, status=200)
    assert CANARY not in str(writer("GET", f"/records/{jacket}", status=200))


@on_one_engine
def test_the_role_is_told_before_the_state(sigma, review, given_role, as_role) -> None:
    permission = {"schemaId": review, "attributePermissions": {"attr-fee": "hidden"}}
    ask = as_role(given_role("layman", schemaPermissions=[permission]))
    made = sigma("POST", "/records", {"schemaId": review, "values": {}}, status=201)["id"]
    sigma("POST", f"/records/{made}/transition", {"toStateId": "state-review"}, status=200)
    sent = {"scopedValues": everywhere(1)}
    assert ask("PATCH", f"/records/{made}/values/fee", sent, status=403) == refused("fee")


def test_a_view_of_a_key_and_a_state_hold_together(sigma, review, pims, make_key) -> None:
    names = {"note": "Notice", "body": "Body", "fee": "Fee"}
    view = {name: {"transform": outward} for name, outward in names.items()}
    view["fee"] |= {"readonly": "y"}
    body = {"name": "shop", "attributes": view, "condition_query": "[[sku]] <> 'HIDDEN'"}
    pims("addPimView", path="/pim/manage/views", status=200, **body)
    key = make_key("pim_user", "pim_editor", views=("shop",))
    values = {"headline": everywhere("H"), "note": everywhere("N"), "fee": everywhere(1)}
    values["body"] = everywhere("B")
    made = sigma("POST", "/records", {"schemaId": review, "values": values}, status=201)["id"]

    seen = sigma("GET", f"/records/{made}", status=200, key=key)
    assert list(seen["values"]) == ["body", "fee", "note"]
    sent = {"scopedValues": everywhere(2)}
    told = sigma("PATCH", f"/records/{made}/values/fee", sent, status=403, key=key)
    assert told == {"error": "PERMISSION_DENIED", "message": "This key may only read fee!"}
    told = sigma("PATCH", f"/records/{made}/values/headline", sent, status=400, key=key)
    assert told["message"].startswith("There is no attribute 'headline'")

    for state in ("state-review", "state-print"):
        sigma("POST", f"/records/{made}/transition", {"toStateId": state}, status=200)
    seen = sigma("GET", f"/records/{made}", status=200, key=key)
    assert list(seen["values"]) == ["body", "fee"]
    (entry, *_) = sigma("GET", "/audit?action=create", status=200, key=key)["items"]
    assert [one["attribute"] for one in entry["changes"]] == ["body", "fee"]
