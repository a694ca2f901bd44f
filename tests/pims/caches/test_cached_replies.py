"""Replies that are kept as bytes say what is so now, after every kind of change."""

import pytest

from tests.pims.conftest import ATTRIBUTES, CATEGORIES


@pytest.fixture
def listed(pims):
    """`listed()`: path and labels of every category but Uncategorized."""

    def ask():
        found = pims("listCategories", path=CATEGORIES)["categories"]
        return {one["cat_path"]: one["cat_label"] for one in found if one["id"] > 1}

    return ask


def manage(pims, action, **body):
    return pims(action, path=CATEGORIES, status=200, **body)


def test_categories_follow_every_change(pims, listed):
    manage(pims, "addCategory", items=[{"path": "A > B > C"}, {"path": "D"}])
    assert list(listed()) == ["A", "A > B", "A > B > C", "D"]
    ids = {one["cat_path"]: one["id"] for one in manage(pims, "listCategories")["categories"]}

    manage(pims, "editCategory", id=ids["A"], name="Z")
    assert list(listed()) == ["D", "Z", "Z > B", "Z > B > C"]
    moved = {"cat_parent_id": ids["D"], "cat_label": {"de-de": "Be"}}
    manage(pims, "editCategory", id=ids["A > B"], **moved)
    assert listed() == {"D": {}, "D > B": {"de-de": "Be"}, "D > B > C": {}, "Z": {}}
    manage(pims, "editCategory", id=ids["A"], cat_order=-1)
    assert next(iter(listed())) == "Z"
    manage(pims, "deleteCategory", id=ids["A > B > C"])
    assert list(listed()) == ["Z", "D", "D > B"]


def test_a_dry_run_leaves_the_list_as_it_was(pims, listed):
    manage(pims, "addCategory", items=[{"path": "A > B"}])
    before = listed()
    manage(pims, "addCategory", items=[{"path": "A > C"}], dry_run=True)
    assert listed() == before


@pytest.fixture
def definitions(pims):
    """`definitions(**headers)`: the definitions that listAttributes tells, by name."""

    def ask(**headers):
        found = pims("listAttributes", path=ATTRIBUTES, **headers)["data"]
        return {one["name"]: one["definition"] for one in found}

    return ask


def test_attributes_follow_every_change(pims, definitions):
    color = {"type": "dropdown", "label": "Color", "dictionary": {"data": ["red"]}}
    pims("addAttribute", path=ATTRIBUTES, name="color", definition=color, status=200)
    assert definitions()["color"]["dictionary"]["data"] == ["red"]
    grown = {"dictionary": {"data": ["red", "blue"]}}
    pims("editAttribute", path=ATTRIBUTES, name="color", definition=grown, status=200)
    assert definitions()["color"]["dictionary"]["data"] == ["red", "blue"]
    pims("editAttribute", path=ATTRIBUTES, name="color", definition={"group": "G"}, status=200)
    assert definitions()["color"]["group"] == "G"
    manage(pims, "addCategory", items=[{"path": "A"}])
    assert definitions()["color"]["group"] == "G"
    pims("deleteAttribute", path=ATTRIBUTES, name="color", status=200)
    assert "color" not in definitions()


def test_a_reply_to_a_product_has_the_definition_of_now(pims):
    size = {"type": "dropdown", "label": "Size", "dictionaryIsStatic": "n"}
    pims("addAttribute", path=ATTRIBUTES, name="size", definition=size, status=200)
    for place, value in enumerate(["s", "m", "l"]):
        body = {"attributes": {"title": "T", "size": value, "categories": [f"New > {value}"]}}
        reply = pims(
            "createProduct", sku=value, data=body, createMissing=["categories"], status=200
        )
        found = reply["data"]["definition"]["size"]["dictionary"]["data"]
        assert found == ["s", "m", "l"][: place + 1]
        assert reply["data"]["attributes"]["categories"] == [f"New > {value}"]
