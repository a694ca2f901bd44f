"""changes: what became of a selection, in the order of commits, nothing missed and nothing late."""

import json
from collections.abc import Callable

import pytest

from tests.pims.conftest import ATTRIBUTES, CATEGORIES
from tests.pims.past.conftest import (
    Follower,
    Json,
    Pims,
    category,
    changes,
    create,
    define,
    edit,
    told,
)


def test_without_since_the_end_is_told_and_nothing_else(shop: Pims) -> None:
    create(shop, "A")
    reply = shop("changes", status=200)
    assert (reply["changes"], reply["more"], sorted(reply)) == (
        [],
        False,
        ["changes", "more", "next", "status"],
    )
    assert changes(shop, reply["next"])["changes"] == []
    create(shop, "B")
    assert told(shop, reply["next"]) == [("B", "changed")]


def test_everything_there_is_comes_first_and_then_what_changes(
    shop: Pims, last: Callable[[], int]
) -> None:
    for sku in ("A", "B", "C"):
        create(shop, sku, price="1")
    create(shop, "A-1", variation_of="A")
    create(shop, "D", status="deleted")
    edit(shop, "B", price="2")
    first = changes(shop)
    assert [(one["sku"], one["kind"]) for one in first["changes"]] == [
        ("A", "changed"), ("C", "changed"), ("A-1", "changed"), ("B", "changed")
    ]  # fmt: skip
    entry = first["changes"][-1]
    now = shop("listProduct", sku="B")
    date = shop("historyProduct", sku="B")["history"][-1]["date"]
    assert entry == {
        "sku": "B",
        "kind": "changed",
        "transaction": last(),
        "date": date,
        "version": 2,
        "data": {"attributes": now["data"]["attributes"]},
    }
    edit(shop, "A", price="5")
    edit(shop, "C", status="deleted")
    edit(shop, "A", price="6")
    second = changes(shop, first["next"])
    assert [(one["sku"], one["kind"]) for one in second["changes"]] == [
        ("C", "gone"),
        ("A", "changed"),
    ]
    assert sorted(second["changes"][0]) == ["date", "kind", "sku", "transaction"]
    assert changes(shop, second["next"]) == {
        "status": "OK",
        "changes": [],
        "next": second["next"],
        "more": False,
    }


def test_a_number_is_a_cursor_made_right_after_that_transaction(
    shop: Pims, last: Callable[[], int]
) -> None:
    create(shop, "A")
    create(shop, "B")
    number = last()
    assert told(shop, number) == []
    assert told(shop, number - 1) == [("B", "changed")]
    assert told(shop, number - 2) == [("A", "changed"), ("B", "changed")]
    edit(shop, "A", status="deleted")
    assert told(shop, number - 2) == [("B", "changed")]  # A was not there yet
    assert told(shop, number - 1) == [("B", "changed"), ("A", "gone")]


@pytest.mark.parametrize("limit", [1, 2, 3, 500])
def test_pages_hold_each_product_once_in_the_order_of_its_last_change(
    shop: Pims, limit: int
) -> None:
    items = [
        {"action": "createProduct", "sku": f"P{n}", "data": {"attributes": {"price": str(n)}}}
        for n in range(7)
    ]
    shop("batch", status=200, actions=items)
    edit(shop, "P3", price="30")
    follower = Follower(shop, limit=limit)
    entries = follower.follow()
    order = ["P0", "P1", "P2", "P4", "P5", "P6", "P3"]
    assert [one["sku"] for one in entries] == order
    assert follower.follow() == []


def test_what_changes_between_two_pages_comes_later(shop: Pims) -> None:
    for sku in ("A", "B", "C"):
        create(shop, sku)
    follower = Follower(shop, limit=1)
    assert follower.page()
    edit(shop, "B", price="1")
    create(shop, "D")
    edit(shop, "A", price="2")
    assert [one["sku"] for one in follower.follow()] == ["C", "B", "D", "A"]


def test_what_was_told_on_a_page_and_leaves_before_the_last_one_is_told_to_be_gone(
    shop: Pims,
) -> None:
    for sku in ("A", "B", "C"):
        create(shop, sku)
    follower = Follower(shop, limit=1)
    assert follower.page()
    edit(shop, "A", status="deleted")
    edit(shop, "C", status="deleted")
    follower.follow()
    assert list(follower.knows) == ["B"]


def test_the_first_load_tells_of_nothing_that_is_gone(shop: Pims) -> None:
    for sku in ("A", "B", "C", "D"):
        create(shop, sku)
    edit(shop, "B", status="deleted")
    edit(shop, "A", price="1")
    entries = Follower(shop, limit=1).follow()
    assert [(one["sku"], one["kind"]) for one in entries] == [
        ("C", "changed"), ("D", "changed"), ("A", "changed")
    ]  # fmt: skip


SELECTIONS: list[Json] = [
    {"condition_query": "[[price]] < 10"},
    {"filter_values": {"price": ";;9.99"}},
    {"filter_values": {"price": ";;9.99"}, "includeDeleted": True},
]


@pytest.mark.parametrize("selection", SELECTIONS)
def test_what_leaves_the_selection_is_gone(shop: Pims, selection: Json) -> None:
    create(shop, "A", price="1")
    create(shop, "B", price="50")
    create(shop, "C", price="2")
    follower = Follower(shop, **selection)
    follower.follow()
    assert sorted(follower.knows) == ["A", "C"]
    edit(shop, "A", price="20")
    edit(shop, "B", price="60")  # never told of
    edit(shop, "C", price="3")
    entries = follower.follow()
    assert [(one["sku"], one["kind"]) for one in entries] == [("A", "gone"), ("C", "changed")]
    edit(shop, "A", price="4")
    edit(shop, "C", status="deleted")
    follower.follow()
    kept = {"A", "C"} if selection.get("includeDeleted") else {"A"}
    assert set(follower.knows) == kept


def test_old_holds_what_differs_as_of_since(shop: Pims, last: Callable[[], int]) -> None:
    create(shop, "A", price="1", brand="Bosch", note="x")
    number = last()
    edit(shop, "A", price="2", note=None)
    edit(shop, "A", brand="Makita", tags=["t"])
    edit(shop, "A", brand="Bosch")
    create(shop, "B", price="3")
    [first, second] = changes(shop, number, old=True)["changes"]
    assert first["old"] == {"price": "1", "note": "x", "tags": []}
    assert (second["old"]["price"], second["old"]["categories"]) == (None, [])
    assert "old" not in changes(shop, number)["changes"][0]
    [first, _] = changes(shop, number, old=True, attributes=["note"])["changes"]
    assert (first["old"], first["data"]["attributes"]) == (
        {"note": "x"},
        {"sku": "A", "note": None},
    )


def test_old_is_as_of_the_page_before(shop: Pims) -> None:
    create(shop, "A", price="1")
    follower = Follower(shop, old=True)
    follower.follow()
    edit(shop, "A", price="2")
    assert follower.follow()[0]["old"] == {"price": "1"}
    edit(shop, "A", price="3")
    assert follower.follow()[0]["old"] == {"price": "2"}


def test_old_is_what_the_locale_showed(shop: Pims) -> None:
    """A value that a locale does not have itself is shown by the global one."""
    shop("addLocale", path=ATTRIBUTES, status=200, code="de-de", name="German")
    define(shop, "brand", "editAttribute", isLocalizable="y")
    create(shop, "A", brand="Rod")
    german = {"locale": "de-de", "attributes": ["brand"]}
    follower = Follower(shop, old=True, **german)
    follower.follow()
    write = {"sku": "A", "data": {"attributes": {"brand": "Stab"}}, "locale": "de-de"}
    shop("editProduct", status=200, **write)
    assert follower.follow()[0]["old"] == {"brand": "Rod"}
    edit(shop, "A", brand="Bar")
    assert follower.follow()[0]["old"] == {}
    assert follower.knows == {"A": {"sku": "A", "brand": "Stab"}}


def test_a_category_that_was_deleted_has_nothing_and_what_was_in_it_is_gone(shop: Pims) -> None:
    tools = category(shop, "Tools")
    saws = shop("addCategory", path=CATEGORIES, status=200, name="Saws", cat_parent_id=tools)
    saws = saws["category"]["id"]
    create(shop, "A", categories=["Tools > Saws"])
    create(shop, "B", categories=["Garden"])
    create(shop, "C", categories=["Tools"])
    readers = [Follower(shop, cat_id=saws), Follower(shop, cat_id=saws, includeChildren=True)]
    for one in readers:
        one.follow()
    shop("deleteCategory", path=CATEGORIES, status=200, id=saws, force=True)
    for one in readers:
        assert [(e["sku"], e["kind"]) for e in one.follow()] == [("A", "gone")]
        assert one.follow() == []
    assert told(shop, 0, cat_id=saws) == []
    shop("getList", status=404, params={"cat_id": saws})


def test_renaming_and_moving_a_category_changes_the_products_below_it(
    shop: Pims, last: Callable[[], int]
) -> None:
    tools, garden = category(shop, "Tools"), category(shop, "Garden")
    shop("addCategory", path=CATEGORIES, status=200, name="Saws", cat_parent_id=tools)
    create(shop, "A", categories=["Tools > Saws"])
    create(shop, "B", categories=["Tools"])
    create(shop, "C", categories=["Garden"])
    create(shop, "D", categories=["Garden", "Tools > Saws"], status="deleted")
    follower = Follower(shop, old=True)
    follower.follow()
    shop("editCategory", path=CATEGORIES, status=200, id=tools, name="Machines")
    entries = follower.follow()
    assert [(one["sku"], one["transaction"], one["version"]) for one in entries] == [
        ("A", last(), 1),
        ("B", last(), 1),
    ]
    assert entries[0]["data"]["attributes"]["categories"] == ["Machines > Saws"]
    assert [one["old"] for one in entries] == [
        {"categories": ["Tools > Saws"]},
        {"categories": ["Tools"]},
    ]
    saws = category(shop, "Machines > Saws")
    shop("editCategory", path=CATEGORIES, status=200, id=saws, cat_parent_id=garden)
    edit(shop, "A", price="1")
    [entry] = follower.follow()
    assert (entry["sku"], entry["old"]) == (
        "A",
        {"categories": ["Machines > Saws"], "price": None},
    )
    shop("editCategory", path=CATEGORIES, status=200, id=saws, cat_label={"en-us": "Some saws"})
    assert follower.follow() == []
    shop("deleteCategory", path=CATEGORIES, status=200, id=saws, force=True)
    assert [one["sku"] for one in follower.follow()] == ["A"]
    for limit in (1, 2, 3):
        whole = Follower(shop, limit=limit)
        whole.follow()
        assert whole.knows == follower.knows


def test_a_category_that_is_renamed_moves_products_out_of_a_selection(shop: Pims) -> None:
    tools = category(shop, "Tools")
    shop("addCategory", path=CATEGORIES, status=200, name="Saws", cat_parent_id=tools)
    for sku in ("A", "B"):
        create(shop, sku, categories=["Tools > Saws"])
    create(shop, "C", categories=["Garden"])
    by_path = Follower(shop, condition_query="[[categories]] LIKE 'Tools%'", limit=1)
    by_tree = Follower(shop, cat_id=tools, includeChildren=True)
    for one in (by_path, by_tree):
        one.follow()
        assert sorted(one.knows) == ["A", "B"]
    saws = category(shop, "Tools > Saws")
    shop("editCategory", path=CATEGORIES, status=200, id=saws, cat_parent_id=0)
    for one in (by_path, by_tree):
        assert [(e["sku"], e["kind"]) for e in one.follow()] == [("A", "gone"), ("B", "gone")]
    shop("editCategory", path=CATEGORIES, status=200, id=saws, cat_parent_id=tools)
    shop("editCategory", path=CATEGORIES, status=200, id=tools, name="Machines")
    assert by_path.follow() == []
    assert sorted(one["sku"] for one in by_tree.follow()) == ["A", "B"]


def test_a_view_is_told_of_its_rows_alone(shop: Pims, reds: str) -> None:
    create(shop, "A", color="red", price="1", note="canary")
    create(shop, "B", color="green", price="2", note="canary")
    follower = Follower(shop, key=reds, old=True)
    follower.follow()
    assert follower.knows == {"A": {"sku": "A", "cost": "1"}}
    edit(shop, "A", note="canary 2")
    [entry] = follower.follow()
    assert (entry["old"], entry["data"]["attributes"]) == ({}, {"sku": "A", "cost": "1"})
    edit(shop, "B", price="3")
    create(shop, "C", color="blue")
    edit(shop, "C", price="9")
    assert follower.follow() == []
    edit(shop, "A", color="green", price="7")
    edit(shop, "B", color="red")
    entries = follower.follow()
    assert [(one["sku"], one["kind"]) for one in entries] == [("A", "gone"), ("B", "changed")]
    assert "canary" not in json.dumps(follower.entries)


def test_a_product_that_came_and_went_between_stays_unknown(shop: Pims, reds: str) -> None:
    follower = Follower(shop, key=reds)
    follower.follow()
    create(shop, "A", color="red")
    edit(shop, "A", color="green")
    assert follower.follow() == []


def test_many_changes_outside_of_a_selection_are_passed_in_parts(
    shop: Pims, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pims_api.services.changes.feed.LOOKED_AT_MAX", 2)
    for number in range(9):
        create(shop, f"P{number}", price=str(number))
    follower = Follower(shop, limit=1, condition_query="[[price]] >= 8")
    assert follower.page()
    assert follower.entries == []
    follower.follow()
    assert list(follower.knows) == ["P8"]


def test_what_was_told_between_and_was_out_before_the_next_page_is_gone(shop: Pims) -> None:
    """It changed twice while others were told of, and neither change was the last of a page."""
    for sku in ("A", "B", "C"):
        create(shop, sku, status="deleted")
    follower = Follower(shop, limit=1)
    follower.follow()
    for sku in ("A", "B", "C"):
        edit(shop, sku, status="active")
    assert follower.page()  # tells of A
    edit(shop, "A", status="deleted")
    edit(shop, "B", price="1")
    edit(shop, "C", price="1")
    create(shop, "D")
    edit(shop, "A", price="5")
    for _ in range(3):
        follower.page()
    follower.follow()
    assert sorted(follower.knows) == ["B", "C", "D"]
