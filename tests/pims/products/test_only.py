"""What rows of a batch or a stream may do, and what a save does to a deleted product."""

import json

import pytest

from tests.pims.conftest import PRODUCTS


@pytest.fixture(autouse=True)
def shop(given_product):
    given_product("A", title="Rod")
    given_product("D", title="Nut", status="deleted")


def save(sku, action="saveProduct", **more):
    return {"action": action, "sku": sku, "data": {"attributes": {"title": "New"}}} | more


@pytest.fixture(params=["batch", "stream"])
def send(request, client, key, pims):
    """`send(row, …, only=…)`: the answers to the rows of a batch or a stream."""

    def sent(*rows, **head):
        if request.param == "batch":
            return pims("batch", actions=list(rows), **head)["rows"]
        lines = [json.dumps(one) for one in ({"action": "batch", **head}, *rows)]
        headers = {"ApiKey": key, "Content-Type": "application/x-ndjson"}
        reply = client.post(PRODUCTS, data="\n".join(lines).encode(), headers=headers)
        return [json.loads(one) for one in reply.text.splitlines()][:-1]

    return sent


def told(rows):
    return [
        (one["sku"], one["status"], *[f["code"] for f in one.get("errors", ())]) for one in rows
    ]


def test_only_update_makes_no_product(send, pims):
    rows = send(save("A"), save("B"), save("C", "createProduct"), save("A", "editProduct"),
                only="update")  # fmt: skip
    assert told(rows) == [
        ("A", "updated"), ("B", "rejected", "not_found"), ("C", "rejected", "range"),
        ("A", "unchanged"),
    ]  # fmt: skip
    pims("listProduct", sku="B", status=404)


def test_only_create_changes_no_product(send, shown):
    rows = send(save("A"), save("B"), save("A", "editProduct"), only="create")
    assert told(rows) == [
        ("A", "rejected", "exists"), ("B", "created"), ("A", "rejected", "range"),
    ]  # fmt: skip
    assert shown("A")["title"] == "Rod"


def test_a_saved_row_of_a_deleted_product_has_a_warning(send, shown):
    (row,) = send(save("D"))
    assert [one["code"] for one in row["warnings"]] == ["deleted"]
    assert send(save("D", restore=True))[0]["status"] == "updated"
    assert shown("D")["status"] == "active"


def test_a_batch_may_restore_all_of_its_rows(send, shown):
    assert "warnings" not in send(save("D"), restore=True)[0]
    assert shown("D")["status"] == "active"


def test_so_has_save_product(pims, shown):
    reply = pims("saveProduct", sku="D", data={"attributes": {"title": "Cog"}})
    assert reply["warnings"] == [
        {
            "code": "deleted",
            "message": "D is deleted: what was sent is stored, but no list shows the product. "
            "Restore it, or send its status.",
            "attribute": "sku",
            "value": "D",
        }
    ]
    pims("saveProduct", sku="D", data={"attributes": {}}, restore=True, status=200)
    assert (shown("D")["status"], shown("D")["title"]) == ("active", "Cog")


def test_edit_product_reaches_the_deleted_without_a_word(pims):
    assert "warnings" not in pims("editProduct", sku="D", data={"attributes": {"title": "Cog"}})


def test_other_words_are_refused(pims):
    reply = pims("batch", actions=[save("A")], only="both", status=400)
    assert reply["errors"][0]["pointer"] == "/only"


@pytest.mark.parametrize(
    ("action", "only", "sku", "status", "fault"),
    [
        ("saveProduct", "update", "B", 404, {
            "code": "not_found", "value": "B",
            "message": "There is no product 'B', and only products that are there are updated!"}),
        ("saveProduct", "create", "A", 409, {
            "code": "exists", "value": "A",
            "message": "There is a product 'A' already, and only new products are made!"}),
        ("createProduct", "update", "B", 400, {
            "code": "range", "pointer": "/only",
            "message": "only says update: createProduct is not that!"}),
        ("editProduct", "create", "A", 400, {
            "code": "range", "pointer": "/only",
            "message": "only says create: editProduct is not that!"}),
    ],
)  # fmt: skip
def test_an_action_by_itself_takes_the_same_word(
    pims, send, shown, action, only, sku, status, fault
):
    assert pims(**save(sku, action), only=only, status=status)["errors"] == [fault]
    assert pims(**save(sku, action), only=only, dry_run=True, status=status)["errors"] == [fault]
    (row,) = send(save(sku, action, only=only))
    assert row["errors"] == [fault]
    pims("listProduct", sku="B", status=404)
    assert shown("A")["title"] == "Rod"


@pytest.mark.parametrize(
    ("action", "only", "sku"),
    [("saveProduct", "update", "A"), ("editProduct", "update", "A"), ("saveProduct", "create", "B"),
     ("createProduct", "create", "B")],
)  # fmt: skip
def test_and_does_what_it_may(pims, shown, action, only, sku):
    pims(**save(sku, action), only=only, status=200)
    assert shown(sku)["title"] == "New"


def test_only_and_the_other_guards_hold_together(pims, shown):
    reply = pims(**save("A"), only="create", if_version=7, strict=True, status=409)
    assert [one["code"] for one in reply["errors"]] == ["exists"]
    assert pims(**save("D"), only="update", restore=True, status=200)["status"] == "OK"
    assert shown("D")["status"] == "active"


def test_a_row_may_say_it_for_itself(send):
    rows = send(save("A", only="update"), save("B", only="update"), save("C", only="create"))
    assert told(rows) == [("A", "updated"), ("B", "rejected", "not_found"), ("C", "created")]


def test_a_row_cannot_take_back_what_its_batch_says(send):
    rows = send(save("B", only="create"), save("A", only="update"), only="update")
    assert told(rows) == [("B", "rejected", "not_found", "range"), ("A", "updated")]


@pytest.mark.parametrize("word", ["both", "", "Update", 1, ["update"]])
def test_other_words_for_one_product_are_refused(pims, word):
    reply = pims(**save("A"), only=word, status=400)
    assert reply["errors"][0]["pointer"] == "/only"
