"""The Best Buy categories as they are: ids, names and parents, some of which are missing."""

import gzip
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class BestBuySource:
    """The file, in its order; what cannot be a category is told by plain rules.

    A name is what is left without the spaces around it.
    """

    categories: list[Json]

    @cached_property
    def by_id(self) -> dict[str, Json]:
        return {one["id"]: one for one in self.categories}

    @cached_property
    def nameless(self) -> list[Json]:
        """What has no name."""
        return [one for one in self.categories if one["name"] is None]

    @cached_property
    def orphans(self) -> list[Json]:
        """What names a parent that is not there."""
        return [one for one in self.categories if one["parent"] not in {None, *self.by_id}]

    @cached_property
    def repeated(self) -> list[Json]:
        """What has the parent and the name of one before it."""
        seen: set[tuple[str | None, str]] = set()
        found = []
        for one in self.categories:
            place = (one["parent"], (one["name"] or "").strip())
            if place in seen:
                found.append(one)
            seen.add(place)
        return found

    @cached_property
    def broken(self) -> set[str]:
        """The ids of what cannot be stored for a reason of its own."""
        return {one["id"] for one in [*self.nameless, *self.orphans, *self.repeated]}

    def chain(self, category: Json) -> list[Json]:
        """Return the category and those above it, as far as they are there, the root first."""
        above = self.by_id.get(category["parent"] or "")
        return [*(self.chain(above) if above else []), category]

    @cached_property
    def sound(self) -> dict[str, str]:
        """The paths, by id, of what can be stored: nothing on the way to it is broken."""
        return {
            one["id"]: " > ".join(each["name"].strip() for each in self.chain(one))
            for one in self.categories
            if self.broken.isdisjoint(each["id"] for each in self.chain(one))
        }

    def below(self, path: str) -> list[str]:
        """Return the ids of the category of that path and of everything below it that is sound."""
        start = f"{path} > "
        return [number for number, found in self.sound.items() if f"{found} > ".startswith(start)]


def read(folder: Path) -> BestBuySource:
    """Return the source."""
    return BestBuySource(json.loads(_text(folder))["categories"])


def unpacked(folder: Path, to: Path) -> Path:
    """Write the file as it is but unpacked, and return where."""
    path = to / "categories.json"
    path.write_bytes(_text(folder))
    return path


def _text(folder: Path) -> bytes:
    return gzip.decompress((folder / "categories.json.gz").read_bytes())
