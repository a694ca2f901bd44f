"""`pims snapshot`: a SQLite file as people open it with sqlite-utils or datasette."""

import json
from contextlib import closing

import pytest
from sqlite_utils import Database

FACTS = (
    ("price", "number", "--filterable"),
    ("weight", "number"),
    ("tags", "string", "--collection", "--searchable"),
    ("sizes", "number", "--collection"),
    ("goes_with", "relation"),
    ("in_stock", "boolean", "--filterable"),
    ("color", "dropdown", "--dictionary", "red,blue"),
    ("Rank", "string", "--searchable"),
    ("rank", "string", "--searchable"),
)
PRODUCTS = (
    {"sku": "A", "title": "Steel rod", "price": "9.50", "weight": "12", "tags": ["long", "round"],
     "categories": ["Rods > Steel", "New"], "Rank": "first", "rank": "second rod"},
    {"sku": "B", "title": "Copper pipe", "price": "10", "goes_with": "A", "in_stock": True,
     "sizes": ["1.50", "2"], "color": "red", "weight": "123456789012345678901234567890.5"},
    {"sku": "C", "title": "Gone", "status": "deleted"},
    {"sku": "D", "title": "Clip", "variation_of": "B", "goes_with": "C", "in_stock": False},
)  # fmt: skip


@pytest.fixture
def shop(run, filled, tmp_path):
    filled(lambda: fill_shop(run, tmp_path / "given.jsonl"))


def fill_shop(run, path):
    for name, kind, *flags in FACTS:
        run("attribute", "add", name, "--type", kind, "--label", f"The {name}", *flags)
    path.write_text("\n".join(map(json.dumps, PRODUCTS)))
    run("import", str(path), "--create-missing", "categories")
    run("category", "add", "Unused")


@pytest.fixture
def snapshot(run, tmp_path):
    """`snapshot("--view", "shop")`: the file that it makes, opened."""
    opened = []

    def make(*words):
        path = tmp_path / "made.db"
        run("snapshot", str(path), "--force", *words)
        opened.append(Database(path))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def rows(database, table, *columns, **where):
    return [tuple(row[name] for name in columns) for row in database[table].rows_where(**where)]


def test_products_have_a_row_each_and_numbers_sort_as_numbers(shop, snapshot):
    found = snapshot()
    assert rows(found, "products", "sku", "price", order_by="price desc") == [
        ("B", 10), ("A", 9.5), ("D", None),
    ]  # fmt: skip
    [first] = found["products"].rows_where("price between 9 and 9.6")
    assert first["title"] == "Steel rod"


def test_cells_are_of_the_types_that_sqlite_has(shop, snapshot):
    [product] = snapshot()["products"].rows_where("sku = 'B'")
    assert product["in_stock"] == 1
    assert product["color"] == "red"
    assert json.loads(product["sizes"]) == ["1.50", "2"]
    assert product["weight"] == 123456789012345678901234567890.5
    assert (product["tags"], product["variation_of"]) == (None, None)


def test_what_a_cell_cannot_hold_stands_exactly_beside_it(shop, snapshot):
    found = snapshot()
    columns = ("sku", "attribute", "position", "value")
    assert rows(found, "product_values", *columns, order_by="sku, attribute, position") == [
        ("A", "price", 0, "9.50"),
        ("A", "tags", 0, "long"),
        ("A", "tags", 1, "round"),
        ("B", "sizes", 0, "1.50"),
        ("B", "sizes", 1, "2"),
        ("B", "weight", 0, "123456789012345678901234567890.5"),
        ("D", "goes_with", 0, "C"),  # C is not in the file
    ]
    assert rows(found, "products", "goes_with", order_by="sku") == [(None,), ("A",), (None,)]


def test_no_link_leads_nowhere(shop, snapshot):
    found = snapshot("--include-deleted")
    assert list(found.query("PRAGMA foreign_key_check")) == []
    assert rows(found, "products", "goes_with", order_by="sku") == [
        (None,),
        ("A",),
        (None,),
        ("C",),
    ]
    assert {(fk.column, fk.other_table) for fk in found["products"].foreign_keys} == {
        ("variation_of", "products"), ("goes_with", "products"),
    }  # fmt: skip


def test_categories_are_a_tree_and_products_are_in_them(shop, snapshot):
    found = snapshot()
    paths = dict(rows(found, "categories", "path", "parent_id"))
    [rods] = [row["id"] for row in found["categories"].rows_where("path = 'Rods'")]
    assert paths["Rods > Steel"] == rods
    assert paths["Rods"] is None
    assert "Unused" in paths
    joined = found.query(
        "select c.path from product_categories p join categories c on c.id = p.category_id "
        "where p.sku = 'A' order by p.position"
    )
    assert [row["path"] for row in joined] == ["Rods > Steel", "New"]


def test_attributes_tell_what_the_columns_are(shop, snapshot):
    found = snapshot()
    columns = ("name", "label", "type", "collection", "product_column")
    where = "name in ('color', 'tags', 'Rank', 'rank')"
    assert rows(found, "attributes", *columns, where=where, order_by="name") == [
        ("Rank", "The Rank", "string", 0, "Rank_2"),
        ("color", "The color", "dropdown", 0, "color"),
        ("rank", "The rank", "string", 0, "rank_3"),
        ("tags", "The tags", "string", 1, "tags"),
    ]


def test_full_text_finds_and_follows_edits(shop, snapshot):
    found = snapshot()
    assert [row["sku"] for row in found["products"].search("rod")] == ["A"]
    assert [row["sku"] for row in found["products"].search("round")] == ["A"]
    found["products"].update("B", {"title": "Steel pipe"})
    assert {row["sku"] for row in found["products"].search("steel")} == {"A", "B"}


def test_filterable_attributes_are_indexed(shop, snapshot):
    indexed = {tuple(one.columns) for one in snapshot()["products"].indexes}
    assert {("price",), ("in_stock",), ("title",), ("status",), ("goes_with",)} <= indexed
    assert ("weight",) not in indexed


def test_options_choose_products_and_attributes(shop, snapshot):
    found = snapshot("--condition", "[[price]] > 9.5", "--attributes", "price,title")
    assert list(found["products"].rows) == [{"sku": "B", "title": "Copper pipe", "price": 10}]
    assert "categories" not in found.table_names()
    assert "product_categories" not in found.table_names()


def test_product_types_are_a_column_where_there_are_several(run, shop, snapshot):
    run("product-type", "add", "tool", "--attributes", "price")
    assert rows(snapshot(), "products", "sku", "product_type")[0] == ("A", "default")


def test_a_new_file_takes_the_place_of_the_old_one(run, run_json, shop, snapshot, tmp_path):
    snapshot().close()
    run("product", "edit", "B", "--set", "title", "Pipe")
    assert rows(snapshot(), "products", "title", where="sku = 'B'") == [("Pipe",)]
    path = str(tmp_path / "made.db")
    assert run("snapshot", path, "--force") == f"{path}: 3 products.\n"
    told = run_json("snapshot", path, "--force")
    assert told == {"file": path, "products": 3, "attributes_without_column": []}
    assert sorted(one.name for one in tmp_path.glob("made*")) == ["made.db"]


def test_a_file_that_a_program_has_open_is_left_alone(run, shop, tmp_path):
    path = tmp_path / "made.db"
    run("snapshot", str(path))
    with closing(Database(path)) as found:
        found.enable_wal()
        found["products"].update("B", {"title": "Theirs"})
        found.conn.commit()
        assert "there is made.db-wal" in run("snapshot", str(path), "--force", status=1)
        assert rows(found, "products", "title", where="sku = 'B'") == [("Theirs",)]


@pytest.mark.parametrize(
    ("case", "words", "said"),
    [
        ("unknown attribute", ("--attributes", "prise"), "'prise'! Did you mean price?"),
        ("unknown View", ("--view", "nope"), "There is no View 'nope'!"),
        ("bad condition", ("--condition", "[[price]] ="), "character"),
    ],
)
def test_refusals_leave_no_file(run, shop, tmp_path, case, words, said):
    assert said in run("snapshot", str(tmp_path / "a.db"), *words, status=1)
    assert list(tmp_path.glob("a.db*")) == []
