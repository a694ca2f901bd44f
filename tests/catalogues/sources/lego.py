"""The LEGO files as they are: parts with their coloured elements, sets, dictionaries.

What belongs to the source and not to any loader: which SKU a thing gets, and which things belong
to a share of the catalogue.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

Json = dict[str, Any]

ELEMENT_PREFIX = "E-"


@dataclass(frozen=True, slots=True)
class LegoSource:
    """The files, or a share of them. taken_part_numbers: of the whole catalogue, always."""

    parts: list[Json]
    sets: list[Json]
    colors: dict[int, Json]
    part_categories: dict[int, str]
    themes: dict[int, Json]
    taken_part_numbers: frozenset[str]

    def element_sku(self, element: str) -> str:
        """Return the SKU of a coloured element: its number, unless a part has that number.

        333 elements of the whole catalogue share their number with a part (mostly their own).
        The part keeps it, because other parts refer to it; the element becomes `E-<number>`.
        """
        return ELEMENT_PREFIX + element if element in self.taken_part_numbers else element

    def renamed_elements(self) -> list[str]:
        """Return the numbers of the elements that could not keep theirs as SKU."""
        numbers = (one["element"] for part in self.parts for one in variants_of(part))
        return [number for number in numbers if number in self.taken_part_numbers]

    def theme_path(self, theme_id: int) -> str:
        """Return the names from the top theme down, joined with ` > `."""
        theme = self.themes[theme_id]
        above = theme["parent"]
        name = str(theme["name"])
        return name if above is None else f"{self.theme_path(above)} > {name}"

    def widest_part(self) -> Json:
        """Return the part with the most colours."""
        return max(self.parts, key=lambda part: len(variants_of(part)))


def read(folder: Path, share: float = 1.0) -> LegoSource:
    """Return the source, or a share of it: every n-th part and set, and the widest part.

    share: above 0, up to 1; the same share is the same choice every time. Raises ValueError
    otherwise, and when parts, elements and sets would not get SKUs that differ.
    """
    if not 0 < share <= 1:
        raise ValueError("The share should be above 0 and at most 1.")
    parts = list(_lines(folder / "parts.jsonl.gz"))
    sets = list(_lines(folder / "sets.jsonl.gz"))
    words = json.loads(gzip.decompress((folder / "dictionaries.json.gz").read_bytes()))
    whole = LegoSource(
        parts=parts,
        sets=sets,
        colors={one["id"]: one for one in words["colors"]},
        part_categories={one["id"]: one["name"] for one in words["partCategories"]},
        themes={one["id"]: one for one in words["themes"]},
        taken_part_numbers=frozenset(part["part"] for part in parts),
    )
    _require_distinct_skus(whole)
    return _share_of(whole, share)


def variants_of(part: Json) -> list[Json]:
    """Return the coloured elements of a part; many have none."""
    found: list[Json] = part.get("variants", [])
    return found


def _lines(path: Path) -> Iterator[Json]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _share_of(whole: LegoSource, share: float) -> LegoSource:
    step = round(1 / share)
    most = whole.widest_part()
    parts = [one for number, one in enumerate(whole.parts) if number % step == 0 or one is most]
    return replace(whole, parts=parts, sets=whole.sets[::step])


def _require_distinct_skus(source: LegoSource) -> None:
    skus = [part["part"] for part in source.parts] + [one["set"] for one in source.sets]
    for part in source.parts:
        skus += [source.element_sku(one["element"]) for one in variants_of(part)]
    if len(set(skus)) != len(skus):
        raise ValueError("Two of the parts, elements and sets would get the same SKU.")
