"""Writers of PostgreSQL: what travels together, and what becomes of it when something fails."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace

import pytest
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InternalError

from pims_api.errors import Busy, NotFound
from pims_api.storage.database import Database
from pims_api.storage.engine.statement import PreparedStatement, prefetch, wait_for_writes
from pims_api.storage.products.store import find_product, product_asked
from pims_api.storage.unit_of_work import unit_of_work
from tests.storage.engine.number_table import NUMBER, NUMBERS, add, cut, found, stored, write
from tests.storage.shop import ACTOR, Shop, new_shop, put

ADD_BELOW = PreparedStatement(insert(NUMBER))  # other columns
SLEEP = PreparedStatement(select(func.pg_sleep(30)))
BROKEN = PreparedStatement(select(text("no_such_column")))
LOOK_FIRST = "Look at what is stored"


def test_writes_travel_with_the_commit(numbers: Database, trips: list[int]) -> None:
    write(numbers, 1, 2, 3)
    assert trips == [1 + 3]  # one says that the writer may take its time
    assert stored(numbers) == [1, 2, 3]


def test_writes_travel_with_the_next_question(numbers: Database, trips: list[int]) -> None:
    write(numbers, 1, 2, act=lambda connection: trips.append(-len(found(connection))))
    assert trips == [1 + 3, -2, 0]


def test_many_writes_do_not_wait_for_the_last(numbers: Database, trips: list[int]) -> None:
    write(numbers, *range(1_200))
    assert trips == [500, 500, 1 + 200]
    assert stored(numbers) == list(range(1_200))


def test_an_edit_goes_there_and_back_three_times(numbers: Database, trips: list[int]) -> None:
    shop = new_shop(numbers)
    shop.save("A", {"title": "Rod"})
    put_title(numbers, "Steel")  # for the first time, which prepares the statements
    trips.clear()
    put_title(numbers, "Steel rod")
    assert len(trips) <= 3
    assert trips[0] == 3  # the lock, the transaction before, the product


def put_title(database: Database, title: str) -> None:
    asked = [product_asked(1, "A")]
    with unit_of_work(database, 1, ACTOR, group_commit=True, prefetched=asked) as work:
        put(work, "A", {"title": title})


@pytest.mark.parametrize(("group_commit", "patience"), [(True, "30s"), (False, "10min")])
def test_who_writes_much_may_take_its_time(
    numbers: Database, group_commit: bool, patience: str
) -> None:
    asked = text("SELECT current_setting('idle_in_transaction_session_timeout')")
    with numbers.writing(group_commit=group_commit) as connection:
        assert connection.scalar(asked) == patience


def test_a_failed_statement_undoes_those_that_travel_with_it(numbers: Database) -> None:
    with pytest.raises(IntegrityError):
        write(numbers, 1, 2, 2, 3)
    assert stored(numbers) == []
    write(numbers, 4)
    assert stored(numbers) == [4]


def test_a_failed_statement_is_told_with_the_next_question(numbers: Database) -> None:
    write(numbers, 1)
    with pytest.raises(IntegrityError, match="number_pkey"), numbers.writing() as connection:
        add(connection, 2, 1)
        found(connection)
    assert stored(numbers) == [1]


def test_a_commit_that_the_engine_refuses_is_told(numbers: Database) -> None:
    with pytest.raises(IntegrityError):
        write(numbers, 1, act=lambda one: ADD_BELOW.run(one, {"n": 2, "above": 9}))
    assert stored(numbers) == []
    write(numbers, 1)
    assert stored(numbers) == [1]


def test_a_commit_that_undid_everything_is_told(numbers: Database) -> None:
    def ignore_error(connection: Connection) -> None:
        with suppress(DBAPIError):
            BROKEN.all(connection, {})

    with pytest.raises(InternalError, match="undone"):
        write(numbers, 1, act=ignore_error)
    assert stored(numbers) == []


def test_both_ways_of_asking_share_a_transaction(numbers: Database) -> None:
    with numbers.writing() as connection:
        add(connection, 1)
        connection.execute(insert(NUMBER).values(n=2))
        add(connection, 3)
        assert connection.scalars(select(NUMBER.c.n)).all() == [1, 2, 3]
        assert found(connection) == [1, 2, 3]
        assert stored(numbers) == []
        connection.rollback()
        connection.execute(insert(NUMBER).values(n=4))
        add(connection, 5)
        connection.commit()
        add(connection, 6)
        connection.commit()
        add(connection, 7)
    assert stored(numbers) == [4, 5, 6]


def test_a_savepoint_undoes_what_came_after_it(numbers: Database) -> None:
    with numbers.writing() as connection:
        add(connection, 1)
        with connection.begin_nested() as savepoint:
            add(connection, 2)
            assert found(connection) == [1, 2]
            add(connection, 3)
            savepoint.rollback()
        with connection.begin_nested():
            add(connection, 4)
        connection.commit()
    assert stored(numbers) == [1, 4]


def test_a_savepoint_is_as_far_as_an_error_goes(numbers: Database) -> None:
    with numbers.writing() as connection:
        add(connection, 1)
        with pytest.raises(IntegrityError), connection.begin_nested():
            add(connection, 2, 1)
            wait_for_writes(connection)
        add(connection, 3)
        connection.commit()
    assert stored(numbers) == [1, 3]


def test_a_refused_writer_leaves_nothing_and_keeps_its_connection(numbers: Database) -> None:
    with pytest.raises(NotFound), numbers.writing() as first:
        add(first, 1)
        raise NotFound
    with numbers.writing() as second:
        assert second is first
        assert found(second) == []


@pytest.mark.parametrize("waits", [True, False])
def test_a_connection_lost_before_the_commit_leaves_the_outcome_open(
    numbers: Database, waits: bool
) -> None:
    def lose(connection: Connection) -> None:
        if not waits:
            found(connection)
        cut(connection)

    with pytest.raises(Busy, match=LOOK_FIRST):
        write(numbers, 1, act=lose)
    write(numbers, 2)
    assert stored(numbers) == [2]


def test_a_server_that_ends_the_connection_is_an_outage(numbers: Database) -> None:
    def end(connection: Connection) -> None:
        number = connection.scalar(text("SELECT pg_backend_pid()"))
        with closing(Database(numbers.settings)) as other, other.reading() as elsewhere:
            elsewhere.execute(text("SELECT pg_terminate_backend(:n, 5000)"), {"n": number})

    with pytest.raises(Busy, match=LOOK_FIRST):
        write(numbers, 1, act=end)
    assert stored(numbers) == []


@pytest.mark.parametrize("writes", [True, False])
def test_a_connection_that_sqlalchemy_finds_lost_is_an_outage(
    numbers: Database, writes: bool
) -> None:
    opened = numbers.writing() if writes else numbers.reading()
    with pytest.raises(Busy), opened as connection:
        connection.execute(select(NUMBER.c.n))
        cut(connection)
        connection.execute(select(NUMBER.c.n))
    write(numbers, 1)
    assert stored(numbers) == [1]


def test_a_writer_waits_only_so_long_for_its_turn(numbers: Database) -> None:
    shop = new_shop(numbers)
    hasty = Database(replace(numbers.settings, lock_wait_s=0.05))
    with closing(hasty), shop.work() as work:
        put(work, "A", {"title": "Rod"})
        with pytest.raises(Busy):
            Shop(hasty, 1).save("B", {})
    shop.save("C", {})
    with shop.read() as seen:
        known = [sku for sku in "ABC" if find_product(seen, sku) is not None]
    assert known == ["A", "C"]


def test_a_writer_past_its_deadline_leaves_nothing(numbers: Database) -> None:
    hasty = Database(replace(numbers.settings, read_deadline_s=0.05))
    with closing(hasty), pytest.raises(Busy):
        write(hasty, 1, act=lambda connection: SLEEP.all(connection, {}))
    assert stored(numbers) == []


def test_what_was_prefetched_is_forgotten_with_a_write_by_sqlalchemy(numbers: Database) -> None:
    with numbers.writing() as connection:
        prefetch(connection, [(NUMBERS, {})])
        connection.execute(insert(NUMBER).values(n=1))
        assert found(connection) == [1]


def test_what_was_prefetched_is_forgotten_with_a_write(numbers: Database) -> None:
    shop = new_shop(numbers)
    shop.save("A", {"title": "Rod"})
    with shop.work() as work:
        prefetch(work.connection, [product_asked(1, "A")])
        put(work, "A", {"title": "Bar"})
        work.flush()
        seen = find_product(work, "A")
    assert seen is not None
    assert seen.values["title"] == "Bar"


def test_writers_of_two_databases_take_turns(numbers: Database) -> None:
    shop = new_shop(numbers)
    # Two threads for each: the one that waits for its turn may not hold up the one that has it.
    with closing(Database(numbers.settings)) as other:
        shops = [Shop(numbers, 1), Shop(other, 1)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda n: shops[n % 2].save(f"P{n:02}", {"title": f"{n}"}), range(40)))
    with shop.read() as seen:
        products = [find_product(seen, f"P{n:02}") for n in range(40)]
    assert sorted(one.id for one in products if one) == list(range(1, 41))
    assert seen.sequence == 42
