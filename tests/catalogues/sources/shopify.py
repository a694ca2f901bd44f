"""The Shopify product taxonomy as it is: a tree, attributes, their values, in four languages.

What belongs to the source and not to any loader: which languages there are, what a text is where a
translation is missing, which values an attribute has that takes those of another.
"""

import gzip
import json
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

Json = dict[str, Any]

DEFAULT = "en"
LOCALES = {"en": "en-us", "de": "de-de", "fr": "fr-fr", "ja": "ja-jp"}
OTHERS = tuple(one for one in LOCALES if one != DEFAULT)


@dataclass(frozen=True)
class ShopifySource:
    """The files, categories parents first."""

    categories: list[Json]
    attributes: list[Json]
    values: dict[str, Json] = field(repr=False)

    @cached_property
    def names(self) -> dict[int, str]:
        """The name that each attribute gets, by its place: its handle, where that can be one.

        A handle that begins with a digit gets a letter before it; one that is there twice, for an
        attribute and for another that takes its values, gets a number the second time.
        """
        seen: Counter[str] = Counter()
        names = {}
        for place, one in enumerate(self.attributes):
            handle = one["handle"] if one["handle"][0].isalpha() else f"x{one['handle']}"
            seen[handle] += 1
            names[place] = handle if seen[handle] == 1 else f"{handle}-{seen[handle]}"
        return names

    @cached_property
    def by_handle(self) -> dict[str, Json]:
        """The attributes that have values of their own."""
        return {one["handle"]: one for one in self.attributes if one["values"] is not None}

    def values_of(self, attribute: Json) -> list[Json]:
        """Return the values of an attribute, its own or those of the one that it extends."""
        own = attribute if attribute["values"] is not None else self.by_handle[attribute["extends"]]
        return [self.values[handle] for handle in own["values"]]

    def below(self, path: str) -> list[Json]:
        """Return the category of an English path and everything below it."""
        start = f"{path} > "
        return [one for one in self.categories if f"{path_of(one)} > ".startswith(start)]


def path_of(category: Json) -> str:
    """Return the English path."""
    found: str = category["path"][DEFAULT]
    return found


def labels_of(one: Json) -> dict[str, str]:
    """Return the names that are translated, by our locale."""
    return {LOCALES[code]: text for code, text in one["name"].items() if code in LOCALES and text}


def text_of(one: Json, code: str) -> str:
    """Return the name in a language, else in English."""
    found: str = one["name"].get(code) or one["name"][DEFAULT]
    return found


def read(folder: Path) -> ShopifySource:
    """Return the source."""
    return ShopifySource(
        categories=_read(folder, "categories"),
        attributes=_read(folder, "attributes"),
        values={one["handle"]: one for one in _read(folder, "values")},
    )


def unpacked(folder: Path, to: Path) -> Path:
    """Write the file of categories, as it is but unpacked, and return where."""
    path = to / "categories.json"
    path.write_bytes(gzip.decompress((folder / "categories.json.gz").read_bytes()))
    return path


def _read(folder: Path, what: str) -> list[Json]:
    found = json.loads(gzip.decompress((folder / f"{what}.json.gz").read_bytes()))
    entries: list[Json] = found[what]
    return entries
