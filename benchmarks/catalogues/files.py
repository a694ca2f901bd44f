"""What catalogues in files have in common."""

import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from pims_api.domain.attributes.attribute import ValueType
from pims_api.services.attributes.requests import AttributeWrite, OptionListWrite


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a compressed file with one a line."""
    with gzip.open(path, "rb") as lines:
        yield from map(orjson.loads, lines)


def attribute(name: str, kind: ValueType, **settings: Any) -> AttributeWrite:
    """Return an attribute with its name for a label; options: its dictionary."""
    listed = settings.pop("options", None)
    return AttributeWrite(name, {"type": kind} | settings, {"en-us": name}, options=listed)


def options(names: Iterable[str]) -> OptionListWrite:
    """Return a dictionary of these words, which may grow."""
    return OptionListWrite(("value",), [(name,) for name in names], static=False)
