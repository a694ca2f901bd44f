"""`pims import`: what it may overwrite or make, and what it says of it."""

import csv
import io
import json
import os
import threading

import pytest
from click.testing import CliRunner

from pims_api.cli import main
from tests.jobs.import_shop import totals

ONLY = "which differs only in case, spaces or invisible signs."
CAFE, CAFE_APART = "Caf\u00e9", "Cafe\u0301"


@pytest.fixture
def load(database_url, run, filled, tmp_path):
    """`load("sku,title…", *options)`: the totals, and the lines told beside them."""
    filled(lambda: add_attributes(run))

    def imported(text, *options, piped=None):
        path = tmp_path / "a.csv"
        path.write_text(text, encoding="utf-8", newline="")
        words = ["--database", database_url, "import", piped or str(path), *options]
        done = CliRunner().invoke(main, words, input=text if piped == "-" else None)
        lines = done.stdout.splitlines()
        return json.loads(lines[-1]) if lines else None, done.stderr.splitlines()

    return imported


def add_attributes(run):
    run("attribute", "add", "price", "--type", "number", "--label", "Price")
    run("attribute", "add", "color", "--type", "string", "--label", "Colour")
    run("attribute", "add", "tags", "--type", "string", "--label", "Tags", "--collection")
    run("attribute", "add", "goes", "--type", "relation", "--label", "Goes", "--collection")


@pytest.fixture
def shown(run_json):
    """`shown("A")`: the values of a product."""
    return lambda sku: run_json("product", "show", sku)["attributes"]


TWICE = "sku,title,color,tags.0,tags.1\nA,Rod,red,x,y\nB,Nut,,,\nA,Rod,blue,y,z\n"


@pytest.mark.parametrize("trial", [(), ("--dry-run",)])
def test_a_sku_twice_with_other_values_is_told_with_both_lines(load, trial):
    assert load(TWICE, *trial) == (
        totals(created=2, updated=1, warnings=1),
        ["line 4: warning: A is on line 2 too, whose values of color, tags are replaced."],
    )


@pytest.mark.parametrize("text", ["sku,title\nA,Rod\nA,Rod\n", "sku,title,color\nA,Rod,\nA,,red\n"])
def test_rows_of_a_sku_that_do_not_differ_are_not_told(load, text):
    done, said = load(text)
    assert (done["created"], done["warnings"], said) == (1, 0, [])


def test_a_value_that_was_there_before_the_file_is_no_row(load):
    load("sku,title,color\nA,Rod,red\n")
    assert load("sku,color\nA,blue\n") == (totals(updated=1), [])


@pytest.mark.parametrize(
    ("rule", "counts", "said", "color", "tags"),
    [
        ("last", {"updated": 1, "warnings": 1}, "whose values of color, tags are replaced.",
         "blue", ["y", "z"]),
        ("first", {"unchanged": 1, "warnings": 1}, "already: this row was passed over.",
         "red", ["x", "y"]),
        ("refuse", {"rejected": 1}, "already!", "red", ["x", "y"]),
        ("merge", {"updated": 1, "warnings": 1}, "whose values of color stay.",
         "red", ["x", "y", "z"]),
    ],
)  # fmt: skip
def test_one_says_which_of_the_rows_counts(load, shown, rule, counts, said, color, tags):
    done, told = load(TWICE, "--duplicates", rule)
    assert done == totals(created=2, **counts)
    assert ("A is on line 2" in told[-1], told[-1].endswith(said)) == (True, True)
    assert (shown("A")["color"], shown("A")["tags"]) == (color, tags)


def test_a_merge_fills_what_earlier_rows_leave_empty(load, shown):
    load("sku,title,color,tags\nA,Old,old,old\n")
    text = "sku,title,color,tags,price\nA,Rod,,,\nA,,red,x,\nA,,blue,y,5\n"
    done, said = load(text, "--duplicates", "merge")
    assert done == totals(updated=3, warnings=1)
    assert said == ["line 4: warning: A is on line 2 too, whose values of color stay."]
    values = shown("A")
    assert (values["title"], values["color"], values["tags"]) == ("Rod", "red", ["x", "y"])
    assert values["price"] == "5"


def test_rows_that_waited_are_further_rows_too(load, shown):
    text = "sku,title,color,variation_of\nA,Rod,red,P\nA,Rod,blue,\nP,Pipe,,\n"
    done, said = load(text)
    assert done == totals(created=2, updated=1, warnings=1)
    assert said == ["line 3: warning: A is on line 2 too, whose values of color are replaced."]
    assert shown("A")["color"] == "blue"


def test_a_refused_row_is_no_earlier_one(load, shown):
    text = "sku,title,price\nA,Rod,x\nA,Rod,5\n"
    assert load(text, "--duplicates", "refuse")[0] == totals(created=1, rejected=1)
    assert shown("A")["price"] == "5"


@pytest.mark.parametrize(
    ("known", "new"),
    [
        ("MH01", "mh01"),
        ("MH 01", "MH01"),
        ("MH01", "MH\u200b01"),
        ("MH01", "MH\u00ad01"),
        ("MH01", "\ufeffMH01"),
        (CAFE, CAFE_APART),
        ("STRASSE", "stra\u00dfe"),
    ],
)
def test_a_sku_that_looks_like_a_known_one_is_told(load, known, new):
    shown = ascii if known == CAFE else repr  # two forms of one sign would look the same
    said = [f"warning: Line 2: the product {shown(new)} is new beside {shown(known)}, {ONLY}"]
    load(f"sku,title\n{known},Rod\n")
    assert load(f"sku,title\n{new},Rod\n") == (totals(created=1, warnings=1), said)
    assert load(f"sku,title\n{new},Rod\n") == (totals(unchanged=1), [])


def test_so_are_two_of_one_file_and_in_a_trial(load):
    text = "sku,title\nMH01,Rod\nB,Nut\nmh01,Rod\n"
    said = [f"warning: Line 4: the product 'mh01' is new beside 'MH01', {ONLY}"]
    assert load(text, "--dry-run") == (totals(created=3, warnings=1), said)
    assert load(text) == (totals(created=3, warnings=1), said)


def test_categories_and_attributes_look_alike_in_another_unicode_form(load):
    load(f"sku,title,categories.0\nA,Rod,{CAFE}\n", "--create-missing", "categories")
    text = f"sku,title,categories.0,co\u200blor\nB,Rod,{CAFE_APART},x\n"
    done, said = load(text, "--create-missing", "categories", "--ignore-unknown")
    assert done["warnings"] == 2
    assert f"warning: The category {CAFE_APART!a} is there beside {CAFE!a}, {ONLY}" in said


@pytest.mark.parametrize(
    ("only", "sku", "said"),
    [
        ("update", "B", "There is no product 'B', and only products that are there are updated!"),
        ("create", "A", "There is a product 'A' already, and only new products are made!"),
    ],
)
def test_only_update_makes_nothing_and_only_create_changes_nothing(load, run, only, sku, said):
    load("sku,title\nA,Rod\n")
    other = "A" if sku == "B" else "C"
    done, told = load(f"sku,title\n{sku},New\n{other},New\n", "--only", only)
    assert done == totals(rejected=1, **{f"{only}d": 1})
    assert told[0].startswith(f"line 2: {said}")
    if only == "update":
        run("product", "show", "B", status=1)


def test_only_update_needs_no_title_and_refuses_with_every_fault(load):
    done, told = load("sku,price\nB,x\n", "--only", "update")
    assert done == totals(rejected=1)
    assert [one.partition("!")[0] for one in told] == [
        "line 2: There is no product 'B', and only products that are there are updated",
        "line 2: price must be a number: an optional sign, digits and at most one point, at most "
        "40 digits, no exponent",
    ]


def test_a_deleted_product_is_told_of_and_can_be_restored(load, shown):
    load("sku,title,status\nA,Rod,deleted\n")
    said = (
        "line 2: warning: A is deleted: what was sent is stored, but no list shows the product. "
        "Restore it, or send its status."
    )
    assert load("sku,color\nA,red\n") == (totals(updated=1, warnings=1), [said])
    assert load("sku,color\nA,red\n", "--restore", "--dry-run")[0] == totals(updated=1)
    assert shown("A")["status"] == "deleted"
    assert load("sku,color\nA,red\n", "--restore") == (totals(updated=1), [])
    assert shown("A")["status"] == "active"


@pytest.mark.parametrize("status", ["deleted", "inactive"])
def test_a_row_that_says_a_status_means_it(load, shown, status):
    load("sku,title,status\nA,Rod,deleted\n")
    assert load(f"sku,color,status\nA,red,{status}\n", "--restore") == (totals(updated=1), [])
    assert shown("A")["status"] == status


def test_every_unknown_column_is_named(load):
    names = [f"odd{number}" for number in range(60)]
    _, said = load(f"sku,title,{','.join(names)}\nA,Rod\n")
    assert [one.split("'")[1] for one in said] == names


def test_unknown_columns_can_be_ignored_and_are_told_in_one_line(load):
    names = [f"odd{number}" for number in range(60)]
    text = f"sku,title,color,{','.join(names)}\nA,Rod,red\n"
    done, said = load(text, "--ignore-unknown", "--ignore", "absent", "--ignore", "odd0")
    shown = ", ".join(map(repr, names[1:]))
    assert done == totals(created=1, warnings=1)
    assert said == [f"warning: 59 columns are no attributes and were ignored: {shown}."]


def test_other_separators_part_the_names_of_a_path(load, shown):
    text = "sku,title,categories\nA,Rod,Shop/Men/Tops|Shop / Gear/\n"
    options = ("--create-missing", "categories", "--path-separator", "/", "--separator", "|")
    assert load(text, *options)[0] == totals(created=1)
    assert shown("A")["categories"] == ["Shop > Men > Tops", "Shop > Gear"]


@pytest.mark.parametrize(("told", "meant"), [("\\t", "\t"), ("\\n", "\n"), ("tab", "\t")])
def test_separators_are_read_as_people_mean_them(load, shown, told, meant):
    load(f'sku,title,tags\nA,Rod,"x{meant}y"\n', "--separator", told)
    assert shown("A")["tags"] == ["x", "y"]


def test_a_root_that_hides_a_path_or_a_known_category_is_told(load):
    making = ("--create-missing", "categories")
    load("sku,title,categories.0\nA,Rod,Gear > Bags\n", *making)
    done, said = load(
        "sku,title,categories.0\nB,Rod,bags\nC,Rod,Shop/Men\nD,Rod,Shop/Tops\n", *making
    )
    assert done == totals(created=3, warnings=2)
    assert said == [
        "warning: The category 'bags' is made as a root; there is 'Gear > Bags' already.",
        "warning: The category 'Shop/Men' is made as one root. If / parts a path, name it as the "
        "path separator.",
    ]


def test_faults_are_summed_by_cause_and_column_before_the_list(load):
    text = 'sku,title,Net\nA,Rod,x\nB,Rod,x\nC,Rod,"1,5"\nD,,2\nE,Nut,1\n'
    done, said = load(text, "--map", "Net=price")
    assert done == totals(created=1, rejected=4)
    assert said[0] == "3 rows: price must be a number! (column Net): 'x' 2, '1,5' 1"
    assert [one[:7] for one in said[1:]] == ["line 2:", "line 3:", "line 4:", "line 5:"]


def test_messages_name_the_column_and_the_value(load, run, tmp_path):
    run("attribute", "add", "climate", "--type", "dropdown", "--label", "C", "--dictionary", "Dry")
    errors = tmp_path / "refused.csv"
    text = 'sku,title,Klima,categories.0\nA,Rod,Dri,\nB,Rod,,"X\nY"\n'
    options = ("--map", "Klima=climate", "--create-missing", "categories", "--errors", str(errors))
    _, said = load(text, *options)
    assert said == [
        "line 2: climate must be one of the values of its dictionary! Did you mean 'Dry'? (column "
        "Klima: 'Dri')",
        "line 3: A category name has at most 255 characters, no control characters! (column "
        "categories.0: 'X\\nY')",
    ]
    rows = list(csv.DictReader(io.StringIO(errors.read_text(encoding="utf-8"), newline="")))
    assert [f"line {one['error_line']}: {one['error_message']}" for one in rows] == said


def test_a_row_with_broken_quotes_is_refused_until_it_is_corrected(load, tmp_path):
    errors = tmp_path / "refused.csv"
    done, said = load('sku,title\nA,"Big" pipe\nB,Rod\n', "--errors", str(errors))
    assert done == totals(created=1, rejected=1)
    assert said[0].startswith("line 2: Column 'title' has text after its closing quote: ")
    again = load(errors.read_text(encoding="utf-8"))[0]
    assert again == totals(rejected=1)
    done, said = load('sku,title\nA,"Big" pipe\n', "--quotes", "lenient")
    assert done == totals(created=1, warnings=1)
    assert said == [
        "warning: Line 2 was read leniently, for its quotes are not those of CSV: column 'title' "
        "as '\"Big\" pipe'."
    ]


def test_a_swallowed_row_is_told_even_when_its_row_is_refused(load):
    done, said = load('sku,title,price\nA,"5 in,x\nB,7",y\n')
    assert done == totals(rejected=1, warnings=1)
    assert said[0].startswith("warning: The lines 2 to 3 are one row, for a quote opens on line 2")


def test_standard_input_is_read(load):
    assert load("sku,title\nA,Rod\n", piped="-") == (totals(created=1), [])


@pytest.mark.skipif(os.name != "posix", reason="Pipes have names on POSIX systems")
@pytest.mark.parametrize("words", [("import",), ("attribute", "import"), ("category", "import")])
def test_a_pipe_is_read(run, tmp_path, words):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    text = (
        "sku,title\nA,Rod\n" if words == ("import",) else "name,type,label.en-us\nmass,string,M\n"
    )
    writer = threading.Thread(target=pipe.write_text, args=(text,))
    writer.start()
    assert json.loads(run(*words, str(pipe)).splitlines()[-1])["created"] == 1
    writer.join()


def test_an_export_that_needs_deleted_products_says_so(load, run, tmp_path):
    load("sku,title,variation_of,goes.0\nP,Pipe,,\nA,Rod,P,\nB,Nut,,P\nC,Cog,,A\n")
    load("sku,status\nP,deleted\n")
    file = str(tmp_path / "out.csv")
    found = json.loads(run("export", file, "--json"))
    assert found["warnings"] == [
        "The export lacks 1 deleted products that others name (A needs P): where they are not "
        "there, an import refuses these others. Export deleted products too."
    ]
    assert "warnings" not in json.loads(
        run("export", file, "--force", "--json", "--include-deleted")
    )
    without = ("--attributes", "title")
    assert "warnings" not in json.loads(run("export", file, "--force", "--json", *without))
