"""Rows of batches and streams with names: each is written once, and told again as it was."""

import json

import pytest

from pims_api.storage.tables import kept_reply
from tests.databases.fresh import on_one_engine

PRODUCTS = "/pim/manage/products"


def row(sku, name=None, action="saveProduct", **attributes):
    named = {} if name is None else {"idempotency_key": name}
    return {"action": action, "sku": sku, "data": {"attributes": attributes}} | named


@pytest.fixture
def batch(pims):
    return lambda *rows, **more: pims("batch", actions=list(rows), **more)


@pytest.fixture
def stream(client, key):
    def send(*rows, **headers):
        lines = b"\n".join(json.dumps(one).encode() for one in rows)
        told = {"ApiKey": key, "Content-Type": "application/x-ndjson"} | headers
        reply = client.post(PRODUCTS, data=lines, headers=told)
        *found, end = [json.loads(line) for line in reply.data.splitlines()]
        return {"rows": found} | end

    return send


@pytest.fixture(params=["batch", "stream"])
def write(request, batch, stream):
    return batch if request.param == "batch" else stream


def brief(reply):
    return [(one["sku"], one["status"], one.get("replayed")) for one in reply["rows"]]


def kept(database):
    with database.reading() as connection:
        return sorted(one.name for one in connection.execute(kept_reply.select()).all())


def test_a_named_row_is_told_as_it_was(write, pims) -> None:
    first = write(row("A", "r-1", title="One"), row("B", title="Two"))
    pims("editProduct", sku="A", data={"attributes": {"title": "Other"}}, status=200)

    again = write(row("B", title="Three"), row("A", "r-1", title="One"))

    assert brief(first) == [("A", "created", None), ("B", "created", None)]
    assert brief(again) == [("B", "updated", None), ("A", "created", True)]
    told = first["rows"][0]
    assert again["rows"][1] == told | {"row": 1, "replayed": True}
    assert (told["transaction"], told["version"]) == (first["transaction"], 1)
    assert again["transaction"] == first["transaction"] + 2
    assert again["totals"] == {
        "created": 1, "updated": 1, "unchanged": 0, "rejected": 0, "skipped": 0, "warnings": 0,
    }  # fmt: skip
    assert pims("listProduct", sku="A")["data"]["attributes"]["title"] == "Other"


def test_rows_that_are_all_known_take_no_number(write, pims, unchanged) -> None:
    rows = [row("A", "r-1", title="One"), row("B", "r-2", title="Two")]
    first = write(*rows)
    with unchanged():
        again = write(*rows)
    assert brief(again) == [("A", "created", True), ("B", "created", True)]
    assert "transaction" not in again
    assert again["rows"][0]["transaction"] == first["transaction"]


def test_a_row_that_changed_nothing_is_kept_too(write, pims, database) -> None:
    write(row("A", title="One"))
    tenant = "SELECT * FROM tenant"
    with database.reading() as connection:
        before = connection.exec_driver_sql(tenant).all()
    assert brief(write(row("A", "r-1", title="One"))) == [("A", "unchanged", None)]
    with database.reading() as connection:
        assert connection.exec_driver_sql(tenant).all() == before
    write(row("A", title="Two"))

    assert brief(write(row("A", "r-1", title="One"))) == [("A", "unchanged", True)]


def test_another_row_may_not_have_its_name_and_the_others_go_on(write) -> None:
    write(row("A", "r-1", title="One"))

    reply = write(row("B"), row("A", "r-1", title="Two"), row("C"))

    assert brief(reply) == [("B", "created", None), ("A", "rejected", None), ("C", "created", None)]
    assert [one["code"] for one in reply["rows"][1]["errors"]] == ["idempotency"]


def test_a_rejected_row_keeps_nothing(write, database, given_attribute) -> None:
    rejected = row("A", "r-1", color="red")
    assert brief(write(rejected | {"strict": True})) == [("A", "rejected", None)]
    assert kept(database) == []
    given_attribute("color")
    assert brief(write(rejected | {"strict": True})) == [("A", "created", None)]


def test_a_name_twice_in_one_request(write, database) -> None:
    same, other = row("A", "r-1", title="One"), row("B", "r-1")

    reply = write(same, same, other, row("", "r-2"), row("", "r-2"))

    assert brief(reply) == [
        ("A", "created", None), ("A", "created", True), ("B", "rejected", None),
        ("", "rejected", None), ("", "rejected", None),
    ]  # fmt: skip
    assert reply["rows"][1] == reply["rows"][0] | {"row": 1, "replayed": True}
    assert reply["rows"][2]["errors"][0]["code"] == "idempotency"
    assert kept(database) == ["r-1"]


def test_a_number_is_another_row_than_its_text(batch, given_attribute) -> None:
    given_attribute("price", "number")
    assert (
        brief(batch({**row("A", "r-1"), "data": {"attributes": {"price": 5}}}))[0][1] == "created"
    )
    reply = batch({**row("A", "r-1"), "data": {"attributes": {"price": "5"}}})
    assert reply["rows"][0]["errors"][0]["code"] == "idempotency"


def test_a_stream_knows_the_rows_of_a_batch(batch, stream) -> None:
    batch(row("A", "r-1", title="One"))
    assert brief(stream(row("A", "r-1", title="One"))) == [("A", "created", True)]


def test_names_of_rows_and_of_requests_are_two_sets(batch, client, key, database) -> None:
    body = {"action": "batch", "actions": [row("A", "n-1", title="One")]}
    headers = {"ApiKey": key, "Idempotency-Key": "n-1"}
    first = client.post(PRODUCTS, json=body, headers=headers)
    again = client.post(PRODUCTS, json=body, headers=headers)
    assert (first.json["rows"][0].get("replayed"), again.data) == (None, first.data)
    assert kept(database) == ["n-1", "n-1"]

    named_anew = client.post(PRODUCTS, json=body, headers=headers | {"Idempotency-Key": "n-2"})
    assert brief(named_anew.json) == [("A", "created", True)]
    assert (
        client.post(PRODUCTS, json=body, headers=headers | {"Idempotency-Key": "n-2"}).headers[
            "Idempotent-Replayed"
        ]
        == "true"
    )


def test_a_dry_run_keeps_no_row_but_tells_of_known_ones(batch, database, pims) -> None:
    batch(row("A", "r-1"))
    reply = batch(row("A", "r-1"), row("B", "r-2"), dry_run=True)
    assert brief(reply) == [("A", "created", True), ("B", "created", None)]
    assert kept(database) == ["r-1"]
    assert pims("listProduct", sku="B")["status"] == "Error"


def test_an_atomic_batch_that_is_refused_keeps_no_row(batch, database, pims) -> None:
    reply = batch(row("A", "r-1"), row("B", "r-2"), row(""), mode="atomic")
    assert [one[1] for one in brief(reply)] == ["skipped", "skipped", "rejected"]
    assert kept(database) == []
    assert pims("listProduct", sku="A")["status"] == "Error"

    reply = batch(row("A", "r-1"), row("B", "r-2"), mode="atomic")
    assert brief(reply) == [("A", "created", None), ("B", "created", None)]
    reply = batch(row("A", "r-1"), row("C"), mode="atomic")
    assert brief(reply) == [("A", "created", True), ("C", "created", None)]


def test_rows_after_a_stop_are_skipped_but_known_ones_told(batch) -> None:
    batch(row("A", "r-1"))
    rows = row("B"), row("A", "r-1", title="x"), row("C", "r-3"), row("A", "r-1")
    assert brief(batch(*rows, mode="stop_on_error")) == [
        ("B", "created", None), ("A", "rejected", None), ("C", "skipped", None),
        ("A", "created", True),
    ]  # fmt: skip


def test_whole_replies_are_kept_whole(batch) -> None:
    first = batch(row("A", "r-1", title="One"), reply="full")
    batch(row("A", title="Two"))
    again = batch(row("A", "r-1", title="One"), row("A"), reply="full")
    assert again["rows"][0] == first["rows"][0] | {"replayed": True}
    assert again["rows"][1]["data"]["attributes"]["title"] == "Two"


def test_a_view_or_a_language_makes_another_row(batch, german) -> None:
    batch(row("A", "r-1", title="One"))
    for more in ({"locale": "de-de"}, {"user": "Ann"}, {"view": "Nowhere"}):
        reply = batch(row("A", "r-1", title="One"), **more)
        assert reply["rows"][0]["errors"][0]["code"] == "idempotency", more


@on_one_engine
@pytest.mark.parametrize("name", ["", "x" * 256, "ä", 5])
def test_what_is_no_name_rejects_its_row(write, name) -> None:
    reply = write(row("A") | {"idempotency_key": name}, row("B"))
    assert brief(reply) == [("A", "rejected", None), ("B", "created", None)]
    assert reply["rows"][0]["errors"][0]["pointer"] == "/idempotency_key"


def test_in_a_stream_the_header_means_nothing(stream, database) -> None:
    first = stream(row("A", title="One"), **{"Idempotency-Key": "n-1"})
    again = stream(row("A", title="Two"), **{"Idempotency-Key": "n-1"})
    assert (brief(first)[0][1], brief(again)[0][1]) == ("created", "updated")
    assert kept(database) == []


@on_one_engine
def test_a_name_at_the_head_of_a_stream_is_refused(stream, unchanged) -> None:
    head = {"action": "batch", "idempotency_key": "n-1"}
    with unchanged():
        reply = stream(head, row("A"))
    assert [one["pointer"] for one in reply["errors"]] == ["/idempotency_key"]


def test_rows_in_several_parts_of_a_stream(stream) -> None:
    rows = [row(f"P{number}", f"r-{number}") for number in range(502)]
    first = stream(*rows)
    assert first["totals"]["created"] == 502
    again = stream(row("A"), *rows)
    assert [one.get("replayed") for one in again["rows"]] == [None, *[True] * 502]
    assert [one["row"] for one in again["rows"]] == list(range(503))
    assert again["rows"][502]["transaction"] == first["rows"][501]["transaction"]


def test_named_rows_cost_no_statement_each(pims, queries) -> None:
    counts = []
    for start, many in ((0, 2), (10, 30)):
        rows = [row(f"P{number}", f"r-{number}") for number in range(start, start + many)]
        pims("batch", actions=rows)
        with queries() as sent:
            pims("batch", actions=rows)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 10
