"""Snapshots of catalogues with more attributes than a table of SQLite has columns."""

import pytest
from sqlite_utils import Database as SqliteFile

from pims_api.domain.attributes.attribute import ValueType
from pims_api.services.access import full_access
from pims_api.services.attributes.requests import AttributeWrite
from pims_api.services.attributes.write import add_attributes
from pims_api.services.exports import sqlite_snapshot as catalogue_snapshot
from pims_api.services.exports.products import export_query, plan_export
from pims_api.services.exports.sqlite_snapshot import CatalogueSnapshot


@pytest.fixture
def made(export_shop, tmp_path):
    """`made()`: the snapshot and its file, opened."""
    opened = []

    def make():
        path = tmp_path / "made.db"
        path.unlink(missing_ok=True)
        with export_shop.seen() as seen:
            access = full_access(seen.definition, "en-us")
            made = CatalogueSnapshot(plan_export(seen, access, export_query(access)))
            assert sum(made.write(path)) == made.steps
        opened.append(SqliteFile(path))
        return made, opened[-1]

    yield make
    for one in opened:
        one.close()


def add_wide(shop, count):
    wanted = [
        AttributeWrite(f"w{n}", {"type": ValueType.STRING, "searchable": True}, {"en-us": f"w{n}"})
        for n in range(count)
    ]
    with shop.work() as work:
        add_attributes(work, wanted, 0)


def test_attributes_that_nothing_uses_get_no_column_in_a_wide_catalogue(export_shop, made):
    add_wide(export_shop, 2_500)
    export_shop.create("A", title="Rod", w7="seven", w2499="last")
    told, file = made()
    columns = file["products"].columns_dict
    assert told.without_column == []
    assert {"sku", "title", "thumbnail", "w7", "w2499"} <= set(columns)
    assert "w8" not in columns
    [product] = file["products"].rows_where("sku = 'A'")
    assert (product["w7"], product["w2499"]) == ("seven", "last")
    assert file["attributes"].get("w8")["product_column"] is None


def test_a_table_takes_as_many_columns_as_we_say(export_shop, made):
    names = [f"w{n}" for n in range(2_500)]
    add_wide(export_shop, len(names))
    export_shop.create("A", title="Rod", **dict.fromkeys(names, "x"))
    export_shop.create("B", title="Rod", w2499="often")
    told, file = made()
    assert len(file["products"].columns) == catalogue_snapshot.COLUMNS_MAX
    assert "w2499" in file["products"].columns_dict  # the most used ones come first
    assert told.without_column == names[1_892:-1]
    beside = {row["attribute"] for row in file["product_values"].rows_where("sku = 'A'")}
    assert beside == set(told.without_column)
    assert [row["sku"] for row in file["products"].search("often")] == ["B"]


def test_every_type_is_kept(export_shop, made):
    values = {"number": "1.50", "boolean": False, "date": "2026-01-31", "option": "red"}
    export_shop.create("A", title="Rod", booleans=[True], relation="TARGET-1", **values)
    _, file = made()
    [product] = file["products"].rows_where("sku = 'A'")
    assert (product["number"], product["boolean"], product["booleans"]) == (1.5, 0, "[true]")
    assert (product["date"], product["option"]) == ("2026-01-31", "red")
    assert product["relation"] == "TARGET-1"
    beside = [tuple(row.values()) for row in file["product_values"].rows_where("sku = 'A'")]
    assert beside == [("A", "number", 0, "1.50"), ("A", "booleans", 0, "true")]
