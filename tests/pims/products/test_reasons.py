"""reason and source_ref: stored with the transaction of whatever they were sent with."""

import json

import pytest
from sqlalchemy import select

from pims_api.storage.tables import transaction
from tests.databases.fresh import on_one_engine
from tests.pims.conftest import ATTRIBUTES, CATEGORIES

NOTE = {"reason": "Price dispute", "source_ref": "INV-7"}
KEPT = ("Price dispute", "INV-7")


@pytest.fixture
def last_note(database):
    """`last_note()`: why the newest transaction was made."""

    def note():
        newest = select(transaction.c.reason, transaction.c.source_ref)
        with database.reading() as connection:
            rows = connection.execute(newest.order_by(transaction.c.sequence.desc()))
            return tuple(rows.first())

    return note


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("createProduct", {"sku": "B"}),
        ("editProduct", {"sku": "A", "data": {"attributes": {"title": "Rod"}}}),
        ("saveProduct", {"sku": "A", "data": {"attributes": {"title": "Rod"}}}),
        ("batch", {"actions": [{"action": "createProduct", "sku": "B"}]}),
    ],
)
def test_a_product_that_changes_keeps_why(pims, given_product, last_note, action, body):
    given_product("A")
    assert last_note() == (None, None)
    pims(action, **body, **NOTE, status=200)
    assert last_note() == KEPT


def test_what_is_defined_keeps_why(pims, last_note):
    definition = {"type": "string", "label": {"en-us": "Size"}}
    pims("addAttribute", path=ATTRIBUTES, name="size", definition=definition, **NOTE, status=200)
    assert last_note() == KEPT
    pims("addCategory", path=CATEGORIES, items=[{"path": "Tools"}], status=200)
    assert last_note() == (None, None)


def test_a_key_that_is_made_keeps_why(client, key, last_note):
    body = {"name": "shop", "permissions": ["pim_user"], **NOTE}
    reply = client.post("/pim/newkey", json=body, headers={"ApiKey": key})
    assert (reply.status_code, last_note()) == (200, KEPT)


def test_every_chunk_of_a_stream_keeps_why(client, key, last_note):
    lines = [{"action": "batch", **NOTE}, {"action": "createProduct", "sku": "B"}]
    reply = client.post(
        "/pim/manage/products",
        data="\n".join(map(json.dumps, lines)),
        headers={"ApiKey": key, "Content-Type": "application/x-ndjson"},
    )
    assert (json.loads(reply.data.splitlines()[-1])["status"], last_note()) == ("OK", KEPT)


def test_an_import_keeps_why_with_what_its_rows_change(files, last_note):
    files.import_file(b"sku,title\nA,Rod\n", reason="Price dispute", sourceRef="INV-7")
    assert last_note() == KEPT


@pytest.mark.parametrize("name", ["source_ref", "sourceRef"])
def test_both_spellings_are_understood(pims, last_note, name):
    pims("createProduct", sku="A", **{name: "INV-7"}, status=200)
    assert last_note() == (None, "INV-7")


@pytest.mark.parametrize("body", [{"reason": ""}, {"reason": None, "source_ref": ""}])
def test_nothing_said_is_nothing_kept(pims, last_note, body):
    pims("createProduct", sku="A", **body, status=200)
    assert last_note() == (None, None)


@on_one_engine
@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("name", ["reason", "source_ref", "sourceRef", "mode"])
def test_a_row_with_a_reason_of_its_own_is_told_where_it_stands(pims, name, strict):
    row = {"action": "saveProduct", "sku": "A", name: "x", "strict": strict}
    reply = pims("batch", actions=[row], status=207 if strict else 200)
    is_not = "is not known!" if strict else "is not known and was ignored."
    where = "It holds for all rows: send it beside actions, in a stream in its first line."
    assert reply["rows"][0]["errors" if strict else "warnings"] == [
        {"code": "unknown_attribute", "message": f"{name} {is_not} {where}", "pointer": f"/{name}"}
    ]


@on_one_engine
@pytest.mark.parametrize(
    ("case", "body", "code", "message", "pointer"),
    [
        ("a long reason", {"reason": "x" * 501}, "limit",
         "reason has at most 500 characters!", "/reason"),
        ("a long reference", {"source_ref": "x" * 201}, "limit",
         "source_ref has at most 200 characters!", "/source_ref"),
        ("no text", {"reason": 7}, "type", "reason must be text!", "/reason"),
        ("a list", {"source_ref": ["A"]}, "type", "source_ref must be text!", "/source_ref"),
    ],
)  # fmt: skip
def test_refuses(pims, unchanged, case, body, code, message, pointer):
    with unchanged():
        reply = pims("createProduct", sku="A", **body, status=400)
    assert reply["errors"] == [{"code": code, "message": message, "pointer": pointer}]


def test_the_longest_are_kept(pims, last_note):
    pims("createProduct", sku="A", reason="x" * 500, source_ref="y" * 200, status=200)
    assert last_note() == ("x" * 500, "y" * 200)
