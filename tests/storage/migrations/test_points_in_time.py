"""Step 0009 has moments in the index by their point in time, where they were by their text."""

from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, text

from pims_api.domain.attributes.attribute import ValueType
from pims_api.storage.catalogue_index.bitmaps.blocks import encode_offsets, place
from pims_api.storage.catalogue_index.check import compare_index
from pims_api.storage.database import Database
from pims_api.storage.derived.unique_values import compare_unique
from pims_api.storage.migrations.upgrade import upgrade_database
from pims_api.storage.tables import posting, unique_value
from tests.storage.migrations.earlier_tables import without_presence
from tests.storage.shop import Shop, attribute

pytestmark = pytest.mark.usefixtures("all_entered")

MOMENTS = [
    "2024-02-13T10:00:00-05:00",
    "2024-02-13T15:00Z",
    "2024-02-13",
    "2024-02-13T00:00:00.000",
]
SEEN, MADE, TIMES = 100, 101, 102


def texts_as_they_came(connection: Connection, ids: list[int]) -> None:
    """Bring a database back to what the code before step 0009 wrote for these products."""
    without_presence(connection)
    connection.execute(delete(posting).where(posting.c.attribute_id >= SEEN, posting.c.term != "*"))
    offsets: defaultdict[tuple[int, str, int], list[int]] = defaultdict(list)
    for product_id, moment in zip(ids, MOMENTS, strict=True):
        block, offset = place(product_id)
        for number, texts in ((SEEN, [moment]), (TIMES, MOMENTS)):
            for one in texts:
                offsets[number, f"={one}", block].append(offset)
        unique = {"attribute_id": MADE, "scope": "", "term": moment, "product_id": product_id}
        connection.execute(insert(unique_value), {"tenant_id": 1} | unique)
    for (number, term, block), members in offsets.items():
        row = {"tenant_id": 1, "attribute_id": number, "scope": "", "term": term, "block": block}
        bits = encode_offsets(sorted(members))
        connection.execute(insert(posting), row | {"bits": bits, "changed": 1})
    connection.execute(text("UPDATE alembic_version SET version_num = '0007'"))


def stored_terms(database: Database) -> list[tuple[Any, ...]]:
    with database.reading() as connection:
        rows = select(posting).where(posting.c.attribute_id >= SEEN)
        kept = connection.execute(rows.order_by(*posting.primary_key)).all()
        return [(*row[:5], bytes(row.bits)) for row in kept]


@pytest.fixture
def upgraded(shop: Shop) -> tuple[Shop, list[int]]:
    """A shop of an earlier version after the step, and the ids of its products."""
    moment = ValueType.DATETIME
    made = attribute(MADE, "made", moment)
    shop.define(
        attribute(SEEN, "seen", moment, filterable=True, indexable=True),
        attribute(TIMES, "times", moment, filterable=True, collection=True),
        made,
    )
    values = {
        f"S{n}": {"seen": one, "times": MOMENTS, "made": one} for n, one in enumerate(MOMENTS)
    }
    ids = list(shop.put(values).values())
    shop.define(replace(made, unique=True))
    kept = stored_terms(shop.database)
    with shop.database.writing() as connection:
        texts_as_they_came(connection, ids)
        connection.commit()
    upgrade_database(shop.database)
    assert stored_terms(shop.database) == kept
    return shop, ids


def test_the_index_of_moments_equals_the_documents(upgraded: tuple[Shop, list[int]]) -> None:
    with upgraded[0].read() as seen:
        assert list(compare_index(seen)) == []


def test_the_first_product_keeps_a_unique_moment_and_the_check_names_the_others(
    upgraded: tuple[Shop, list[int]],
) -> None:
    shop, ids = upgraded
    columns = unique_value.c
    with shop.read() as seen:
        missing = [f"Unique made: a value of product id {one} is not kept." for one in ids[1::2]]
        assert list(compare_unique(seen)) == missing
        held = seen.connection.execute(select(columns.term, columns.product_id)).all()
    assert sorted(held) == [("2024-02-13T00:00:00", ids[2]), ("2024-02-13T15:00:00", ids[0])]
