"""What is made beside something that looks like it: made, and warned of."""

import json
from typing import Any

import pytest

ONLY = "which differs only in case, spaces or invisible signs."
CAMP = "The category 'camp  kitchen' is there beside 'Camp kitchen', " + ONLY
RED = "The dictionary of color gets 'RED' beside 'red', " + ONLY
CATEGORIES = "/pim/manage/categories"
ATTRIBUTES = "/pim/manage/attributes"
NUMBER = {"type": "number", "label": {"en-us": "Number"}}


@pytest.fixture(autouse=True)
def catalogue(pims: Any, given_attribute: Any) -> None:
    words = {"columns": ["value"], "data": [["red"]]}
    given_attribute("color", "dropdown", dictionary=words)
    given_attribute("price", "number")
    pims("addCategory", path=CATEGORIES, name="Camp kitchen")


def told(reply: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["code"], one["message"]) for one in reply.get("warnings", [])]


WANTED = {
    "data": {"attributes": {"categories": ["camp  kitchen > Table"], "color": "RED"}},
    "createMissing": ["categories", "dictionary"],
}


@pytest.mark.parametrize("action", ["createProduct", "saveProduct"])
@pytest.mark.parametrize("dry_run", [True, False])
def test_a_product_that_makes_them_says_so(pims: Any, action: str, dry_run: bool) -> None:
    reply = pims(action, sku="A", **WANTED, dry_run=dry_run)
    assert told(reply) == [("exists", CAMP), ("exists", RED)]


def test_a_batch_that_makes_them_says_so_once(pims: Any) -> None:
    rows = [{"action": "saveProduct", "sku": sku, **WANTED} for sku in "AB"]
    assert told(pims("batch", actions=rows)) == [("exists", CAMP), ("exists", RED)]
    assert told(pims("batch", actions=rows)) == []


def test_a_row_that_is_refused_makes_nothing_to_tell_of(pims: Any) -> None:
    refused = {"action": "editProduct", "sku": "nowhere", **WANTED}
    assert told(pims("batch", actions=[refused], status=207)) == []


def test_a_stream_that_makes_them_says_so(client: Any, key: str) -> None:
    line = json.dumps({"action": "saveProduct", "sku": "A", **WANTED}).encode()
    headers = {"ApiKey": key, "Content-Type": "application/x-ndjson"}
    reply = client.post("/pim/manage/products", data=line, headers=headers)
    assert told(json.loads(reply.data.splitlines()[-1])) == [("exists", CAMP), ("exists", RED)]


def test_a_category_that_is_added_says_so(pims: Any) -> None:
    for dry_run in (True, False):
        reply = pims("addCategory", path=CATEGORIES, name="camp  kitchen", dry_run=dry_run)
        assert told(reply) == [("exists", CAMP)]
    made = pims("addCategory", path=CATEGORIES, items=[{"name": "Lamp"}, {"name": "LAMP"}])
    assert told(made) == [("exists", f"The category 'LAMP' is there beside 'Lamp', {ONLY}")]
    assert told(pims("addCategory", path=CATEGORIES, name="Kitchen of a camp")) == []


def test_an_attribute_that_is_added_says_so(pims: Any) -> None:
    beside = f"The attribute 'Price' is made beside 'price', {ONLY}"
    for dry_run in (True, False):
        body = {"name": "Price", "definition": NUMBER, "dry_run": dry_run}
        reply = pims("addAttribute", path=ATTRIBUTES, **body)
        assert told(reply) == [("exists", beside)], reply
    body = {"name": "weight", "definition": NUMBER}
    assert told(pims("addAttribute", path=ATTRIBUTES, **body)) == []


def test_a_dictionary_that_grows_says_so(pims: Any) -> None:
    words = {"columns": ["value"], "data": [["red"], ["RED"]]}
    body = {"name": "color", "definition": {"dictionary": words}}
    assert told(pims("editAttribute", path=ATTRIBUTES, **body)) == [("exists", RED)]


def test_what_is_renamed_or_moved_beside_it_says_so(pims: Any) -> None:
    items = [{"path": "Tent"}, {"path": "X > camp  kitchen"}]
    made = pims("addCategory", path=CATEGORIES, items=items)["categories"]
    tent, inner = (one["id"] for one in made)
    for dry_run in (True, False):
        sent = {"path": CATEGORIES, "dry_run": dry_run}
        assert told(pims("editCategory", id=tent, name="Tents", **sent)) == []
        assert told(pims("editCategory", id=inner, cat_parent_id=0, **sent)) == [("exists", CAMP)]


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_value_that_is_renamed_beside_it_says_so(pims: Any, dry_run: bool) -> None:
    definition = {"dictionary": {"columns": ["value"], "data": [["red"], ["blue"]]}}
    pims("editAttribute", path=ATTRIBUTES, name="color", definition=definition)
    value = {"path": ATTRIBUTES, "name": "color", "value": "blue", "to": "RED"}
    assert told(pims("renameValue", **value, dry_run=dry_run)) == [("exists", RED)]


def test_a_name_whose_case_is_corrected_is_beside_nothing(pims: Any) -> None:
    camp = pims("listCategories", path=CATEGORIES)["categories"][-1]
    assert told(pims("editCategory", path=CATEGORIES, id=camp["id"], name="Camp Kitchen")) == []
    value = {"path": ATTRIBUTES, "name": "color", "value": "red", "to": "Red"}
    assert told(pims("renameValue", **value)) == []
