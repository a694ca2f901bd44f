"""An import: what rows do, which are refused and why, which wait, and where it can go on."""

import pytest

from pims_api.services.product_types import ProductTypeWrite, add_type
from tests.jobs.import_shop import ImportShop, totals


@pytest.fixture
def shop(database):
    return ImportShop(database)


def test_rows_create_change_or_leave_products(shop):
    shop.load({"sku": "A", "title": "Rod"}, {"sku": "B", "title": "Nut"})

    done = shop.load(
        {"sku": "A", "title": "Rod"},
        {"sku": "B", "title": "Bolt"},
        {"sku": "C", "title": "Cap", "price": "1.50"},
    )

    assert done.totals == totals(created=1, updated=1, unchanged=1)
    assert shop.values("C")["price"] == "1.50"
    assert len(shop.history("A")) == 1
    assert shop.history("B")[1:] == [({"title": "Nut"}, {"title": "Bolt"})]


def test_a_new_product_needs_a_title(shop):
    done = shop.load(
        {"sku": "A", "title": "", "price": "1"}, {"sku": "B"}, {"sku": "C", "title": " "}
    )
    message = "title cannot be empty: {} is new, and a new product needs it!"
    assert done.refusals == {
        2: [message.format("A")],
        3: [message.format("B")],
        4: [message.format("C")],
    }
    assert shop.values("A") is None


def test_a_known_product_needs_none(shop):
    shop.load({"sku": "A", "title": "Rod"})
    assert shop.load({"sku": "A", "price": "2"}).totals == totals(updated=1)


def test_a_row_tells_all_of_its_faults_and_leaves_nothing(shop):
    done = shop.load(
        {"sku": "A", "price": "12,345.60", "released": "31.12.2026", "color": "red"},
        {"sku": "B", "title": "Nut", "price": "12,5"},
        {"sku": "C", "title": "Cap", "price": "3"},
    )
    assert done.refusals == {
        2: [
            "price must be a number: write 12,345.60 without thousands separators: 12345.60!",
            "released must be a date that exists: write 31.12.2026 as 2026-12-31!",
            "title cannot be empty: A is new, and a new product needs it!",
            "color must be one of the values of its option list! (it is 'red')",
        ],
        3: ["price must be a number: write 12,5 with a decimal point: 12.5!"],
    }
    assert done.totals == totals(created=1, rejected=2)
    assert shop.values("A") is None


def test_a_row_needs_a_sku_that_can_be_one(shop):
    done = shop.load(
        {"sku": "", "title": "Rod"},
        {"sku": "A\tB", "title": "Rod"},
        {"sku": "A" * 256, "title": "Rod"},
    )
    assert done.refusals == {
        2: ["sku cannot be empty!"],
        3: ["A SKU cannot hold control characters!"],
        4: ["A SKU has at most 255 characters, this one has 256!"],
    }


def test_an_empty_cell_leaves_the_value(shop):
    shop.load({"sku": "A", "title": "Rod", "price": "1", "tags.0": "x", "tags.1": "y"})
    done = shop.load({"sku": "A", "title": "", "price": "", "tags.0": "", "tags.1": ""})
    assert done.totals == totals(unchanged=1)


def test_an_empty_cell_unsets_where_that_was_asked_for(shop):
    shop.load({"sku": "A", "title": "Rod", "price": "1", "tags.0": "x"})
    shop.load({"sku": "A", "price": "", "tags.0": ""}, empty_unsets=True)
    assert shop.history("A")[1:] == [({"price": "1", "tags": ["x"]}, {"price": None, "tags": None})]


def test_collections_come_in_numbered_columns_or_in_one_cell(shop):
    shop.load(
        {"sku": "A", "title": "Rod", "tags.1": "second", "tags.0": "first", "tags.10": "third"},
        {"sku": "B", "title": "Nut", "tags.0": "a | b", "tags.1": ""},
    )
    shop.load({"sku": "C", "title": "Cap", "tags": "a | b||c"}, separator="|")
    tags = [shop.values(sku)["tags"] for sku in "ABC"]
    assert tags == [["first", "second", "third"], ["a | b"], ["a", "b", "c"]]


def test_what_is_missing_is_made_where_that_was_asked_for(shop):
    row = {
        "sku": "A",
        "title": "Rod",
        "categories.0": "Rods > Steel",
        "color": "red",
        "finish.0": "matt",
    }
    done = shop.load(row, missing=frozenset({"attributes", "categories", "dictionary"}))
    assert done.totals == totals(created=1)
    values = shop.values("A")
    assert (values["categories"], values["color"]) == (["Rods > Steel"], "red")
    assert values["finish"] == ["matt"]


@pytest.fixture
def bulbs(shop):
    """The shop with a product type `bulb` that has a price and no color."""
    with shop.work() as work:
        add_type(work, "bulb", ProductTypeWrite(attributes=["price"]))
    return shop


def test_the_product_type_is_a_column_or_the_one_that_was_named(bulbs):
    rows = [{"sku": "A", "title": "Rod", "product_type": ""}, {"sku": "B", "title": "Nut"}]
    rows.append({"sku": "C", "title": "Cap", "product_type": "default"})
    bulbs.load(*rows, product_type="bulb")
    done = bulbs.load(*({**row, "color": "red"} for row in rows), missing=frozenset({"dictionary"}))
    ignored = "color is not an attribute of the product type bulb: its values were ignored"
    assert done.warnings == {0: [f"{ignored}, first on line 2."]}
    assert done.totals == totals(updated=1, unchanged=2, warnings=1)


def test_the_type_of_a_known_product_changes_where_its_row_names_another(bulbs):
    rows = [{"sku": sku, "title": "Rod", "color": "red"} for sku in "AB"]
    bulbs.load(*rows, missing=frozenset({"dictionary"}))
    same = bulbs.load({"sku": "A", "title": "Rod", "product_type": "default"})
    named = bulbs.load({"sku": "A", "title": "Rod"}, product_type="bulb")
    empty = bulbs.load({"sku": "A", "title": "Rod", "product_type": ""})
    for done in (same, named, empty):
        assert (done.warnings, done.totals) == ({}, totals(unchanged=1))
    typed = [{"sku": sku, "title": "Rod", "product_type": "bulb"} for sku in "AB"]
    trial = bulbs.load(*typed, dry_run=True)
    other = bulbs.load(*typed)
    left = "color is not an attribute of the product type bulb: its value stays, and can only be"
    for done in (trial, other):
        assert done.warnings == {0: [f"{left} unset, first on line 2."]}
        assert done.totals == totals(updated=2, warnings=1)
    back = bulbs.load({"sku": "A", "title": "Rod", "product_type": "default"})
    assert (back.warnings, back.totals) == ({}, totals(updated=1))


def test_an_unknown_type_rejects_the_row_of_a_known_product(bulbs):
    bulbs.load({"sku": "A", "title": "Rod"})
    rows = [{"sku": "B", "title": "Nut", "product_type": "bulb"}]
    rows.append({"sku": "A", "title": "Bar", "product_type": "bulbb"})
    assert bulbs.load(*rows).totals == totals(created=1, rejected=1)


def test_computed_columns_are_passed_over_with_one_warning_each(shop):
    row = {"sku": "A", "title": "Rod", "variation_skus.0": "B", "variation_skus.1": "C"}
    done = shop.load(row, {**row, "sku": "D"})
    assert done.warnings == {0: ["variation_skus is read only: its column was ignored."]}
    assert done.totals == totals(created=2, warnings=1)


def test_a_column_under_another_name_is_told_with_it(shop):
    done = shop.load(
        {"sku": "A", "Bezeichnung": "Rod", "Preis": "x"},
        mapping={"Bezeichnung": "title", "Preis": "price"},
    )
    assert [one[-19:] for one in done.refusals[2]] == ["(column Preis: 'x')"]


def test_a_refused_row_makes_no_category(shop):
    row = {"sku": "A", "title": "Rod", "categories.0": "New", "price": "x"}
    shop.load(row, missing=frozenset({"categories"}))
    again = shop.load({"sku": "B", "title": "Nut", "categories.0": "New"})
    assert list(again.refusals) == [2]


def test_the_deleted_stay_deleted_and_can_come_back(shop):
    shop.load({"sku": "A", "title": "Rod", "status": "deleted"})
    assert shop.load({"sku": "A", "title": "Rod"}).totals == totals(unchanged=1, warnings=1)
    assert shop.load({"sku": "A", "status": "active"}).totals == totals(updated=1)


def test_no_cell_holds_nul(shop):
    done = shop.load(
        {"sku": "A", "title": "a\0b", "variation_of": "x\0"}, {"sku": "B\0", "title": "Nut"}
    )
    assert done.refusals == {
        2: ["title cannot hold NUL characters!", "variation_of cannot hold NUL characters!"],
        3: ["A SKU cannot hold control characters!"],
    }
