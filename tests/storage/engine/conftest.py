"""A table of a PostgreSQL database, and what travels there."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import text

from pims_api.storage.database import Database
from pims_api.storage.engine.pipeline import Pipeline
from tests.environment import settings_of
from tests.storage.engine.number_table import add, found


@pytest.fixture
def numbers(postgres_url: str) -> Iterator[Database]:
    """A table of unique numbers, each of which may be above another; that is checked at the end."""
    settings = settings_of(postgres_url)
    with closing(Database(settings)) as database:
        with database.writing() as connection:
            connection.execute(
                text(
                    "CREATE TABLE number (n INTEGER PRIMARY KEY, above INTEGER"
                    " REFERENCES number DEFERRABLE INITIALLY DEFERRED)"
                )
            )
            connection.commit()
        yield database
        with database.writing() as connection:
            connection.execute(text("DROP TABLE number"))
            connection.commit()


@pytest.fixture
def trips(numbers: Database, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many statements travelled, for each way there and back. What is asked is known before."""
    with numbers.writing() as connection:
        add(connection, 0)
        found(connection)
    made: list[int] = []
    many, one = Pipeline._exchange, Pipeline._exchange_one

    def count_many(pipeline: Pipeline, asked: list, closing: bytes | None = None) -> list:
        made.append(len(pipeline._waiting) + len(asked))
        return many(pipeline, asked, closing)

    monkeypatch.setattr(Pipeline, "_exchange", count_many)
    monkeypatch.setattr(Pipeline, "_exchange_one", lambda *all_: made.append(1) or one(*all_))
    return made
