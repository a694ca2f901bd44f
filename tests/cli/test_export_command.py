"""`pims export`: what stands in the file, what is refused, and that no half file is ever there."""

import csv
import io
import json

import pytest
from click import ClickException
from click.testing import CliRunner
from openpyxl import load_workbook

from pims_api.cli import main
from pims_api.cli.files.new_file import new_file


@pytest.fixture
def shop(run, filled, tmp_path):
    """Three products, one of them deleted, and a way to import more."""

    def load(*rows):
        path = tmp_path / "given.jsonl"
        path.write_text("\n".join(map(json.dumps, rows)))
        run("import", str(path), "--create-missing", "categories")

    filled(lambda: fill_shop(run, load))
    return load


def fill_shop(run, load):
    for name, kind, *flags in (
        ("price", "number", "--filterable"),
        ("tags", "string", "--collection"),
        ("fits", "relation", "--collection"),
        ("in_stock", "boolean"),
        ("filled", "completeness"),
    ):
        run("attribute", "add", name, "--type", kind, "--label", name, *flags)
    load(
        {"sku": "B", "title": "=1+1", "price": "5.10", "tags": ["a", "b"], "in_stock": True},
        {"sku": "A", "title": "Rod, \"round\"\n2 m", "price": "-7", "categories": ["X > Y", "Z"]},
        {"sku": "C", "title": "Old", "status": "deleted", "fits": ["A"]},
        {"sku": "A-1", "title": "Short", "variation_of": "B"},
    )  # fmt: skip


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_csv_has_a_header_and_every_product_parents_first(run, shop):
    printed = run("export")
    assert printed.splitlines()[0] == (
        "sku,categories.0,categories.1,status,title,thumbnail,price,tags.0,tags.1,fits.0,in_stock,"
        "variation_of,variation_attributes.0"
    )
    assert [row["sku"] for row in rows_of(printed)] == ["A", "B", "A-1"]


def test_cells_are_the_values_that_the_api_shows(run, shop):
    first, second, third = rows_of(run("export"))
    assert (first["title"], first["price"]) == ('Rod, "round"\n2 m', "-7")
    assert (first["categories.0"], first["categories.1"]) == ("X > Y", "Z")
    assert (second["price"], second["in_stock"]) == ("5.10", "true")
    assert (second["tags.0"], second["tags.1"]) == ("a", "b")
    assert (third["variation_of"], third["price"], third["in_stock"]) == ("B", "", "")


@pytest.mark.parametrize("name", ["title", "tags.0"])
def test_what_a_spreadsheet_would_run_is_disarmed_and_comes_back(
    run, run_json, shop, tmp_path, name
):
    shop({"sku": "B", "tags": ["=cmd|' /C calc'!A0"]})
    path = str(tmp_path / "a.csv")
    run("export", path)
    [row] = [row for row in rows_of((tmp_path / "a.csv").read_text()) if row["sku"] == "B"]
    assert row[name].startswith("'=")
    assert run_json("import", path)["unchanged"] == 3


def test_a_collection_lies_in_one_cell_with_a_separator(run, shop):
    found = rows_of(run("export", "--separator", "|", "--attributes", "tags,categories"))
    assert found[0] == {"sku": "A", "categories": "X > Y|Z", "tags": ""}
    assert found[1] == {"sku": "B", "categories": "Uncategorized", "tags": "a|b"}


def test_json_lines_keep_lists_and_leave_out_what_is_unset(run, shop):
    found = [json.loads(line) for line in run("export", "--format", "jsonl").splitlines()]
    assert found[1] == {
        "sku": "B",
        "categories": ["Uncategorized"],
        "status": "active",
        "title": "=1+1",
        "price": "5.10",
        "tags": ["a", "b"],
        "in_stock": True,
    }


def test_json_lines_say_null_where_an_import_would_fill_in_a_default(run, shop):
    run("attribute", "edit", "price", "--default", "1")
    shop({"sku": "A-1", "title": "Shorter"})
    lines = run("export", "--format", "jsonl", "--attributes", "price,tags").splitlines()
    assert json.loads(lines[2]) == {"sku": "A-1", "price": None}


def test_xlsx_has_numbers_as_numbers_and_text_as_text(run, shop, tmp_path):
    run("export", str(tmp_path / "a.xlsx"), "--attributes", "price,title")
    sheet = load_workbook(tmp_path / "a.xlsx").active
    cells = [[(cell.data_type, cell.value) for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert cells[0][2] == ("n", -7)
    assert cells[1][1] == ("s", "'=1+1")
    assert cells[1][2] == ("s", "5.10")  # as a number it would lose its last digit


def test_a_condition_chooses_products_and_names_choose_attributes(run, shop):
    words = ("--condition", "[[price]] > 0", "--attributes", "price, filled ,variation_skus")
    assert rows_of(run("export", *words)) == [
        {"sku": "B", "price": "5.10", "filled": "100", "variation_skus.0": "A-1"}
    ]


def test_the_matrix_of_variations_is_json_when_it_is_asked_for(run, shop):
    shop({"sku": "B", "variation_attributes": ["price"]})
    found = rows_of(run("export", "--attributes", "variation_matrix"))
    assert json.loads(found[1]["variation_matrix"]) == {
        "A-1": {"price": []},
        "B": {"price": ["5.10"]},
    }


def test_deleted_products_are_there_only_when_asked_for(run, shop):
    assert [row["sku"] for row in rows_of(run("export"))] == ["A", "B", "A-1"]
    found = rows_of(run("export", "--include-deleted"))
    assert [(row["sku"], row["status"]) for row in found][-1] == ("C", "deleted")


def test_what_a_variation_inherits_is_not_written_as_its_own(run, run_json, shop, tmp_path):
    shop({"sku": "B", "variation_attributes": ["price"]})
    path = str(tmp_path / "a.csv")
    run("export", path)
    found = rows_of((tmp_path / "a.csv").read_text())
    assert [row["variation_attributes.0"] for row in found] == ["", "price", ""]
    assert run_json("import", path)["unchanged"] == 3


def test_product_types_are_a_column_where_there_are_several(run, run_json, shop, tmp_path):
    run("product-type", "add", "tool", "--attributes", "price")
    shop({"sku": "T", "title": "Saw", "product_type": "tool", "price": "1"})
    path = str(tmp_path / "a.csv")
    run("export", path)
    found = rows_of((tmp_path / "a.csv").read_text())
    assert [(row["sku"], row["product_type"]) for row in found][2:] == [
        ("A-1", "default"), ("T", "tool"),
    ]  # fmt: skip
    assert run_json("import", path)["unchanged"] == 4


def test_the_totals_are_printed_for_scripts(run, run_json, shop, tmp_path):
    path = tmp_path / "a.jsonl"
    told = run_json("export", str(path))
    assert told == {"file": str(path), "format": "jsonl", "products": 3}
    assert run("export", str(path), "--force") == f"{path}: 3 products.\n"


@pytest.mark.parametrize("command", ["export", "snapshot"])
def test_a_file_that_is_there_is_replaced_only_when_that_is_said(run, shop, tmp_path, command):
    path = tmp_path / "notes.csv"
    path.write_text("mine")
    said = run(command, str(path), status=2)
    assert f"{path} is there already: choose another, or replace it with --force." in said
    assert path.read_text() == "mine"
    run(command, str(path), "--force")
    assert path.read_bytes()[:4] in (b"sku,", b"SQLi")


def test_an_empty_catalogue_is_a_header(run):
    assert run("export", "--attributes", "title,categories") == "sku,categories.0,title\n"
    assert run("export", "--format", "jsonl") == ""


@pytest.mark.parametrize(
    ("case", "words", "status", "said"),
    [
        ("unknown attribute", ("--attributes", "prise"), 1, "'prise'! Did you mean price?"),
        ("every one", ("--attributes", "x9,y9"), 1, "'y9'"),
        ("not filterable", ("--condition", "[[tags]] = 'a'"), 1, "unknown or not filterable"),
        ("bad condition", ("--condition", "[[price]] >"), 1, "character"),
        ("unknown View", ("--view", "shpo"), 1, "There is no View 'shpo'!"),
        ("unknown locale", ("--locale", "xx"), 1, "There is no locale 'xx'!"),
        ("separator within", ("--separator", ">"), 1, "categories of A has a value that holds '>'"),
        ("separator not left", ("--separator", " "), 1, "choose another separator"),
    ],
)  # fmt: skip
def test_refusals_leave_the_file_that_was_there(run, shop, tmp_path, case, words, status, said):
    path = tmp_path / "a.csv"
    path.write_text("before")
    assert said in run("export", str(path), "--force", *words, status=status)
    assert path.read_text() == "before"
    assert sorted(one.name for one in tmp_path.glob("a.csv*")) == ["a.csv"]


@pytest.mark.parametrize(
    ("case", "name", "said"),
    [
        ("ending", "a.txt", "ends with none of .csv, .xlsx, .jsonl: add --format."),
        ("no ending", "a", "add --format."),
        ("a folder", ".", "is a directory"),
    ],
)
def test_a_file_that_cannot_be_is_refused(run, tmp_path, case, name, said):
    assert said in run("export", str(tmp_path / name), status=2)


def test_a_folder_that_is_not_there_is_told(run, tmp_path):
    path = tmp_path / "none" / "a.csv"
    assert f"{path} cannot be written: No such file" in run("export", str(path), status=1)


@pytest.mark.parametrize("end", ["", "-wal"])
@pytest.mark.parametrize("command", [("export", "--format", "csv"), ("snapshot",)])
def test_the_catalogue_itself_is_never_written_over(sqlite_url, command, end):
    def invoke(*words):
        return CliRunner().invoke(main, ["--database", sqlite_url, *words])

    invoke("init")
    result = invoke(*command, sqlite_url.removeprefix("sqlite:///") + end)
    assert result.exit_code == 2
    assert "belongs to the catalogue itself" in result.stderr
    assert invoke("check").exit_code == 0


def test_two_columns_of_one_name_are_refused(run, shop):
    shown = ("--attribute", "tags", "--attribute", "price=tags.1")
    run("view", "add", "odd", *shown)
    assert "would be called 'tags.1'" in run("export", "--view", "odd", status=1)
    assert run("export", "--view", "odd", "--separator", "|").startswith("sku,tags.1,tags\n")


def test_a_file_has_its_name_only_when_it_is_whole(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("before")
    with new_file(path) as stream:
        stream.write(b"half")
        stream.flush()
        assert path.read_text() == "before"
        assert (tmp_path / "a.csv.part").read_bytes() == b"half"
    assert path.read_text() == "half"
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


def test_what_a_killed_command_left_is_written_anew(tmp_path):
    (tmp_path / "a.csv.part").write_text("left behind")
    with new_file(tmp_path / "a.csv") as stream:
        stream.write(b"new")
    assert (tmp_path / "a.csv").read_text() == "new"


def test_two_commands_never_write_one_file(tmp_path):
    path = tmp_path / "a.csv"
    with new_file(path) as stream:
        stream.write(b"mine")
        with pytest.raises(ClickException, match=r"a\.csv\.part is being written"), new_file(path):
            pass
    assert path.read_text() == "mine"


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real.csv").write_text("before")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    with new_file(tmp_path / "link.csv") as stream:
        stream.write(b"new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "new"
