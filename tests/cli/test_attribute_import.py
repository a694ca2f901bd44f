"""pims attribute import."""

import json

import pytest
from click.testing import CliRunner

from pims_api.cli import main
from pims_api.domain.attributes.attribute import ValueType
from pims_api.storage.snapshot import snapshot

COLOR = {
    "name": "color",
    "definition": {
        "type": "dropdown",
        "label": {"en-us": "Colour", "de-de": "Farbe"},
        "isFilterable": "y",
        "dictionaryIsStatic": "y",
        "dictionary": {
            "columns": ["value", "en-us", "de-de"],
            "data": [["red", "Red", "Rot"], ["blue", "Blue", "Blau"]],
        },
    },
}
PRICE = {"name": "price", "type": "number", "label": "Price", "isFilterable": True, "min": 0}
WATTS = {"name": "watts", "definition": {"type": "number"}, "label.en-us": "Watts"}


@pytest.fixture
def pims(database_url):
    """`pims("attribute", "list")`: the result of the command, in an empty catalogue."""

    def invoke(*words):
        return CliRunner().invoke(main, ["--database", database_url, *map(str, words)])

    assert invoke("init").exit_code == 0
    assert invoke("locale", "add", "de-de").exit_code == 0
    return invoke


@pytest.fixture
def load(pims, tmp_path):
    """`load(text, "--dry-run")`: the result of importing a file with that text, or that JSON."""

    def run(content, *options, name="attributes.json"):
        file = tmp_path / name
        text = content if isinstance(content, str) else json.dumps(content)
        file.write_text(text, encoding="utf-8")
        return pims("attribute", "import", file, *options)

    return run


@pytest.fixture
def seen(database):
    """`seen()`: the definition, and how often anything was changed."""

    def tell():
        with snapshot(database, 1) as found:
            return found.definition, found.sequence

    return tell


@pytest.fixture
def named(seen):
    """`named("color")`: the attribute, and its options with their labels."""

    def tell(name):
        definition, _ = seen()
        one = definition.by_name[name]
        if one.type is not ValueType.OPTION:
            return one, {}
        return one, {o.alias: dict(o.labels) for o in definition.options_of(one).in_order()}

    return tell


def totals(result, status=0):
    assert result.exit_code == status, result.output
    found = json.loads(result.stdout.splitlines()[-1])
    return found["created"], found["updated"], found["unchanged"], found["rejected"]


def test_entries_are_taken_as_add_attribute_takes_them_or_flat(load, named):
    assert totals(load([COLOR, PRICE, WATTS])) == (3, 0, 0, 0)

    color, options = named("color")
    assert (color.type, color.filterable) == (ValueType.OPTION, True)
    assert color.labels == {"en-us": "Colour", "de-de": "Farbe"}
    assert options == {
        "red": {"en-us": "Red", "de-de": "Rot"},
        "blue": {"en-us": "Blue", "de-de": "Blau"},
    }
    price, _ = named("price")
    assert (price.type, price.minimum, price.labels) == (ValueType.NUMBER, "0", {"en-us": "Price"})
    assert named("watts")[0].labels == {"en-us": "Watts"}


def test_a_second_run_changes_nothing_and_leaves_no_history(load, seen):
    load([COLOR, PRICE, WATTS])
    before = seen()[1]
    assert totals(load([COLOR, PRICE, WATTS])) == (0, 0, 3, 0)
    assert seen()[1] == before


def test_what_differs_is_updated_and_what_is_not_said_stays(load, named):
    load([COLOR, PRICE])
    words = {"columns": ["value", "en-us", "de-de"], "data": [["red", "Red", "Rot!"]]}
    wanted = [{"name": "color", "dictionary": words}, {"name": "price", "max": "10"}]

    assert totals(load(wanted)) == (0, 2, 0, 0)

    color, options = named("color")
    assert (color.labels["de-de"], color.filterable) == ("Farbe", True)
    assert options == {"red": {"en-us": "Red", "de-de": "Rot!"}}
    assert (named("price")[0].minimum, named("price")[0].maximum) == ("0", "10")


def test_a_table_has_a_column_for_each_key_and_an_empty_cell_says_nothing(load, named):
    text = (
        "name,type,label.en-us,label.de-de,collection,isFilterable,maxLength,dictionary,"
        "dictionary.de-de,dictionaryIsStatic\n"
        "size,dropdown,Size,Größe,y,Y,,s | m|l,klein|mittel|groß,y\n"
        "note,string,Note,,,,50,,,\n"
    )
    assert totals(load(text, name="attributes.csv")) == (2, 0, 0, 0)

    size, options = named("size")
    assert (size.collection, size.filterable, size.labels["de-de"]) == (True, True, "Größe")
    assert options == {"s": {"de-de": "klein"}, "m": {"de-de": "mittel"}, "l": {"de-de": "groß"}}
    note, _ = named("note")
    assert (note.max_length, note.labels, note.filterable) == (50, {"en-us": "Note"}, False)


def test_the_separator_of_a_dictionary_can_be_chosen(load, named):
    text = 'name,type,label,dictionary\ncolor,dropdown,Color,"red, light; blue"\n'
    assert totals(load(text, "--separator", ";", name="a.csv")) == (1, 0, 0, 0)
    assert list(named("color")[1]) == ["red, light", "blue"]


def test_the_reply_of_list_attributes_changes_nothing(load, seen, pims):
    load([COLOR, PRICE])
    before = seen()[1]
    reply = {"data": [{"name": "sku", "definition": {"type": "string", "isUnique": "y"}}, COLOR]}
    assert totals(load(reply, "--at", "data")) == (0, 0, 2, 0)
    assert seen()[1] == before


def test_all_faults_are_told_and_nothing_is_stored(load, seen):
    load([PRICE])
    before = seen()[1]
    wanted = [
        {"name": "fine", "type": "string", "label": "Fine"},
        {"name": "price", "type": "string"},
        {"name": "2nd", "type": "nmber", "label": "Second"},
        {"name": "fine", "type": "string", "label": "Again"},
        {"name": "min", "type": "number", "min": "low", "label": {"x_y": "No"}},
        {"type": "string"},
        "no object",
    ]
    result = load(wanted)

    assert totals(result, 1) == (0, 0, 0, 6)
    types = "string, text, html, number, boolean, date, datetime, dropdown, media, url, relation"
    assert result.stderr.splitlines() == [
        "entry 2: Attribute type can not be modified by a file: convert the attribute first!",
        "entry 3: An attribute name has 1 to 64 letters, digits, _ and -, and begins with a "
        "letter!",
        f"entry 3: type must be one of {types}, completeness!",
        "entry 4: fine is on entry 1 already!",
        "entry 5: label takes locales such as en-us, not 'x_y'!",
        "entry 5: min must be a number: an optional sign, digits and at most one point, at most "
        "40 digits, no exponent!",
        "entry 6: Attribute name cannot be empty!",
        "entry 6: The attribute needs a label in at least one locale!",
        "entry 7: It must be a JSON object!",
        "Note: Nothing was stored; --skip-rejected stores what is not rejected.",
    ]
    assert seen()[1] == before


def test_a_dry_run_tells_and_stores_nothing(load, seen):
    before = seen()[1]
    assert totals(load([COLOR], "--dry-run")) == (1, 0, 0, 0)
    assert seen()[1] == before


def test_unknown_keys_are_noted_where_they_stand(load):
    result = load([{**PRICE, "maximum": 5}, {**WATTS, "definition": {"type": "number", "x": 1}}])
    assert result.stderr.splitlines() == [
        "Note: The key 'maximum' of 1 entries is not known and was ignored. Did you mean max?",
        "Note: entry 2: definition.x is not known and was ignored.",
    ]


BAD = {"name": "bad", "type": "number", "label": "Bad", "min": "x"}


def test_while_nothing_is_stored_all_entries_are_written_to_be_corrected(load, tmp_path):
    errors = tmp_path / "rejected.jsonl"
    assert totals(load([PRICE, BAD], "--errors", errors), 1) == (0, 0, 0, 1)
    text = errors.read_text(encoding="utf-8")
    good, bad = map(json.loads, text.splitlines())
    assert (good["name"], good["error_line"], good["error_message"]) == ("price", 1, "")
    assert (bad["name"], bad["error_line"], bad["min"]) == ("bad", 2, "x")
    assert totals(load(text.replace('"x"', '"1"'), name="again.jsonl")) == (2, 0, 0, 0)


def test_the_others_are_stored_and_only_the_rejected_written_when_asked_for(load, seen, tmp_path):
    errors = tmp_path / "rejected.jsonl"
    result = load([BAD, PRICE, COLOR | {"definition": 1}, WATTS], "--skip-rejected",
                  "--errors", errors)  # fmt: skip
    assert totals(result, 1) == (2, 0, 0, 2)
    assert "Nothing was stored" not in result.stderr
    assert {"price", "watts"} <= set(seen()[0].by_name)
    assert not {"bad", "color"} & set(seen()[0].by_name)
    written = map(json.loads, errors.read_text(encoding="utf-8").splitlines())
    assert [row["error_line"] for row in written] == [1, 3]


def test_skipping_in_a_dry_run_stores_nothing(load, seen):
    before = seen()[1]
    assert totals(load([BAD, PRICE], "--skip-rejected", "--dry-run"), 1) == (1, 0, 0, 1)
    assert seen()[1] == before


def test_keys_that_are_ignored_are_counted_once_when_others_are_stored(load):
    result = load([BAD, PRICE | {"maximum": 5}], "--skip-rejected")
    told = "Note: The key 'maximum' of 1 entries is not known and was ignored. Did you mean max?"
    assert result.stderr.splitlines()[-1] == told


def test_a_mapped_key_that_no_entry_has_is_refused(load, seen):
    before = seen()[1]
    result = load([PRICE], "--map", "nam=name")
    assert (result.exit_code, result.stderr) == (
        1, "Error: No entry has the key 'nam' to map! Did you mean 'name'?\n",
    )  # fmt: skip
    assert seen()[1] == before


def test_many_attributes_become_filterable_and_searchable_in_one_go(load, pims, tmp_path):
    words = [{"name": f"w{n}", "type": "string", "label": f"W {n}"} for n in range(5)]
    load(words)
    products = tmp_path / "products.csv"
    products.write_text("sku,title,w0,w4\nA,One,red,blue\nB,Two,blue,\n", encoding="utf-8")
    assert pims("import", products).exit_code == 0

    flags = {"isFilterable": "y", "isSearchable": "y"}
    assert totals(load([one | flags for one in words])) == (0, 5, 0, 0)

    result = pims("check")
    assert (result.exit_code, result.stdout) == (0, "OK: 2 products and 2 history entries agree.\n")
