"""The category of a product is the first one that it has in PIMS."""

import pytest


@pytest.fixture
def slugs(given_slug):
    return {slug: given_slug(slug)["id"] for slug in ("a", "b", "c")}


def test_writing_it_puts_it_in_the_place_of_the_first(tenant, hat, edit, shown, slugs) -> None:
    edit(hat["id"], categories=["A", "B"])
    after = tenant("PUT", f"/products/{hat['id']}", {"category": "c"})
    assert (after["category"], after["category_id"]) == ("c", slugs["c"])
    assert shown(hat["id"])["categories"] == ["C", "B"]
    tenant("PUT", f"/products/{hat['id']}", {"category_id": slugs["b"]})
    assert shown(hat["id"])["categories"] == ["B"]


def test_uncategorized_is_none(tenant, hat, shown, slugs) -> None:
    assert (hat["category"], hat["category_id"]) == (None, None)
    assert shown(hat["id"])["categories"] == ["Uncategorized"]
    tenant("PUT", f"/products/{hat['id']}", {"category": "a"})
    assert shown(hat["id"])["categories"] == ["A"]


def test_both_names_must_mean_one(tenant, refused, hat, slugs, unchanged) -> None:
    path = f"/products/{hat['id']}"
    same = {"category": "a", "category_id": slugs["a"].upper()}
    assert tenant("PUT", path, same)["category"] == "a"
    with unchanged():
        told = refused(400, "PUT", path, {"category": "a", "category_id": slugs["b"]})
    assert told == "category and category_id name two categories!"


def test_a_renamed_category_keeps_its_slug(tenant, slugs, pims) -> None:
    made = tenant("POST", "/products", {"title": "Hat", "category": "a"})
    edit = {"path": "/pim/manage/categories", "status": 200}
    found = pims("listCategories", **edit)["categories"]
    number = next(one["id"] for one in found if one["cat_path"] == "A")
    pims("editCategory", id=number, name="Z", **edit)
    assert tenant("GET", f"/products/{made['id']}")["category"] == "a"
