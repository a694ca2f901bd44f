"""A role says which catalogs its users see, and in which they assign records."""

import pytest

from tests.sigma.conftest import everywhere


@pytest.fixture
def trees(sigma) -> None:
    """Two catalogs with a category each."""
    for alias in ("web", "print"):
        body = {"id": f"catalog-{alias}", "alias": alias, "name": alias.title()}
        sigma("POST", "/catalogs", body, status=201)
        body = {"id": f"cat-{alias}", "alias": "all", "name": "All"}
        sigma("POST", f"/catalogs/catalog-{alias}/categories", body, status=201)


@pytest.fixture
def seller(trees, given_role, as_role):
    """`sigma` for a role that sees the web catalog and does not see the printed one."""
    permissions = [
        {"catalogId": "catalog-web", "canView": True, "canAssign": False},
        {"catalogId": "catalog-print", "canView": False},
    ]
    return as_role(given_role("seller", catalogPermissions=permissions, canManageSchemas=True))


def test_a_catalog_that_is_not_seen_is_not_there(sigma, seller) -> None:
    seen = [one["id"] for one in seller("GET", "/catalogs", status=200)]
    every = [one["id"] for one in sigma("GET", "/catalogs", status=200)]
    assert seen == [one for one in every if one != "catalog-print"]
    for method, path, body in (
        ("GET", "/catalogs/catalog-print", None),
        ("GET", "/catalogs/catalog-print/tree", None),
        ("DELETE", "/catalogs/catalog-print", None),
        ("POST", "/catalogs/catalog-print/categories", {"name": "New"}),
        ("GET", "/categories/cat-print", None),
        ("DELETE", "/categories/cat-print", None),
        ("GET", "/categories/cat-print/entities", None),
        ("POST", "/categories/cat-print/assign", {"entityId": "ent-1"}),
    ):
        assert seller(method, path, body, status=404)["error"] == "NOT_FOUND"
    assert seller("GET", "/catalogs/catalog-web/tree", status=200)[0]["id"] == "cat-web"


def test_who_may_not_assign_does_not(sigma, seller, apparel) -> None:
    body = {"schemaId": apparel, "values": {"sku": everywhere("CW")}}
    made = sigma("POST", "/records", body, status=201)["id"]
    refused = {
        "error": "PERMISSION_DENIED",
        "message": "Your role may not assign records to categories of catalog-web!",
    }
    for action in ("assign", "unassign"):
        path = f"/categories/cat-web/{action}"
        assert seller("POST", path, {"entityId": made}, status=403) == refused
    sigma("POST", "/categories/cat-web/assign", {"entityId": made}, status=200)
    (listed,) = seller("GET", "/categories/cat-web/entities", status=200)
    assert listed["id"] == made
