"""The page of a room names everything that lies in it."""

import re
from pathlib import Path

import pytest

from pims_api.storage.tables.columns import metadata

ROOT = Path(__file__).parents[2]
ROOMS = {
    "pims_api/README.md": [
        "pims_api",
        *(f"pims_api/{floor}" for floor in ("jobs", "services", "transfer", "domain")),
    ],
    "pims_api/connectors/README.md": ["pims_api/connectors"],
    "pims_api/storage/README.md": ["pims_api/storage", "pims_api/storage/history"],
    "pims_api/storage/catalogue_index/README.md": [
        "pims_api/storage/catalogue_index",
        "pims_api/storage/catalogue_index/filter",
    ],
    "pims_api/storage/engine/README.md": ["pims_api/storage/engine"],
    "views/README.md": ["views", "views/pims", "views/sigma", "views/tenant"],
}


@pytest.mark.parametrize(("page", "rooms"), ROOMS.items())
def test_a_page_names_what_is_in_its_rooms(page: str, rooms: list[str]) -> None:
    text = (ROOT / page).read_text("utf-8")
    names = {place for room in rooms for place in _children(ROOT / room)}
    assert [one for one in sorted(names) if not _is_named(one, text)] == []


def _children(room: Path) -> list[str]:
    found = [one.name for one in room.glob("*.py") if not one.name.startswith("__")]
    return found + [one.parent.name + "/" for one in room.glob("*/__init__.py")]


def _is_named(name: str, text: str) -> bool:
    """Return whether a page names a file or a folder, alone or as part of a path."""
    return re.search(rf"(?<![\w.]){re.escape(name)}", text) is not None


def test_the_design_has_every_table() -> None:
    shown = (ROOT / "docs/design.md").read_text("utf-8")
    rows = re.findall(r"^\| (`[^|]+) \|", shown, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert set(metadata.tables) - named == set()
