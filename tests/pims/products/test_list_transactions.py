"""listTransactions: which writes there were, by whom and why."""

from datetime import UTC, datetime

import pytest

from tests.databases.fresh import on_one_engine
from tests.pims.conftest import ATTRIBUTES


@pytest.fixture
def written(pims, steady_clock):
    """Five transactions after the two that every tenant of a test begins with."""
    write(pims)


def write(pims):
    note = {"reason": "New", "source_ref": "PO-1"}
    definition = {"type": "dropdown", "label": {"en-us": "Size"},
                  "dictionary": {"columns": ["value"], "data": [["S"], ["M"]]}}  # fmt: skip
    pims("addAttribute", path=ATTRIBUTES, name="size", definition=definition, status=200)
    rows = [{"action": "createProduct", "sku": sku} for sku in ("A", "B")]
    pims("batch", actions=rows, user="Anna", **note, status=200)
    pims("editProduct", sku="A", data={"attributes": {"title": "Rod"}}, user="Bob", status=200)
    pims("editProduct", sku="A", data={"attributes": {"title": "Rod"}}, user="Bob", status=200)
    pims("editProduct", sku="B", data={"attributes": {"title": "Bar"}}, user="Anna", status=200)


@pytest.fixture
def steady_clock(monkeypatch):
    """A clock that moves one second with every look, from 2030-03-01."""
    seconds = iter(range(1, 1_000))
    monkeypatch.setattr(
        "pims_api.storage.unit_of_work.now_us",
        lambda: (1_898_553_600 + next(seconds)) * 1_000_000,
    )


@pytest.fixture
def last_transaction(client, key):
    """`last_transaction()`: the number of the newest one, as the status tells it."""
    return lambda: client.get("/pim/status", headers={"ApiKey": key}).get_json()["transaction"]


@pytest.fixture
def numbers(pims, written):
    """`numbers(**params)`: the numbers that are listed."""
    return lambda **params: [
        one["transaction"]
        for one in pims("listTransactions", params=params, status=200)["transactions"]
    ]


def test_the_newest_are_told_first(pims, written, last_transaction):
    reply = pims("listTransactions", status=200)
    last = last_transaction()
    assert reply["total_count"] == last
    assert set(reply) == {"status", "total_count", "transactions"}
    told = [{k: v for k, v in one.items() if k != "date"} for one in reply["transactions"][:4]]
    assert told == [
        {"transaction": last, "user": "Anna", "products": 1, "definitions": 0},
        {"transaction": last - 1, "user": "Bob", "products": 1, "definitions": 0},
        {"transaction": last - 2, "user": "Anna", "reason": "New", "source_ref": "PO-1",
         "products": 2, "definitions": 0},
        {"transaction": last - 3, "user": reply["transactions"][3]["user"], "products": 0,
         "definitions": 3},
    ]  # fmt: skip


def test_keys_count_as_nothing(pims, make_key):
    make_key("pim_user")
    newest = pims("listTransactions", status=200)["transactions"][0]
    assert (newest["products"], newest["definitions"]) == (0, 0)


def test_users_documents_and_times_choose(pims, numbers, last_transaction, key):
    last = last_transaction()
    everything = list(range(last, 0, -1))
    assert numbers() == everything
    assert numbers(user="Anna") == [last, last - 2]
    assert numbers(user="Nobody") == []
    assert numbers(user=key) == everything[:4]
    assert numbers(source_ref="PO-1") == [last - 2]
    assert numbers(sourceRef="PO-1", user="Bob") == []
    assert numbers(**{"from": last - 1}) == [last, last - 1]
    assert numbers(**{"from": last - 2, "to": last - 1}) == [last - 1, last - 2]
    assert numbers(to=0) == []
    assert numbers(order=[{"direction": "ASC"}]) == everything[::-1]
    assert numbers(pagination={"pageSize": 2, "pageNum": 2}) == everything[2:4]
    assert numbers(pagination={"pageSize": 2, "pageNum": 10**12}) == []


def test_times_are_inclusive_at_both_ends(pims, numbers):
    rows = pims("listTransactions", status=200)["transactions"]
    third, fourth = rows[2], rows[3]
    since = f"2030-03-01T00:00:{third['date'] % 60:02}Z"
    assert numbers(**{"from": since}) == [one["transaction"] for one in rows[:3]]
    until = f"2030-03-01T01:00:{fourth['date'] % 60:02}+01:00"
    assert fourth["transaction"] in numbers(to=until)
    assert third["transaction"] not in numbers(to=until)
    assert numbers(**{"from": "2030-03-02"}) == []
    assert numbers(**{"from": "9999-12-31"}) == []


@pytest.fixture
def uneven_clock(monkeypatch):
    """A clock that moves 0.4 seconds with every look, from 2030-03-01."""
    looks = iter(range(1, 1_000))
    monkeypatch.setattr(
        "pims_api.storage.unit_of_work.now_us",
        lambda: 1_898_553_600_000_000 + next(looks) * 400_000,
    )


@pytest.mark.parametrize("form", ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.000Z",
                                  "%Y-%m-%dT%H:%M:%S.000000+00:00"])  # fmt: skip
def test_a_date_of_a_reply_stands_for_the_transactions_that_tell_it(uneven_clock, pims, form):
    write(pims)
    rows = [one for one in pims("listTransactions", status=200)["transactions"]
            if one["date"] >= 1_898_553_600]  # fmt: skip
    assert len({one["date"] for one in rows}) < len(rows) == 4
    for one in rows:
        text = datetime.fromtimestamp(one["date"], UTC).strftime(form)
        found = pims("listTransactions", params={"from": text, "to": text}, status=200)
        same = [row["transaction"] for row in rows if row["date"] == one["date"]]
        assert [row["transaction"] for row in found["transactions"]] == same
        params = {"as_of": text, "definition": False}
        told = pims("listProduct", params=params, status=200)["as_of"]
        assert told == {"transaction": same[0], "date": one["date"]}
        reply = pims("revert", sku="A", as_of=text, dry_run=True)
        assert reply["status"] == ("OK" if same[0] >= rows[-2]["transaction"] else "Error")


def test_only_managers_list_them(pims, make_key):
    for word in ("pim_user", "pim_editor", "pim_security", "pim_import", "pim_export"):
        reply = pims("listTransactions", key=make_key(word), status=403)
        assert reply["errors"][0]["allowed"] == ["pim_manager"]
    assert pims("listTransactions", key=make_key("pim_manager"), status=200)


@on_one_engine
@pytest.mark.parametrize(
    ("params", "code", "pointer"),
    [
        ({"from": -1}, "range", "/params/from"),
        ({"from": 10**9}, "range", "/params/from"),
        ({"to": 10**30}, "range", "/params/to"),
        ({"to": "17"}, "range", "/params/to"),
        ({"to": "2026-03-01T10:00:00"}, "range", "/params/to"),
        ({"to": "2026-02-30"}, "range", "/params/to"),
        ({"to": "0000-01-01"}, "range", "/params/to"),
        ({"to": "2026-03-01T25:00Z"}, "range", "/params/to"),
        ({"from": 1.5}, "range", "/params/from"),
        ({"from": True}, "range", "/params/from"),
        ({"from": ["2026-03-01"]}, "range", "/params/from"),
        ({"from": ""}, "range", "/params/from"),
        ({"user": 7}, "type", "/params/user"),
        ({"source_ref": {}}, "type", "/params/source_ref"),
        ({"pagination": {"pageSize": 501}}, "range", "/params/pagination/pageSize"),
        ({"order": [{"direction": "UP"}]}, "range", "/params/order/0/direction"),
    ],
)
def test_refuses(pims, params, code, pointer):
    reply = pims("listTransactions", params=params, status=400)
    assert [(one["code"], one["pointer"]) for one in reply["errors"]] == [(code, pointer)]
