"""The limit of a statement on PostgreSQL: the time that is left for the request."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import column, func, insert, select, table, text
from sqlalchemy.exc import IntegrityError

from pims_api.deadline import TooSlow, ending_within
from pims_api.storage.database import Database
from pims_api.storage.engine import pipeline
from pims_api.storage.engine.statement import PreparedStatement, wait_for_writes
from tests.environment import settings_of

NUMBER = table("number", column("n"))
ADD = PreparedStatement(insert(NUMBER))
NUMBERS = PreparedStatement(select(NUMBER.c.n).order_by(NUMBER.c.n))
SLEEP = PreparedStatement(select(func.pg_sleep(30)))


@pytest.fixture
def numbers(postgres_url: str) -> Iterator[Database]:
    """A table of numbers."""
    with closing(Database(settings_of(postgres_url))) as database:
        with database.writing() as connection:
            connection.execute(text("CREATE TABLE number (n INTEGER PRIMARY KEY)"))
            connection.commit()
        yield database
        with database.writing() as connection:
            connection.execute(text("DROP TABLE number"))
            connection.commit()


@contextmanager
def late_within(seconds: float) -> Iterator[None]:
    """Have every statement of the block be late in a request that has so many seconds."""
    with pytest.MonkeyPatch.context() as patch, ending_within(seconds):
        patch.setattr(pipeline, "LATE_S", 0)
        yield


def test_a_late_statement_gets_what_is_left_of_the_time(numbers: Database) -> None:
    for opened in (numbers.reading, numbers.writing):
        with late_within(0.1), pytest.raises(TooSlow), opened() as connection:
            SLEEP.all(connection, {})
        with late_within(0.1), pytest.raises(TooSlow), opened() as connection:
            connection.execute(select(func.pg_sleep(30)))
    with numbers.reading() as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "15s"


def test_a_late_write_is_stored_with_its_limit(numbers: Database) -> None:
    with late_within(20):
        with numbers.writing() as connection:
            ADD.run_many(connection, [{"n": 1}, {"n": 2}])
            numbers.commit(connection)
        with numbers.writing() as connection:
            assert NUMBERS.column(connection, {}) == [1, 2]
            limit = connection.scalar(text("SHOW statement_timeout"))
    assert limit is not None
    assert limit.endswith("ms")
    with numbers.reading() as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "15s"


def test_a_late_error_is_as_far_as_its_savepoint_goes(numbers: Database) -> None:
    with late_within(20), numbers.writing() as connection:
        ADD.run_many(connection, [{"n": 1}])
        with pytest.raises(IntegrityError), connection.begin_nested():
            connection.execute(insert(NUMBER).values(n=1))
        with pytest.raises(IntegrityError), connection.begin_nested():
            ADD.run_many(connection, [{"n": 2}, {"n": 1}])
            wait_for_writes(connection)
        ADD.run_many(connection, [{"n": 3}])
        numbers.commit(connection)
    with numbers.reading() as connection:
        assert NUMBERS.column(connection, {}) == [1, 3]
