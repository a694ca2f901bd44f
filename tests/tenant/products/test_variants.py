"""Variants: made here, seen in PIMS."""

import pytest


@pytest.fixture
def path(hat) -> str:
    return f"/products/{hat['id']}/variants"


def test_a_variant_is_answered_whole(tenant, hat, path, ids, shown) -> None:
    body = {"sku": " HAT-R ", "barcode": "4006381333931", "price": "89.99", "currency": "USD"}
    made = tenant("POST", path, body, ApiUser="Ann")
    assert made == {
        "id": made["id"],
        "org_id": ids.org,
        "tenant_id": ids.uuid,
        "product_id": hat["id"],
        "sku": "HAT-R",
        "barcode": "4006381333931",
        "price": "89.99",
        "currency": "USD",
        "option_values": None,
        "cost_price": None,
        "data_quality_score": 0,
        "created_by": "Ann",
        "created_at": made["created_at"],
        "updated_at": made["created_at"],
        "deleted_at": None,
    }
    seen = shown("HAT-R")
    assert (seen["variation_of"], seen["title"]) == (hat["id"], None)
    assert {name: seen[name] for name in body} == body | {"sku": "HAT-R"}


def test_everything_may_be_left_out(tenant, path, shown) -> None:
    for body in ({}, {"sku": "", "price": None, "barcode": ""}, {"sku": "  ", "price": ""}):
        made = tenant("POST", path, body)
        assert [made[name] for name in ("sku", "barcode", "price", "currency")] == [None] * 4
        assert shown(made["id"])["sku"] == made["id"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b"100", "100"),
        (b"19.90", "19.90"),
        (b'"19.90"', "19.90"),
        (b"0", "0"),
        (b'"+007.50"', "+007.50"),
        (b"0.10000000000000000000000000000000000001", "0.10000000000000000000000000000000000001"),
    ],
)
def test_a_price_is_kept_as_it_is_written(client, key, ids, path, shown, sent, kept) -> None:
    headers = {"Authorization": f"Bearer {key}", "X-Tenant-ID": ids.uuid, "X-Org-ID": ids.org}
    body = b'{"sku":"V","price":' + sent + b"}"
    answer = client.post(
        f"/api/v1/pim{path}", data=body, headers=headers, content_type="application/json"
    )
    assert answer.get_json()["price"] == kept
    assert shown("V")["price"] == kept


def test_a_sku_that_anything_has_is_a_clash(
    tenant, refused, path, hat, given_product, edit, unchanged
) -> None:
    given_product("KP-1")
    given_product("GONE")
    edit("GONE", status="deleted")
    tenant("POST", path, {"sku": "V-1"})
    for sku in ("KP-1", "GONE", "V-1", hat["id"]):
        with unchanged():
            assert refused(409, "POST", path, {"sku": sku}) == f"There is a product {sku} already!"


def test_a_barcode_that_must_be_unique_is_a_clash(
    tenant, refused, path, given_attribute, unchanged
) -> None:
    given_attribute("barcode", isUnique="y")
    tenant("POST", path, {"barcode": "1"})
    with unchanged():
        refused(409, "POST", path, {"barcode": "1"})


def test_a_dropdown_of_currencies_is_used(tenant, refused, path, given_attribute) -> None:
    given_attribute(
        "currency", "dropdown", dictionaryIsStatic="y", dictionary={"data": ["EUR", "USD"]}
    )
    assert tenant("POST", path, {"currency": "EUR"})["currency"] == "EUR"
    refused(409, "POST", path, {"currency": "CHF"})


def test_a_price_of_text_is_used(tenant, path, given_attribute, shown) -> None:
    given_attribute("price")
    assert tenant("POST", path, {"sku": "V", "price": 5.50 + 0.01})["price"] == "5.51"
    assert shown("V")["price"] == "5.51"
