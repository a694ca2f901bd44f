"""`pims import --create-missing attributes`: the types of what is made, in files of each format."""

import json
from datetime import date, datetime

import openpyxl
import pytest
from click.testing import CliRunner

from pims_api.cli import main

CREATE = ("--create-missing", "attributes,categories,dictionary")
NAMES = ["sku", "title", "price", "ean", "new", "released", "seen", "note"]
ROWS = [
    ["A", "Rod", "9.90", "4006381333931", "true", "2024-02-13", "2024-02-13T13:42:17", ""],
    ["B", "Nut", "19.90", "4006381333948", "false", "2024-02-14", "2024-02-14", ""],
]
TYPES = {
    "price": "number",
    "ean": "string",
    "new": "boolean",
    "released": "date",
    "seen": "datetime",
    "note": "string",
}


def as_csv(path):
    path.write_text("\n".join(",".join(row) for row in [NAMES, *ROWS]))


def as_jsonl(path):
    path.write_text("\n".join(json.dumps(dict(zip(NAMES, row, strict=True))) for row in ROWS))


def as_xlsx(path):
    book = openpyxl.Workbook()
    book.active.append(NAMES)
    book.active.append(
        ["A", "Rod", 9.9, 4006381333931, True, date(2024, 2, 13), datetime(2024, 2, 13, 13, 42, 17)]  # noqa: DTZ001
    )
    book.active.append(
        ["B", "Nut", 19.9, "4006381333948", False, date(2024, 2, 14), date(2024, 2, 14)]
    )
    book.save(path)


def types(run):
    listed = json.loads(run("attribute", "list", "--json"))
    return {one["name"]: one["type"] for one in listed if not one["system"]}


@pytest.mark.parametrize(
    ("name", "write"),
    [("a.csv", as_csv), ("a.jsonl", as_jsonl), ("a.xlsx", as_xlsx)],
)
def test_types_are_guessed_from_whole_columns(run, tmp_path, name, write):
    write(tmp_path / name)
    run("import", str(tmp_path / name), *CREATE)
    assert types(run) == TYPES
    run("attribute", "edit", "price", "--filterable")
    found = run("export", "-", "--condition", "[[price]] > 5")
    assert "\nA," in found
    assert "\nB," in found


def test_an_import_tells_the_types_of_what_it_made(run, tmp_path, database_url):
    as_csv(tmp_path / "a.csv")
    words = ["--database", database_url, "import", str(tmp_path / "a.csv"), *CREATE]
    said = CliRunner().invoke(main, words).stderr
    assert said.splitlines() == [f"new attribute {name}: {kind}" for name, kind in TYPES.items()]


def test_a_given_type_counts_and_a_second_run_changes_nothing(run, tmp_path):
    as_csv(tmp_path / "a.csv")
    given = ("--types", "price=string,note=text")
    run("import", str(tmp_path / "a.csv"), *CREATE, *given)
    assert types(run) == TYPES | {"price": "string", "note": "text"}
    again = run("import", str(tmp_path / "a.csv"), *CREATE, *given)
    assert json.loads(again.splitlines()[-1])["unchanged"] == 2
    said = run("import", str(tmp_path / "a.csv"), *CREATE, "--types", "price=number", status=1)
    assert "price has the type string already, not number: convert the attribute" in said


@pytest.mark.parametrize(
    "pair", ["price", "price=", "=number", "price=money", "price=completeness"]
)
def test_a_type_that_is_none_is_refused(run, tmp_path, pair):
    as_csv(tmp_path / "a.csv")
    said = run("import", str(tmp_path / "a.csv"), *CREATE, "--types", pair, status=2)
    assert f"{pair!r} is not NAME=TYPE with a type of string, text, html, number" in " ".join(
        said.split()
    )


def test_a_trial_lists_what_would_be_made_and_makes_nothing(run, tmp_path):
    run("attribute", "add", "color", "--type", "dropdown", "--label", "Colour")
    (tmp_path / "a.csv").write_text(
        "sku,title,price,sizes.0,categories,color\n"
        "A,Rod,9.90,1,Lamps > Desk,red\nB,Nut,1,2,Lamps,red\n"
    )
    path = str(tmp_path / "a.csv")
    said = run("import", path, *CREATE, "--dry-run")
    assert [one for one in said.splitlines() if one.startswith("new ")] == [
        "new attribute price: number",
        "new attribute sizes: a collection of number",
        "new category Lamps",
        "new category Lamps > Desk",
        "new value of color: red",
    ]
    read = json.loads(run("import", path, *CREATE, "--dry-run", "--json"))
    assert read["made"] == {
        "attributes": [
            {"name": "price", "type": "number"},
            {"name": "sizes", "type": "number", "collection": True},
        ],
        "categories": ["Lamps", "Lamps > Desk"],
        "dictionary": [{"attribute": "color", "value": "red"}],
        "more": 0,
    }
    assert types(run) == {"color": "dropdown"}


def test_a_trial_says_how_many_things_it_does_not_list(run, tmp_path):
    rows = [f"S{number},Rod,Shelf {number}" for number in range(25)]
    (tmp_path / "a.csv").write_text("\n".join(["sku,title,categories", *rows]))
    said = run("import", str(tmp_path / "a.csv"), *CREATE, "--dry-run")
    assert said.count("new category Shelf") == 20
    assert "… and 5 more; --json lists the first 1000 of each kind." in said
