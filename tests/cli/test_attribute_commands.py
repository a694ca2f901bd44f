"""pims attribute."""

import json

import pytest
from click.testing import CliRunner

from pims_api.cli import main


@pytest.fixture
def run(database_url):
    """`run("attribute", "list")`: the result of the command, in a catalogue with one locale."""

    def invoke(*words):
        return CliRunner().invoke(main, ["--database", database_url, *words])

    assert invoke("init").exit_code == 0
    return invoke


@pytest.fixture
def listed(run):
    """`listed("color")`: what `attribute list --json` says of an attribute."""

    def told(name):
        rows = json.loads(run("attribute", "list", "--json").stdout)
        return next((row for row in rows if row["name"] == name), None)

    return told


COLOR = ("attribute", "add", "color", "--type", "dropdown", "--label", "Colour")


def test_add_makes_what_the_options_say(run, listed):
    result = run(*COLOR, "--label", "de-de=Farbe", "--filterable", "--dictionary", "red, green")
    assert (result.exit_code, result.stdout) == (0, "Attribute color is there.\n")
    assert listed("color") == {
        "name": "color",
        "type": "dropdown",
        "label": {"en-us": "Colour", "de-de": "Farbe"},
        "group": "",
        "flags": ["filterable"],
        "system": False,
        "dictionary": ["red", "green"],
    }


def test_edit_leaves_the_rest(run, listed):
    run(*COLOR, "--filterable", "--searchable", "--dictionary", "red,green")
    result = run("attribute", "edit", "color", "--not-searchable", "--dictionary", "green,blue")
    assert result.exit_code == 0
    assert listed("color")["flags"] == ["filterable"]
    assert listed("color")["dictionary"] == ["green", "blue"]
    run("attribute", "edit", "title", "--localizable", "--group", "Words")
    assert (listed("title")["group"], listed("title")["label"]) == ("Words", {"en-us": "Title"})
    assert "localizable" in listed("title")["flags"]


def test_number_with_limits_and_default(run):
    words = ("attribute", "add", "price", "--type", "number", "--label", "Price")
    result = run(*words, "--min", "0", "--max", "10", "--default", "5")
    assert result.exit_code == 0
    result = run("attribute", "edit", "price", "--max", "4")
    assert (result.exit_code, result.stderr) == (1, "Error: price must be at most 4!\n")
    assert run("attribute", "edit", "price", "--max", "4", "--default", "").exit_code == 0


def test_collection_takes_a_default_with_commas(run, listed):
    words = ("attribute", "add", "tags", "--type", "string", "--label", "Tags", "--collection")
    assert run(*words, "--default", "new,hot").exit_code == 0
    assert listed("tags")["flags"] == ["collection"]


@pytest.mark.parametrize(
    ("words", "exit_code", "told"),
    [
        ("add title --type string --label x", 1, "Attribute with such name exists."),
        ("add a --type string", 1, "a needs a label in at least one locale!"),
        ("add a --type option --label x", 2, "'option' is not one of"),
        ("add a --type number --label x --min low", 2, "Invalid value for --min"),
        ("add a --type date --label x --default soon", 2, "Invalid value for --default"),
        ("add a --type dropdown --label x --dictionary b,b", 1, "a has a dictionary value twice!"),
        ("edit nothing --unique", 1, "Attribute does not exist!"),
        ("edit sku --not-unique", 1, "sku stays unique: it tells products apart!"),
        ("delete title", 1, "title is a system attribute: it cannot be deleted!"),
    ],
)
def test_refuses_with_the_words_of_the_api(run, words, exit_code, told):
    before = run("attribute", "list", "--json").stdout
    result = run("attribute", *words.split())
    assert result.exit_code == exit_code
    assert told in result.stderr
    assert run("attribute", "list", "--json").stdout == before


def test_delete(run, listed):
    run(*COLOR)
    assert run("attribute", "delete", "color").stdout == "Attribute color is deleted.\n"
    assert listed("color") is None


def test_convert_gives_another_type_when_every_value_fits(run, listed, tmp_path):
    run("attribute", "add", "price", "--type", "string", "--label", "Price")
    (tmp_path / "a.csv").write_text("sku,title,price\nA,Rod,9.90\nB,Nut,\nC,Cap,\n")
    run("import", str(tmp_path / "a.csv"))
    tried = run("attribute", "convert", "price", "number", "--dry-run").stdout
    assert tried == ("Attribute price can be converted to number: 1 product with a value of it.\n")
    assert listed("price")["type"] == "string"
    done = run("attribute", "convert", "price", "number").stdout
    assert done == "Attribute price is converted to number: 1 product with a value of it.\n"
    assert listed("price")["type"] == "number"
    again = run("attribute", "convert", "price", "number").stdout
    assert again == "Attribute price is of type number already.\n"
    assert run("check").exit_code == 0


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_convert_names_the_first_values_that_do_not_fit(run, listed, tmp_path, more):
    run("attribute", "add", "price", "--type", "string", "--label", "Price")
    (tmp_path / "a.csv").write_text("sku,title,price\nA,Rod,9.90\nB,Nut,on request\n")
    run("import", str(tmp_path / "a.csv"))
    result = run("attribute", "convert", "price", "boolean", *more)
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "Error: price cannot be of type boolean: A has '9.90', but it must be true or false "
        '(also "Y" or "N", "1" or "0")!',
        "price cannot be of type boolean: B has 'on request', but it must be true or false "
        '(also "Y" or "N", "1" or "0")!',
    ]
    assert listed("price")["type"] == "string"


def test_convert_offers_no_type_that_is_always_refused(run):
    run("attribute", "add", "price", "--type", "string", "--label", "Price")
    for kind in ("relation", "completeness"):
        result = run("attribute", "convert", "price", kind)
        assert result.exit_code == 2
        assert "'relation'," not in result.stderr
        assert "'number'" in result.stderr


def test_list_is_readable(run):
    lines = run("attribute", "list").stdout.splitlines()
    assert lines[0] == "sku  string  unique, searchable, indexable, filterable"


def test_a_changed_list_keeps_its_words_in_other_locales(run, listed):
    run(*COLOR, "--static", "--dictionary", "red")
    run("attribute", "edit", "color", "--growing", "--label", "de-de=Farbe")
    assert listed("color")["label"] == {"en-us": "Colour", "de-de": "Farbe"}
    assert listed("color")["dictionary"] == ["red"]


@pytest.mark.parametrize(
    ("case", "label", "expected"),
    [
        ("a region", "zh-hant-tw=x", {"en-us": "Colour", "zh-hant-tw": "x"}),
        ("a language that is no locale", "pH=7", {"en-us": "pH=7"}),
        ("a language that is one", "de=Farbe", {"en-us": "Colour", "de": "Farbe"}),
        ("no locale at all", "en_us=7", {"en-us": "en_us=7"}),
    ],
)
def test_the_locale_of_a_label(run, listed, case, label, expected):
    if "de" in expected:
        run("locale", "add", "de")
    run(*COLOR)
    run("attribute", "edit", "color", "--label", label)
    assert listed("color")["label"] == expected
