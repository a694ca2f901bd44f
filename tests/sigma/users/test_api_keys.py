"""API keys of this face: made, used here and in PIMS, deactivated, deleted."""

import pytest

from tests.databases.fresh import on_one_engine
from tests.sigma.conftest import everywhere

GONE = {
    "error": "UNAUTHORIZED",
    "message": "The token or API key is missing, expired or not valid!",
}


@pytest.fixture
def made_key(sigma):
    """`made_key("read")`: a new key with these permissions, as it was answered."""

    def make(*permissions: str):
        body = {"name": "robot", "permissions": permissions}
        return sigma("POST", "/api-keys", body, status=201)

    return make


def test_a_key_is_shown_once(sigma, made_key) -> None:
    made = made_key("delete-data", "read")

    assert made.pop("key").startswith("sigma_sk_live_")
    assert made.pop("createdAt").endswith("Z")
    assert made == {
        "id": "apikey-2",
        "name": "robot",
        "permissions": ["read", "delete-data"],
        "active": True,
        "lastUsedAt": None,
    }
    first, second = sigma("GET", "/api-keys", status=200)
    assert first["permissions"] == [
        "read",
        "update-data",
        "delete-data",
        "update-model",
        "delete-model",
    ]
    assert {name: second[name] for name in made} == made
    assert "key" not in second


def test_a_key_does_what_it_was_made_for_here_and_in_pims(sigma, send, pims, made_key) -> None:
    key = made_key("read", "update-model")["key"]

    assert send("GET", "/records", key=key).status_code == 200
    body = {"schemaId": "schema-default", "values": {"title": everywhere("A")}}
    assert send("POST", "/records", body, key=key).status_code == 403
    assert send("DELETE", "/schemas/schema-x", key=key).status_code == 403
    assert pims("getList", key=key, status=200)["sku_count"] == 0
    path, definition = "/pim/manage/attributes", {"type": "string", "label": {"en-us": "X"}}
    pims("addAttribute", path=path, name="x", definition=definition, key=key, status=200)
    pims("deleteAttribute", path=path, name="x", key=key, status=403)
    pims("createProduct", sku="A", key=key, status=403)


def test_a_key_of_pims_works_here(send, make_key) -> None:
    user, editor, manager = map(make_key, ("pim_user", "pim_editor", "pim_manager"))
    body = {"schemaId": "schema-default", "values": {"title": everywhere("A")}}

    assert send("GET", "/records", key=user).status_code == 200
    assert send("POST", "/records", body, key=user).status_code == 403
    record = send("POST", "/records", body, key=editor)
    assert record.status_code == 201
    assert send("DELETE", f"/records/{record.get_json()['id']}", key=editor).status_code == 204
    attribute = {"alias": "x", "name": "X", "type": "number"}
    assert send("POST", "/attributes", attribute, key=editor).status_code == 403
    assert send("POST", "/attributes", attribute, key=manager).status_code == 201
    assert send("GET", "/api-keys", key=manager).status_code == 403


def test_a_deactivated_key_is_listed_and_a_deleted_one_is_not(sigma, send, made_key) -> None:
    made = made_key("read")
    address = f"/api-keys/{made['id']}"
    assert send("GET", "/schemas", key=made["key"]).status_code == 200

    assert sigma("POST", f"{address}/deactivate", status=200)["active"] is False
    refused = send("GET", "/schemas", key=made["key"])
    assert (refused.status_code, refused.get_json()) == (401, GONE)
    assert [one["active"] for one in sigma("GET", "/api-keys", status=200)] == [True, False]

    sigma("DELETE", address, status=204)
    assert [one["id"] for one in sigma("GET", "/api-keys", status=200)] == ["apikey-1"]
    sigma("DELETE", address, status=404)


@on_one_engine
@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({"name": "x"}, 400, "permissions is required!"),
        ({"name": "x", "permissions": []}, 400, "A key needs at least one permission: read,"),
        ({"name": "x", "permissions": ["reed"]}, 400, "There is no permission 'reed'!"),
        ({"name": " ", "permissions": ["read"]}, 400, "name cannot be empty!"),
        ({"name": "x", "permissions": "read"}, 400, "permissions must be a list of texts!"),
    ],
)
def test_what_is_no_key_is_refused(sigma, body, status, message) -> None:
    assert sigma("POST", "/api-keys", body, status=status)["message"].startswith(message)
    assert len(sigma("GET", "/api-keys", status=200)) == 1


def test_nobody_grants_what_they_lack(sigma, send, made_key) -> None:
    key = made_key("update-model")["key"]
    body = {"name": "more", "permissions": ["update-model", "read"]}

    refused = send("POST", "/api-keys", body, key=key)

    assert refused.status_code == 403
    assert refused.get_json() == {
        "error": "PERMISSION_DENIED",
        "message": "You cannot grant read: you do not have it yourself!",
    }
    assert len(sigma("GET", "/api-keys", status=200)) == 2


def test_a_list_tells_when_each_key_was_used_last(sigma, made_key) -> None:
    made = made_key("read")
    owner, unused = sigma("GET", "/api-keys", status=200)
    assert owner["lastUsedAt"] >= owner["createdAt"]
    assert unused["lastUsedAt"] is None
    sigma("GET", "/records", status=200, key=made["key"])
    _, used = sigma("GET", "/api-keys", status=200)
    assert used["lastUsedAt"] >= used["createdAt"]
    answer = sigma("POST", f"/api-keys/{made['id']}/deactivate", status=200)
    assert answer["lastUsedAt"] == used["lastUsedAt"]


def test_who_is_refused_has_not_used_a_key(sigma, made_key, send) -> None:
    made = made_key("read")
    sigma("POST", f"/api-keys/{made['id']}/deactivate", status=200)
    send("GET", "/records", key=made["key"])
    _, told = sigma("GET", "/api-keys", status=200)
    assert told["lastUsedAt"] is None
