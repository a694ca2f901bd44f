"""Step 0003 moves numbers from one row per bit to rows of 512 products."""

from collections import defaultdict
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, text

from pims_api.domain.attributes.attribute import ValueType
from pims_api.storage.catalogue_index.bitmaps.blocks import encode_offsets, place
from pims_api.storage.catalogue_index.bitmaps.number_blocks import PART_BITS, numbers_of
from pims_api.storage.catalogue_index.check import compare_index
from pims_api.storage.database import Database
from pims_api.storage.migrations.upgrade import upgrade_database
from pims_api.storage.tables import number_part, posting
from tests.storage.migrations.earlier_tables import versions_back_in_rows
from tests.storage.shop import Shop, attribute

pytestmark = pytest.mark.usefixtures("all_entered")

PRICES = ["0", "1", "-2.5", "1.00019", "99999999999999999999", "1"]


def as_before_the_step(connection: Connection) -> None:
    """Bring a database back to what step 0002 and the code of then left."""
    versions_back_in_rows(connection)
    rows: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
    for row in connection.execute(select(number_part)):
        for offset, number in numbers_of(row.bits).items():
            block, there = place(row.part * PART_BITS + offset)
            key = (row.tenant_id, row.attribute_id, row.scope)
            for term in old_terms(number):
                rows[*key, term, block].append(there)
    names = ("tenant_id", "attribute_id", "scope", "term", "block")
    for key, offsets in rows.items():
        bits = encode_offsets(sorted(offsets))
        row = dict(zip(names, key, strict=True)) | {"bits": bits, "changed": 1}
        connection.execute(insert(posting), row)
    connection.execute(delete(number_part))
    for statement in (
        "DROP TABLE number_part",
        "ALTER TABLE tenant DROP COLUMN keys_changed",
        "ALTER TABLE tenant DROP COLUMN indexed_id",
        "UPDATE alembic_version SET version_num = '0002'",
    ):
        connection.execute(text(statement))


def old_terms(number: int) -> list[str]:
    bits = [f"#{bit:02}" for bit in range(abs(number).bit_length()) if abs(number) >> bit & 1]
    return ["*", *bits, *(["#-"] if number < 0 else [])]


def stored_numbers(database: Database) -> list[tuple[Any, ...]]:
    with database.reading() as connection:
        rows = connection.execute(select(number_part).order_by(*number_part.primary_key))
        return [(row[:4], numbers_of(row.bits)) for row in rows]


def test_numbers_move_and_equal_the_documents(shop: Shop) -> None:
    shop.define(
        attribute(100, "price", ValueType.NUMBER, filterable=True, indexable=True),
        attribute(101, "released", ValueType.DATE, filterable=True, indexable=True),
        attribute(102, "zeros", ValueType.NUMBER, filterable=True, indexable=True),
        attribute(103, "sizes", ValueType.NUMBER, collection=True, filterable=True, indexable=True),
    )
    dated = {"released": "2024-02-29", "zeros": "0", "sizes": ["1", "2"]}
    shop.put({f"S{n}": {"price": price} | dated for n, price in enumerate(PRICES)})
    kept = stored_numbers(shop.database)
    assert {row[0][1] for row in kept} == {11, 12, 100, 101, 102}
    with shop.database.writing() as connection:
        as_before_the_step(connection)
        connection.commit()
    upgrade_database(shop.database)
    assert stored_numbers(shop.database) == kept
    with shop.read() as seen:
        assert list(compare_index(seen)) == []
