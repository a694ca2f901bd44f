"""Brands: the values of the attribute `brand`, with a description and a logo."""

import pytest

LOGO = "https://cdn.example.com/acme.svg?size=2#top"


def test_a_brand_is_answered_whole(tenant, ids) -> None:
    body = {"name": "Acme", "description": "Hats.", "logoUrl": LOGO}
    made = tenant("POST", "/brands", body)
    assert made == {
        "id": made["id"],
        "org_id": ids.org,
        "tenant_id": ids.uuid,
        "name": "Acme",
        "description": "Hats.",
        "logo_url": LOGO,
        "created_at": made["created_at"],
        "updated_at": made["created_at"],
    }
    plain = tenant("POST", "/brands", {"name": "ACME", "logo_url": None})
    assert (plain["description"], plain["logo_url"]) == (None, None)
    assert tenant("GET", "/brands") == [plain, made]


def test_a_product_gets_a_brand_by_its_id(tenant, hat, shown) -> None:
    acme = tenant("POST", "/brands", {"name": "Acme", "logo_url": LOGO})
    after = tenant("PUT", f"/products/{hat['id']}", {"brand_id": acme["id"]})
    assert (after["brand"], after["brand_id"]) == ("Acme", acme["id"])
    assert shown(hat["id"])["brand"] == "Acme"


def test_a_value_that_pims_adds_is_a_brand(tenant, hat, edit) -> None:
    tenant("POST", "/brands", {"name": "Acme"})
    edit(hat["id"], brand="Zeta")
    assert [one["name"] for one in tenant("GET", "/brands")] == ["Acme", "Zeta"]
    found = tenant("GET", f"/products/{hat['id']}")
    assert (found["brand"], found["brand_id"]) == ("Zeta", tenant("GET", "/brands")[1]["id"])


def test_a_renamed_brand_keeps_its_id(tenant, hat, pims) -> None:
    acme = tenant("POST", "/brands", {"name": "Acme", "description": "Hats."})
    tenant("PUT", f"/products/{hat['id']}", {"brand_id": acme["id"]})
    renamed = {"name": "brand", "value": "Acme", "to": "Acme Ltd"}
    pims("renameValue", path="/pim/manage/attributes", status=200, **renamed)
    (after,) = tenant("GET", "/brands")
    assert (after["id"], after["name"], after["description"]) == (acme["id"], "Acme Ltd", "Hats.")
    assert tenant("GET", f"/products/{hat['id']}")["brand"] == "Acme Ltd"


def test_there_are_none_before_the_first(tenant) -> None:
    assert tenant("GET", "/brands") == []


def test_a_brand_of_text_shows_and_has_no_id(tenant, refused, given_attribute, hat, edit) -> None:
    given_attribute("brand")
    edit(hat["id"], brand="Acme")
    found = tenant("GET", f"/products/{hat['id']}")
    assert (found["brand"], found["brand_id"]) == ("Acme", None)
    assert tenant("GET", "/brands") == []
    told = refused(409, "POST", "/brands", {"name": "Zeta"})
    assert told == "The attribute brand of this catalogue is no list of brands!"


ADDRESS = "logoUrl must be an absolute http or https URL!"


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({}, 400, "name is required!"),
        ({"name": " "}, 400, "name cannot be empty!"),
        ({"name": 7}, 400, "name must be text!"),
        ({"name": "x" * 256}, 400, None),
        ({"name": "a\nb"}, 400, None),
        ({"name": "Acme"}, 409, "There is a brand 'Acme' already!"),
        ({"name": "X", "description": 7}, 400, "description must be text!"),
        ({"name": "X", "logoUrl": 7}, 400, "logoUrl must be text!"),
        ({"name": "X", "logoUrl": "/logo.png"}, 400, ADDRESS),
        ({"name": "X", "logoUrl": "ftp://example.com/a"}, 400, ADDRESS),
        ({"name": "X", "logoUrl": "javascript:alert(1)"}, 400, ADDRESS),
        ({"name": "X", "logoUrl": "https://"}, 400, ADDRESS),
        ({"name": "X", "logoUrl": "https://a b/c"}, 400, ADDRESS),
        ({"name": "X", "logoUrl": "http://[::1"}, 400, ADDRESS),
        ({"name": "X", "logoUrl": "http://a:99999/"}, 400, ADDRESS),
        ({"name": "X", "logoUrl": "https://a/", "logo_url": "https://b/"}, 400, None),
    ],
)
def test_bad_input_is_told_and_stores_nothing(
    refused, tenant, unchanged, body, status, told
) -> None:
    tenant("POST", "/brands", {"name": "Acme"})
    with unchanged():
        assert refused(status, "POST", "/brands", body) == told or told is None
