"""batch: many creates and edits in one request, each told by itself."""

from typing import Any

import pytest

from pims_api.domain.suggestion import SUGGESTIONS_MAX
from tests.pims.conftest import CATEGORIES

COUNTS = ("created", "updated", "unchanged", "rejected", "skipped", "warnings")


def row(action: str, sku: str, **attributes: Any) -> dict[str, Any]:
    return {"action": f"{action}Product", "sku": sku, "data": {"attributes": attributes}}


def totals(**counts: int) -> dict[str, int]:
    return dict.fromkeys(COUNTS, 0) | counts


def ends(reply: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["sku"], one["status"]) for one in reply["rows"]]


@pytest.fixture(autouse=True)
def catalogue(given_attribute) -> None:
    given_attribute("price", "number", isFilterable="y")
    given_attribute("ean", isUnique="y")
    given_attribute("color", "dropdown", dictionary={"columns": ["value"], "data": [["red"]]})


def test_rows_are_created_edited_and_saved(pims) -> None:
    pims("createProduct", sku="B", data={"attributes": {"title": "Bar"}})
    rows = [row("create", "A", title="Rod"), row("edit", "B", price="2"), row("save", "C")]
    reply = pims("batch", actions=[*rows, row("save", "B", price="2")], status=200)
    assert reply == {
        "status": "OK",
        "rows": [
            {"row": 0, "sku": "A", "status": "created", "version": 1, "transaction": 7},
            {"row": 1, "sku": "B", "status": "updated", "version": 2, "transaction": 7},
            {"row": 2, "sku": "C", "status": "created", "version": 1, "transaction": 7},
            {"row": 3, "sku": "B", "status": "unchanged", "version": 2},
        ],
        "totals": totals(created=2, updated=1, unchanged=1),
        "transaction": 7,
    }
    assert pims("listProduct", sku="B")["data"]["attributes"]["price"] == "2"


def test_a_row_sees_the_rows_before_it(pims) -> None:
    rows = [
        row("create", "P", variation_attributes=["color"]),
        row("create", "V1", variation_of="P", color="red"),
        row("edit", "P", title="Pipe"),
        row("create", "P"),
    ]
    reply = pims("batch", actions=rows, status=207)
    assert [one["status"] for one in reply["rows"]] == ["created", "created", "updated", "rejected"]
    assert reply["rows"][3]["errors"][0]["message"] == "Product already exists!"
    assert pims("listProduct", sku="P")["data"]["attributes"]["variation_skus"] == ["V1"]
    assert pims("historyProduct", sku="P")["total_count"] == 1  # one transaction, one entry


def test_a_refused_row_tells_every_fault_and_leaves_nothing(pims, unchanged) -> None:
    with unchanged():
        bad = row("create", "A", price="x", color="green", categories=["New"])
        bad["createMissing"] = ["categories"]
        reply = pims("batch", actions=[bad], status=207)
    assert reply["totals"] == totals(rejected=1)
    told = [(one["code"], one["attribute"], one["pointer"]) for one in reply["rows"][0]["errors"]]
    assert told == [
        ("type", "price", "/data/attributes/price"),
        ("dictionary", "color", "/data/attributes/color"),
    ]


def test_what_a_refused_row_would_have_made_is_not_made(pims) -> None:
    rows = [
        row("create", "A", categories=["Kept"], color="teal"),
        row("create", "B", categories=["Dropped > Deep"], color="pink", ean=""),
        row("create", "C", categories=["Kept > Below"], color="teal"),
    ]
    rows[1]["data"]["attributes"]["price"] = "cheap"
    missing = ["categories", "dictionary"]
    reply = pims("batch", actions=rows, createMissing=missing, status=207)
    assert [one["status"] for one in reply["rows"]] == ["created", "rejected", "created"]
    known = pims("listCategories", path=CATEGORIES)["categories"]
    assert [one["cat_path"] for one in known] == ["Kept", "Kept > Below", "Uncategorized"]
    colors = pims("listProduct", sku="A")["data"]["definition"]["color"]["dictionary"]["data"]
    assert colors == [["red"], ["teal"]]


def test_a_unique_value_goes_to_the_first_row(pims) -> None:
    rows = [row("create", "A", ean="1"), row("create", "B", ean="1"), row("edit", "A", ean="2")]
    reply = pims("batch", actions=[*rows, row("create", "C", ean="1")], status=207)
    assert ends(reply) == [
        ("A", "created"), ("B", "rejected"), ("A", "updated"), ("C", "created"),
    ]  # fmt: skip
    assert reply["rows"][1]["errors"][0]["code"] == "not_unique"


@pytest.mark.parametrize(
    ("mode", "statuses", "stored"),
    [
        ("per_row", ["created", "rejected", "created"], ["A", "C"]),
        ("stop_on_error", ["created", "rejected", "skipped"], ["A"]),
        ("atomic", ["skipped", "rejected", "skipped"], []),
    ],
)
def test_the_mode_says_what_a_refusal_means(pims, mode, statuses, stored) -> None:
    rows = [row("create", "A"), row("create", "B", price="x"), row("create", "C")]
    reply = pims("batch", mode=mode, actions=rows, status=207)
    assert [one["status"] for one in reply["rows"]] == statuses
    assert [one["sku"] for one in pims("getList")["products"]] == stored


def test_an_atomic_batch_without_refusals_is_stored(pims) -> None:
    pims("batch", mode="atomic", actions=[row("create", "A"), row("create", "B")], status=200)
    assert pims("getList")["sku_count"] == 2


def test_a_dry_run_tells_and_stores_nothing(pims, unchanged) -> None:
    with unchanged():
        reply = pims("batch", dry_run=True, actions=[row("create", "A", price="1")], status=200)
    assert reply["dry_run"] is True
    assert reply["rows"][0]["changes"]["new"]["price"] == "1"
    assert reply["rows"][0]["changes"]["old"]["price"] is None


def test_a_full_reply_has_the_products(pims) -> None:
    rows = [row("create", "A", price="1"), row("create", "B", price="x")]
    params = {"attributes": ["price"], "definition": False}
    reply = pims("batch", reply="full", params=params, actions=rows, status=207)
    assert reply["rows"][0]["data"] == {"attributes": {"sku": "A", "price": "1"}}
    assert "data" not in reply["rows"][1]


def test_a_twin_is_warned_of(pims) -> None:
    rows = [
        row("create", "P", variation_attributes=["color"]),
        row("create", "V1", variation_of="P", color="red"),
        row("create", "V2", variation_of="P", color="red"),
    ]
    reply = pims("batch", actions=rows, status=200)
    message = "V1 and V2 have the same combination of variation values."
    assert [one["message"] for one in reply["rows"][2]["warnings"]] == [message]


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, "required", "/actions"),
        ({"actions": []}, "required", "/actions"),
        ({"actions": {}}, "required", "/actions"),
        ({"actions": [{}] * 1_001}, "limit", "/actions"),
        ({"actions": [{}], "mode": "fast"}, "range", "/mode"),
        ({"actions": [{}], "reply": "long"}, "range", "/reply"),
        ({"actions": [{}], "strict": "maybe"}, "type", "/strict"),
    ],
)
def test_a_batch_that_cannot_be_read_is_refused(pims, unchanged, body, code, pointer) -> None:
    with unchanged():
        reply = pims("batch", status=400, **body)
    assert [(one["code"], one["pointer"]) for one in reply["errors"]] == [(code, pointer)]


@pytest.mark.parametrize(
    ("odd", "code"),
    [
        (5, "type"),
        ({"action": "createProduct"}, "required"),
        ({"action": "createProduct", "sku": " "}, "required"),
        ({"action": "createProduct", "sku": ["A"]}, "type"),
        ({"action": "getList", "sku": "A"}, "unknown_action"),
        ({"sku": "A"}, "unknown_action"),
        ({"action": "editProduct", "sku": "A"}, "not_found"),
        ({"action": "createProduct", "sku": "A" * 256}, "range"),
        ({"action": "createProduct", "sku": "A", "data": {"attributes": []}}, "type"),
        ({"action": "createProduct", "sku": "A", "if_version": "x"}, "range"),
    ],
)
def test_an_odd_row_is_rejected_alone(pims, odd, code) -> None:
    reply = pims("batch", actions=[odd, row("create", "Z")], status=207)
    assert [one["status"] for one in reply["rows"]] == ["rejected", "created"]
    assert [one["code"] for one in reply["rows"][0]["errors"]] == [code]


def test_adding_categories_needs_a_permission(pims, make_key) -> None:
    wish = row("create", "A", categories=["New"]) | {"createMissing": ["categories"]}
    editor = make_key("pim_editor")
    reply = pims("batch", key=editor, actions=[wish], status=207)
    assert [one["code"] for one in reply["rows"][0]["errors"]] == ["forbidden"]
    pims("batch", key=make_key("pim_user"), actions=[wish], status=403)


def test_moved_families_keep_their_order(pims) -> None:
    chain = [row("create", "A"), row("create", "B", variation_of="A"), row("create", "G")]
    pims("batch", actions=[*chain, row("create", "C", variation_of="B")], status=200)
    moves = [
        row("edit", "B", variation_of=None, title="Root"),
        row("create", "D", variation_of="C"),
        row("edit", "B", variation_of="G"),
        row("create", "E", variation_of="B"),
    ]
    pims("batch", actions=moves, status=200)
    listed = pims("getList", params={"includeVariants": True})["products"]
    assert [one["sku"] for one in listed] == ["A", "G", "B", "C", "D", "E"]


def test_save_product_creates_and_then_edits(pims) -> None:
    made = pims("saveProduct", sku="A", data={"attributes": {"price": "1"}}, status=200)
    edited = pims("saveProduct", sku="A", data={"attributes": {"price": "2"}}, status=200)
    assert (made["version"], edited["version"]) == (1, 2)
    assert edited["data"]["attributes"]["price"] == "2"


def test_suggestions_are_counted_over_all_rows(pims) -> None:
    kinds = [row("create", "A") | {"product_type": "defualt"} for _ in range(3)]
    verbs = [row("craete", "B") for _ in range(4)]
    reply = pims("batch", actions=[*kinds, *verbs], status=207)
    told = [one["errors"][0].get("nearest") for one in reply["rows"]]
    assert sum(one is not None for one in told) == SUGGESTIONS_MAX
    assert set(told) == {"default", "createProduct", None}
