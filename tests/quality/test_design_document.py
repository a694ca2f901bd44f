"""docs/design.md and the pages of rooms name files and functions that are there."""

import ast
import re
from pathlib import Path

import pytest

from tests.quality.documents import DESIGN, PACKAGES, ROOT, source_files
from tests.quality.markdown import section_of

STOPS_MAX = 12
COLUMNS_MAX = 100

TEXT = DESIGN.read_text(encoding="utf-8")
WALKS = re.split(r"^### .+\n", section_of(TEXT, "Three walks"), flags=re.MULTILINE)[1:]
PAGES = [DESIGN, *sorted(path for name in PACKAGES for path in (ROOT / name).rglob("README.md"))]

_STOP = re.compile(r"^\d+\. ", re.MULTILINE)
_FILE = re.compile(r"`([\w/]+\.py)`")
_FUNCTION = re.compile(r"`([\w/]+\.py)`\s+`(\w+)`")


def functions_of(path: Path) -> set[str]:
    """Return the names of the functions and methods of a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_there_are_three_walks_of_at_most_a_dozen_stops() -> None:
    assert [0 < len(_STOP.findall(walk)) <= STOPS_MAX for walk in WALKS] == [True] * 3


def test_every_stop_of_a_walk_names_a_file_and_a_function() -> None:
    stops = [stop for walk in WALKS for stop in _STOP.split(walk)[1:]]
    assert [stop for stop in stops if not _FUNCTION.search(stop)] == []
    assert [
        stop for stop in stops if len(_FILE.findall(stop)) != len(_FUNCTION.findall(stop))
    ] == []


@pytest.mark.parametrize(("name", "function"), sorted(set(_FUNCTION.findall(TEXT))))
def test_a_function_that_a_walk_names_is_there(name: str, function: str) -> None:
    assert function in functions_of(ROOT / name)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_that_a_page_names_is_there(page: Path) -> None:
    known = [f"/{path.relative_to(ROOT)}" for path in source_files()]
    named = set(_FILE.findall(page.read_text(encoding="utf-8")))
    assert [one for one in named if not any(path.endswith(f"/{one}") for path in known)] == []


def test_no_line_of_the_design_is_longer_than_a_line_of_code() -> None:
    assert [line for line in TEXT.splitlines() if len(line) > COLUMNS_MAX] == []
