"""--as-of: products and files as they were at a moment."""

import json
from contextlib import closing

import pytest
from sqlite_utils import Database


@pytest.fixture
def shop(run, tmp_path):
    """Two products that changed since transaction `then`; one of another family; one made later."""
    run("attribute", "add", "price", "--type", "number", "--label", "price", "--filterable")

    def load(*rows):
        path = tmp_path / "given.jsonl"
        path.write_text("\n".join(json.dumps({"title": "T", **row}) for row in rows))
        run("import", str(path), "--create-missing", "categories")

    load(
        {"sku": "A", "price": "1", "categories": ["Old"]},
        {"sku": "B", "price": "2", "variation_of": "A"},
        {"sku": "C", "price": "3"},
        {"sku": "C1", "variation_of": "C"},
    )
    then = last(run)
    load(
        {"sku": "A", "price": "9", "variation_of": "C", "categories": ["New"]},
        {"sku": "B", "price": "9", "status": "deleted", "variation_of": None},
        {"sku": "D", "price": "1"},
    )
    return then


def last(run):
    text = run("export", "--as-of", "999999999", status=1)
    return int(text.split("at most ")[1].split(",")[0])


def test_an_export_is_as_of_then(run, shop):
    printed = run("export", "--as-of", str(shop), "--attributes", "price,variation_of,categories")
    assert printed.splitlines()[1:] == ["A,Old,1,", "B,Uncategorized,2,A", "C,Uncategorized,3,",
                                        "C1,Uncategorized,,C"]  # fmt: skip
    chosen = run("export", "--as-of", str(shop), "--attributes", "price", "--condition",
                 "[[price]] < 3")  # fmt: skip
    assert chosen.splitlines() == ["sku,price", "A,1", "B,2"]
    now = run("export", "--as-of", "2999-12-31", "--attributes", "price")
    assert now == run("export", "--attributes", "price")
    assert run("export", "--as-of", "1999-01-01", "--attributes", "price").splitlines() == [
        "sku,price"
    ]


def test_a_product_is_shown_as_of_then(run, run_json, shop):
    shown = run_json("product", "show", "A", "--as-of", str(shop))
    assert (shown["version"], shown["attributes"]["price"]) == (1, "1")
    assert shown["attributes"]["variation_skus"] == ["B"]
    assert run("product", "show", "D", "--as-of", str(shop), status=1)


def test_a_snapshot_is_as_of_then(run, shop, tmp_path):
    run("snapshot", str(tmp_path / "then.db"), "--as-of", str(shop))
    with closing(Database(tmp_path / "then.db").conn) as connection:
        rows = connection.execute("SELECT sku, price, variation_of FROM products ORDER BY sku")
        assert rows.fetchall() == [("A", 1, None), ("B", 2, "A"), ("C", 3, None), ("C1", None, "C")]


@pytest.mark.parametrize("moment", ["yesterday", "-1", "2024-02-30", "2024-01-01T00:00:00", ""])
def test_what_is_no_moment_is_refused(run, moment):
    assert "a transaction's number, a date" in run("export", f"--as-of={moment}", status=2)
