"""A write with a name is done once: sent again it is answered as before, and stores nothing."""

import gzip
import json
import threading

import pytest

from pims_api.clock import now_us
from pims_api.jobs.cleaning import remove_old_replies
from pims_api.services.maintenance.check import CHECKS
from pims_api.storage.snapshot import snapshot
from pims_api.storage.tables import kept_reply
from tests.databases.fresh import on_one_engine

PRODUCTS = "/pim/manage/products"
ATTRIBUTES = "/pim/manage/attributes"
EDIT = {"action": "editProduct", "sku": "A", "data": {"attributes": {"title": "New"}}}
DAY_US = 24 * 3600 * 1_000_000


@pytest.fixture
def send(client, key):
    """`send(body, "name")`: the answer to a body; name: in the header."""
    usual = key

    def post(body, name=None, path=PRODUCTS, key=usual, **headers):
        named = {} if name is None else {"Idempotency-Key": name}
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        told = {"ApiKey": key, "Content-Type": "application/json"} | named | headers
        return client.post(path, data=sent, headers=told)

    return post


@pytest.fixture
def product(given_product):
    return given_product("A", title="Old")


def kept(database):
    with database.reading() as connection:
        return connection.execute(kept_reply.select()).all()


def codes(reply):
    return [one["code"] for one in reply.json["errors"]]


def differences(database):
    with snapshot(database, 1) as seen:
        return [one for check in CHECKS for one in check.differences(seen)]


def test_the_same_request_is_answered_by_the_same_bytes(product, send, unchanged) -> None:
    first = send(EDIT, "n-1")
    assert (first.status_code, first.json["version"]) == (200, 2)
    assert "Idempotent-Replayed" not in first.headers

    with unchanged():
        again = send(EDIT, "n-1")

    assert (again.status_code, again.data) == (200, first.data)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.content_type == first.content_type


def test_it_is_answered_so_whatever_became_of_the_product_since(product, send, pims) -> None:
    first = send(EDIT | {"if_version": 1}, "n-1")
    pims("editProduct", sku="A", data={"attributes": {"title": "Other"}}, status=200)

    again = send(EDIT | {"if_version": 1}, "n-1")

    assert again.data == first.data
    assert pims("listProduct", sku="A")["data"]["attributes"]["title"] == "Other"


@pytest.mark.parametrize("spelling", ["idempotency_key", "idempotencyKey"])
def test_the_name_may_stand_in_the_body(product, send, database, spelling) -> None:
    body = EDIT | {spelling: "n-1"}
    first, again = send(body), send(body)

    assert (again.data, again.headers["Idempotent-Replayed"]) == (first.data, "true")
    assert [one.name for one in kept(database)] == ["n-1"]


@on_one_engine
def test_a_header_and_a_body_must_agree(product, send, unchanged) -> None:
    body = EDIT | {"idempotency_key": "n-1"}
    with unchanged():
        reply = send(body, "n-2")
    assert (reply.status_code, codes(reply)) == (400, ["idempotency"])

    assert send(body, "n-1").data == send(body, "n-1").data


BAD = ["", "x" * 256, "ä", "a\tb"]


@on_one_engine
@pytest.mark.parametrize("name", BAD)
def test_what_is_no_name_is_refused(product, send, unchanged, name) -> None:
    with unchanged():
        reply = send(EDIT, name.encode("utf-8").decode("latin-1"))
        assert (reply.status_code, reply.json["errors"][0]["pointer"]) == (400, "Idempotency-Key")
        reply = send(EDIT | {"idempotency_key": name, "sku": ""})
    assert reply.status_code == 400
    assert {one["pointer"] for one in reply.json["errors"]} == {"/idempotency_key", "/sku"}


@on_one_engine
@pytest.mark.parametrize("name", ["a", "x" * 255, '"8e03978e-40d5-43dd"', "a b~!"])
def test_what_is_a_name_is_taken(product, send, name) -> None:
    send(EDIT, name)
    assert "Idempotent-Replayed" in send(EDIT | {}, name).headers


OTHERS = [
    ("another body", {"body": EDIT | {"strict": True}}),
    ("other bytes of the same body", {"body": json.dumps(EDIT, indent=1).encode()}),
    ("a dry run", {"body": EDIT | {"dry_run": True}}),
    ("another locale", {"path": "/api/de-de" + PRODUCTS}),
    ("the locale written out", {"path": "/api/en-us" + PRODUCTS}),
    ("another address", {"path": ATTRIBUTES, "body": {
        "action": "addLocale", "code": "fr-fr", "name": "French"}}),
    ("another View", {"ApiView": "Nowhere"}),
    ("another user", {"ApiUser": "Zoë".encode().decode("latin-1")}),
    ("an address with a query", {"path": PRODUCTS + "?v=1"}),
]  # fmt: skip


def _without_body(request):
    return {name: value for name, value in request.items() if name != "body"}


@pytest.mark.parametrize(("case", "other"), OTHERS, ids=[one[0] for one in OTHERS])
def test_another_request_may_not_have_its_name(
    product, german, send, unchanged, case, other
) -> None:
    send(EDIT, "n-1")
    with unchanged():
        reply = send(other.get("body", EDIT), "n-1", **_without_body(other))
    assert (reply.status_code, codes(reply)) == (422, ["idempotency"])
    assert "Idempotent-Replayed" not in reply.headers


def test_a_slash_at_the_end_makes_no_other_request(product, send) -> None:
    assert send(EDIT, "n-1").data == send(EDIT, "n-1", PRODUCTS + "/").data


def test_each_key_has_names_of_its_own(product, send, make_key, database) -> None:
    other = make_key("pim_editor")
    first, second = send(EDIT, "n-1"), send(EDIT, "n-1", key=other)

    assert ("transaction" in first.json, "transaction" in second.json) == (True, False)
    assert "Idempotent-Replayed" not in second.headers
    assert len(kept(database)) == 2


REFUSED = [
    ("a fault", {"data": {"attributes": {"title": 5}}}, 400),
    ("a stale version", {"if_version": 9}, 412),
    ("a product that is not there", {"sku": "B"}, 404),
    ("a dry run", {"dry_run": True}, 200),
]


@pytest.mark.parametrize(("case", "change", "status"), REFUSED, ids=[one[0] for one in REFUSED])
def test_what_stored_nothing_of_what_was_asked_runs_anew(
    product, send, unchanged, database, case, change, status
) -> None:
    with unchanged():
        for _ in range(2):
            reply = send(EDIT | change, "n-1")
            assert reply.status_code == status
            assert "Idempotent-Replayed" not in reply.headers
    assert send(EDIT, "n-1").json["version"] == 2
    assert len(kept(database)) == 1


def test_a_refusal_that_comes_true_later_is_run(send, given_product) -> None:
    assert send(EDIT, "n-1").status_code == 404
    given_product("A")
    assert (send(EDIT, "n-1").status_code, send(EDIT, "n-1").json["version"]) == (200, 2)


def test_a_write_that_changes_nothing_is_kept_and_takes_no_number(
    product, send, pims, database
) -> None:
    send(EDIT)
    with database.reading() as connection:
        before = connection.exec_driver_sql("SELECT * FROM tenant").all()
    first = send(EDIT, "n-1")
    assert (first.status_code, "transaction" in first.json) == (200, False)
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT * FROM tenant").all() == before

    number = pims("editProduct", sku="A", data={"attributes": {"title": "X"}})["transaction"]
    assert number == json.loads(send(EDIT, "n-2").data)["transaction"] - 1
    again = send(EDIT, "n-1")
    assert (again.data, again.headers["Idempotent-Replayed"]) == (first.data, "true")


def test_a_paused_write_that_changes_nothing_leaves_the_facets(product, send, database) -> None:
    paused = EDIT | {"pauseReIndexing": "Y"}
    send(paused)
    tenant = "SELECT sequence, facet_sequence FROM tenant"
    with database.reading() as connection:
        before = connection.exec_driver_sql(tenant).all()
    send(paused, "n-1")
    with database.reading() as connection:
        assert connection.exec_driver_sql(tenant).all() == before
    assert before[0][1] < before[0][0]


@on_one_engine
def test_on_reads_the_header_means_nothing(product, send, database) -> None:
    for name in ("n-1", "", "ä".encode().decode("latin-1")):
        first = send({"action": "listProduct", "sku": "A"}, name)
        assert first.status_code == 200
    send(EDIT)
    again = send({"action": "listProduct", "sku": "A"}, "n-1")
    assert again.json["version"] == 2
    assert kept(database) == []


def test_the_key_is_asked_for_first(product, send, make_key) -> None:
    editor = make_key("pim_editor")
    send(EDIT, "n-1", key=editor)
    reply = send({"key": editor}, path="/pim/keydelete")
    assert reply.status_code == 200

    assert send(EDIT, "n-1", key=editor).status_code == 401
    assert send(EDIT, "n-1", key=make_key("pim_user")).status_code == 403


def test_a_new_key_is_told_once(send, database) -> None:
    body = {"name": "till", "permissions": ["pim_user"]}
    first = send(body, "n-1", "/pim/newkey")
    again = send(body, "n-1", "/pim/newkey")

    assert first.json["key"].startswith("pims_")
    assert again.json == first.json | {"key": None}
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.json["key"].encode() not in b"".join(one.reply for one in kept(database))


MANAGING = [
    (ATTRIBUTES, {"action": "addAttribute", "name": "color",
                  "definition": {"type": "string", "label": {"en-us": "Color"}}}),
    (ATTRIBUTES, {"action": "addLocale", "code": "fr-fr", "name": "French"}),
    ("/pim/manage/categories", {"action": "addCategory", "items": [{"path": "Lamps > Desk"}]}),
    ("/pim/manage/views", {"action": "addPimView", "name": "shop", "attributes": {"title": {}}}),
    (PRODUCTS, {"action": "createProduct", "sku": "B"}),
    (PRODUCTS, {"action": "saveProduct", "sku": "B"}),
    (PRODUCTS, {"action": "batch", "actions": [{"action": "createProduct", "sku": "B"}]}),
    (PRODUCTS, {"action": "batch", "actions": [{"action": "createProduct", "sku": "B"}, {}]}),
    (PRODUCTS, {"action": "revert", "transaction": 2}),
    ("/pim/export", {"format": "csv"}),
    ("/pim/export", b""),
]  # fmt: skip


@pytest.mark.parametrize(("path", "body"), MANAGING)
def test_every_write_takes_a_name(product, send, unchanged, path, body) -> None:
    first = send(body, "n-1", path)
    assert first.status_code in (200, 207), first.text

    with unchanged():
        again = send(body, "n-1", path)

    assert (again.status_code, again.data) == (first.status_code, first.data)
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_refused_atomic_batch_is_kept_and_stores_nothing_else(
    product, send, pims, database
) -> None:
    rows = [EDIT, {"action": "createProduct", "sku": "B"}, {"action": "createProduct", "sku": ""}]
    body = {"action": "batch", "mode": "atomic", "actions": rows}
    with database.reading() as connection:
        before = connection.exec_driver_sql("SELECT * FROM tenant").all()
    first = send(body, "n-1")
    assert (first.status_code, first.json["totals"]["skipped"]) == (207, 2)
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT * FROM tenant").all() == before
    assert pims("listProduct", sku="A")["version"] == 1
    assert pims("listProduct", sku="B")["status"] == "Error"

    again = send(body, "n-1")

    assert (again.status_code, again.data) == (207, first.data)
    assert again.headers["Idempotent-Replayed"] == "true"


@on_one_engine
def test_a_large_reply_is_the_same_compressed_or_not(product, send) -> None:
    body = {"action": "editProduct", "sku": "A", "data": {"attributes": {"title": "x" * 2_000}}}
    first = send(body, "n-1")
    again = send(body, "n-1", **{"Accept-Encoding": "gzip"})
    assert again.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(again.data) == first.data


def test_names_are_forgotten_after_their_hours(product, send, database) -> None:
    send(EDIT, "n-1")
    send(EDIT, "n-2")
    with database.writing() as connection:
        old = now_us() - DAY_US - 1_000_000
        connection.execute(kept_reply.update().where(kept_reply.c.name == "n-1").values(at=old))
        connection.commit()

    other = send(EDIT | {"strict": True}, "n-1")
    assert (other.status_code, "Idempotent-Replayed" in other.headers) == (200, False)
    assert send(EDIT | {"strict": True}, "n-1").headers["Idempotent-Replayed"] == "true"
    assert send(EDIT | {"strict": True}, "n-2").status_code == 422


def test_old_replies_are_removed_by_and_by(product, send, database) -> None:
    for name in ("n-1", "n-2", "n-3"):
        send(EDIT, name)
    with database.writing() as connection:
        old = now_us() - DAY_US - 1_000_000
        connection.execute(kept_reply.update().where(kept_reply.c.name != "n-2").values(at=old))
        connection.commit()

    remove_old_replies(database, now_us())

    assert [one.name for one in kept(database)] == ["n-2"]


def test_two_at_the_same_time_store_once(app, product, key, database) -> None:
    body = {"action": "editProduct", "sku": "A", "data": {"attributes": {"title": "Race"}}}
    answers = []

    def post():
        told = {"ApiKey": key, "Idempotency-Key": "n-1"}
        reply = app.test_client().post(PRODUCTS, json=body, headers=told)
        answers.append((reply.status_code, reply.data, "Idempotent-Replayed" in reply.headers))

    threads = [threading.Thread(target=post) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert {one[:2] for one in answers} == {answers[0][:2]}
    assert sorted(one[2] for one in answers) == [False, True, True, True]
    assert len(kept(database)) == 1


def test_writes_without_a_name_ask_for_nothing_more(product, send, queries) -> None:
    send(EDIT)
    counts = []
    for title in ("a", "b"):
        with queries() as sent:
            send({"action": "editProduct", "sku": "A", "data": {"attributes": {"title": title}}})
        counts.append([one for one in sent if "kept_reply" in one])
    assert counts == [[], []]


def test_what_is_undone_or_comes_back_to_the_same_leaves_the_catalogue_as_it_was(
    product, send, given_product, database, pims
) -> None:
    given_product("A-1", variation_of="A")
    given_product("B")
    there = {"action": "editProduct", "sku": "A", "data": {"attributes": {"variation_of": "B"}}}
    back = {"action": "editProduct", "sku": "A", "data": {"attributes": {"variation_of": None}}}
    made = {"action": "createProduct", "sku": "C"}
    wrong = {"action": "createProduct", "sku": "C"}
    for name, mode, rows in (
        ("n-1", "per_row", [there, back]),
        ("n-2", "atomic", [there, made, wrong]),
        ("n-3", "per_row", [EDIT | {"idempotency_key": "r-1"}, there, back]),
    ):
        body = {"action": "batch", "mode": mode, "actions": rows}
        first, again = send(body, name), send(body, name)
        assert (first.status_code, again.data) == (207 if mode == "atomic" else 200, first.data)
        assert differences(database) == []

    send({"action": "createProduct", "sku": "C"}, "n-4")
    send(EDIT)
    assert differences(database) == []
    assert pims("listProduct", sku="A")["data"]["attributes"]["variation_of"] is None
