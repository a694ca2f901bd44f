"""Who asks: a token and the two UUIDs with it, in that order; and the errors, a text alone."""

import pytest

from tests.tenant.conftest import STRANGE

PRODUCT = f"/products/{STRANGE}"


def test_a_uuid_that_nothing_has_is_not_there(refused) -> None:
    assert refused(404, "GET", PRODUCT) == "There is no such product!"
    assert refused(404, "GET", PRODUCT.upper().replace("PRODUCTS", "products"))


def test_what_is_no_uuid_is_told_so(refused) -> None:
    for wrong in ("7", "x" * 100, STRANGE.replace("-", ""), f"{{{STRANGE}}}"):
        assert refused(400, "GET", f"/products/{wrong}") == "The id of a product must be a UUID!"


@pytest.mark.parametrize("name", ["Authorization", "X-Tenant-ID", "X-Org-ID"])
@pytest.mark.parametrize("text", [None, "", "  "])
def test_each_of_the_three_headers_is_needed(refused, name, text) -> None:
    told = refused(401, "GET", PRODUCT, **{name: text})
    assert told == f"Send the headers Authorization, X-Tenant-ID, X-Org-ID; missing: {name}!"


@pytest.mark.parametrize("token", ["Basic abc", "pims_x", "Bearer", "Bearer pims_x"])
def test_a_token_that_does_not_hold_is_refused_before_the_ids_are_looked_at(refused, token) -> None:
    told = refused(401, "GET", "/products/7", Authorization=token, X_Tenant_ID="7")
    assert told == "The token is missing, expired or not valid!"


def test_a_key_in_its_own_header_is_no_token(refused, key) -> None:
    refused(401, "GET", PRODUCT, Authorization=None, ApiKey=key)


def test_ids_that_are_no_uuids_are_refused_before_the_path(refused) -> None:
    told = refused(400, "GET", "/products/7", X_Tenant_ID="7", X_Org_ID=STRANGE)
    assert told == "X-Tenant-ID must be a UUID, not '7'!"
    assert refused(400, "GET", "/products/7", X_Org_ID="acme", X_Tenant_ID=STRANGE) == (
        "X-Org-ID must be a UUID, not 'acme'!"
    )


def test_ids_may_only_say_what_the_token_allows(refused, ids) -> None:
    for named in ({"X_Tenant_ID": STRANGE}, {"X_Tenant_ID": ids.org}):
        told = refused(403, "GET", "/products/7", **named)
        assert told == "The token is not one of the tenant that X-Tenant-ID names!"
    told = refused(403, "GET", "/products/7", X_Org_ID=ids.uuid)
    assert told == "The tenant does not belong to the organization of X-Org-ID!"


def test_uuids_are_read_in_either_case(refused, ids) -> None:
    refused(404, "GET", PRODUCT, X_Tenant_ID=ids.uuid.upper(), X_Org_ID=ids.org.upper())


def test_all_below_the_prefix_answers_in_the_words_of_this_face(refused) -> None:
    assert refused(404, "GET", "/nothing") == "There is nothing at this address!"
    assert refused(404, "GET", "") == "There is nothing at this address!"
    assert refused(405, "PATCH", PRODUCT) == "This address does not serve that method!"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/nothing"), ("GET", ""), ("PATCH", PRODUCT), ("POST", "/a/b/c")]
)
def test_the_headers_come_before_what_is_not_served(refused, method, path) -> None:
    told = refused(401, method, path, Authorization=None, X_Tenant_ID=None, X_Org_ID=None)
    assert told.startswith("Send the headers Authorization, X-Tenant-ID, X-Org-ID; missing: ")
    refused(401, method, path, Authorization="Bearer pims_x")
    refused(400, method, path, X_Org_ID="acme")
    refused(403, method, path, X_Tenant_ID=STRANGE)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/manage/products"),
        ("POST", "/manage/views"),
        ("GET", "/keyinfo"),
        ("GET", "/status"),
        ("POST", "/newkey"),
        ("POST", "/import"),
        ("GET", "/jobs"),
    ],
)
def test_v1_is_no_locale_of_pims(refused, key, method, path) -> None:
    told = refused(404, method, path, {"action": "getList"}, ApiKey=key)
    assert told == "There is nothing at this address!"


def test_a_name_that_history_cannot_keep_is_refused_after_the_token(refused) -> None:
    told = refused(400, "GET", PRODUCT, ApiUser="x" * 101)
    assert told == "ApiUser has at most 100 characters, no control characters!"
    refused(401, "GET", PRODUCT, ApiUser="x" * 101, Authorization="Bearer pims_x")


def test_keyinfo_tells_both_uuids(client, key, ids) -> None:
    told = client.get("/pim/keyinfo", headers={"ApiKey": key}).get_json()
    assert (told["tenant_id"], told["org_id"]) == (ids.uuid, ids.org)


def test_a_body_that_nobody_asks_for_may_not_be_larger_than_another(send, tenant) -> None:
    large = "x" * (10 * 1024 * 1024)
    for method, path in (("POST", "/export"), ("DELETE", PRODUCT)):
        response = send(method, path, {"note": large})
        assert (response.status_code, list(response.get_json())) == (413, ["error"])
    assert tenant("GET", "/bulk-jobs?type=EXPORT") == []
    tenant("POST", "/export", {"note": "small"}, status=202)


def test_an_answer_without_a_body_has_no_type(send, hat) -> None:
    answer = send("DELETE", f"/products/{hat['id']}")
    assert (answer.status_code, answer.data) == (204, b"")
    assert "Content-Type" not in answer.headers
