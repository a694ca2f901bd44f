"""No file, function or folder grows past what a reader can hold."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ("benchmarks", "pims_api", "schemas", "views")
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 40  # without the docstring
HANDLER_LINES_MAX = 15  # what answers one address or action of a face
FOLDER_FILES_MAX = 12  # beside __init__.py
# The steps of a migration stand in one function each, in the order in which they run.
UNBOUND = ROOT / "pims_api/storage/migrations/versions"


def _files(*folders: str) -> list[Path]:
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if UNBOUND not in path.parents)


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    text = path.read_text("utf-8")
    if text.count("\n") <= FUNCTION_LINES_MAX:  # too short to hold a long one
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, _length(node)


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def _handlers(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node.name, _length(node)


def test_files_have_at_most_400_lines() -> None:
    lengths = {
        path: len(path.read_text("utf-8").splitlines()) for path in _files(*PRODUCT, "tests")
    }
    assert {
        str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > FILE_LINES_MAX
    } == {}


def test_functions_have_at_most_40_lines() -> None:
    found = [(path, *one) for path in _files(*PRODUCT) for one in _functions(path)]
    found += [
        (path, name, lines)
        for path in _files("tests")
        for name, lines in _functions(path)
        if name.startswith("test_")  # others are tables of questions, or talks
    ]
    assert [(path.name, name, n) for path, name, n in found if n > FUNCTION_LINES_MAX] == []


def test_handlers_have_at_most_15_lines() -> None:
    found = [
        (path.name, name, lines)
        for path in _files("views")
        if "actions" in path.parts
        for name, lines in _handlers(path)
    ]
    assert len(found) > 150
    assert [one for one in found if one[2] > HANDLER_LINES_MAX] == []


@pytest.mark.parametrize("folder", PRODUCT)
def test_folders_hold_a_dozen_files(folder: str) -> None:
    counts: dict[str, int] = {}
    for path in _files(folder):
        if path.name != "__init__.py":
            room = str(path.parent.relative_to(ROOT))
            counts[room] = counts.get(room, 0) + 1
    assert {room: n for room, n in counts.items() if n > FOLDER_FILES_MAX} == {}
