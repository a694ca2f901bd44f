"""The bell of PostgreSQL: whoever waits for a write hears of it, and nobody else costs a commit."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import psycopg
import pytest

from pims_api.storage.database import Database
from pims_api.storage.engine.statement import wait_for_writes
from pims_api.storage.engine.watch import sequence_watch
from pims_api.storage.engine.watch.sequence_watch import BELL, LISTENING
from pims_api.storage.unit_of_work import unit_of_work
from tests.environment import settings_of
from tests.storage.shop import ACTOR, Shop, new_shop, put

LONG_S = 60


@pytest.fixture
def shop(postgres_url: str) -> Iterator[Shop]:
    with closing(Database(settings_of(postgres_url))) as database:
        yield new_shop(database)


@contextmanager
def connected(shop: Shop) -> Iterator[psycopg.Connection]:
    with psycopg.connect(shop.database._libpq_url, autocommit=True) as connection:
        yield connection


def test_a_lone_write_rings_only_while_somebody_says_that_they_listen(shop: Shop) -> None:
    with connected(shop) as ear, connected(shop) as listener:
        ear.execute(f"LISTEN {BELL}")
        shop.save("A", {})
        listener.execute("SELECT pg_advisory_lock_shared(%s)", [LISTENING])
        shop.save("B", {})
        listener.execute("SELECT pg_advisory_unlock_all()")
        shop.save("C", {})
        assert len(list(ear.notifies(timeout=LONG_S, stop_after=1))) == 1
        ear.execute("SELECT")
        assert list(ear.notifies(timeout=0)) == []


def test_who_begins_to_listen_amid_a_commit_hears_of_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The write has seen that nobody listens, so it tells nobody."""
    monkeypatch.setattr(sequence_watch, "LOOK_ANYWAY_S", LONG_S)
    database = shop.database
    with ThreadPoolExecutor(1) as other, connected(shop) as looking:
        with unit_of_work(database, shop.tenant_id, ACTOR) as work:
            put(work, "A", {})
            work.finish()
            wait_for_writes(work.connection)
            before = work.sequence - 1
            waits = other.submit(database.watch.wait, shop.tenant_id, before, LONG_S)
            while not _waits_for_the_lock(looking):
                assert not waits.done()
        assert waits.result(LONG_S / 2)


def _waits_for_the_lock(connection: psycopg.Connection) -> bool:
    asked = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    return connection.execute(asked).fetchone() is not None
