"""Another secret for a key: the one before works as long as it was given, in every process."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from pims_api import clock
from pims_api.domain.access.api_key import is_well_formed, public_id
from pims_api.errors import BadInput, NotFound, Unauthorized
from pims_api.services.keys.api_keys import find_key, revoke_key
from pims_api.services.keys.authentication import authenticated_snapshot
from pims_api.services.keys.rotation import read_overlap, rotate_key
from pims_api.storage.checks.definitions import compare_keys
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.snapshot import snapshot
from pims_api.storage.unit_of_work import unit_of_work
from tests.databases.fresh import KeyedDatabase
from tests.environment import settings_of

HOUR_S = 3_600


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The time in seconds, in a list."""
    at = [1_900_000_000]
    told = SimpleNamespace(time_ns=lambda: at[0] * 1_000_000_000)
    monkeypatch.setattr(clock, "time", told)
    return at


@pytest.fixture
def processes(keyed_database: KeyedDatabase) -> Iterator[tuple[Database, Database]]:
    """Two that have a database open."""
    both = Database(settings_of(keyed_database.url)), Database(settings_of(keyed_database.url))
    yield both
    for one in both:
        one.close()


def works(database: Database, text: str) -> bool:
    try:
        with authenticated_snapshot(database, text, lambda _: ()):
            return True
    except Unauthorized:
        return False


def rotated(database: Database, text: str, overlap_s: int = 0) -> str:
    with unit_of_work(database, 1, Actor("tests")) as work:
        made, key = rotate_key(work, find_key(work, text), overlap_s)
    assert key.public_id == public_id(made) == public_id(text)
    return made


@contextmanager
def unchanged(database: Database) -> Iterator[None]:
    with snapshot(database, 1) as seen:
        before = seen.sequence
    yield
    with snapshot(database, 1) as seen:
        assert seen.sequence == before


def test_both_secrets_work_during_the_overlap(keyed_database, processes, now) -> None:
    one, other = processes
    old = keyed_database.key
    assert works(one, old)
    assert works(other, old)
    new = rotated(one, old, HOUR_S)
    assert is_well_formed(new)
    assert new != old
    for database in processes:
        assert [works(database, text) for text in (old, new)] == [True, True]
    now[0] += HOUR_S - 1
    for database in processes:
        assert [works(database, text) for text in (old, new)] == [True, True]
    now[0] += 1
    for database in processes:
        assert [works(database, text) for text in (old, new)] == [False, True]
    with snapshot(one, 1) as seen:
        assert find_key(seen, old) is None
        assert find_key(seen, new) == find_key(seen, public_id(new))


def test_without_an_overlap_the_old_one_ends_at_once(keyed_database, processes, now) -> None:
    one, other = processes
    assert works(other, keyed_database.key)
    new = rotated(one, keyed_database.key)
    for database in processes:
        assert [works(database, text) for text in (keyed_database.key, new)] == [False, True]


def test_a_key_has_at_most_two_secrets(keyed_database, processes, now) -> None:
    first = keyed_database.key
    second = rotated(processes[0], first, HOUR_S)
    third = rotated(processes[0], first, HOUR_S)
    for database in processes:
        assert [works(database, text) for text in (first, second, third)] == [False, True, True]
    fourth = rotated(processes[0], third)
    assert [works(processes[1], text) for text in (second, third, fourth)] == [False, False, True]


def test_it_is_one_key_whichever_secret_names_it(keyed_database, processes, now) -> None:
    old, database = keyed_database.key, processes[0]
    new = rotated(database, old, HOUR_S)
    with authenticated_snapshot(database, old, lambda _: ()) as (held, seen):
        key = find_key(seen, new)
        assert find_key(seen, old) == key
        assert (held.id, held.groups, held.expires_at) == (
            key.id, key.groups, (now[0] + HOUR_S) * 1_000_000
        )  # fmt: skip
        assert key.expires_at is None
    with unit_of_work(database, 1, Actor("tests")) as work:
        revoke_key(work, find_key(work, old))
    assert not any(works(one, text) for one in processes for text in (old, new))


def test_history_tells_of_it_and_holds_no_secret(keyed_database, processes, now) -> None:
    for overlap_s in (HOUR_S, 0, 0):  # the last two at the same moment
        rotated(processes[0], public_id(keyed_database.key), overlap_s)
    with snapshot(processes[1], 1) as seen:
        assert list(compare_keys(seen)) == []


def test_a_key_that_does_not_work_is_not_rotated(keyed_database, processes, now) -> None:
    database = processes[0]
    with (
        unchanged(database),
        pytest.raises(NotFound),
        unit_of_work(database, 1, Actor("a")) as work,
    ):
        rotate_key(work, None)
    with unit_of_work(database, 1, Actor("tests")) as work:
        revoke_key(work, find_key(work, keyed_database.key))
    with unchanged(database), pytest.raises(NotFound):
        rotated(database, keyed_database.key)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0s", 0), ("90s", 90), (" 5m ", 300), ("24h", 86_400), ("36500d", 36_500 * 86_400)],
)
def test_an_overlap_is_read(text, seconds) -> None:
    assert read_overlap(text) == seconds


@pytest.mark.parametrize("text", ["", "24", "h", "-1h", "1.5h", "1w", "1 h", "36501d", "٣h"])
def test_what_is_none_is_refused(text) -> None:
    with pytest.raises(BadInput, match="An overlap is a number with s, m, h or d, such as 24h"):
        read_overlap(text)
