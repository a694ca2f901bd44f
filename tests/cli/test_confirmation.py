"""Commands ask before products lose something, and refuse where nobody can be asked."""

import pytest
from click.testing import CliRunner

from pims_api.cli import main

UNASKED = " Nothing was done: say --yes where nobody can be asked.\n"


@pytest.fixture
def shop(run, filled, tmp_path):
    """Two products with a colour, one of them in Tools > Saws; the Views partner and other."""
    filled(lambda: fill_shop(run, tmp_path / "products.csv"))


def fill_shop(run, file):
    run("attribute", "add", "color", "--type", "dropdown", "--label", "Colour", "--filterable",
        "--dictionary", "Gray,Grey,Red")  # fmt: skip
    run("attribute", "add", "size", "--type", "number", "--label", "Size")
    run("category", "add", "Tools > Saws")
    file.write_text("sku,title,color,categories\nA,A,Gray,Tools > Saws\nB,B,Red,\n")
    run("import", str(file))
    run("view", "add", "partner", "--attribute", "title=Name", "--attribute", "color")
    run("view", "add", "other", "--attribute", "title")


@pytest.fixture
def answer(database_url, monkeypatch):
    """`answer("y", "attribute", "delete", "color")`: the result where somebody sits there."""

    def command(said, *words):
        with monkeypatch.context() as patch:
            patch.setattr("pims_api.cli.confirmation._is_terminal", lambda: True)
            return CliRunner().invoke(main, ["--database", database_url, *words], input=f"{said}\n")

    return command


ASKED = {
    "attribute": (
        ("attribute", "delete", "color"),
        "2 products lose a value of color. Views that show it: partner.",
    ),
    "category": (
        ("category", "delete", "Tools", "--force"),
        "1 product leaves Tools and what is below it: 2 deleted.",
    ),
    "dictionary": (
        ("attribute", "edit", "color", "--dictionary", "Grey,Red"),
        "color loses the value Gray, which stays on 1 product although it leaves the dictionary! "
        "To carry them along, rename the value or merge it into another one.",
    ),
    "merge": (
        ("attribute", "merge-values", "color", "Gray", "--into", "Grey"),
        "1 product would have Grey for good.",
    ),
    "view": (
        ("view", "edit", "partner", "--remove", "color"),
        "2 products would lose a value in partner, join it or leave it (hidden: color).",
    ),
    "view rows": (
        ("view", "edit", "partner", "--condition", "[[color]] = 'Red'"),
        "1 product would lose a value in partner, join it or leave it.",
    ),
}


@pytest.mark.parametrize("case", ASKED)
class TestAsking:
    def test_nobody_to_ask_is_a_refusal_that_changes_nothing(self, run, shop, state, case):
        words, loss = ASKED[case]
        before = state()
        assert run(*words, status=1) == f"Error: {loss}{UNASKED}"
        assert state() == before

    def test_no_changes_nothing(self, shop, state, answer, case):
        words, loss = ASKED[case]
        before = state()
        result = answer("n", *words)
        assert (result.exit_code, result.stderr.partition(" Go on?")[0]) == (1, loss)
        assert state() == before

    def test_yes_goes_on(self, shop, state, answer, case):
        before = state()
        assert answer("y", *ASKED[case][0]).exit_code == 0
        assert state() != before

    def test_the_option_goes_on_unasked(self, run, shop, state, case):
        before = state()
        run(*ASKED[case][0], "--yes")
        assert state() != before

    def test_a_dry_run_changes_nothing(self, run, shop, state, case):
        before = state()
        run(*ASKED[case][0], "--dry-run")
        assert state() == before


@pytest.fixture
def state(run):
    """`state()`: what is defined, and the products."""
    listings = ("attribute", "category", "view")

    def told():
        lists = [run(one, "list", "--json") for one in listings]
        return [*lists, *(run("product", "show", sku, "--json") for sku in "AB")]

    return told


UNASKED_WORDS = [
    ("attribute", "delete", "size"),
    ("attribute", "edit", "color", "--dictionary", "Gray,Red"),
    ("attribute", "edit", "color", "--label", "Color"),
    ("attribute", "rename-value", "color", "Gray", "Slate"),
    ("attribute", "merge-values", "color", "Grey", "--into", "Red"),
    ("view", "edit", "partner", "--add", "size", "--rename", "title=Title"),
]


@pytest.mark.parametrize("words", UNASKED_WORDS)
def test_where_nothing_is_lost_nobody_is_asked(run, shop, state, words):
    before = state()
    run(*words)
    assert state() != before


def test_dry_runs_tell_what_would_be_lost(run, shop):
    for words, loss in (ASKED[case] for case in ("attribute", "category", "view")):
        assert run(*words, "--dry-run") == f"{loss}\n"


def test_a_refusal_comes_before_the_question(run, shop):
    assert run("attribute", "delete", "title", status=1) == (
        "Error: title is a system attribute: it cannot be deleted!\n"
    )
    assert "Category Tools is in use" in run("category", "delete", "Tools", status=1)
    assert "does not exist" in run("attribute", "delete", "nothing", status=1)


def test_values_are_renamed_and_merged(run, run_json, shop):
    run("view", "edit", "other", "--condition", "[[color]] = 'Gray'", "--yes")
    assert run("attribute", "rename-value", "color", "Gray", "Slate", "--dry-run") == (
        "1 product would show Slate instead of Gray. Views that name it: other.\n"
    )
    assert run("attribute", "rename-value", "color", "Gray", "Slate") == (
        "1 product shows Slate instead of Gray. Views that name it: other.\n"
    )
    assert run_json("product", "show", "A")["attributes"]["color"] == "Slate"
    assert run("attribute", "merge-values", "color", "Slate", "Grey", "--into", "Red", "--yes") == (
        "1 product has Red now. Views that name it: other.\n"
    )
    assert run_json("product", "show", "A")["attributes"]["color"] == "Red"
    assert run_json("check")["ok"]


def test_the_edited_view_shows_what_was_named(run, run_json, shop):
    words = ("--add", "size=Weight", "--remove", "color", "--rename", "title=Title")
    assert run("view", "edit", "partner", *words, "--yes") == "View partner shows 2 attributes.\n"
    shown = next(one for one in run_json("view", "list") if one["name"] == "partner")
    assert shown["attributes"] == {"title": "Title", "size": "Weight"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--rename", "size=Weight"), "The View does not show size: add it first!"),
        (("--rename", "sku=Code"), "sku is in every View under its own name"),
        (("--rename", "title=[x]"), "The name under which a View shows title"),
        (("--rename", "title=color"), "cannot both be called 'color'"),
        (("--add", "colr"), "There is no attribute 'colr'!"),
        (("--remove", "colr"), "There is no attribute 'colr'!"),
        (("--condition", "[[size]] = 1"), "is not filterable"),
    ],
)
def test_a_view_that_cannot_be_is_refused(run, run_json, shop, words, told):
    before = run_json("view", "list")
    assert told in run("view", "edit", "partner", *words, status=1)
    assert run_json("view", "list") == before
