"""Catalogs: the default one of every tenant, and others beside it."""

import pytest

from tests.databases.fresh import on_one_engine

DEFAULT = {"id": "cat-default", "alias": "default", "name": "Default"}
SEASONS = {
    "id": "catalog-seasons",
    "alias": "seasons",
    "name": "Seasons",
    "description": "What to wear when",
}


def test_a_new_tenant_has_the_default_catalog_without_categories(sigma) -> None:
    assert sigma("GET", "/catalogs", status=200) == [DEFAULT]
    assert sigma("GET", "/catalogs/cat-default", status=200) == DEFAULT
    assert sigma("GET", "/catalogs/cat-default/tree", status=200) == []


def test_a_catalog_is_added_replaced_and_deleted(sigma, faults_of_check) -> None:
    assert sigma("POST", "/catalogs", SEASONS, status=201) == SEASONS
    assert sigma("GET", "/catalogs", status=200) == [DEFAULT, SEASONS]
    assert sigma("GET", "/catalogs/catalog-seasons", status=200) == SEASONS
    assert sigma("GET", "/catalogs/catalog-seasons/tree", status=200) == []

    weather = {"alias": "weather", "name": "Weather"}
    after = weather | {"id": "catalog-seasons"}
    assert sigma("PUT", "/catalogs/catalog-seasons", weather, status=200) == after
    assert sigma("GET", "/catalogs", status=200) == [DEFAULT, after]

    sigma("DELETE", "/catalogs/catalog-seasons", status=204)
    told = sigma("GET", "/catalogs/catalog-seasons", status=404)
    assert told == {"error": "NOT_FOUND", "message": "Catalog 'catalog-seasons' does not exist!"}
    assert sigma("GET", "/catalogs", status=200) == [DEFAULT]
    assert sigma("POST", "/catalogs", SEASONS, status=201) == SEASONS
    assert faults_of_check() == []


def test_the_default_catalog_is_renamed_and_never_deleted(sigma, faults_of_check) -> None:
    renamed = {"alias": "main", "name": "Main", "description": "What PIMS shows"}
    shown = renamed | {"id": "cat-default"}
    assert sigma("PUT", "/catalogs/cat-default", renamed, status=200) == shown
    assert sigma("GET", "/catalogs", status=200) == [shown]
    assert sigma("DELETE", "/catalogs/cat-default", status=409) == {
        "error": "CONFLICT",
        "message": "The default catalog is part of every catalogue: it stays!",
    }
    assert sigma("GET", "/catalogs", status=200) == [shown]
    assert faults_of_check() == []


@on_one_engine
@pytest.mark.parametrize(
    ("change", "status", "code", "message"),
    [
        ({"id": None}, 400, "VALIDATION_ERROR", "id is required!"),
        ({"alias": None}, 400, "VALIDATION_ERROR", "alias is required!"),
        ({"name": " "}, 400, "VALIDATION_ERROR", "name cannot be empty!"),
        ({"name": 7}, 400, "VALIDATION_ERROR", "name must be text!"),
        (
            {"alias": "all seasons"},
            400,
            "VALIDATION_ERROR",
            "alias takes letters, digits, and - _ . ~ after the first character!",
        ),
        (
            {"id": "cat-default"},
            409,
            "CONFLICT",
            "There is a catalog with the id 'cat-default' already!",
        ),
        ({"alias": "default"}, 409, "CONFLICT", "There is a catalog default already!"),
    ],
)
def test_a_catalog_that_cannot_be_is_refused(sigma, change, status, code, message) -> None:
    told = sigma("POST", "/catalogs", SEASONS | change, status=status)
    assert told == {"error": code, "message": message}
    assert sigma("GET", "/catalogs", status=200) == [DEFAULT]


@on_one_engine
def test_a_catalog_keeps_from_the_alias_of_another(sigma) -> None:
    sigma("POST", "/catalogs", SEASONS, status=201)
    told = sigma("PUT", "/catalogs/catalog-seasons", {"alias": "default", "name": "S"}, status=409)
    assert told["message"] == "There is a catalog default already!"
    assert sigma("GET", "/catalogs/catalog-seasons", status=200) == SEASONS


@on_one_engine
def test_a_catalog_that_somebody_changed_is_not_overwritten(sigma, send) -> None:
    sigma("POST", "/catalogs", SEASONS, status=201)
    tag = send("GET", "/catalogs/catalog-seasons").headers["ETag"]
    sigma("PUT", "/catalogs/catalog-seasons", {"alias": "s", "name": "S"}, status=200)
    sigma("DELETE", "/catalogs/catalog-seasons", status=412, If_Match=tag)
    assert send("GET", "/catalogs/catalog-seasons", If_None_Match=tag).status_code == 200


@on_one_engine
def test_each_permission_opens_its_part(sigma, make_key, seasons, given_record) -> None:
    reader, editor = make_key("pim_user"), make_key("pim_editor")
    manager = make_key("pim_manager")
    record = given_record("A")

    sigma("GET", f"/catalogs/{seasons}/tree", key=reader, status=200)
    sigma("GET", "/categories/cat-snow/entities", key=reader, status=200)
    sigma("POST", "/categories/cat-snow/assign", {"entityId": record}, key=reader, status=403)
    sigma("POST", "/categories/cat-snow/assign", {"entityId": record}, key=editor, status=200)
    sigma("POST", "/categories/cat-snow/assign", {"entityId": record}, key=manager, status=403)
    sigma("POST", "/categories/cat-snow/unassign", {"entityId": record}, key=editor, status=200)
    sigma("POST", "/catalogs", {"id": "c", "alias": "c", "name": "C"}, key=editor, status=403)
    sigma("DELETE", "/categories/cat-snow", key=editor, status=403)
    sigma("DELETE", "/categories/cat-snow", key=manager, status=204)
    told = sigma("DELETE", f"/catalogs/{seasons}", key=reader, status=403)
    assert told == {
        "error": "PERMISSION_DENIED",
        "message": "You may not delete catalogs and their categories!",
    }
