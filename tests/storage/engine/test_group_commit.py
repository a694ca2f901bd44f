"""Writers that wait are committed together; each is refused alone."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from pims_api.errors import Busy, Conflict
from pims_api.settings import Settings
from pims_api.storage.database import Database
from tests.databases.broken_statements import SQLITE, breakable, failing

LOCKED = next(one for one in SQLITE if one.name == "locked")
Act = Callable[[Connection], None]


class Desk:
    """A database with a table of numbers. While the first writer writes, others come in line."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.commits = 0
        event.listen(database.engine, "commit", self._count)
        with database.writing() as connection:
            connection.exec_driver_sql("CREATE TABLE number (n INTEGER PRIMARY KEY)")
            connection.commit()
        self.commits = 0

    def _count(self, _: Connection) -> None:
        self.commits += 1

    def write(self, number: int, *, act: Act | None = None, **how: bool) -> None:
        with self.database.writing(group_commit=how.get("group_commit", True)) as connection:
            connection.exec_driver_sql("INSERT INTO number VALUES (?)", (number,))
            if act is not None:
                act(connection)
            self.database.commit(connection, alone=how.get("alone", False))

    def look(self) -> None:
        """Write, and commit nothing."""
        with self.database.writing(group_commit=True) as connection:
            connection.exec_driver_sql("INSERT INTO number VALUES (9)")

    def write_in_line(self, *others: Callable[[], None]) -> list[Future[None]]:
        """Write 1, and behind it what the others do, in their order."""
        first_writes, go_on = threading.Event(), threading.Event()

        def hold(_: Connection) -> None:
            first_writes.set()
            go_on.wait()

        with ThreadPoolExecutor(len(others) + 1) as pool:
            futures = [pool.submit(self.write, 1, act=hold)]
            first_writes.wait()
            for number, other in enumerate(others, 1):
                futures.append(pool.submit(other))
                while self.database._writers.waiting < number:
                    pass
            go_on.set()
        return futures

    @property
    def numbers(self) -> list[int]:
        with self.database.reading() as connection:
            return list(connection.exec_driver_sql("SELECT n FROM number ORDER BY n").scalars())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/pims.db", lock_wait_s=30)
    database = Database(settings)
    database.make_file()
    yield Desk(database)
    database.close()


@pytest.fixture
def breaking(tmp_path: Path) -> Iterator[Desk]:
    """A desk whose statements may fail."""
    database = Database(Settings(database_url=f"sqlite:///{tmp_path}/pims.db", lock_wait_s=30))
    database.make_file()
    with breakable(database):
        yield Desk(database)
    database.close()


def refuse(_: Connection) -> None:
    raise Conflict


def test_those_who_wait_are_committed_together(desk: Desk) -> None:
    futures = desk.write_in_line(*(lambda n=n: desk.write(n) for n in (2, 3, 4)))
    assert [one.exception() for one in futures] == [None] * 4
    assert (desk.numbers, desk.commits) == ([1, 2, 3, 4], 1)


def test_one_alone_is_committed_at_once(desk: Desk) -> None:
    desk.write(1)
    assert (desk.numbers, desk.commits) == ([1], 1)
    desk.write(2)
    assert (desk.numbers, desk.commits) == ([1, 2], 2)


@pytest.mark.parametrize("place", [2, 3])
def test_whoever_is_refused_undoes_its_own_work_alone(desk: Desk, place: int) -> None:
    def write(number: int) -> None:
        desk.write(number, act=refuse if number == place else None)

    futures = desk.write_in_line(lambda: write(2), lambda: write(3))
    errors = [type(one.exception()) for one in futures]
    assert errors[place - 1] is Conflict
    assert errors.count(type(None)) == 2
    assert (desk.numbers, desk.commits) == ([n for n in (1, 2, 3) if n != place], 1)


def test_one_that_does_not_commit_leaves_nothing(desk: Desk) -> None:
    futures = desk.write_in_line(desk.look)
    assert [one.exception() for one in futures] == [None, None]
    assert desk.numbers == [1]


def test_whoever_saw_the_work_of_others_is_answered_after_their_commit(desk: Desk) -> None:
    answered: list[int] = []

    def refused() -> None:
        try:
            desk.write(2, act=refuse)
        finally:
            answered.append(desk.commits)

    desk.write_in_line(refused, lambda: desk.write(3))
    assert (answered, desk.commits) == ([1], 1)


def test_one_that_takes_long_has_a_transaction_of_its_own(desk: Desk) -> None:
    desk.write_in_line(lambda: desk.write(2, group_commit=False), lambda: desk.write(3))
    assert (desk.numbers, desk.commits) == ([1, 2, 3], 3)


def test_nobody_comes_after_one_that_wants_to_be_the_last(desk: Desk) -> None:
    desk.write_in_line(lambda: desk.write(2, alone=True), lambda: desk.write(3))
    assert (desk.numbers, desk.commits) == ([1, 2, 3], 2)


def test_when_the_commit_fails_everybody_hears_of_it(desk: Desk) -> None:
    def lose(connection: Connection) -> None:
        connection.connection.driver_connection.rollback()  # as the engine does when disks fail

    futures = desk.write_in_line(
        lambda: desk.write(2),
        lambda: desk.write(3, act=refuse),  # maybe for what it saw of those before it
        desk.look,
        lambda: desk.write(4, act=lose),
    )
    assert [type(one.exception()) for one in futures] == [Busy] * 5
    assert desk.numbers == []
    desk.write(4)
    assert desk.numbers == [4]


def interrupted(connection: Connection) -> None:
    """Write, and be stopped: SQLite undoes the transaction of all."""
    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(lambda: 1, 1)
    try:
        connection.exec_driver_sql("UPDATE number SET n = n")
    finally:
        driver.set_progress_handler(None, 1)


@pytest.mark.parametrize("place", [1, 2, 3, 4])
def test_when_one_is_stopped_nobody_is_told_that_its_work_is_stored(desk: Desk, place: int) -> None:
    def write(number: int) -> None:
        desk.write(number, act=interrupted if number == place else None)

    futures = desk.write_in_line(*(lambda n=n: write(n) for n in (2, 3, 4)))
    errors = [one.exception() for one in futures]
    undone = range(1, place + 1) if place > 1 else ()
    told = [isinstance(one, Busy) for one in errors]
    assert told == [number in undone for number in (1, 2, 3, 4)]
    assert {str(one) for one in errors if one is not None} <= {Busy.message}
    assert desk.numbers == [n for n in (1, 2, 3, 4) if n not in undone]
    desk.write(5)
    assert desk.numbers[-1] == 5


def test_one_that_cannot_begin_undoes_nothing_of_the_one_before(breaking: Desk) -> None:
    def write_without_savepoint() -> None:
        with failing(LOCKED, 1):
            breaking.write(3)

    futures = breaking.write_in_line(
        lambda: breaking.write(2), write_without_savepoint, lambda: breaking.write(4)
    )
    assert [type(one.exception()) for one in futures] == [type(None), type(None), Busy, type(None)]
    assert breaking.numbers == [1, 2, 4]


@pytest.mark.parametrize("group_commit", [True, False])
def test_a_commit_that_fails_is_no_hindrance_to_the_next_one(
    breaking: Desk, group_commit: bool
) -> None:
    with failing(LOCKED, 3) as shot, pytest.raises(Busy):
        breaking.write(1, group_commit=group_commit)
    assert shot.hit == "COMMIT"
    breaking.write(2, group_commit=group_commit)
    assert breaking.numbers == [2]


def test_a_writer_alone_is_not_told_that_its_undone_work_is_stored(desk: Desk) -> None:
    def lose(connection: Connection) -> None:
        connection.connection.driver_connection.rollback()

    with pytest.raises(Busy):
        desk.write(1, act=lose, group_commit=False)
    desk.write(2, group_commit=False)
    assert desk.numbers == [2]


def test_one_whose_way_back_fails_is_not_refused_for_what_is_undone(breaking: Desk) -> None:
    """It may have seen the work of those before it, which goes with it."""

    def refuse_and_fail(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.execute("RELEASE pims_writer")  # so that the engine knows no such savepoint
        raise Conflict

    futures = breaking.write_in_line(lambda: breaking.write(2, act=refuse_and_fail))
    assert [type(one.exception()) for one in futures] == [Busy] * 2
    breaking.write(4)
    assert breaking.numbers == [4]


def test_a_turn_that_does_not_come_is_refused(desk: Desk) -> None:
    with desk.database.writing() as connection:
        connection.exec_driver_sql("INSERT INTO number VALUES (1)")
        desk.database._writers._wait_s = 0.01
        with ThreadPoolExecutor(1) as pool, pytest.raises(Busy):
            pool.submit(desk.write, 2).result()
        connection.commit()
    desk.write(3)
    assert desk.numbers == [1, 3]


def test_many_writers_lose_nothing(desk: Desk) -> None:
    def write(number: int) -> None:
        desk.write(number, act=refuse if number % 7 == 0 else None, group_commit=number % 5 != 0)

    with ThreadPoolExecutor(12) as pool:
        futures = [pool.submit(write, number) for number in range(300)]
    refused = {number for number, one in enumerate(futures) if one.exception() is not None}
    assert refused == set(range(0, 300, 7))
    assert desk.numbers == [number for number in range(300) if number % 7]
