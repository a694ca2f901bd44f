"""Access tokens of users are taken as keys are; what their role hides is hidden."""

from typing import Any

import pytest

from pims_api.domain.tenant_ids import Numbered
from pims_api.services.users import accounts
from pims_api.services.users.tokens import token_of
from pims_api.storage.history.changes import Actor
from pims_api.storage.identity.secret import make_secret_file
from pims_api.storage.unit_of_work import unit_of_work


@pytest.fixture
def token(database) -> Any:
    if make_secret_file(database.url) is None:
        object.__setattr__(database.settings, "secret_key", "A" * 43)

    def of(role: str) -> str:
        with unit_of_work(database, 1, Actor("tests")) as work:
            email = f"{role}@example.com"
            user = accounts.add_user(work, email, role, role, "a long password")
        return token_of(database, user)

    return of


def test_a_user_is_named_by_the_e_mail_address(tenant, token) -> None:
    admin = token("role-admin")
    made = tenant("POST", "/products", {"title": "Hat"}, key=admin, ApiUser="Somebody")
    assert made["created_by"] == "role-admin@example.com"
    assert tenant("GET", f"/products/{made['id']}", key=admin) == made


def test_a_viewer_reads(tenant, refused, token, hat) -> None:
    viewer = token("role-viewer")
    assert tenant("GET", "/products", key=viewer)[0]["id"] == hat["id"]
    refused(403, "PUT", f"/products/{hat['id']}", {"title": "Cap"}, key=viewer)
    refused(403, "POST", "/categories", {"name": "A", "slug": "a"}, key=viewer)


def test_tokens_that_do_not_hold_are_refused(refused, token) -> None:
    good = token("role-admin")
    for bad in ("a.b.c", good[:-2], good + "x", "..", good.replace(".", "..", 1)):
        refused(401, "GET", "/products", key=bad)


PUBLIC, HIDDEN = "https://cdn.example.com/public.jpg", "https://cdn.example.com/canary.jpg"


@pytest.fixture
def rest(client, key) -> Any:
    """`rest("POST", "/roles", {…})`: ask the other REST API; its answer."""

    def ask(method: str, path: str, body: Any) -> Any:
        headers = {"X-Sigma-ApiKey": key}
        response = client.open(f"/api/v1{path}", method=method, json=body, headers=headers)
        assert response.status_code in (200, 201), response.text
        return response.get_json()

    return ask


@pytest.fixture
def boot(rest, tenant, ids) -> Any:
    """A boot with an image, in a schema with a state that hides images, and a hat with another."""
    states = [
        {"id": "draft", "name": "Draft"},
        {"id": "live", "name": "Live", "hidden": ["thumbnail"]},
    ]
    moves = [{"id": "go", "fromStateId": "draft", "toStateId": "live"}]
    flow = {"id": "wf", "alias": "wf", "name": "Flow", "states": states, "transitions": moves}
    rest("POST", "/workflows", flow)
    schema = {"id": "boots", "alias": "boots", "name": "Boots", "variantEnabled": True}
    groups = [{"id": "all", "name": "All", "attributeIds": ["attr-sku", "attr-title"]}]
    rest("POST", "/schemas", schema | {"workflowId": "wf", "attributeGroups": groups})
    record = rest("POST", "/records", {"schemaId": "boots", "values": {"sku": [{"value": "BOOT"}]}})
    number = ids.of_number(Numbered.PRODUCT, int(record["id"].removeprefix("ent-")))
    variant = tenant("POST", f"/products/{number}/variants", {"sku": "BOOT-1"})
    tenant("POST", "/media", {"url": HIDDEN, "product_id": number})
    tenant("POST", "/media", {"url": HIDDEN, "variant_id": variant["id"]})
    hat = tenant("POST", "/products", {"title": "Hat"})
    tenant("POST", "/media", {"url": PUBLIC, "product_id": hat["id"]})
    return record["id"]


@pytest.mark.parametrize("hidden_by", ["role", "state"])
def test_media_of_a_hidden_thumbnail_have_no_address(rest, boot, tenant, token, hidden_by) -> None:
    seen = tenant("GET", "/media", key=token("role-admin"))
    assert [one["url"] for one in seen] == [HIDDEN, HIDDEN, PUBLIC]
    role = {"id": "role-blind", "name": "Blind"}
    if hidden_by == "role":
        levels = {"schemaId": "boots", "attributePermissions": {"attr-thumbnail": "hidden"}}
        role["schemaPermissions"] = [levels]
    else:
        rest("POST", f"/records/{boot}/transition", {"toStateId": "live"})
    rest("POST", "/roles", role)
    blind = token("role-blind")
    assert [one["url"] for one in tenant("GET", "/media", key=blind)] == [None, None, PUBLIC]
    audit = tenant("GET", "/audit", key=blind)
    made = [one["details"]["new"] for one in audit if one["action"] == "MEDIA_CREATED"]
    assert [one.get("url") for one in made] == [PUBLIC, None, None]
    assert HIDDEN not in str(audit)


@pytest.fixture
def filed(tenant, hat) -> Any:
    """The hat in the category canary, of the brand Canary, and an attribute with that slug."""
    tenant("POST", "/categories", {"name": "Canary", "slug": "canary"})
    brand = tenant("POST", "/brands", {"name": "Canary"})
    tenant("POST", "/attributes", {"name": "Canary", "slug": "canary"})
    change = {"category": "canary", "brand_id": brand["id"]}
    return tenant("PUT", f"/products/{hat['id']}", change)


LISTS = ("/categories", "/brands", "/attributes", "/products", "/audit")


def test_what_a_role_hides_in_every_schema_is_in_no_list(rest, filed, tenant, token) -> None:
    names = ("categories", "brand", "canary")
    levels = {f"attr-{name}": "hidden" for name in names}
    limited = [{"schemaId": "schema-default", "attributePermissions": levels}]
    rest("POST", "/roles", {"id": "role-x", "name": "X", "schemaPermissions": limited})
    blind = token("role-x")
    for path in (*LISTS, f"/products/{filed['id']}"):
        assert "canary" not in str(tenant("GET", path, key=blind)).lower(), path
    stats = tenant("GET", "/stats", key=blind)
    assert (stats["totalProducts"], stats["totalBrands"], stats["totalCategories"]) == (1, 0, 0)


@pytest.mark.parametrize("can_view", [True, False])
def test_the_rights_on_the_default_catalog_hold(
    rest, filed, tenant, refused, token, can_view
) -> None:
    rights = [{"catalogId": "cat-default", "canView": can_view, "canAssign": False}]
    rest("POST", "/roles", {"id": "role-x", "name": "X", "catalogPermissions": rights})
    limited, at = token("role-x"), f"/products/{filed['id']}"
    for path, shown in (
        ("/categories", "'slug'"),
        (at, "'canary'"),
        ("/audit", "CATEGORY_CREATED"),
    ):
        assert (shown in str(tenant("GET", path, key=limited))) is can_view, path
    refused(403, "PUT", at, {"category": "canary"}, key=limited)
    refused(400 if can_view else 403, "PUT", at, {"category": "unknown"}, key=limited)
    refused(403, "POST", "/products", {"title": "A", "category": "canary"}, key=limited)
    tenant("POST", "/products", {"title": "A"}, key=limited)
    assert tenant("GET", at)["category"] == "canary"
