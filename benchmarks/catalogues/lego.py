"""The LEGO catalogue: parts, their coloured elements as variations, and sets.

Read from a folder with parts.jsonl.gz, sets.jsonl.gz and dictionaries.json.gz: about 170,600 parts
and elements, which are what an import is measured with, and 26,500 sets. Links between parts are
left out.
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

import orjson

from benchmarks.catalogues.catalogue import Catalogue, Filters, NewProduct, Questions
from benchmarks.catalogues.files import attribute, json_lines, options
from pims_api.domain.attributes.attribute import (
    CATEGORIES,
    TITLE,
    VARIATION_ATTRIBUTES,
    VARIATION_OF,
)
from pims_api.domain.attributes.attribute import ValueType as Type

_KINDS = ("part", "element", "set")
_FOUND = {"filterable": True, "indexable": True}

Json = dict[str, Any]


def lego_catalogue(folder: Path) -> Catalogue:
    """Return the catalogue of these files. Raises OSError when they are not there."""
    source = _Source(folder)
    sample = next(source.sets())
    family_members = sum(1 for _ in source.families())

    def more(number: int) -> NewProduct:
        return NewProduct(f"NEW-{number:08d}", sample.values | {TITLE: f"New set {number}"})

    return Catalogue(
        "lego",
        source.attributes(),
        source.categories,
        family_members + sum(1 for _ in source.sets()),
        source.products,
        lambda: [one.sku for one in source.products()],
        more,
        QUESTIONS,
        import_rows=family_members,
    )


@dataclass(frozen=True)
class _Source:
    folder: Path

    @cached_property
    def words(self) -> Json:
        found: Json = orjson.loads(gzip.decompress(self._path("dictionaries.json").read_bytes()))
        return found

    @cached_property
    def colors(self) -> dict[int, Json]:
        return {one["id"]: one for one in self.words["colors"]}

    @cached_property
    def groups(self) -> dict[int, str]:
        return {one["id"]: f"Parts > {one['name']}" for one in self.words["partCategories"]}

    @cached_property
    def themes(self) -> dict[int, str]:
        known = {one["id"]: one for one in self.words["themes"]}
        return {number: f"Sets > {_theme(known, number)}" for number in known}

    @property
    def categories(self) -> list[str]:
        return [*self.groups.values(), *self.themes.values()]

    def attributes(self) -> list[Any]:
        colors = [one["name"] for one in self.colors.values()]
        parts = json_lines(self._path("parts.jsonl"))
        materials = sorted({one["material"] for one in parts})
        return [
            attribute("kind", Type.OPTION, options=options(_KINDS), **_FOUND),
            attribute("color", Type.OPTION, options=options(colors), **_FOUND),
            attribute("material", Type.OPTION, options=options(materials), **_FOUND),
            attribute("part_number", Type.STRING, searchable=True, **_FOUND),
            attribute("rgb", Type.STRING),
            attribute("transparent", Type.BOOLEAN, filterable=True),
            attribute("year", Type.NUMBER, **_FOUND),
            attribute("pieces", Type.NUMBER, **_FOUND),
            attribute("image", Type.MEDIA),
        ]

    def products(self) -> Iterator[NewProduct]:
        """Yield parts with their elements, then sets."""
        yield from self.families()
        yield from self.sets()

    def families(self) -> Iterator[NewProduct]:
        taken = {one["part"] for one in json_lines(self._path("parts.jsonl"))}
        for part in json_lines(self._path("parts.jsonl")):
            yield self._part(part)
            for one in part.get("variants", ()):
                number = one["element"]
                sku = f"E-{number}" if number in taken else number
                yield NewProduct(sku, self._element(part, self.colors[one["color"]]))

    def sets(self) -> Iterator[NewProduct]:
        for one in json_lines(self._path("sets.jsonl")):
            values = {
                TITLE: one["name"],
                "kind": "set",
                CATEGORIES: [self.themes[one["theme"]]],
                "year": str(one["year"]),
                "pieces": str(one["parts"]),
                "image": one["image"],
            }
            yield NewProduct(one["set"], values)

    def _part(self, part: Json) -> NewProduct:
        values = {TITLE: part["name"], "kind": "part"} | self._common(part)
        if part.get("variants"):
            values[VARIATION_ATTRIBUTES] = ["color"]
        return NewProduct(part["part"], values)

    def _element(self, part: Json, color: Json) -> Json:
        named = {TITLE: f"{part['name']}, {color['name']}", "kind": "element"}
        colored = {"color": color["name"], "rgb": color["rgb"], "transparent": color["transparent"]}
        return named | {VARIATION_OF: part["part"]} | self._common(part) | colored

    def _common(self, part: Json) -> Json:
        return {
            CATEGORIES: [self.groups[part["category"]]],
            "part_number": part["part"],
            "material": part["material"],
        }

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.gz"


def _theme(known: dict[int, Json], number: int) -> str:
    one = known[number]
    above = "" if one["parent"] is None else f"{_theme(known, one['parent'])} > "
    return above + str(one["name"])


def _narrow(rng: Random) -> Filters:
    year = rng.randrange(1990, 2015)
    return {"kind": "set", "year": f"{year};;{year + 1}"}


def _broad(rng: Random) -> Filters:
    year = rng.randrange(1950, 1975)
    return {"kind": "set", "year": f"{year};;{year + 45}"}


QUESTIONS = Questions(
    _narrow,
    _broad,
    [str(number) for number in range(10, 100)],
    (TITLE, ["Minifig%", "Sticker%", "Plate%", "Tile%", "Brick%"]),
    ("technic", "minifig", "print", "plate", "brick", "tile", "slope"),
    "pieces",
    ("pieces", "year", "image", TITLE),
)
