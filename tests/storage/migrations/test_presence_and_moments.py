"""Step 0010 enters who has a value, and when products were made and changed, into the index."""

from typing import Any

import pytest
from sqlalchemy import select

from pims_api.domain.attributes.attribute import ValueType
from pims_api.storage.catalogue_index.check import compare_index
from pims_api.storage.catalogue_index.rebuild import rebuild_block
from pims_api.storage.database import Database
from pims_api.storage.history.changes import EntityChange
from pims_api.storage.migrations.upgrade import upgrade_database
from pims_api.storage.tables import number_part, posting
from tests.storage.migrations.earlier_tables import without_presence
from tests.storage.shop import GERMAN, Shop, attribute

pytestmark = pytest.mark.usefixtures("all_entered")


def stored(database: Database) -> list[list[tuple[Any, ...]]]:
    """The rows of the index, without the sequence that last changed them."""
    with database.reading() as connection:
        return [
            [tuple(row)[:-1] for row in connection.execute(select(one).order_by(*one.primary_key))]
            for one in (posting, number_part)
        ]


def test_the_index_is_as_if_it_had_always_told_so(shop: Shop) -> None:
    shop.define(
        attribute(100, "story", ValueType.HTML, dimensions=(1,)),
        attribute(101, "price", ValueType.NUMBER, filterable=True),
        attribute(102, "weight", ValueType.NUMBER),
        attribute(103, "tags", collection=True, filterable=True),
        attribute(104, "gone", deleted=True),
        attribute(105, "filled", ValueType.COMPLETENESS, computed=True, filterable=True),
        attribute(106, "plain", ValueType.COMPLETENESS, computed=True),
    )
    shop.put({
        "A": {"story": "long", f"story@1={GERMAN[-1]}": "lang", "price": "1.00019", "gone": "x"},
        "B": {"weight": "2", "tags": ["a"], "product_type": "default"},
        "C": {},
    })  # fmt: skip
    shop.put({"B": {"story": "longer", "price": "3"}})
    with shop.work() as work:
        rebuild_block(work, 0)  # the time of the second change would wait
        work.record(EntityChange("reindexing", 0, {}, {}))
    kept = stored(shop.database)
    with shop.database.writing() as connection:
        without_presence(connection)
        connection.commit()
    assert len(stored(shop.database)[0]) < len(kept[0])
    upgrade_database(shop.database)
    assert stored(shop.database) == kept
    with shop.read() as seen:
        assert list(compare_index(seen)) == []


def test_a_tenant_without_products_is_left_as_it_is(shop: Shop) -> None:
    kept = stored(shop.database)
    with shop.database.writing() as connection:
        without_presence(connection)
        connection.commit()
    upgrade_database(shop.database)
    assert stored(shop.database) == kept
