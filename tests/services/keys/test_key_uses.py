"""When keys were used last: known here at once, elsewhere after some seconds, never in history."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Timer

import pytest

from pims_api.services.keys.authentication import authenticate, authenticated_snapshot
from pims_api.storage.database import Database
from pims_api.storage.identity import key_uses
from pims_api.storage.identity.key_uses import KeyUses, last_uses
from pims_api.storage.snapshot import snapshot
from tests.databases.fresh import KeyedDatabase
from tests.environment import settings_of
from tests.pims.sent_statements import sent_statements

SECOND_US = 1_000_000


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The time that uses are noted at, in a list."""
    now = [1_700_000_000 * SECOND_US]
    monkeypatch.setattr(key_uses, "now_us", lambda: now[0])
    return now


@contextmanager
def opened(url: str, seconds: float = 0) -> Iterator[Database]:
    database = Database(replace(settings_of(url), key_use_s=seconds))
    yield database
    database.close()


def use(database: Database, key: str) -> int:
    """Use a key; return its id."""
    with authenticated_snapshot(database, key, lambda _: ()) as (found, _):
        return found.id


def uses(database: Database) -> dict[int, int]:
    with snapshot(database, 1) as seen:
        return last_uses(seen)


def test_the_process_of_the_use_knows_it_at_once(keyed_database: KeyedDatabase, at) -> None:
    with opened(keyed_database.url) as database:
        assert uses(database) == {}
        number = use(database, keyed_database.key)
        assert uses(database) == {number: at[0]}
        first, at[0] = at[0], at[0] + SECOND_US // 2
        use(database, keyed_database.key)
        assert uses(database) == {number: first}
        at[0] += SECOND_US
        use(database, keyed_database.key)
        assert uses(database) == {number: at[0]}


def test_a_write_is_a_use_too(keyed_database: KeyedDatabase, at) -> None:
    with opened(keyed_database.url) as database, snapshot(database, 1) as seen:
        number = authenticate(database, seen, keyed_database.key).id
        assert last_uses(seen) == {number: at[0]}


def test_other_processes_learn_of_it_when_it_is_stored(keyed_database: KeyedDatabase, at) -> None:
    with opened(keyed_database.url) as one, opened(keyed_database.url) as other:
        number = use(one, keyed_database.key)
        assert uses(other) == {}
        one.caches.of(KeyUses).store(one)
        assert uses(other) == {number: at[0]}


def test_an_older_use_does_not_replace_a_newer_one(keyed_database: KeyedDatabase, at) -> None:
    with opened(keyed_database.url) as one, opened(keyed_database.url) as other:
        number = use(one, keyed_database.key)
        at[0] += 5 * SECOND_US
        use(other, keyed_database.key)
        other.caches.of(KeyUses).store(other)
        one.caches.of(KeyUses).store(one)
        assert uses(one) == uses(other) == {number: at[0]}


def test_it_is_stored_by_itself_some_time_later(
    keyed_database: KeyedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    timers: list[Timer] = []
    monkeypatch.setattr(
        key_uses, "Timer", lambda *wanted: timers.append(Timer(*wanted)) or timers[-1]
    )
    with opened(keyed_database.url, 0.01) as one, opened(keyed_database.url) as other:
        number = use(one, keyed_database.key)
        (timer,) = timers
        timer.join()
        assert list(uses(other)) == [number]
        assert timer.daemon


def test_it_need_not_be_stored(
    keyed_database: KeyedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(key_uses, "Timer")
    with opened(keyed_database.url, 0) as one:
        assert list(uses(one)) == []
        assert use(one, keyed_database.key) in uses(one)


def test_what_cannot_be_stored_now_is_stored_later(
    keyed_database: KeyedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(keyed_database.url) as one, opened(keyed_database.url) as other:
        number = use(one, keyed_database.key)
        with one.writing() as connection:
            connection.exec_driver_sql("ALTER TABLE api_key_use RENAME TO away")
            one.commit(connection)
        noted = one.caches.of(KeyUses)
        monkeypatch.setattr(KeyUses, "_store_later", lambda *_: None)
        noted.store(one)
        with one.writing() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO api_key_use")
            one.commit(connection)
        noted.store(one)
        assert list(uses(other)) == [number]


def test_it_is_no_transaction_and_no_change_of_keys(keyed_database: KeyedDatabase) -> None:
    with opened(keyed_database.url) as database:
        with snapshot(database, 1) as seen:
            before = seen.sequence, seen.keys_changed
        use(database, keyed_database.key)
        database.caches.of(KeyUses).store(database)
        with snapshot(database, 1) as seen:
            assert (seen.sequence, seen.keys_changed) == before


def test_a_request_stores_nothing_itself(keyed_database: KeyedDatabase) -> None:
    with opened(keyed_database.url) as database:
        use(database, keyed_database.key)
        with sent_statements(database) as sent:
            use(database, keyed_database.key)
        assert sent
        assert not any("api_key_use" in statement for statement in sent)
