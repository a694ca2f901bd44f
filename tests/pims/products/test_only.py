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
