"""pims category."""

import json

import pytest
from click.testing import CliRunner

from pims_api.cli import main


@pytest.fixture
def run(database_url):
    """`run("category", "list")`: the result of the command, in an empty catalogue."""

    def invoke(*words):
        return CliRunner().invoke(main, ["--database", database_url, *words])

    assert invoke("init").exit_code == 0
    return invoke


@pytest.fixture
def paths(run):
    """`paths()`: the paths of all categories, as `category list --json` has them."""

    def told():
        rows = json.loads(run("category", "list", "--json").stdout)
        return [row["path"] for row in rows if row["id"] > 1]

    return told


def test_add_makes_missing_ancestors(run, paths):
    result = run("category", "add", "Tools > Saws", "Tools>Drills")
    assert (result.exit_code, result.stdout) == (0, "Added: 2\n")
    assert paths() == ["Tools", "Tools > Drills", "Tools > Saws"]


def test_move_takes_along_what_is_below(run, paths):
    run("category", "add", "Tools > Saws > Small")
    result = run("category", "move", "Tools > Saws", "Garden")
    assert result.stdout == "Now: Garden > Saws\n"
    assert paths() == ["Garden", "Garden > Saws", "Garden > Saws > Small", "Tools"]
    assert run("category", "move", "Garden > Saws").stdout == "Now: Saws\n"


def test_rename(run, paths):
    run("category", "add", "Tools > Saws")
    assert run("category", "rename", "Tools", "Gear").stdout == "Now: Gear\n"
    assert paths() == ["Gear", "Gear > Saws"]


def test_delete(run, paths):
    run("category", "add", "Tools > Saws")
    assert run("category", "delete", "Tools > Saws").exit_code == 0
    run("category", "add", "Tools > Drills")
    result = run("category", "delete", "Tools", "--force")
    assert result.stdout == "Deleted: 2. Products that left: 0.\n"
    assert paths() == []


@pytest.mark.parametrize(
    ("case", "words", "told"),
    [
        ("taken", ("add", "Tools"), "Category with such name exists."),
        ("unknown", ("rename", "Tols", "Gear"), 'Did you mean "Tools"?'),
        ("below itself", ("move", "Tools", "Tools > Saws"), "cannot be moved below itself!"),
        ("in use", ("delete", "Tools"), "Category Tools is in use"),
        ("the way out", ("delete", "Tools"), "first, or use --force to delete the subcategories"),
        ("Uncategorized", ("delete", "Uncategorized"), "Uncategorized cannot be renamed"),
    ],
)
def test_refuses_with_the_words_of_the_api(run, paths, case, words, told):
    run("category", "add", "Tools > Saws")
    result = run("category", *words)
    assert result.exit_code == 1
    assert told in result.stderr
    assert paths() == ["Tools", "Tools > Saws"]
