"""The default catalog is the category tree of PIMS; other catalogs are unseen there."""

import pytest

CATEGORIES = "/pim/manage/categories"


@pytest.fixture
def shown_in_pims(pims):
    """`shown_in_pims("A")`: the paths of the product's categories in PIMS."""

    def shown(sku: str) -> list[str]:
        told = pims("listProduct", sku=sku, params={"definition": False}, status=200)
        return told["data"]["attributes"]["categories"]

    return shown


@pytest.fixture
def hats(pims) -> int:
    """The category Clothes > Hats, made in PIMS; its number there."""
    items = [{"path": "Clothes > Hats"}]
    return pims("addCategory", path=CATEGORIES, items=items, status=200)["categories"][0]["id"]


def test_a_category_of_pims_is_in_the_default_catalog(sigma, hats) -> None:
    assert sigma("GET", "/catalogs/cat-default/tree", status=200) == [
        {
            "id": "cat-2",
            "catalogId": "cat-default",
            "parentId": None,
            "alias": "clothes",
            "name": "Clothes",
            "sortOrder": 0,
            "children": [
                {
                    "id": f"cat-{hats}",
                    "catalogId": "cat-default",
                    "parentId": "cat-2",
                    "alias": "hats",
                    "name": "Hats",
                    "sortOrder": 0,
                    "children": [],
                }
            ],
        }
    ]


def test_a_category_made_here_has_its_path_in_pims(sigma, pims, hats) -> None:
    body = {"id": "cat-wool", "alias": "wool", "name": "Wool", "parentId": f"cat-{hats}"}
    sigma("POST", "/catalogs/cat-default/categories", body, status=201)
    listed = pims("listCategories", path=CATEGORIES, status=200)["categories"]
    assert [one["cat_path"] for one in listed] == [
        "Clothes",
        "Clothes > Hats",
        "Clothes > Hats > Wool",
        "Uncategorized",
    ]
    pims("editCategory", path=CATEGORIES, id=hats, name="Caps", status=200)
    assert sigma("GET", f"/categories/cat-{hats}", status=200)["name"] == "Caps"
    sigma("PUT", "/categories/cat-wool", {"name": "Wool", "alias": "wool"}, status=200)
    listed = pims("listCategories", path=CATEGORIES, status=200)["categories"]
    assert [one["cat_path"] for one in listed] == [
        "Clothes",
        "Clothes > Caps",
        "Uncategorized",
        "Wool",
    ]


def test_assignments_go_both_ways(
    sigma, pims, hats, shown_in_pims, given_record, in_category, faults_of_check
) -> None:
    record = given_record("A")
    assert shown_in_pims("A") == ["Uncategorized"]
    sigma("POST", f"/categories/cat-{hats}/assign", {"entityId": record}, status=200)
    assert shown_in_pims("A") == ["Clothes > Hats"]
    found = pims("getList", params={"cat_id": hats, "definition": False}, status=200)
    assert [one["sku"] for one in found["products"]] == ["A"]

    wanted = {"attributes": {"categories": ["Clothes", "Clothes > Hats"]}}
    pims("editProduct", sku="A", data=wanted, status=200)
    assert in_category("cat-2") == in_category(f"cat-{hats}") == [record]
    sigma("POST", "/categories/cat-2/unassign", {"entityId": record}, status=200)
    assert shown_in_pims("A") == ["Clothes > Hats"]
    sigma("POST", f"/categories/cat-{hats}/unassign", {"entityId": record}, status=200)
    assert shown_in_pims("A") == ["Uncategorized"]

    history = pims("historyProduct", sku="A", params={"definition": False}, status=200)
    assert [(one["old"], one["new"]) for one in history["history"][1:]] == [
        ({"categories": ["Uncategorized"]}, {"categories": ["Clothes > Hats"]}),
        ({"categories": ["Clothes > Hats"]}, {"categories": ["Clothes", "Clothes > Hats"]}),
        ({"categories": ["Clothes", "Clothes > Hats"]}, {"categories": ["Clothes > Hats"]}),
        ({"categories": ["Clothes > Hats"]}, {"categories": ["Uncategorized"]}),
    ]
    assert faults_of_check() == []


def test_a_category_deleted_here_is_gone_in_pims(
    sigma, hats, shown_in_pims, given_record, faults_of_check
) -> None:
    record = given_record("A")
    sigma("POST", f"/categories/cat-{hats}/assign", {"entityId": record}, status=200)
    sigma("DELETE", "/categories/cat-2", status=204)
    assert shown_in_pims("A") == ["Uncategorized"]
    assert sigma("GET", "/catalogs/cat-default/tree", status=200) == []
    assert faults_of_check() == []


def test_other_catalogs_are_unseen_in_pims(
    sigma, pims, seasons, given_record, shown_in_pims, in_category, faults_of_check
) -> None:
    record = given_record("A")
    before = pims("listProduct", sku="A", status=200)
    sigma("POST", "/categories/cat-snow/assign", {"entityId": record}, status=200)

    after = pims("listProduct", sku="A", status=200)
    assert after == before | {"version": before["version"] + 1}
    listed = pims("listCategories", path=CATEGORIES, status=200)["categories"]
    assert [one["cat_path"] for one in listed] == ["Uncategorized"]
    pims("editCategory", path=CATEGORIES, id=2, name="Mine", status=404)
    pims("getList", params={"cat_id": 2}, status=404)
    wanted = {"attributes": {"categories": ["Winter"]}}
    assert pims("editProduct", sku="A", data=wanted)["status"] == "Error"
    assert pims("editProduct", sku="A", data={"attributes": {"~categories": ["2"]}})["warnings"]

    for page in ({}, {"user": "nobody"}):
        params = {"definition": False, "pagination": {"pageSize": 5}} | page
        history = pims("historyProduct", sku="A", params=params, status=200)
        assert history["total_count"] == len(history["history"]) == (0 if page else 1)
    assert "~categories" not in history.__repr__()

    pims("editProduct", sku="A", data={"attributes": {"title": "Hat"}}, status=200)
    assert in_category("cat-snow") == [record]
    assert faults_of_check() == []


def test_a_new_category_of_pims_has_a_number_of_its_own(
    sigma, pims, seasons, given_record, in_category, faults_of_check
) -> None:
    record = given_record("A")
    sigma("POST", "/categories/cat-ice/assign", {"entityId": record}, status=200)
    pims("editProduct", sku="A", data={"attributes": {"categories": ["New"]}},
         createMissing=["categories"], status=200)  # fmt: skip
    assert sigma("GET", "/categories/cat-6", status=200)["name"] == "New"
    assert in_category("cat-6") == in_category("cat-ice") == [record]
    assert faults_of_check() == []


def test_what_lies_below_uncategorized_is_shown_at_the_top(sigma, pims) -> None:
    items = [{"path": "Uncategorized > Odd"}]
    pims("addCategory", path=CATEGORIES, items=items, status=200)
    (odd,) = sigma("GET", "/catalogs/cat-default/tree", status=200)
    assert (odd["id"], odd["name"], odd["parentId"]) == ("cat-2", "Odd", None)
    del odd["children"]
    assert sigma("PUT", "/categories/cat-2", odd, status=200) == odd
    listed = pims("listCategories", path=CATEGORIES, status=200)["categories"]
    assert [one["cat_path"] for one in listed] == ["Uncategorized", "Uncategorized > Odd"]


def test_views_follow_a_category_and_keep_it(sigma, pims, hats) -> None:
    condition = "[[categories]] = 'Clothes > Hats'"
    view = {"attributes": {"title": {}, "categories": {}}, "condition_query": condition}
    pims("addPimView", path="/pim/manage/views", name="hats", **view, status=200)

    sigma("PUT", "/categories/cat-2", {"name": "Wear"}, status=200)
    (shown,) = pims("listPimViews", path="/pim/manage/views", status=200)["data"]
    assert shown["condition_query"] == "[[categories]] = 'Wear > Hats'"

    assert sigma("DELETE", "/categories/cat-2", status=409) == {
        "error": "CONFLICT",
        "message": "Wear cannot be deleted: the View hats chooses its records by it!",
    }
    body = {"id": "cat-x", "name": "Wear"}
    sigma("POST", "/catalogs", {"id": "other", "alias": "other", "name": "Other"}, status=201)
    sigma("POST", "/catalogs/other/categories", body, status=201)
    sigma("PUT", "/categories/cat-x", {"name": "Hats"}, status=200)
    sigma("DELETE", "/categories/cat-x", status=204)
    (shown,) = pims("listPimViews", path="/pim/manage/views", status=200)["data"]
    assert shown["condition_query"] == "[[categories]] = 'Wear > Hats'"
