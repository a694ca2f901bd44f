"""What documents say of each other, of the settings and of the command is so."""

import re
from pathlib import Path

import pytest

from pims_api import settings
from pims_api.cli.reference import command_paths, reference
from pims_api.settings import Settings
from tests.quality.documents import COMMANDS, README, ROOT, documents
from tests.quality.markdown import headings_of
from views.pims.endpoints import ENDPOINTS

README_LINES_MAX = 250

_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_ROW = re.compile(r"^\| (.+) \|$", re.MULTILINE)


def test_the_readme_can_be_read_at_a_sitting() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= README_LINES_MAX


@pytest.mark.parametrize("action", [name for actions in ENDPOINTS.values() for name in actions])
def test_the_readme_names_every_action(action: str) -> None:
    assert action in README.read_text(encoding="utf-8")


def test_the_readme_has_the_settings_of_the_code() -> None:
    rows = [tuple(row[1:]) for row in settings_rows()]
    shown = [tuple(row.split(" | ")) for row in _ROW.findall(README.read_text(encoding="utf-8"))]
    assert [row for row in shown if row[0].startswith("`PIMS_")] == [
        (f"`{variable}`", *rest) for variable, *rest in rows
    ]


@pytest.mark.parametrize(("field", "variable", "default", "unit"), [
    tuple(row.split(" | ")) for row in _ROW.findall(settings.__doc__ or "")[2:]
])  # fmt: skip
def test_a_setting_has_the_default_that_is_told(
    field: str, variable: str, default: str, unit: str
) -> None:
    value = getattr(Settings(), field)
    assert value == (default if isinstance(value, str) else float(default)), (variable, unit)


def test_the_table_of_settings_has_them_all() -> None:
    assert [row[0] for row in settings_rows()] == list(Settings.__dataclass_fields__)


def test_the_page_of_commands_is_what_the_help_texts_say() -> None:
    wanted = "python -m pims_api.cli.reference > docs/commands.md"
    assert COMMANDS.read_text(encoding="utf-8") == reference(), wanted


@pytest.mark.parametrize("path", list(command_paths()))
def test_every_command_is_on_the_page_of_commands(path: str) -> None:
    assert path in headings_of(COMMANDS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    links = _LINK.findall(path.read_text(encoding="utf-8"))
    assert [link for link in links if not leads_somewhere(path, link)] == []


def leads_somewhere(path: Path, link: str) -> bool:
    if link.startswith(("http://", "https://")):
        return True  # the tests use no network
    name, _, anchor = link.partition("#")
    target = (path.parent / name).resolve() if name else path
    if not target.exists():
        return False
    return not anchor or anchor in anchors_of(target)


def anchors_of(path: Path) -> set[str]:
    titles = headings_of(path.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def settings_rows() -> list[list[str]]:
    return [row.split(" | ") for row in _ROW.findall(settings.__doc__ or "")[2:]]
