"""Rates hold over all processes, and cost those that have none nothing."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

from pims_api import clock
from pims_api.domain.access.api_key import ApiKey
from pims_api.domain.access.limits.rate import Rate, read_rate
from pims_api.errors import Busy
from pims_api.storage.database import Database
from pims_api.storage.identity.rates import buckets
from pims_api.storage.identity.rates.buckets import FileBuckets
from pims_api.storage.identity.rates.limits import Allowance, RateLimits
from tests.environment import settings_of
from tests.pims.sent_statements import sent_statements

KEY = ApiKey(1, 7, "", "", "", "", ())
SECOND_NS = 1_000_000_000


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The time in nanoseconds, in a list."""
    at = [1_900_000_000 * SECOND_NS]
    monkeypatch.setattr(clock, "time", SimpleNamespace(time_ns=lambda: at[0]))
    return at


@pytest.fixture
def process(database_url: str) -> Iterator[Callable[[], Database]]:
    """`process()`: another process that has the database open."""
    made: list[Database] = []

    def opened() -> Database:
        made.append(Database(settings_of(database_url)))
        return made[-1]

    yield opened
    for one in made:
        one.close()


def take(database: Database, rate: Rate, key: ApiKey = KEY) -> Allowance:
    return database.caches.of(RateLimits).take(database, key, rate)


def given(processes: list[Database], rate: Rate, asked: int, key: ApiKey = KEY) -> int:
    """Return how many of so many requests are let through, in turns."""
    return sum(
        take(processes[number % len(processes)], rate, key).is_given for number in range(asked)
    )


@pytest.mark.parametrize("text", ["1/h", "3/s", "10/m", "50/s"])
def test_a_small_rate_is_exact_over_several_processes(process, now, text) -> None:
    processes, rate = [process(), process(), process()], read_rate(text)
    assert given(processes, rate, 3 * rate.count + 6) == rate.count
    now[0] += rate.each_ns + 1_000
    assert given(processes, rate, 6) == 1
    now[0] += rate.period_ns
    assert given(processes, rate, 3 * rate.count + 6) == rate.count


def test_a_large_rate_holds_within_a_tenth_over_ten_processes(process, now) -> None:
    processes, rate = [process() for _ in range(10)], read_rate("600/s")
    first = given(processes, rate, 700)
    assert 540 <= first <= 600
    total = first
    for _ in range(10):
        now[0] += SECOND_NS // 10
        total += given(processes, rate, 80)
    assert 1_080 <= total <= 1_200


def test_what_is_left_and_how_long_to_wait_are_told(process, now) -> None:
    one, other, rate = process(), process(), read_rate("3/m")
    assert [take(one, rate) for _ in range(4)] == [
        Allowance(rate, True, 2, 20),
        Allowance(rate, True, 1, 20),
        Allowance(rate, True, 0, 20),
        Allowance(rate, False, 0, 20),
    ]
    now[0] += 15 * SECOND_NS
    assert take(one, rate) == take(other, rate) == Allowance(rate, False, 0, 5)
    now[0] += 5 * SECOND_NS
    assert take(other, rate) == Allowance(rate, True, 0, 20)
    assert take(one, rate) == Allowance(rate, False, 0, 20)


def test_a_wait_below_a_second_is_told_as_one(process, now) -> None:
    one, rate = process(), read_rate("2/s")
    assert [take(one, rate).wait_s for _ in range(3)] == [1, 1, 1]


def test_keys_have_buckets_of_their_own(process, now) -> None:
    one, rate = process(), read_rate("2/m")
    for key in (KEY, replace(KEY, id=8), replace(KEY, tenant_id=2)):
        assert given([one, process()], rate, 5, key) == 2


def test_another_rate_holds_at_once(process, now) -> None:
    processes, slow, quick = [process(), process()], read_rate("2/h"), read_rate("5/s")
    assert given(processes, slow, 4) == 2
    assert given(processes, quick, 4) == 0
    now[0] += SECOND_NS
    assert given(processes, quick, 20) == 5
    assert given(processes, slow, 4) <= 2


def test_an_empty_bucket_is_not_asked_before_it_lets_one_through(process, now, monkeypatch) -> None:
    one, rate, asked = process(), read_rate("2/m"), []
    kind = type(buckets.buckets_of(one))
    whole = kind.take
    monkeypatch.setattr(kind, "take", lambda *of: asked.append(1) or whole(*of))
    assert given([one], rate, 50) == 2
    assert len(asked) == 3
    now[0] += 30 * SECOND_NS
    assert given([one], rate, 50) == 1
    assert len(asked) == 5
    now[0] -= 3_600 * SECOND_NS  # a clock that is set back locks nobody out
    assert given([one], rate, 1) == 0
    assert len(asked) == 6


def test_a_large_rate_seldom_asks(process, now, monkeypatch) -> None:
    one, asked = process(), []
    kind = type(buckets.buckets_of(one))
    whole = kind.take
    monkeypatch.setattr(kind, "take", lambda *of: asked.append(1) or whole(*of))
    assert given([one], read_rate("2000/s"), 500) == 500
    assert len(asked) == 50


def test_nobody_waits_for_a_long_writer(process, now) -> None:
    """The row of a bucket is no write of the catalogue: an import goes on meanwhile."""
    one, other, rate = process(), process(), read_rate("5/m")
    begun, over = threading.Event(), threading.Event()

    def write() -> None:
        with one.writing():
            begun.set()
            over.wait(30)

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait(30)
    try:
        assert given([one, other], rate, 10) == 5
    finally:
        over.set()
        writer.join()


def test_it_is_no_transaction_of_a_tenant(process, now) -> None:
    one = process()
    with sent_statements(one) as sent:
        take(one, read_rate("5/m"))
    assert not any("tenant " in statement for statement in sent)


def test_threads_of_a_process_share_a_bucket(process, now) -> None:
    one, rate, found = process(), read_rate("40/m"), []

    def ask() -> None:
        found.extend(take(one, rate).is_given for _ in range(20))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(found), sum(found)) == (80, 40)


def test_a_file_that_is_no_database_is_told_as_busy(tmp_path) -> None:
    path = tmp_path / "pims.db-rates"
    path.write_bytes(b"no database" * 100)
    with pytest.raises(Busy):
        FileBuckets(path).take(KEY, read_rate("5/m"), 0, 1)


def test_a_file_of_buckets_stays_small_and_needs_no_other_when_nobody_has_it(tmp_path) -> None:
    path = tmp_path / "pims.db-rates"
    file = FileBuckets(path)
    assert file.take(KEY, read_rate("5/m"), SECOND_NS, 9).given == 5
    assert FileBuckets(path).take(KEY, read_rate("5/m"), SECOND_NS, 9).given == 0
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM api_key_rate").fetchone() == (1,)
