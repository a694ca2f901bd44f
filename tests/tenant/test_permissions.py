"""Who may do what: reading, editing, defining."""

import pytest

from tests.databases.fresh import on_one_engine
from tests.tenant.conftest import STRANGE

pytestmark = on_one_engine

GROUPS = ("pim_user", "pim_editor", "pim_manager", "pim_security", "pim_import", "pim_export")
READERS, EDITORS, MANAGERS = (
    {"pim_user", "pim_editor", "pim_manager"},
    {"pim_editor"},
    {"pim_manager"},
)
CALLS = [
    ("GET", "/products", None, READERS),
    ("GET", "{hat}", None, READERS),
    ("GET", "/categories", None, READERS),
    ("GET", "/brands", None, READERS),
    ("GET", "/attributes", None, READERS),
    ("GET", "/attribute-groups", None, READERS),
    ("GET", "/templates", None, READERS),
    ("GET", "/media", None, READERS),
    ("GET", "/stats", None, READERS),
    ("GET", "/validation", None, READERS),
    ("GET", "/audit", None, READERS),
    ("GET", "/bulk-jobs", None, READERS),
    ("POST", "/products", {"title": "A"}, EDITORS),
    ("PUT", "{hat}", {"title": "B"}, EDITORS),
    ("POST", "{hat}/variants", {}, EDITORS),
    ("DELETE", "{hat}", None, EDITORS),
    ("POST", "/media", {"url": "https://example.com/a", "product_id": STRANGE}, EDITORS),
    ("POST", "/bulk-jobs", {"job_type": "BULK_UPDATE", "payload": [{}]}, EDITORS),
    ("POST", "/bulk-jobs", {"job_type": "BULK_DELETE", "payload": [STRANGE]}, EDITORS),
    ("POST", "/bulk-jobs", {"job_type": "BULK_IMPORT", "payload": [{}]}, {"pim_import"}),
    ("POST", "/export", None, {"pim_export"}),
    ("POST", "/categories", {"name": "A", "slug": "a"}, MANAGERS),
    ("POST", "/brands", {"name": "A"}, MANAGERS),
    ("POST", "/attributes", {"name": "A", "slug": "a"}, MANAGERS),
    ("POST", "/attribute-groups", {"name": "A"}, MANAGERS),
    ("POST", "/templates", {"name": "A"}, MANAGERS),
]


@pytest.mark.parametrize(("method", "path", "body", "groups"), CALLS)
def test_a_call_needs_one_of_its_groups(
    send, hat, make_key, unchanged, method, path, body, groups
) -> None:
    address = path.format(hat=f"/products/{hat['id']}")
    if body and "product_id" in body:
        body = body | {"product_id": hat["id"]}
    for group in GROUPS:
        key = make_key(group)
        if group in groups:
            continue
        with unchanged():
            answer = send(method, address, body, key=key)
            assert (group, answer.status_code) == (group, 403)
            assert list(answer.get_json()) == ["error"]
    for group in groups:
        answer = send(method, address, body, key=make_key(group))
        assert answer.status_code in (200, 202, 204), (group, answer.text)


@pytest.mark.parametrize(("method", "path", "body", "groups"), CALLS)
def test_who_may_not_is_told_so_before_the_path_and_the_body(
    refused, make_key, method, path, body, groups
) -> None:
    stranger = make_key("pim_security")
    refused(403, method, path.format(hat="/products/7"), body and {"title": 7}, key=stranger)


def test_a_refusal_names_the_permission(refused, make_key) -> None:
    user = make_key("pim_user")
    for path, word in (("/products", "pim_editor"), ("/brands", "pim_manager")):
        told = refused(403, "POST", path, {}, key=user)
        assert told == f"Access denied! This needs the permission {word}."


def test_a_withdrawn_key_is_refused(refused, client, key, make_key) -> None:
    mine = make_key("pim_user")
    assert (
        client.post("/pim/keydelete", json={"key": mine}, headers={"ApiKey": key}).status_code
        == 200
    )
    refused(401, "GET", "/products", key=mine)
