"""pims category import."""

import json

import pytest
from click.testing import CliRunner

from pims_api.cli import main
from pims_api.storage.snapshot import snapshot

TREE = [
    {"id": 3, "parent_id": 2, "name": "Saws", "label": {"de-de": "Sägen"}, "cat_order": 5},
    {"id": 2, "parent_id": 0, "name": " Tools ", "cat_data": {"icon": "t", "rank": 1}},
]


@pytest.fixture
def pims(database_url):
    """`pims("category", "list")`: the result of the command, in an empty catalogue."""

    def invoke(*words):
        return CliRunner().invoke(main, ["--database", database_url, *map(str, words)])

    assert invoke("init").exit_code == 0
    return invoke


@pytest.fixture
def load(pims, tmp_path):
    """`load(text, "--dry-run")`: the result of importing a file with that text, or that JSON."""

    def run(content, *options, name="categories.json"):
        file = tmp_path / name
        text = content if isinstance(content, str) else json.dumps(content)
        file.write_text(text, encoding="utf-8")
        return pims("category", "import", file, *options)

    return run


@pytest.fixture
def stored(pims, database):
    """`stored()`: what there is of each path, and how often anything was changed."""

    def tell():
        with snapshot(database, 1) as seen:
            tree = seen.definition.categories
            found = {
                tree.path_text(one.id): (one.order, dict(one.data), dict(one.labels))
                for one in tree
                if one.id > 1
            }
            return found, seen.sequence

    return tell


def totals(result, status=0):
    assert result.exit_code == status, result.output
    found = json.loads(result.stdout.splitlines()[-1])
    return found["created"], found["updated"], found["unchanged"], found["rejected"]


def test_ids_in_any_order_make_a_tree(load, stored):
    assert totals(load(TREE)) == (2, 0, 0, 0)
    assert stored()[0] == {
        "Tools": (0, {"icon": "t", "rank": 1}, {}),
        "Tools > Saws": (5, {}, {"de-de": "Sägen"}),
    }


def test_a_second_run_changes_nothing_and_leaves_no_history(load, stored):
    load(TREE)
    before = stored()
    assert totals(load(TREE)) == (0, 0, 2, 0)
    assert stored() == before


def test_what_differs_is_updated_and_what_is_not_said_stays(load, stored):
    load(TREE)
    wanted = [{"path": "Tools > Saws", "cat_order": 1, "label": {"fr-fr": "Scies"}}]
    assert totals(load(wanted)) == (0, 1, 0, 0)
    assert stored()[0]["Tools > Saws"] == (1, {}, {"de-de": "Sägen", "fr-fr": "Scies"})


def test_null_and_empty_text_take_away(load, stored):
    load(TREE)
    wanted = [
        {"path": "Tools > Saws", "label": {"de-de": ""}},
        {"path": "Tools", "cat_data": {"icon": None}},
    ]
    assert totals(load(wanted)) == (0, 2, 0, 0)
    assert stored()[0] == {"Tools": (0, {"rank": 1}, {}), "Tools > Saws": (5, {}, {})}


def test_a_table_has_columns_for_labels_and_data_and_an_empty_cell_says_nothing(load, stored):
    load([{"path": "Tools", "label": {"de-de": "Werkzeug"}}])
    text = (
        "path;cat_order;label;label.de-de;cat_data.icon;cat_data\n"
        'Tools;;;;x;\n"Tools > Saws";2;Saws!;Sägen;;"{""a"": [1, 2.5]}"\n'
    )
    assert totals(load(text, name="tree.csv")) == (1, 1, 0, 0)
    assert stored()[0] == {
        "Tools": (0, {"icon": "x"}, {"de-de": "Werkzeug"}),
        "Tools > Saws": (2, {"a": [1, 2.5]}, {"de-de": "Sägen", "en-us": "Saws!"}),
    }


def test_json_lines_are_read_too(load, stored):
    assert totals(load('{"path": "A"}\n\n{"path": "A > B"}\n', name="t.jsonl")) == (2, 0, 0, 0)
    assert list(stored()[0]) == ["A", "A > B"]


def test_the_reply_of_list_categories_can_be_imported(load, stored):
    reply = {
        "status": "OK",
        "categories": [
            {
                "id": 9, "cat_name": "B", "cat_parent_id": 8, "cat_path_id": "8 > 9",
                "cat_path": "A > B", "cat_order": 3, "cat_rank": 2,
                "cat_data": {"cat_image": "", "x": 1}, "cat_label": {"en-us": "Bee"},
            }
        ],
    }  # fmt: skip
    result = load(reply, "--at", "categories")
    assert (totals(result), result.stderr) == ((1, 0, 0, 0), "")
    assert json.loads(result.stdout)["ancestors"] == 1
    assert stored()[0] == {"A": (0, {}, {}), "A > B": (3, {"x": 1}, {"en-us": "Bee"})}


def test_other_keys_are_mapped_and_roots_hang_below_a_path(load, stored):
    tree = {"data": {"tree": [{"key": "a", "title": {"en": "A", "de": "Ah"}}, {"key": "b",
            "up": "a", "title": {"en": "B"}}]}}  # fmt: skip
    result = load(
        tree, "--at", "data.tree", "--map", "key=id", "--map", "up=parent_id",
        "--map", "title.en=name", "--map", "title.de=label.de-de", "--map", "key=cat_data.key",
        "--below", "Shop > All",
    )  # fmt: skip
    assert (totals(result), result.stderr) == ((2, 0, 0, 0), "")
    assert stored()[0] == {
        "Shop": (0, {}, {}),
        "Shop > All": (0, {}, {}),
        "Shop > All > A": (0, {"key": "a"}, {"de-de": "Ah"}),
        "Shop > All > A > B": (0, {"key": "b"}, {}),
    }


BROKEN = [
    {"id": "a", "name": "A"},
    {"id": "b", "name": None, "parent_id": "a"},
    {"id": "c", "name": "C", "parent_id": "b"},
    {"id": "d", "name": "D", "parent_id": "zzz"},
    {"id": "e", "name": "A"},
    {"id": "f", "name": "F", "cat_order": "high", "label": {"xx_yy": "F"}, "cat_data": [1]},
    "no object",
]
TOLD = """\
entry 2: b: There is neither a path nor a name!
entry 3: C: It lies below entry 2, which is rejected!
entry 4: D: Its parent 'zzz' is not there!
entry 5: A: The category A is on entry 1 already!
entry 6: F: cat_order must be a whole number from -2147483647 to 2147483647!
entry 6: F: label takes locales such as en-us, not 'xx_yy'!
entry 6: F: cat_data must be an object!
entry 7: It must be a JSON object!
"""


def test_nothing_is_stored_when_anything_is_wrong_and_all_of_it_is_told(load, stored):
    before = stored()
    result = load(BROKEN)
    assert totals(result, 1) == (0, 0, 0, 6)
    last = "Note: Nothing was stored; --skip-rejected stores what is not rejected.\n"
    assert result.stderr == TOLD + last
    assert stored() == before


def test_the_others_are_stored_when_that_is_asked_for(load, stored):
    result = load(BROKEN, "--skip-rejected")
    assert (totals(result, 1), result.stderr) == ((1, 0, 0, 6), TOLD)
    assert list(stored()[0]) == ["A"]


def test_json_tells_the_faults_with_their_places(load):
    found = json.loads(load(BROKEN[3:4], "--json").stdout)
    assert found["faults"] == [
        {
            "line": 1,
            "about": "D",
            "code": "unknown_category",
            "message": "Its parent 'zzz' is not there!",
        }
    ]


def test_rejected_entries_are_written_to_be_corrected_and_imported(load, stored, tmp_path):
    errors = tmp_path / "rejected.csv"
    rows = 'id,parent_id,name\n1,,A\n2,9,"B, b"\n'
    load(rows, "--skip-rejected", "--errors", errors, name="tree.csv")
    text = errors.read_text(encoding="utf-8")
    assert "Its parent '9' is not there!" in text
    assert totals(load(text.replace(",9,", ",,"), name="again.csv")) == (1, 0, 0, 0)
    assert list(stored()[0]) == ["A", "B, b"]


def test_while_nothing_is_stored_all_entries_are_written(load, stored, tmp_path):
    errors = tmp_path / "rejected.csv"
    rows = 'id,parent_id,name\n1,,A\n2,9,"B, b"\n'
    assert totals(load(rows, "--errors", errors, name="tree.csv"), 1) == (0, 0, 0, 1)
    text = errors.read_text(encoding="utf-8")
    assert [line[:3] for line in text.splitlines()] == ["err", "2,,", "3,I"]
    assert totals(load(text.replace(",9,", ",1,"), name="again.csv")) == (2, 0, 0, 0)
    assert list(stored()[0]) == ["A", "A > B, b"]


NESTED = [
    {"name": "root", "cat_order": 2, "children": [
        {"name": "kid", "label": {"de-de": "Kind"}, "children": [{"name": "toy"}]},
        {"name": "dog", "children": []},
    ]},
    {"name": "other", "id": 7, "children": None},
    {"name": "late", "parent_id": 7},
]  # fmt: skip


def test_children_lie_below_the_entry_in_which_they_stand(load, stored):
    result = load(NESTED, "--below", "Shop")
    assert (totals(result), result.stderr) == ((6, 0, 0, 0), "")
    assert stored()[0] == {
        "Shop": (0, {}, {}),
        "Shop > root": (2, {}, {}),
        "Shop > root > kid": (0, {}, {"de-de": "Kind"}),
        "Shop > root > kid > toy": (0, {}, {}),
        "Shop > root > dog": (0, {}, {}),
        "Shop > other": (0, {}, {}),
        "Shop > other > late": (0, {}, {}),
    }
    assert totals(load(NESTED, "--below", "Shop")) == (0, 0, 6, 0)


def test_children_may_have_another_name_and_stand_in_json_lines(load, stored):
    line = '{"title": "A", "sub": [{"title": "B"}]}\n'
    result = load(line, "--map", "title=name", "--map", "sub=children", name="t.jsonl")
    assert (totals(result), list(stored()[0])) == ((2, 0, 0, 0), ["A", "A > B"])


BROKEN_INSIDE = [
    {"name": "A", "children": [
        {"name": "B"},
        {"cat_order": "x", "name": "C", "children": [{"name": "D"}]},
        "E",
        {"name": "B"},
    ]},
    {"name": "F", "children": {"name": "G"}},
]  # fmt: skip
TOLD_INSIDE = """\
entry 1, child 2: C: cat_order must be a whole number from -2147483647 to 2147483647!
entry 1, child 2, child 1: D: It lies below entry 1, child 2, which is rejected!
entry 1, child 3: It must be a JSON object!
entry 1, child 4: B: The category A > B is on entry 1, child 1 already!
entry 2: F: children must be a list of categories!
"""


def test_faults_of_children_name_their_place(load, stored):
    result = load(BROKEN_INSIDE, "--skip-rejected")
    assert (totals(result, 1), result.stderr) == ((2, 0, 0, 5), TOLD_INSIDE)
    assert list(stored()[0]) == ["A", "A > B"]
    faults = json.loads(load(BROKEN_INSIDE, "--json").stdout)["faults"]
    assert (faults[1]["line"], faults[1]["place"]) == (1, "entry 1, child 2, child 1")


def test_a_tree_with_rejected_children_is_written_whole(load, stored, tmp_path):
    errors = tmp_path / "rejected.jsonl"
    load(BROKEN_INSIDE[:1] + NESTED, "--skip-rejected", "--errors", errors)
    row = json.loads(errors.read_text(encoding="utf-8"))
    assert "child 3: It must be a JSON object!" in row["error_message"]
    row["children"][1:] = [{"name": "C"}]
    assert totals(load(json.dumps(row), name="again.jsonl")) == (1, 0, 2, 0)
    assert "A > C" in stored()[0]


def test_circles_around_children_are_refused(load, stored):
    wanted = [{"id": 1, "name": "A", "parent_id": 2, "children": [{"id": 2, "name": "B",
               "children": [{"name": "C"}]}]}]  # fmt: skip
    result = load(wanted)
    assert totals(result, 1) == (0, 0, 0, 3)
    assert result.stderr.splitlines()[:3] == [
        "entry 1: A: It lies below itself: 1 > 2 > 1!",
        "entry 1, child 1: B: It lies below itself: 1 > 2 > 1!",
        "entry 1, child 1, child 1: C: It lies below entry 1, child 1, which is rejected!",
    ]


def test_a_tree_as_shops_see_it_can_be_imported(load, stored):
    def node(number, path, *children):
        *_, name = path.split(" > ")
        return {
            "id": number, "cat_name": name, "cat_parent_id": number - 1, "cat_path_id": "…",
            "cat_path": path, "cat_order": number, "cat_rank": 1, "cat_data": {"cat_image": ""},
            "cat_label": {}, "product_count": 3, "children": list(children),
        }  # fmt: skip

    nodes = [node(5, "A", node(6, "A > B")), node(0, "Uncategorized")]
    result = load({"status": "OK", "categoriesTree": nodes}, "--at", "categoriesTree")
    assert (totals(result), result.stderr) == ((2, 0, 1, 0), "")
    assert stored()[0] == {"A": (5, {}, {}), "A > B": (6, {}, {})}


@pytest.mark.parametrize(
    ("content", "name", "given", "hint"),
    [
        ([{"path": "A"}], "t.json", "paht", "path"),
        ("path,cat_order\nA,\n", "t.csv", "cat_ordr", "cat_order"),
        ([{"path": "A", "title": {"en": "A"}}], "t.json", "title.em", "title.en"),
    ],
)
def test_a_mapped_key_that_no_entry_has_is_refused(load, stored, content, name, given, hint):
    before = stored()
    result = load(content, "--map", f"{given}=label", name=name)
    told = f"Error: No entry has the key '{given}' to map! Did you mean '{hint}'?\n"
    assert (result.exit_code, result.stderr) == (1, told)
    assert stored() == before


def test_a_mapped_column_may_be_empty_throughout(load):
    assert totals(load("path,no\nA,\n", "--map", "no=cat_order", name="t.csv")) == (1, 0, 0, 0)


def test_a_dry_run_tells_and_stores_nothing(load, stored):
    before = stored()
    assert totals(load(TREE, "--dry-run")) == (2, 0, 0, 0)
    assert stored() == before


def test_unknown_keys_are_noted(load):
    result = load([{"path": "A", "colour": 1}, {"path": "B", "colour": 1, "ordr": 2}])
    assert result.stderr == (
        "Note: The key 'colour' of 2 entries is not known and was ignored.\n"
        "Note: The key 'ordr' of 1 entries is not known and was ignored. Did you mean order?\n"
    )


@pytest.mark.parametrize(
    ("case", "content", "options", "told"),
    [
        ("no list", {"a": [], "b": 1}, ("--at", "c"), "There is no key 'c' there! Keys with"),
        ("not a list", {"a": [], "b": 1}, ("--at", "b"), "There is no list of entries there!"),
        ("broken", "[{]", (), "The file is not JSON: line 1, column 3!"),
        ("twice", '[{"path": "A", "path": "B"}]', (), "The key 'path' is there twice"),
        ("empty", "", (), "The file is empty!"),
        ("mapping", [], ("--map", "id"), "'id' is not THEIRS=OURS."),
        (
            "mapped",
            [],
            ("--map", "a=ident"),
            "'ident' cannot be mapped: the keys are path, ",
        ),
        ("below", [{"path": "A"}], ("--below", "A > "), "A category name cannot be empty"),
    ],
)
def test_refuses(load, stored, case, content, options, told):
    before = stored()
    result = load(content, *options)
    assert result.exit_code in (1, 2)
    assert told in result.stderr
    assert stored() == before


def test_an_entry_at_another_path_is_another_category(load, stored):
    load([{"path": "A > B"}])
    assert totals(load([{"id": 1, "name": "B"}])) == (1, 0, 0, 0)
    assert list(stored()[0]) == ["A", "A > B", "B"]


def test_the_path_of_the_parent_may_stand_beside_the_name(load, pims):
    text = "name,path\nGear,\nBags,Gear\nCases,Gear/Bags\n"
    done = load(text, "--map", "path=parent_path", "--path-separator", "/", name="a.csv")
    assert json.loads(done.stdout)["created"] == 3
    listed = pims("category", "list").stdout
    assert "Gear > Bags > Cases" in listed


def test_identical_rows_are_one_and_others_of_a_path_are_refused(load):
    done = load("path,cat_order\nGear,1\nBags,2\nGear,1\n", name="a.csv")
    assert done.exit_code == 0
    counts = {"created": 2, "updated": 0, "unchanged": 1, "rejected": 0, "ancestors": 0}
    assert json.loads(done.stdout) == counts
    assert load("path,cat_order\nGear,1\nGear,2\n", name="a.csv").exit_code == 1


def test_a_new_root_beside_a_category_of_its_name_is_told(load):
    load("path\nGear > Bags\n", name="a.csv")
    done = load("path\nbags\n", name="a.csv")
    assert done.stderr == (
        "Note: The category 'bags' is made as a root; there is 'Gear > Bags' already.\n"
    )
