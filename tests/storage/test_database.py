"""Transactions, the write lock and deadlines."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, Integer, column, insert, literal, select, text

from pims_api.clock import now_us
from pims_api.deadline import TooSlow, ending_within
from pims_api.errors import Busy
from pims_api.storage.database import Database
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.engine.write_lock import WriteLock
from pims_api.storage.tables import tenant
from tests.environment import settings_of

SLOW = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})"
    " SELECT count(*) FROM n"
)
ROW = {
    "sequence": 1,
    "definition_version": 1,
    "facet_sequence": 1,
    "last_product_id": 0,
    "created_at": now_us(),
}


@pytest.mark.usefixtures("shop")
def test_a_reader_sees_one_state_beside_a_writer(database: Database) -> None:
    with database.reading() as reader:
        before = reader.scalars(select(tenant.c.name)).all()
        with database.writing() as writer:
            writer.execute(insert(tenant), {"id": 2, "name": "other", **ROW})
            writer.commit()
        assert reader.scalars(select(tenant.c.name)).all() == before
    with database.reading() as reader:
        assert reader.scalars(select(tenant.c.name).order_by(tenant.c.id)).all() == [
            "acme",
            "other",
        ]


@pytest.mark.usefixtures("shop")
def test_leaving_without_a_commit_undoes_everything(database: Database) -> None:
    with database.writing() as writer:
        writer.execute(insert(tenant), {"id": 2, "name": "other", **ROW})
    with database.reading() as reader:
        assert reader.scalars(select(tenant.c.name)).all() == ["acme"]


@pytest.mark.parametrize(("word", "level"), [("OFF", 0), ("NORMAL", 1), ("FULL", 2), ("EXTRA", 3)])
def test_what_sqlite_waits_for_is_a_setting(sqlite_url: str, word: str, level: int) -> None:
    settings = replace(settings_of(sqlite_url), sqlite_synchronous=word)
    with closing(Database(settings)) as database:
        with database.reading() as connection:
            assert connection.scalar(text("PRAGMA synchronous")) == level
        with database.writing() as connection:
            assert connection.scalar(text("PRAGMA synchronous")) == level


def test_a_read_past_its_deadline_is_stopped(database_url: str) -> None:
    database = Database(replace(settings_of(database_url), read_deadline_s=0.2))
    with pytest.raises(Busy), database.reading() as connection:
        connection.execute(text(SLOW.format(1_000_000_000)))
    with database.reading() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    database.close()


@pytest.fixture
def hasty(database_url: str) -> Iterator[Database]:
    """A database whose reads have a fifth of a second."""
    with closing(Database(replace(settings_of(database_url), read_deadline_s=0.2))) as made:
        yield made


FEW_OF_MANY = PreparedStatement(
    text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000)"
        " SELECT i FROM n WHERE i % 10000 = 0"
    ).columns(column("i", Integer))
)
READS: list[Callable[[Connection], object]] = [
    lambda connection: FEW_OF_MANY.all(connection, {}),
    lambda connection: FEW_OF_MANY.column(connection, {}),
    lambda connection: FEW_OF_MANY.first(connection, {}),
    lambda connection: list(FEW_OF_MANY.each(connection, {})),
    lambda connection: connection.execute(text(SLOW.format(1_000_000_000))).all(),
]


@pytest.mark.parametrize("read", READS)
def test_a_read_past_its_deadline_is_stopped_between_its_rows(
    hasty: Database, read: Callable[[Connection], object]
) -> None:
    with pytest.raises(TooSlow), hasty.reading() as connection:
        read(connection)
    with hasty.reading() as connection:
        assert connection.scalar(text("SELECT 1")) == 1


def test_many_short_statements_have_one_deadline(database: Database) -> None:
    one = PreparedStatement(select(literal(1)))
    with pytest.raises(TooSlow), ending_within(0.2), database.reading() as connection:
        for _ in range(100_000_000):
            one.all(connection, {})


def test_a_write_past_its_deadline_is_stopped(hasty: Database) -> None:
    with pytest.raises(TooSlow), ending_within(0.2), hasty.writing() as connection:
        connection.execute(text(SLOW.format(1_000_000_000)))
    with hasty.writing() as connection:
        assert connection.scalar(text("SELECT 1")) == 1


def behind_a_savepoint(connection: Connection, sql: str) -> None:
    with connection.begin_nested():
        connection.execute(text(sql))


@pytest.mark.usefixtures("shop")
def test_a_write_behind_a_savepoint_is_stopped_past_its_deadline(hasty: Database) -> None:
    endless = SLOW.join(["UPDATE tenant SET name = 'other' WHERE (", ") > 0"])
    with pytest.raises(TooSlow), ending_within(0.2), hasty.writing() as writer:
        behind_a_savepoint(writer, endless.format(1_000_000_000))
    with hasty.reading() as reader:
        assert reader.scalars(select(tenant.c.name)).all() == ["acme"]


def test_a_writer_waits_for_the_lock_no_longer_than_its_deadline(sqlite_url: str) -> None:
    settings = replace(settings_of(sqlite_url), lock_wait_s=600)
    with (
        closing(Database(settings)) as one,
        closing(Database(settings)) as other,
        one.writing(),
        pytest.raises(Busy),
        ending_within(0.1),
        other.writing(),
    ):
        pass


def test_a_long_read_has_no_deadline(database_url: str) -> None:
    settings = replace(settings_of(database_url), read_deadline_s=0.1)  # connecting takes a part
    with closing(Database(settings)) as database, database.reading(deadline=False) as connection:
        assert connection.scalar(text(SLOW.format(2_000_000))) == 2_000_000


def test_a_long_read_may_rest_on_postgresql(postgres_url: str) -> None:
    settings = settings_of(postgres_url)
    with closing(Database(settings)) as database, database.reading(deadline=False) as connection:
        idle = connection.scalar(text("SHOW idle_in_transaction_session_timeout"))
        assert idle == "0"


def test_a_read_after_a_long_one_has_its_deadline_again(database_url: str) -> None:
    settings = replace(settings_of(database_url), read_deadline_s=0.2, pool_size=1)
    with closing(Database(settings)) as database:
        with database.reading(deadline=False) as connection:
            connection.execute(text("SELECT 1"))
        with pytest.raises(Busy), database.reading() as connection:
            connection.execute(text(SLOW.format(1_000_000_000)))


@pytest.mark.usefixtures("shop")
def test_a_long_read_keeps_its_state_and_holds_up_no_writer(database: Database) -> None:
    with database.reading(deadline=False) as reader:
        assert reader.scalars(select(tenant.c.name)).all() == ["acme"]
        with database.writing() as writer:
            writer.execute(insert(tenant).values(id=2, name="other", **ROW))
            writer.commit()
        assert reader.scalars(select(tenant.c.name)).all() == ["acme"]


def test_a_turn_that_does_not_come_is_refused(tmp_path: Path) -> None:
    mine, theirs = (WriteLock(tmp_path / "pims.db", wait_s=0.05) for _ in range(2))
    with mine.held(), pytest.raises(Busy), theirs.held():
        pass
    with theirs.held():
        pass
    mine.close()
    theirs.close()


def test_a_turn_is_given_back_after_a_failure(tmp_path: Path) -> None:
    queue = WriteLock(tmp_path / "pims.db", wait_s=0.05)
    with pytest.raises(KeyError), queue.held():
        raise KeyError
    with queue.held():
        pass
    queue.close()


def test_turns_never_overlap(tmp_path: Path) -> None:
    queues = [WriteLock(tmp_path / "pims.db", wait_s=30) for _ in range(2)]
    holders: list[int] = []
    most: list[int] = []

    def work(queue: WriteLock) -> None:
        for _ in range(50):
            with queue.held():
                holders.append(1)
                most.append(len(holders))
                holders.pop()

    threads = [threading.Thread(target=work, args=(queues[n % 2],)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for queue in queues:
        queue.close()
    assert (len(most), max(most)) == (300, 1)


def test_the_cache_of_the_connection_that_writes_holds_the_pages_of_a_batch(
    sqlite_url: str,
) -> None:
    with closing(Database(settings_of(sqlite_url))) as database:
        with database.writing() as writer:
            assert writer.exec_driver_sql("PRAGMA cache_size").scalar() == -16_000
        with database.reading() as reader:
            assert reader.exec_driver_sql("PRAGMA cache_size").scalar() == -8_000
