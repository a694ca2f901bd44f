"""Saved queries are kept by what they name, and asked again."""

import pytest

from tests.databases.fresh import on_one_engine
from tests.sigma.search.test_criteria import danish, shop

__all__ = ["danish", "shop"]

DEAR = {"attribute": "price", "operator": "gt", "value": 50.10}
KYST = {
    "attribute": "product-name",
    "operator": "contains",
    "value": "kyst",
    "scope": {"dim-language": "seg-da"},
}


@pytest.fixture
def saved(sigma, shop) -> str:
    """The id of a saved query for what is dear or called Kyst."""
    body = {"id": "query-dear", "name": "Dear", "criteriaOperator": "or", "criteria": [DEAR, KYST]}
    return sigma("POST", "/saved-queries", body | {"schemaId": "schema-coat"}, status=201)["id"]


def test_a_saved_query_is_shown_as_it_was_sent(sigma, saved) -> None:
    shown = sigma("GET", f"/saved-queries/{saved}", status=200)
    assert shown.pop("createdAt").endswith("Z")
    assert shown == {
        "id": "query-dear",
        "name": "Dear",
        "criteriaOperator": "or",
        "criteria": [DEAR, KYST],
        "schemaId": "schema-coat",
    }
    body = {"name": "Caps", "query": {"criteria": [{"field": "attr-new", "operator": "isEmpty"}]}}
    made = sigma("POST", "/saved-queries", body, status=201)
    assert made["id"] == "query-2"
    assert made["criteria"] == [{"attribute": "new", "operator": "isEmpty"}]
    assert [one["id"] for one in sigma("GET", "/saved-queries", status=200)] == [saved, "query-2"]


def test_a_saved_query_finds_what_fulfils_it_now(sigma, saved, shop) -> None:
    path = f"/saved-queries/{saved}/execute"
    reply = sigma("POST", path, status=200)
    assert {one["id"] for one in reply["items"]} == {shop["wind"], shop["rain"]}
    body = {"criteria": [DEAR, KYST], "criteriaOperator": "or", "schemaId": "schema-coat"}
    assert sigma("POST", "/search", body, status=200) == reply
    sigma("DELETE", f"/records/{shop['rain']}", status=204)
    page = sigma("POST", path, {"limit": 1, "offset": 1}, status=200)
    assert page == {"items": [], "total": 1, "offset": 1, "limit": 1}


def test_a_deleted_query_is_gone(sigma, saved) -> None:
    sigma("DELETE", f"/saved-queries/{saved}", status=204)
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/execute")):
        reply = sigma(method, f"/saved-queries/{saved}{path}", status=404)
        assert reply["message"] == "Saved query 'query-dear' does not exist!"


def test_what_a_query_names_may_be_deleted_and_it_says_so(sigma, saved) -> None:
    held = sigma("GET", "/schemas/schema-coat", status=200)
    kept = held["attributeGroups"][0]["attributeIds"]
    kept.remove("attr-price")
    sigma("PUT", "/schemas/schema-coat", held, status=200)
    path = f"/saved-queries/{saved}/execute"
    reply = sigma("POST", path, status=400)
    assert reply["message"] == "There is no attribute 'price' in schema-coat!"

    hat = {"alias": "hat", "name": "Hat", "variantEnabled": True, "attributeGroups": []}
    sigma("PUT", "/schemas/schema-hat", hat, status=200)
    sigma("DELETE", "/attributes/attr-price", status=204)
    reply = sigma("POST", path, status=409)
    assert reply == {
        "error": "CONFLICT",
        "message": "The saved query asks for what was deleted: the attribute price. Save it anew!",
    }
    assert sigma("GET", f"/saved-queries/{saved}", status=200)["criteria"] == [DEAR, KYST]


def test_a_query_about_hidden_attributes_is_not_there(sigma, pims, make_key, saved) -> None:
    pims("addPimView", path="/pim/manage/views", name="names",
         attributes={"product-name": {}}, status=200)  # fmt: skip
    narrow = make_key("pim_user", views=("names",), default_view="names")
    assert sigma("GET", "/saved-queries", key=narrow, status=200) == []
    sigma("GET", f"/saved-queries/{saved}", key=narrow, status=404)
    sigma("POST", f"/saved-queries/{saved}/execute", key=narrow, status=404)
    reply = sigma("POST", "/search", {"criteria": [DEAR]}, key=narrow, status=400)
    assert reply["message"] == "There is no attribute 'price'!"


@on_one_engine
def test_what_cannot_be_saved_is_refused(sigma, saved, make_key) -> None:
    again = {"id": saved, "name": "Again", "criteria": [DEAR]}
    reply = sigma("POST", "/saved-queries", again, status=409)
    assert reply["error"] == "CONFLICT"
    assert reply["message"] == "There is a saved query with the id query-dear already!"
    wrong = {"name": "Wrong", "criteria": [DEAR | {"attribute": "nothing"}]}
    reply = sigma("POST", "/saved-queries", wrong, status=400)
    assert reply["message"] == "There is no attribute 'nothing'!"
    reader = make_key("pim_user")
    sigma("POST", "/saved-queries", again | {"id": "query-x"}, key=reader, status=403)
    sigma("DELETE", f"/saved-queries/{saved}", key=reader, status=403)
    sigma("POST", f"/saved-queries/{saved}/execute", key=reader, status=200)
