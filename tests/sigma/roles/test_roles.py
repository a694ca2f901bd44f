"""Roles are defined, changed, deleted and resolved."""

import pytest

from tests.databases.fresh import on_one_engine

ADMIN = {
    "id": "role-admin",
    "name": "Administrator",
    "description": "May do everything.",
    "canManageSchemas": True,
    "canManageRoles": True,
    "canManageDimensions": True,
    "canManageOptionLists": True,
    "canExport": True,
    "canImport": True,
    "schemaPermissions": [],
    "catalogPermissions": [],
}
VIEWER = ADMIN | {
    "id": "role-viewer",
    "name": "Viewer",
    "description": "Reads everything, writes nothing.",
    "canManageSchemas": False,
    "canManageRoles": False,
    "canManageDimensions": False,
    "canManageOptionLists": False,
    "canImport": False,
}


@pytest.fixture(autouse=True)
def web(sigma) -> None:
    """There is a catalog besides the default one."""
    sigma("POST", "/catalogs", {"id": "catalog-web", "alias": "web", "name": "Web"}, status=201)


def writer(schema: str) -> dict:
    return {
        "id": "role-writer",
        "name": "Writer",
        "canManageSchemas": False,
        "canManageRoles": False,
        "canManageDimensions": True,
        "canManageOptionLists": False,
        "canExport": False,
        "canImport": True,
        "schemaPermissions": [
            {
                "schemaId": schema,
                "attributePermissions": {"attr-price": "read", "attr-weight": "hidden"},
                "defaultPermission": "write",
            }
        ],
        "catalogPermissions": [{"catalogId": "catalog-web", "canView": True, "canAssign": False}],
    }


def test_every_tenant_has_two_roles_that_stay(sigma) -> None:
    assert sigma("GET", "/roles", status=200) == [ADMIN, VIEWER]
    for role in (ADMIN, VIEWER):
        assert sigma("GET", f"/roles/{role['id']}", status=200) == role
        message = f"The role {role['id']} is part of every catalogue: it stays as it is!"
        told = {"error": "CONFLICT", "message": message}
        assert sigma("PUT", f"/roles/{role['id']}", role, status=409) == told
        assert sigma("DELETE", f"/roles/{role['id']}", status=409) == told
        assert sigma("POST", "/roles", role, status=409)["error"] == "CONFLICT"


def test_a_role_is_shown_as_it_was_sent(sigma, apparel) -> None:
    body = writer(apparel)
    assert sigma("POST", "/roles", body, status=201) == body
    assert sigma("GET", "/roles/role-writer", status=200) == body
    assert sigma("GET", "/roles", status=200) == [ADMIN, VIEWER, body]

    after = body | {"name": "Copywriter", "description": "Texts.", "schemaPermissions": []}
    assert sigma("PUT", "/roles/role-writer", after, status=200) == after
    sigma("DELETE", "/roles/role-writer", status=204)
    assert sigma("GET", "/roles", status=200) == [ADMIN, VIEWER]


def test_permissions_may_come_as_a_list(sigma, apparel) -> None:
    body = writer(apparel)
    listed = [
        {"attributeId": "attr-price", "permission": "read"},
        {"attributeId": "attr-weight", "permission": "hidden"},
    ]
    permission = body["schemaPermissions"][0] | {"attributePermissions": listed}
    assert sigma("POST", "/roles", body | {"schemaPermissions": [permission]}, status=201) == body


def test_a_role_needs_a_name_alone(sigma) -> None:
    made = sigma("POST", "/roles", {"name": "Reader"}, status=201)
    flags = {name: False for name in ADMIN if name.startswith("can")}
    empty = {"schemaPermissions": [], "catalogPermissions": []}
    assert made == {"id": "role-1", "name": "Reader"} | flags | empty


@on_one_engine
@pytest.mark.parametrize(
    ("permissions", "message", "pointer"),
    [
        (
            [{"schemaId": "schema-none"}],
            "There is no schema 'schema-none'!",
            "/schemaPermissions/0/schemaId",
        ),
        (
            [{"schemaId": "schema-apparel", "attributePermissions": {"attr-none": "read"}}],
            "There is no attribute 'attr-none'!",
            "/schemaPermissions/0/attributePermissions/attr-none",
        ),
        (
            [{"schemaId": "schema-apparel", "attributePermissions": {"attr-price": "see"}}],
            "A permission must be one of write, read, hidden!",
            "/schemaPermissions/0/attributePermissions/attr-price",
        ),
        (
            [{"schemaId": "schema-apparel", "attributePermissions": [{"permission": "read"}]}],
            "attributePermissions must be an object from attribute ids to permissions!",
            "/schemaPermissions/0/attributePermissions",
        ),
        (
            [{"schemaId": "schema-apparel", "defaultPermission": "none"}],
            "defaultPermission must be one of write, read, hidden!",
            "/schemaPermissions/0/defaultPermission",
        ),
        (
            [{"schemaId": "schema-apparel"}, {"schemaId": "schema-apparel"}],
            "/schemaPermissions/1/schemaId names 'schema-apparel' twice: leave one out!",
            "/schemaPermissions/1/schemaId",
        ),
        (
            [
                {
                    "schemaId": "schema-apparel",
                    "attributePermissions": [
                        {"attributeId": "attr-price", "permission": "read"},
                        {"attributeId": "attr-price", "permission": "hidden"},
                    ],
                }
            ],
            "/schemaPermissions/0/attributePermissions/1/attributeId names 'attr-price' twice: "
            "leave one out!",
            "/schemaPermissions/0/attributePermissions/1/attributeId",
        ),
    ],
)
def test_permissions_that_mean_nothing_are_refused(
    sigma, apparel, permissions, message, pointer
) -> None:
    body = writer(apparel) | {"schemaPermissions": [*permissions, {"schemaId": "schema-x"}]}
    told = sigma("POST", "/roles", body, status=400)
    assert told["error"] == "VALIDATION_ERROR"
    assert {"message": message, "pointer": pointer} in [
        {name: one[name] for name in ("message", "pointer")}
        for one in [*told.get("details", []), told | {"pointer": pointer}]
    ]


@on_one_engine
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/resolve")],
)
def test_a_role_that_is_not_there_is_not_found(sigma, method, path) -> None:
    bodies = {"PUT": {"name": "N"}, "POST": {"schemaId": "schema-default"}}
    told = sigma(method, f"/roles/role-none{path}", bodies.get(method), status=404)
    assert told == {"error": "NOT_FOUND", "message": "Role 'role-none' does not exist!"}


def test_a_role_that_users_have_stays(sigma, given_role, as_role) -> None:
    given_role("writer")
    as_role("role-writer")
    assert sigma("DELETE", "/roles/role-writer", status=409) == {
        "error": "CONFLICT",
        "message": "The role is that of role-writer@example.com: give them another one first!",
    }


def test_resolve_tells_the_levels_of_attributes(sigma, apparel) -> None:
    sigma("POST", "/roles", writer(apparel), status=201)
    ids = ["attr-weight", "attr-price", "attr-sku"]
    body = {"schemaId": apparel, "attributeIds": ids}
    assert sigma("POST", "/roles/role-writer/resolve", body, status=200) == {
        "attr-weight": "hidden",
        "attr-price": "read",
        "attr-sku": "write",
    }
    everything = sigma("POST", "/roles/role-viewer/resolve", {"schemaId": apparel}, status=200)
    names = ("product-name", "description", "price", "sku", "weight", "size-label")
    assert everything == {f"attr-{name}": "read" for name in names}
    sigma("DELETE", f"/schemas/{apparel}", status=204)
    assert sigma("GET", "/roles/role-writer", status=200)["schemaPermissions"] == []


def test_permissions_of_a_catalog_go_with_it(sigma, apparel) -> None:
    sigma("POST", "/roles", writer(apparel), status=201)
    sigma("DELETE", "/catalogs/catalog-web", status=204)
    assert sigma("GET", "/roles/role-writer", status=200)["catalogPermissions"] == []
    told = sigma("PUT", "/roles/role-writer", writer(apparel), status=400)
    assert told["message"] == "There is no catalog 'catalog-web'!"


@on_one_engine
def test_resolve_names_what_it_does_not_know(sigma, apparel) -> None:
    body = {"schemaId": apparel, "attributeIds": ["attr-none"]}
    told = sigma("POST", "/roles/role-admin/resolve", body, status=400)
    assert told == {"error": "VALIDATION_ERROR", "message": "There is no attribute 'attr-none'!"}
    told = sigma("POST", "/roles/role-admin/resolve", {"schemaId": "schema-x"}, status=400)
    assert told == {"error": "VALIDATION_ERROR", "message": "There is no schema 'schema-x'!"}


@on_one_engine
def test_the_flags_of_a_role_say_what_its_users_manage(sigma, given_role, as_role) -> None:
    bodies = {
        "/schemas": {"alias": "a", "name": "A", "variantEnabled": True},
        "/roles": {"name": "R"},
        "/dimensions": {"alias": "d", "name": "D", "segments": [{"alias": "s", "name": "S"}]},
        "/option-lists": {"alias": "o", "name": "O"},
        "/workflows": {"alias": "w", "name": "W", "states": [{"id": "s"}]},
    }
    needed = {
        "canManageSchemas": {"/schemas", "/workflows"},
        "canManageRoles": {"/roles"},
        "canManageDimensions": {"/dimensions"},
        "canManageOptionLists": {"/option-lists"},
    }
    for flag, allowed in needed.items():
        ask = as_role(given_role(flag.lower(), **{flag: True}))
        for path, body in bodies.items():
            ask("POST", path, body, status=201 if path in allowed else 403)


def test_an_answer_without_a_body_has_no_type(sigma, send, given_role) -> None:
    answer = send("DELETE", f"/roles/{given_role('writer')}")
    assert (answer.status_code, answer.data) == (204, b"")
    assert "Content-Type" not in answer.headers
