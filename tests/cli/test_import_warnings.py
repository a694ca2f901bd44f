"""What `pims import` tells once of a file or a column, before or after its rows."""

import json

import openpyxl
import pytest
from click.testing import CliRunner

from pims_api.cli import main
from tests.jobs.import_shop import totals

MAKING = ("--create-missing", "attributes,categories,dictionary")
UNCLEAR = (
    "warning: The numbers of the column 'price' may have thousands separators: all with a point "
    "have three digits after it, such as {} on line {}. It was taken as a decimal; if it means "
    "{}, write that and import the file again."
)


def add_attributes(run):
    run("attribute", "add", "price", "--type", "number", "--label", "Price")
    run("attribute", "add", "sizes", "--type", "number", "--label", "Sizes", "--collection")
    run("attribute", "add", "color", "--type", "dropdown", "--label", "Colour", "--dictionary",
        "Red,blue")  # fmt: skip


@pytest.fixture
def load(database_url, run, filled, tmp_path):
    """`load("sku,price…")` imports a file; returns the totals and what was told beside them."""
    filled(lambda: add_attributes(run))

    def imported(text, *words, name="a.csv"):
        path = tmp_path / name
        if text is not None:
            path.write_text(text, encoding="utf-8")
        done = CliRunner().invoke(main, ["--database", database_url, "import", str(path), *words])
        lines = done.stdout.splitlines()
        return json.loads(lines[-1]) if lines else None, done.stderr.splitlines()

    return imported


def rows(*cells, column="price"):
    return f"sku,title,{column}\n" + "".join(f"S{n},Rod,{cell}\n" for n, cell in enumerate(cells))


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_a_column_of_numbers_that_may_have_separators_is_told_once(load, options):
    told, said = load(rows("900", "", "1.234", "-12.500"), *options)
    assert told == totals(created=4, warnings=1)
    assert said == [UNCLEAR.format("1.234", 4, 1234)]


@pytest.mark.parametrize(
    ("case", "cells"),
    [
        ("another number of digits", ["1.234", "1.5"]),
        ("the other way round", ["1.5", "1.234"]),
        ("thousands without a separator", ["1.234", "1234"]),
        ("nothing is written 0.125 for 125", ["1.234", "0.125"]),
        ("four digits before the point", ["1.234", "1234.567"]),
        ("no point at all", ["1", "200"]),
    ],
)
def test_a_column_that_shows_what_its_points_are_is_not(load, case, cells):
    assert load(rows(*cells)) == (totals(created=len(cells)), []), case


def test_refused_cells_do_not_speak_for_points(load):
    told, said = load(rows("1.234", "1,5".join('""'), "1.234.567"))
    assert told == totals(created=1, rejected=2, warnings=1)
    assert said[0] == UNCLEAR.format("1.234", 2, 1234)


def test_a_collection_is_looked_at_as_a_whole(load):
    told, said = load("sku,title,sizes.0,sizes.1\nA,Rod,1.250,2.500\n")
    assert (told["warnings"], "'sizes.0'" in said[0]) == (1, True)
    assert load("sku,sizes.0,sizes.1\nA,1.250,2.5\n")[0]["warnings"] == 0
    assert load("sku,sizes\nA,1.250|2.5\n", "--separator", "|")[0]["warnings"] == 0


def test_numbers_of_json_and_of_sheets_have_no_separators(load, tmp_path):
    line = '{"sku": "A", "title": "Rod", "price": 1.234}\n'
    assert load(line, name="a.jsonl") == (totals(created=1), [])
    assert load(line.replace("1.234", '"1.234"'), name="a.jsonl")[0]["warnings"] == 1
    book = openpyxl.Workbook()
    book.active.append(["sku", "price"])
    book.active.append(["A", 1.234])
    book.save(tmp_path / "a.xlsx")
    assert load(None, name="a.xlsx") == (totals(unchanged=1), [])


def test_an_attribute_is_not_made_beside_one_that_looks_alike_without_a_word(load):
    text = "sku,title,Lamps,lamps,Price\nA,Rod,a,b,c\n"
    only = (
        ", which differs only in case, spaces or invisible signs. If that one is meant, map the "
        "column to it."
    )
    told, said = load(text, *MAKING)
    assert told == totals(created=1, warnings=2)
    assert said == [
        f"warning: The attribute 'lamps' is made beside 'Lamps'{only}",
        f"warning: The attribute 'Price' is made beside 'price'{only}",
        *(f"new attribute {name}: string" for name in ("Lamps", "lamps", "Price")),
    ]
    assert load(text, *MAKING) == (totals(unchanged=1), [])


@pytest.mark.parametrize("options", [("--dry-run",), ()])
def test_nor_is_a_category_or_a_dictionary_value(load, options):
    load("sku,title,categories.0\nX,Rod,Lamps > Desk\n", *MAKING)
    text = "sku,title,color,categories.0\nA,Rod,red,Lamps >desk\nB,Nut,R ed,lamps > Desk\n"
    told, said = load(text, *MAKING, *options)
    only = ", which differs only in case, spaces or invisible signs."
    assert told == totals(created=2, warnings=4)
    assert sorted(said) == [
        f"warning: The category 'Lamps > desk' is there beside 'Lamps > Desk'{only}",
        f"warning: The category 'lamps' is there beside 'Lamps'{only}",
        f"warning: The dictionary of color gets 'R ed' beside 'Red'{only}",
        f"warning: The dictionary of color gets 'red' beside 'Red'{only}",
    ]


def test_a_refused_row_makes_nothing_that_is_told(load):
    text = "sku,title,color,price\nA,Rod,red,x\nB,Nut,blue,1\n"
    assert load(text, *MAKING)[0] == totals(created=1, rejected=1)


@pytest.mark.parametrize("options", [("--dry-run",), ()])
def test_attributes_are_made_with_the_first_row_that_is_stored(load, run_json, options):
    text = "sku,title,finish,price\nA,Rod,matt,x\nB,,matt,1\n"
    assert load(text, *MAKING, *options)[0] == totals(rejected=2)
    assert "finish" not in {one["name"] for one in run_json("attribute", "list")}
    assert load(text + "C,Cap,shiny,1\n", *MAKING, *options)[0] == totals(created=1, rejected=2)
    made = "finish" in {one["name"] for one in run_json("attribute", "list")}
    assert made is not bool(options)


def test_a_column_of_another_systems_types_is_refused_before_any_row(load, run):
    text = "sku,title,product_type\nA,Rod,\nB,Nut,simple\nC,Cap,configurable\n"
    message = (
        "Error: The column 'product_type' names no product type that is there, but 'simple', "
        "'configurable'! Known ones: default. Add the types, or map or ignore the column."
    )
    assert load(text) == (None, [message])
    assert load(text, "--ignore", "product_type")[0] == totals(created=3)
    told, said = load(text.replace("\nA", "\nX,Rod,default\nA"))
    assert told == totals(created=1, unchanged=1, rejected=2)
    assert any("There is no product type 'simple'!" in one for one in said)


def test_an_attribute_that_a_type_does_not_have_is_told_once(load, run):
    run("product-type", "add", "bulb", "--attributes", "price")
    kinds = ["bulb", "bulb", "default", "bulb"]
    text = "sku,title,color,product_type\n"
    told, said = load(text + "".join(f"S{n},Rod,blue,{kind}\n" for n, kind in enumerate(kinds)))
    assert told == totals(created=4, warnings=1)
    about = "color is not an attribute of the product type bulb: its values were ignored"
    assert said == [f"warning: {about}, first on line 2."]


def test_warnings_of_columns_are_told_before_those_of_many_rows(load):
    told, said = load(rows(*["x"] * 30, "1.234"))
    assert told == totals(created=1, rejected=30, warnings=1)
    assert said[0].startswith("warning: The numbers of the column")
    assert (len(said), said[-1]) == (23, "… and 10 more; --errors FILE keeps every refused row.")


def test_rows_after_broken_quotes_are_no_rows_with_broken_quotes(load):
    text = 'sku,title,price\nA,"5" pipe,1\nB,"6" pipe,2\nC,"7"\n'
    _, said = load(text)
    assert said[0] == "2 rows: Column 'title' has text after its closing quote!"
    assert [line.partition(": ")[0] for line in said[1:]] == ["line 2", "line 3", "line 4"]


def test_names_that_people_see_alike_are_shown_with_their_signs(load):
    _, said = load("sku,title\nCAF\u00c9,Rod\nCAFE\u0301,Nut\n")
    assert said == [
        "warning: Line 3: the product 'CAFE\\u0301' is new beside 'CAF\\xc9', which differs only "
        "in case, spaces or invisible signs."
    ]
