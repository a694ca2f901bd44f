"""Step 0006 moves the version of a product, and who changed it when, to its document."""

from typing import Any

from sqlalchemy import Connection, select

from pims_api.domain.attributes.attribute import ValueType
from pims_api.storage.checks.history import compare_history
from pims_api.storage.checks.product_rows import compare_rows
from pims_api.storage.migrations.upgrade import upgrade_database
from pims_api.storage.tables import document, product
from tests.storage.migrations.earlier_tables import versions_back_in_rows
from tests.storage.shop import Shop, attribute


def stored(connection: Connection) -> list[list[tuple[Any, ...]]]:
    return [
        [tuple(row) for row in connection.execute(select(one).order_by(*one.primary_key))]
        for one in (product, document)
    ]


def test_versions_move_and_lead_where_the_history_does(shop: Shop) -> None:
    shop.define(attribute(100, "color", ValueType.TEXT))
    shop.put({"A": {"color": "red"}, "B": {"color": "blue"}, "C": {}})
    shop.put({"B": {"color": "green"}, "C": {"color": "red"}})
    with shop.database.writing() as connection:
        before = stored(connection)
        versions_back_in_rows(connection)
        connection.commit()
    upgrade_database(shop.database)
    with shop.read() as seen:
        assert stored(seen.connection) == before
        assert [row[2] for row in before[1]] == [1, 2, 2]
        assert [*compare_rows(seen), *compare_history(seen)] == []
