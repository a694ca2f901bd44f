"""Large statements to PostgreSQL: sent at once, answered later."""

import pytest
from sqlalchemy import ARRAY, Connection, Integer, Text, bindparam, func, insert, select
from sqlalchemy.exc import IntegrityError

from pims_api.errors import Busy, NotFound
from pims_api.storage.database import Database
from pims_api.storage.engine.statement import PreparedStatement
from tests.storage.engine.number_table import NUMBER, add, cut, found, stored, write

ADD_LENGTH = PreparedStatement(insert(NUMBER).values(n=func.length(bindparam("of", type_=Text))))
ADD_LARGE = PreparedStatement(
    insert(NUMBER).from_select(["n"], select(func.unnest(bindparam("some", type_=ARRAY(Integer)))))
)
LARGE = range(10_000, 15_000)


def test_more_than_the_network_holds_is_sent(numbers: Database) -> None:
    write(numbers, act=lambda connection: ADD_LENGTH.run(connection, {"of": "x" * 30_000_000}))
    assert stored(numbers) == [30_000_000]


@pytest.mark.parametrize(("length", "travel_with_the_commit"), [(600, 0), (100, 2)])
def test_a_text_as_long_as_a_document_is_sent_ahead(
    numbers: Database, trips: list[int], length: int, travel_with_the_commit: int
) -> None:
    def add_length(connection: Connection) -> None:
        ADD_LENGTH.run(connection, {"of": "x" * length})

    with numbers.writing() as connection:
        add_length(connection)  # undone: but from now on it is known
    trips.clear()
    write(numbers, act=add_length)
    assert trips == [travel_with_the_commit]
    assert stored(numbers) == [length]


def add_many(connection: Connection) -> None:
    """Add so many in one statement that it does not wait to be sent."""
    ADD_LARGE.run(connection, {"some": list(LARGE)})


def test_a_large_statement_is_sent_ahead_and_answered_with_the_commit(
    numbers: Database, trips: list[int]
) -> None:
    with numbers.writing() as connection:
        add_many(connection)  # undone: but from now on it is known
    trips.clear()
    write(numbers, 1, act=add_many)
    assert trips == [0]
    assert stored(numbers) == [1, *LARGE]


def test_a_question_hears_what_went_wrong_with_a_large_statement(numbers: Database) -> None:
    write(numbers, LARGE[7])
    with pytest.raises(IntegrityError), numbers.writing() as connection:
        add_many(connection)
        found(connection)
    assert stored(numbers) == [LARGE[7]]


def test_a_savepoint_undoes_a_large_statement_that_was_sent_ahead(numbers: Database) -> None:
    with numbers.writing() as connection:
        add(connection, 1)
        with connection.begin_nested() as savepoint:
            add_many(connection)
            savepoint.rollback()
        add(connection, 2)
        connection.commit()
    assert stored(numbers) == [1, 2]


def test_a_refusal_leaves_nothing_of_a_large_statement_that_was_sent_ahead(
    numbers: Database,
) -> None:
    with pytest.raises(NotFound), numbers.writing() as connection:
        add_many(connection)
        raise NotFound
    write(numbers, 1)
    assert stored(numbers) == [1]


def test_a_lost_connection_is_told_after_a_large_statement(numbers: Database) -> None:
    with pytest.raises(Busy), numbers.writing() as connection:
        add(connection, 1)
        found(connection)
        cut(connection)
        add_many(connection)
        connection.commit()
    assert stored(numbers) == []
