"""Connections are pooled; each read is a transaction of its own."""

import os
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from pims_api.errors import Busy, NotFound
from pims_api.storage.database import Database
from pims_api.storage.engine import connection_pool
from pims_api.storage.engine.pipeline import Pipeline
from pims_api.storage.engine.statement import PreparedStatement, prefetch
from pims_api.storage.products.store import (
    find_product,
    prefetch_products,
    product_asked,
    products_by_id,
)
from pims_api.storage.snapshot import snapshot, take_snapshot
from pims_api.storage.tables import tenant
from tests.environment import settings_of
from tests.storage.shop import Shop, new_shop

NAMES = PreparedStatement(select(tenant.c.name).order_by(tenant.c.id))
BROKEN = PreparedStatement(select(text("1 / (SELECT 0)"), text("no_such_column")))


@pytest.fixture
def postgres_shop(postgres_url: str) -> Iterator[Shop]:
    with closing(Database(settings_of(postgres_url))) as database:
        yield new_shop(database)


def names(database: Database) -> list[str]:
    with database.reading() as connection:
        return [row.name for row in NAMES.all(connection, {})]


def connection_of_a_read(database: Database) -> object:
    with database.reading() as connection:
        NAMES.all(connection, {})
        return connection


def test_reads_one_after_the_other_share_a_connection(shop: Shop) -> None:
    first = connection_of_a_read(shop.database)
    assert connection_of_a_read(shop.database) is first


def test_reads_at_a_time_have_connections_of_their_own(shop: Shop) -> None:
    with shop.database.reading() as first, shop.database.reading() as second:
        assert first is not second
        assert [row.name for row in NAMES.all(second, {})] == ["acme"]
        assert [row.name for row in NAMES.all(first, {})] == ["acme"]


def test_more_reads_at_a_time_than_are_kept_all_answer(database_url: str) -> None:
    with closing(Database(replace(settings_of(database_url), pool_size=1))) as database:
        new_shop(database)
        with database.reading() as first, database.reading() as second:
            assert NAMES.all(first, {}) == NAMES.all(second, {}) == [("acme",)]
        assert names(database) == ["acme"]
        new_shop(database, "other")
        assert names(database) == ["acme", "other"]


def test_a_connection_that_was_given_back_is_as_new_when_it_is_needed_again(
    database_url: str,
) -> None:
    with closing(Database(replace(settings_of(database_url), pool_size=1))) as database:
        new_shop(database)
        for _ in range(3):
            with database.reading() as first, database.reading() as second:
                assert NAMES.all(first, {}) == NAMES.all(second, {}) == [("acme",)]
                assert second.scalar(select(tenant.c.name)) == "acme"


def test_each_read_sees_what_was_committed_before_it(shop: Shop) -> None:
    with shop.database.reading() as reader:
        assert NAMES.all(reader, {}) == [("acme",)]
        new_shop(shop.database, "other")
        assert NAMES.all(reader, {}) == [("acme",)]
        assert reader.scalars(select(tenant.c.name)).all() == ["acme"]
    assert names(shop.database) == ["acme", "other"]


def test_both_ways_of_asking_share_a_transaction(shop: Shop) -> None:
    with shop.database.reading() as reader:
        assert reader.scalars(select(tenant.c.name)).all() == ["acme"]
        new_shop(shop.database, "other")
        assert NAMES.all(reader, {}) == [("acme",)]
    assert names(shop.database) == ["acme", "other"]


def test_a_refused_read_keeps_its_connection(shop: Shop) -> None:
    first = connection_of_a_read(shop.database)
    with pytest.raises(NotFound), shop.database.reading():
        raise NotFound
    assert connection_of_a_read(shop.database) is first


def test_a_read_that_failed_gives_its_connection_up(shop: Shop) -> None:
    first = connection_of_a_read(shop.database)
    with pytest.raises(DBAPIError), shop.database.reading() as connection:
        BROKEN.all(connection, {})
    assert connection_of_a_read(shop.database) is not first
    assert names(shop.database) == ["acme"]


def test_what_was_prefetched_is_what_is_found(shop: Shop) -> None:
    ids = list(shop.put({"A": {"title": "Rod"}, "B": {}}).values())
    with shop.database.reading() as connection:
        seen = take_snapshot(shop.database, connection, shop.tenant_id, [product_asked(1, "A")])
        prefetch_products(seen, ids)
        found = find_product(seen, "A")
        assert found is not None
        assert found.values["title"] == "Rod"
        assert [one.sku for one in products_by_id(seen, ids).values()] == ["A", "B"]


def test_what_was_prefetched_answers_nothing_else(shop: Shop) -> None:
    shop.put({"A": {"title": "Rod"}, "B": {"title": "Bar"}})
    with snapshot(shop.database, shop.tenant_id) as seen:
        prefetch(seen.connection, [product_asked(shop.tenant_id, "A")])
        found = find_product(seen, "B")
        assert found is not None
        assert found.values["title"] == "Bar"
        assert find_product(seen, "C") is None


def test_what_was_prefetched_is_forgotten_with_its_read(shop: Shop) -> None:
    shop.save("A", {"title": "Rod"})
    with shop.database.reading() as connection:
        prefetch(connection, [product_asked(shop.tenant_id, "A")])
    shop.save("A", {"title": "Bar"})
    with snapshot(shop.database, shop.tenant_id) as seen:
        found = find_product(seen, "A")
        assert found is not None
        assert found.values["title"] == "Bar"


def test_a_product_and_its_snapshot_travel_together(
    postgres_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres_shop.save("A", {})
    trips: list[int] = []
    asked_together = Pipeline.together
    monkeypatch.setattr(
        Pipeline,
        "together",
        lambda pipeline, asked: trips.append(len(asked)) or asked_together(pipeline, asked),
    )
    with postgres_shop.database.reading() as connection:
        take_snapshot(postgres_shop.database, connection, 1, [product_asked(1, "A")])
    assert trips == [2]


def test_a_reader_on_postgresql_cannot_write(postgres_shop: Shop) -> None:
    row = {"id": 2, "name": "other", "sequence": 1, "definition_version": 1, "facet_sequence": 1}
    row |= {"last_product_id": 0, "created_at": 0}
    with pytest.raises(Busy) as refused, postgres_shop.database.reading() as reader:
        PreparedStatement(insert(tenant)).run(reader, row)
    assert "read-only" in str(refused.value.__cause__)


def test_a_read_is_answered_whose_connection_is_lost_at_its_end(postgres_shop: Shop) -> None:
    with postgres_shop.database.reading() as reader:
        found = reader.scalars(select(tenant.c.name)).all()
        libpq = reader.connection.driver_connection.pgconn
        with socket.socket(fileno=os.dup(libpq.socket)) as same:
            same.shutdown(socket.SHUT_RDWR)
    assert found == ["acme"]
    assert names(postgres_shop.database) == ["acme"]


def test_a_connection_lost_at_rest_is_replaced(
    postgres_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_pool, "PING_AFTER_S", 0)
    _end_connection_of_reads(postgres_shop.database)
    assert names(postgres_shop.database) == ["acme"]


def test_a_connection_lost_a_moment_ago_is_an_outage(postgres_shop: Shop) -> None:
    _end_connection_of_reads(postgres_shop.database)
    with pytest.raises(Busy):
        names(postgres_shop.database)
    assert names(postgres_shop.database) == ["acme"]


def _end_connection_of_reads(database: Database) -> None:
    with database.reading() as connection:
        number = connection.scalar(text("SELECT pg_backend_pid()"))
    with closing(Database(database.settings)) as other, other.reading() as elsewhere:
        elsewhere.execute(text("SELECT pg_terminate_backend(:number, 5000)"), {"number": number})
