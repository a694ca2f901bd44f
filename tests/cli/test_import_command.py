"""`pims import`: the files that people have, what it prints, and how it ends."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from pims_api.cli import main
from pims_api.cli.files.import_report import SHOWN_MAX
from pims_api.errors import Busy
from pims_api.jobs.imports import product_import
from pims_api.services.imports.products import import_rows
from pims_api.transfer.read import open_table
from tests.jobs.import_shop import totals

ATTRIBUTES = (
    ("price", "number", ()),
    ("released", "date", ()),
    ("tags", "string", ("--collection",)),
)
TWICE = "'title' is mapped twice: to title and price."


@pytest.fixture
def shop(run, filled):
    filled(lambda: fill_shop(run))
    return run


def fill_shop(run):
    for name, kind, flags in ATTRIBUTES:
        run("attribute", "add", name, "--type", kind, "--label", name, *flags)


@pytest.fixture
def file(tmp_path):
    """`file("a.csv", "sku,title…")` writes a file and returns its path."""

    def write(name, text, encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return str(path)

    return write


def last_line(text):
    return json.loads(text.splitlines()[-1])


def values(run, sku):
    return json.loads(run("product", "show", sku, "--json"))["attributes"]


@pytest.mark.parametrize(
    ("case", "text", "encoding"),
    [
        ("Excel in German", "sku;title;price;\r\nÄ-1;Stäbe „rund“;1.50;\r\n", "cp1252"),
        ("Excel with a mark", "\ufeffsku,title,price\r\nÄ-1,Stäbe „rund“,1.50\r\n", "utf-8"),
        (
            "Excel as Unicode text",
            "\ufeffsku\ttitle\tprice\r\nÄ-1\tStäbe „rund“\t1.50\r\n",
            "utf-16-le",
        ),
        ("in quotes", "'sku','title','price'\n'Ä-1','Stäbe „rund“','1.50'\n", "utf-8"),
        ("JSON lines", '{"sku": "Ä-1", "title": "Stäbe „rund“", "price": 1.50}\n', "utf-8"),
    ],
)
def test_reads_what_people_have(shop, file, case, text, encoding):
    path = file("products.jsonl" if text.startswith("{") else "products.csv", text, encoding)
    more = ("--quote", "'") if text.startswith("'") else ()
    guessed = 1 if encoding == "cp1252" else 0
    assert last_line(shop("import", path, *more)) == totals(created=1, warnings=guessed)
    stored = values(shop, "Ä-1")
    assert (stored["title"], stored["price"]) == ("Stäbe „rund“", "1.50")


def test_dates_come_as_excel_stores_them(shop, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["sku", "title", "price", "released"])
    book.active.append(["A", "Rod", 12.5, date(2026, 12, 31)])
    book.save(tmp_path / "products.xlsx")
    assert last_line(shop("import", str(tmp_path / "products.xlsx"))) == totals(created=1)
    stored = values(shop, "A")
    assert (stored["released"], stored["price"]) == ("2026-12-31", "12.5")


def test_the_totals_are_the_last_line_and_with_json_all(shop, file):
    path = file("a.csv", "sku,title\nA,Rod\n")
    assert json.loads(shop("import", path, "--json")) == totals(created=1)
    assert last_line(shop("import", path)) == totals(unchanged=1)


def test_a_refused_row_is_told_with_its_line_and_ends_with_1(shop, file):
    path = file("a.csv", 'sku,title,price\nA,Rod,1\nB,"Nut\nM5","12,345.60"\nC,Cap,3\n')
    said = shop("import", path, status=1)
    assert said == (
        "line 3: price must be a number: write 12,345.60 without thousands separators: 12345.60!\n"
    )
    assert values(shop, "C")["price"] == "3"


def test_the_errors_file_can_be_corrected_and_imported(shop, file, tmp_path):
    path = file("a.csv", "sku;title;price\nA;Rod;1\nB;Nut;1,5\nC;;2\n")
    errors = tmp_path / "errors.csv"
    shop("import", path, "--errors", str(errors), status=1)
    text = errors.read_text()
    assert text.splitlines()[1:] == [
        "3;price must be a number: write 1,5 with a decimal point: 1.5!;B;Nut;1,5",
        "4;title cannot be empty: C is new, and a new product needs it!;C;;2",
    ]

    corrected = file("b.csv", text.replace("Nut;1,5", "Nut;1.5").replace("C;;2", "C;Cap;2"))
    assert last_line(shop("import", corrected)) == totals(created=2)


def test_only_so_many_refusals_are_printed(shop, file):
    rows = "".join(f"S{number},Rod,x\n" for number in range(SHOWN_MAX + 5))
    said = shop("import", file("a.csv", f"sku,title,price\n{rows}"), status=1)
    assert said.splitlines()[-1] == "… and 5 more; --errors FILE keeps every refused row."
    assert len(said.splitlines()) == SHOWN_MAX + 2
    assert said.startswith(f"{SHOWN_MAX + 5} rows: price must be a number: ")


def test_wrong_columns_are_all_told_and_nothing_is_stored(shop, file):
    path = file("a.csv", "sku,title,prise,Farbe\nA,Rod,1,red\n")
    assert shop("import", path, status=1) == (
        "Error: The column 'prise' is no attribute! Map it, ignore it or have the attribute made."
        " Did you mean 'price'?\n"
        "The column 'Farbe' is no attribute! Map it, ignore it or have the attribute made.\n"
    )
    shop("product", "show", "A", status=1)
    shop("import", path, "--map", "prise=price", "--ignore", "Farbe")
    assert values(shop, "A")["price"] == "1"


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (("--map", "title=title", "--map", "title=price"), 2, TWICE),
        (("--map", "title=price"), 1, "The column 'price' feeds price, which 'title' feeds"),
        (
            ("--ignore", "Price"),
            1,
            "The file has no column 'Price' to ignore! Did you mean 'price'?",
        ),
    ],
)
def test_options_about_columns_that_make_no_sense_are_refused(shop, file, options, status, message):
    path = file("a.csv", "sku,title,price\nA,Rod,1\n")
    assert message in shop("import", path, *options, status=status)
    shop("product", "show", "A", status=1)


def test_the_way_out_of_an_unknown_category_is_an_option_of_the_command(shop, file, tmp_path):
    path = file("a.csv", "sku,title,categories\nA,Rod,Lamps > Desk\n")
    errors = tmp_path / "errors.csv"
    way_out = (
        "categories: there is no category 'Lamps > Desk'! "
        "Add it first, or say --create-missing categories."
    )
    assert shop("import", path, "--errors", str(errors), status=1) == f"line 2: {way_out}\n"
    assert way_out in errors.read_text()


def test_keys_of_json_lines_are_columns_too(shop, file):
    path = file("a.jsonl", '{"sku": "A", "title": "Rod"}\n{"sku": "B", "colour": "red"}\n')
    assert "The column 'colour' is no attribute!" in shop("import", path, status=1)
    shop("product", "show", "A", status=1)


def test_a_trial_tells_what_would_happen(shop, file):
    shop("import", file("a.csv", "sku,title,price,tags\nA,Rod,1,x\n"))
    path = file("b.csv", "sku,title,price,tags\nA,,2,x|y\nB,Nut,,\n")
    told = shop("import", path, "--dry-run", "--separator", "|")
    assert told.splitlines()[:-1] == [
        "line 2: A: price: 1 -> 2; tags: x -> x, y",
        "line 3: B is new: title: Nut",
    ]
    assert last_line(told) == totals(created=1, updated=1)
    read = json.loads(shop("import", path, "--dry-run", "--json", "--separator", "|"))
    assert read["differences"][0]["new"] == {"price": "2", "tags": ["x", "y"]}
    assert values(shop, "A")["price"] == "1"


def test_a_view_names_columns_and_hides_others(shop, file):
    fields = ("--attribute", "title=Name", "--attribute", "price", "--readonly", "price")
    shop("view", "add", "partner", *fields)
    path = file("a.csv", "sku,Name,price\nA,Rod,1\n")
    told = shop("import", path, "--view", "partner")
    assert last_line(told) == totals(created=1, warnings=1)
    assert values(shop, "A")["title"] == "Rod"
    said = shop("import", path, status=1)
    assert "The column 'Name' is no attribute!" in said


def test_localizable_values_go_to_the_named_language(shop, file):
    shop("locale", "add", "de-de")
    shop("attribute", "add", "slogan", "--type", "string", "--label", "Slogan", "--localizable")
    shop("import", file("a.csv", "sku,title,slogan\nA,Rod,Straight\n"))
    shop("import", file("b.csv", "sku,slogan\nA,Gerade\n"), "--locale", "de-de")
    assert values(shop, "A")["slogan"] == "Straight"
    again = shop("import", file("b.csv", "sku,slogan\nA,Gerade\n"), "--locale", "de-de")
    assert last_line(again) == totals(unchanged=1)
    assert json.loads(shop("product", "show", "A", "--json"))["version"] == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--view", "nix"), "Error: There is no View 'nix'!\n"),
        (("--locale", "en-uk"), "Error: There is no locale 'en-uk'! Did you mean en-us?\n"),
        (
            ("--product-type", "defualt"),
            "Error: There is no product type 'defualt'! Did you mean 'default'?\n",
        ),
    ],
)
def test_what_is_not_there_is_told_before_anything(shop, file, options, message):
    assert shop("import", file("a.csv", "sku,title\nA,Rod\n"), *options, status=1) == message


def test_the_errors_go_to_another_file(run, file):
    path = file("a.csv", "sku,title\nA,Rod\n")
    assert "--errors must name another file" in run("import", path, "--errors", path, status=2)


def test_what_was_stored_before_the_import_broke_off_is_told(shop, file, monkeypatch):
    def busy_in_the_end(work, plan, wanted):
        if wanted[0].sku == "C":
            raise Busy
        return import_rows(work, plan, wanted)

    monkeypatch.setattr(product_import, "STEP_ROWS", 2)
    monkeypatch.setattr(product_import, "import_rows", busy_in_the_end)
    said = shop("import", file("a.csv", "sku,title\nA,Rod\nB,Nut\nC,Cap\n"), status=1)
    rest = "2 rows were imported. Run the same command again for the rest.\n"
    assert rest in said
    assert values(shop, "B")["title"] == "Nut"


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_the_errors_file_is_what_its_name_says(shop, file, tmp_path, kind):
    path, errors = file("a.csv", "sku;title\nA;\n"), tmp_path / f"errors.{kind}"
    shop("import", path, "--errors", str(errors), status=1)
    with open_table(errors) as table:
        assert table.format == kind
        assert [(row.cells["sku"], row.cells["title"]) for row in table.rows] == [("A", "")]


@pytest.mark.parametrize(
    ("name", "errors", "said"),
    [
        ("a.csv", "e.txt", "--errors e.txt ends with none of .csv, .xlsx, .jsonl."),
        ("a.jsonl", "e.csv", "--errors e.csv: JSON cannot be kept in a table, name it .jsonl."),
    ],
)
def test_errors_cannot_go_into_a_file_that_is_none_of_theirs(shop, file, name, errors, said):
    assert said in shop("import", file(name, "sku\nA\n"), "--errors", errors, status=2)


def test_errors_of_a_cp1252_file_open_as_it_did(shop, file, tmp_path):
    errors = tmp_path / "errors.csv"
    shop("import", file("a.csv", "sku;title\nÖ;\n", "cp1252"), "--errors", str(errors), status=1)
    (row,) = csv.DictReader(io.StringIO(errors.read_text("utf-8-sig")), delimiter=";")
    assert (errors.read_bytes()[:3], row["sku"]) == (b"\xef\xbb\xbf", "Ö")


def test_one_odd_row_does_not_garble_the_others(shop, file):
    path = Path(file("a.csv", "sku,title\nA,Größe\nB,Maß\n"))
    path.write_bytes(path.read_bytes() + b"C,\xd6l\n")
    said = shop("import", str(path), status=1)
    assert said.startswith("line 4: The row holds bytes that are not UTF-8")
    assert (values(shop, "A")["title"], values(shop, "B")["title"]) == ("Größe", "Maß")


def test_a_guessed_encoding_is_warned_of_once(database_url, run, file):
    path = file("a.csv", "sku,title\nA,Größe\nB,Maß\n", "cp1252")
    note = "warning: The file was read as cp1252, for it is not UTF-8: the option encoding says"
    for words in ((), ("--json",)):
        done = CliRunner().invoke(main, ["--database", database_url, "import", path, *words])
        assert (done.exit_code, done.stderr.count(note)) == (0, 1)
        assert last_line(done.stdout)["warnings"] == 1


def test_a_workbook_of_several_sheets_tells_which_was_read(database_url, run, tmp_path):
    book, path = openpyxl.Workbook(), str(tmp_path / "a.xlsx")
    book.active.title = "Notes"
    book.active.append(["hello"])
    book.create_sheet("Prices").append(["sku", "title"])
    book["Prices"].append(["A", "Rod"])
    book.save(path)
    note = "Sheet 'Notes' was read and no other ('Prices'): the option sheet names one."
    said = run("import", path, status=1)
    assert "The column 'hello' is no attribute!" in said
    assert said.splitlines()[-1] == note
    assert last_line(run("import", path, "--sheet", "Prices")) == totals(created=1)


def test_all_unknown_columns_are_told(run, file):
    names = ",".join(f"x{number}" for number in range(5_000))
    said = run("import", file("a.csv", f"sku,{names}\n"), status=1).splitlines()
    assert (len(said), said[-1].split("'")[1]) == (5_000, "x4999")
