"""Deleting is an edit of the status, and so is restoring."""

import pytest


@pytest.fixture
def catalogue(given_attribute, given_category, given_product):
    """Products A, B, C in Tools, all red lamps with their own EAN."""
    given_attribute("ean", isUnique="y", isFilterable="y")
    given_attribute("color", isFilterable="y")
    number = given_category("Tools")
    for sku in ("A", "B", "C"):
        given_product(sku, title="Red lamp", color="red", ean=f"{sku}-1", categories=["Tools"])
    return number


READS = [
    ("everything", {}),
    ("category", {"cat_id": "Tools"}),
    ("filter", {"filter_values": {"color": "red"}}),
    ("unique filter", {"filter_values": {"ean": "A-1|B-1|C-1"}}),
    ("condition", {"condition_query": "[[title]] LIKE 'Red%'"}),
    ("search", {"search": "lamp"}),
    ("order", {"order": [{"attribute": "sku"}]}),
    ("negated condition", {"condition_query": "NOT [[color]] = 'blue'"}),
]


@pytest.mark.parametrize(("case", "params"), READS)
def test_a_deleted_product_is_in_no_list(pims, catalogue, edit, case, params) -> None:
    if "cat_id" in params:
        params = params | {"cat_id": catalogue}

    def listed(**more):
        reply = pims("getList", params=params | more, status=200)
        return [one["sku"] for one in reply["products"]], reply["sku_count"]

    edit("B", status="deleted")

    assert listed() == (["A", "C"], 2)
    assert listed(includeDeleted=True) == (["A", "B", "C"], 3)
    edit("B", status="active")
    assert listed() == (["A", "B", "C"], 3)


def test_nor_among_asked_skus(pims, catalogue, edit) -> None:
    edit("B", status="deleted")

    reply = pims("listProductsBySku", skus=["C", "B", "A"], status=200)

    assert ([one["sku"] for one in reply["products"]], reply["sku_count"]) == (["C", "A"], 2)


def test_deleted_ones_alone_are_found_by_their_status(pims, catalogue, edit) -> None:
    edit("B", status="deleted")
    params = {"includeDeleted": True, "filter_values": {"status": "deleted"}}

    assert [one["sku"] for one in pims("getList", params=params)["products"]] == ["B"]


@pytest.mark.parametrize("status", ["active", "inactive"])
def test_a_restored_product_is_as_it_was(pims, catalogue, edit, shown, status) -> None:
    before = shown("B")

    edit("B", status="deleted")
    edit("B", status=status)

    assert shown("B") == before | {"status": status}
    listed = pims("getList", params={"filter_values": {"sku": "B"}})["products"]
    assert [one["data"]["attributes"] for one in listed] == [before | {"status": status}]


def test_deleting_is_one_entry_of_history(catalogue, edit, history) -> None:
    edit("B", status="deleted")
    edit("B", status="deleted")
    edit("B", status="active")

    assert history("B")[1:] == [
        ({"status": "active"}, {"status": "deleted"}),
        ({"status": "deleted"}, {"status": "active"}),
    ]


def test_a_deleted_product_can_be_edited(catalogue, edit, shown) -> None:
    edit("B", status="deleted")

    edit("B", title="Green lamp")

    assert (shown("B")["title"], shown("B")["status"]) == ("Green lamp", "deleted")


def test_a_deleted_product_keeps_its_sku_and_its_unique_values(
    pims, catalogue, edit, unchanged
) -> None:
    edit("B", status="deleted")

    with unchanged():
        assert pims("createProduct", sku="B", status=409)["status_message"] == (
            "Product already exists!"
        )
        values = {"attributes": {"ean": "B-1"}}
        reply = pims("editProduct", sku="A", data=values, status=409)
        assert [error["code"] for error in reply["errors"]] == ["not_unique"]
    assert edit("B", status="active")["data"]["attributes"]["ean"] == "B-1"


def test_a_product_may_begin_deleted(pims, given_product) -> None:
    given_product("X", status="deleted", title="Lamp")

    assert pims("getList")["products"] == []
    assert pims("listProduct", sku="X", status=200)["data"]["attributes"]["title"] == "Lamp"
