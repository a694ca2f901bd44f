"""Every transaction has a digest of what it stored and of the one before it."""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import text

from pims_api.clock import now_us
from pims_api.storage import unit_of_work as module
from pims_api.storage.checks.chain import Noted, compare_chain, compare_noted
from pims_api.storage.history.chain import LINK_COLUMNS
from pims_api.storage.history.changes import Actor, Note
from pims_api.storage.tables import transaction
from pims_api.storage.unit_of_work import unit_of_work
from tests.storage.shop import Shop, attribute, put

NOTED = Actor("Anna", 7, Note("sale", "PO-1"), 3)
CONTENT = "who made it, when or why, or what it changed is not as it was stored."
LAST = "who made it, when or why, or what it changed, or its digest, is not as it was stored."
DIGEST = "its digest is not as it was stored, or neither it nor the next one is."


@pytest.fixture
def busy_shop(shop: Shop) -> Shop:
    """A shop with seven transactions: two of definitions, four of products, one with a note."""
    shop.define(attribute(100, "color"))
    for number in range(3):
        shop.put({f"S{number}": {"color": "réd"}, f"T{number}": {"color": "blue"}})
    with unit_of_work(shop.database, shop.tenant_id, NOTED) as work:
        put(work, "S0", {"color": 'gr"een'})
        put(work, "S1", {})
    return shop


def found(shop: Shop) -> list[str]:
    with shop.read() as seen:
        return list(compare_chain(seen))


def tamper(shop: Shop, statement: str) -> None:
    with shop.database.writing() as connection:
        assert connection.execute(text(statement)).rowcount > 0
        connection.commit()


def test_what_is_written_has_a_chain(busy_shop: Shop) -> None:
    assert found(busy_shop) == []


def test_the_digest_is_what_the_document_says(busy_shop: Shop) -> None:
    with busy_shop.read() as seen:
        rows = seen.connection.execute(
            text('SELECT sequence, at, digest FROM "transaction" WHERE tenant_id = 1 ORDER BY 1')
        ).all()
        changes = seen.connection.execute(
            text("SELECT entity, entity_id, old, new FROM change WHERE sequence = 7")
        ).all()
    parts = [
        sha256(f"{entity} {number}\n{old}\n{new}".encode()).hexdigest()
        for entity, number, old, new in changes
    ]
    head = json.dumps([7, rows[-1].at, "Anna", 7, "sale", "PO-1", 3], separators=(",", ":"))
    whole = "\n".join([rows[-2].digest, head, *sorted(parts)])
    assert len(parts) == 2
    assert rows[-1].digest == sha256(whole.encode()).hexdigest()


@pytest.mark.parametrize(
    ("statement", "first", "kind"),
    [
        ("UPDATE change SET new = replace(new, 'blue', 'blu3') WHERE sequence = 5", 5, CONTENT),
        ("UPDATE change SET old = replace(old, 'réd', 'red') WHERE sequence = 7", 7, LAST),
        ("UPDATE change SET entity_id = entity_id + 50 WHERE sequence = 4 AND entity_id = 1", 4,
         CONTENT),
        ("UPDATE change SET entity = 'view' WHERE sequence = 3", 3, CONTENT),
        ("DELETE FROM change WHERE sequence = 4 AND entity_id = 1", 4, CONTENT),
        ('UPDATE "transaction" SET at = at + 1 WHERE sequence = 6', 6, CONTENT),
        ("UPDATE \"transaction\" SET actor = 'test5' WHERE sequence = 3", 3, CONTENT),
        ('UPDATE "transaction" SET key_id = 8 WHERE sequence = 7', 7, LAST),
        ("UPDATE \"transaction\" SET reason = 'sole' WHERE sequence = 7", 7, LAST),
        ('UPDATE "transaction" SET source_ref = NULL WHERE sequence = 7', 7, LAST),
        ('UPDATE "transaction" SET job_id = NULL WHERE sequence = 7', 7, LAST),
        ('UPDATE "transaction" SET digest = NULL WHERE sequence = 1', 1, "its digest is missing."),
        ("UPDATE \"transaction\" SET digest = 'a' || digest WHERE sequence = 4", 4, DIGEST),
        ('UPDATE "transaction" SET at = at + 1 WHERE sequence IN (4, 5)', 4, DIGEST),
        ("DELETE FROM change WHERE sequence = 5", 5, CONTENT),
    ],
)  # fmt: skip
def test_what_is_altered_by_hand_is_named(
    busy_shop: Shop, statement: str, first: int, kind: str
) -> None:
    tamper(busy_shop, statement)
    assert found(busy_shop) == [f"Transaction {first} does not fit: {kind}"]


def test_every_column_of_a_transaction_is_covered() -> None:
    assert {one.name for one in transaction.c} == {"tenant_id", "digest", *LINK_COLUMNS}


def test_a_transaction_that_is_taken_out_is_missed(busy_shop: Shop) -> None:
    tamper(busy_shop, 'DELETE FROM "transaction" WHERE sequence = 5')
    assert found(busy_shop) == ["Transaction 5 is missing, and what it changed is there."]
    tamper(busy_shop, "DELETE FROM change WHERE sequence = 5")
    assert found(busy_shop) == [
        "Transaction 5 is missing: it was taken out, and what it changed with it."
    ]


def test_transactions_that_are_cut_off_at_the_end_are_missed(busy_shop: Shop) -> None:
    tamper(busy_shop, 'DELETE FROM "transaction" WHERE sequence > 5')
    tamper(busy_shop, "DELETE FROM change WHERE sequence > 5")
    assert found(busy_shop) == ["Transaction 7 was counted, and the last one there is 5."]


def test_a_chain_made_anew_is_another_one_than_was_noted(busy_shop: Shop) -> None:
    with busy_shop.read() as seen:
        digest = seen.connection.scalar(text('SELECT digest FROM "transaction" WHERE sequence = 6'))
        assert list(compare_noted(seen, Noted(6, digest))) == []
        other = list(compare_noted(seen, Noted(5, digest)))
    assert other == [
        f"Transaction 5 has another digest than {digest}, which was noted: something up to it was "
        "altered."
    ]


def test_each_tenant_has_a_chain_of_its_own(busy_shop: Shop) -> None:
    other = Shop(busy_shop.database, 2)
    from pims_api.storage.tenants import add_tenant

    assert add_tenant(busy_shop.database, "other") == 2
    other.save("A", {})
    assert found(other) == []
    assert found(busy_shop) == []


def test_what_is_settled_in_parts_or_undone_has_its_digest_too(busy_shop: Shop) -> None:
    with busy_shop.work() as work:
        put(work, "U1", {})
        work.settle()
        with work.attempt() as attempt:
            put(work, "U2", {})
            work.settle()
            attempt.rollback()
        put(work, "U0", {})
    assert found(busy_shop) == []
    with busy_shop.read() as seen:
        assert seen.sequence == 8


def test_a_clock_that_goes_back_moves_no_transaction_before_another(
    busy_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "now_us", lambda: now_us() - 3_600_000_000)
    busy_shop.save("S2", {"color": "red"})
    times = times_of(busy_shop)
    assert len(times) == 8
    assert times == sorted(times)
    assert times[-1] == times[-2]


def test_a_transaction_that_is_dated_back_is_not_before_another_either(busy_shop: Shop) -> None:
    with busy_shop.work() as work:
        work.date(work.at - 3_600_000_000)
        put(work, "S2", {"color": "red"})
    times = times_of(busy_shop)
    assert len(times) == 8
    assert times[-1] == times[-2]


def times_of(shop: Shop) -> list[Any]:
    with shop.read() as seen:
        found = seen.connection.execute(text('SELECT at FROM "transaction" ORDER BY sequence'))
        return [one for (one,) in found]


def test_a_dry_run_leaves_no_link(busy_shop: Shop, stored: Callable[..., None]) -> None:
    with busy_shop.work() as work:
        put(work, "S0", {})
        work.dry_run = True
    stored("S0", color="pink")
    assert found(busy_shop) == []
