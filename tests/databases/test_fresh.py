"""Each test gets tables without rows, whatever the tests before it have done."""

from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import create_engine, inspect, make_url, text

from pims_api.storage.database import open_database
from pims_api.storage.migrations.revisions import revision_of
from tests.databases.fresh import FreshDatabase
from tests.databases.pool import PostgresPool

ADD_TENANT = text(
    "INSERT INTO tenant (id, name, sequence, definition_version, facet_sequence,"
    " last_product_id, created_at) VALUES (1, 'left over', 0, 0, 0, 0, 0)"
)
ADD_MANY_TENANTS = text(
    "INSERT INTO tenant (id, name, sequence, definition_version, facet_sequence,"
    " last_product_id, created_at)"
    " SELECT number, number::text, 0, 0, 0, 0, 0 FROM generate_series(1, :rows) AS number"
)
PRODUCTS_KNOWN = text("SELECT reltuples FROM pg_class WHERE oid = 'product'::regclass")
COUNT_TENANTS = text("SELECT count(*) FROM tenant")


@pytest.mark.parametrize("turn", ["first", "second", "third"])
def test_the_rows_of_earlier_tests_are_gone(database_url: str, turn: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        assert connection.scalar(COUNT_TENANTS) == 0
        connection.execute(ADD_TENANT)
    engine.dispose()


def test_every_migration_has_been_applied(database_url: str) -> None:
    database = open_database(database_url)
    with database.reading() as connection:
        assert revision_of(connection).is_current
    database.close()


def test_a_bare_database_has_no_tables(bare_database_url: str) -> None:
    engine = create_engine(bare_database_url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_two_databases_at_once_share_nothing(fresh_database: FreshDatabase, engine: str) -> None:
    with fresh_database(engine) as one, fresh_database(engine) as other:
        engines = [create_engine(one), create_engine(other)]
        with engines[0].begin() as connection:
            connection.execute(ADD_TENANT)
        with engines[1].begin() as connection:
            assert connection.scalar(COUNT_TENANTS) == 0
        for each in engines:
            each.dispose()


class TestLending:
    @pytest.fixture
    def urls(self, postgres_pool: PostgresPool) -> Callable[[str], str]:
        """Borrow a database, run a statement in it, give it back; returns its URL."""

        def borrow(statement: str) -> str:
            with postgres_pool.lend() as url:
                engine = create_engine(url)
                with engine.begin() as connection:
                    connection.execute(text(statement))
                engine.dispose()
            return url

        return borrow

    def test_hands_the_same_database_on(self, urls: Callable[[str], str]) -> None:
        assert urls("SELECT 1") == urls("SELECT 1")

    def test_makes_one_that_nobody_had_before(
        self, urls: Callable[[str], str], postgres_pool: PostgresPool
    ) -> None:
        handed_on = urls("SELECT 1")
        with postgres_pool.lend(unused=True) as unused:
            engine = create_engine(unused)
            with engine.connect() as connection:
                assert connection.scalar(PRODUCTS_KNOWN) == -1  # not known
            engine.dispose()
        assert unused != handed_on

    @pytest.mark.parametrize(
        "change",
        [
            "CREATE TABLE stray (id int)",
            "DROP TABLE product",
            "CREATE INDEX stray ON tenant (name)",
        ],
    )
    def test_replaces_a_database_whose_tables_changed(
        self, urls: Callable[[str], str], change: str
    ) -> None:
        changed = urls(change)
        assert urls("SELECT id FROM product") != changed

    def test_ends_what_a_test_left_open(self, postgres_pool: PostgresPool) -> None:
        with postgres_pool.lend() as url:
            left_open = psycopg.connect(
                make_url(url).set(drivername="postgresql").render_as_string()
            )
            left_open.execute("SELECT id FROM tenant")
        with postgres_pool.lend() as same_url, left_open:
            assert same_url == url
            with pytest.raises(psycopg.OperationalError):
                left_open.execute("SELECT id FROM tenant")

    @pytest.mark.parametrize(("case", "rows"), [("deleted", 5), ("truncated", 20_000)])
    def test_gives_used_pages_back(self, postgres_pool: PostgresPool, case: str, rows: int) -> None:
        with postgres_pool.lend() as url:
            engine = create_engine(url)
            with engine.begin() as connection:
                connection.execute(ADD_MANY_TENANTS, {"rows": rows})
            engine.dispose()
        with postgres_pool.lend() as same_url:
            engine = create_engine(same_url)
            with engine.connect() as connection:
                assert connection.scalar(text("SELECT pg_relation_size('tenant')")) == 0, case
            engine.dispose()
        assert same_url == url
