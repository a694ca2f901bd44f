"""The Chorus catalogue of consumer electronics: 19,406 products with 5,354 sparse attributes.

Read from a folder with products.jsonl.gz and attributes.json.gz. Callers see it through a View of
30 attributes, those that most products have; a made catalogue of as many products, with all of
its few attributes in sight, is measured beside.
"""

import gzip
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import orjson

from benchmarks.catalogues.catalogue import Catalogue, Filters, NewProduct, Questions, Values
from benchmarks.catalogues.files import attribute, json_lines
from benchmarks.catalogues.made import ATTRIBUTES_MIN, FILTERABLE_MIN, made_catalogue, made_shape
from pims_api.domain.attributes.attribute import STATUS, TITLE
from pims_api.domain.attributes.attribute import ValueType as Type

Json = dict[str, Any]

_FOUND = {"filterable": True, "indexable": True}
_BY_PREFIX = {"attr_t_": Type.STRING, "attr_n_": Type.NUMBER, "attr_b_": Type.BOOLEAN}
_PREFIX_LENGTH = len("attr_t_")
_NAME_MAX = 64
VIEW_WIDTH = 30


def chorus_catalogue(folder: Path) -> Catalogue:
    """Return the catalogue of these files. Raises OSError when they are not there."""
    codes: list[Json] = orjson.loads(gzip.decompress((folder / "attributes.json.gz").read_bytes()))
    names = {one["code"]: f"a{place}_{one['code']}"[:_NAME_MAX] for place, one in enumerate(codes)}
    path = folder / "products.jsonl.gz"
    count = sum(1 for _ in json_lines(path))
    view = _view(names, codes)
    first = _product(names, next(json_lines(path))).values
    sample = {name: value for name, value in first.items() if name in view}

    def more(number: int) -> NewProduct:
        return NewProduct(f"NEW-{number:08d}", sample | {TITLE: f"New product {number}"})

    return Catalogue(
        "chorus",
        [*_ATTRIBUTES, *(attribute(name, _kind(code), **_FOUND) for code, name in names.items())],
        (),
        count,
        partial(_products, names, path),
        lambda: [one.sku for one in _products(names, path)],
        more,
        QUESTIONS,
        view,
        made_catalogue(made_shape(count, ATTRIBUTES_MIN, FILTERABLE_MIN / ATTRIBUTES_MIN, 0)),
    )


def _view(names: dict[str, str], codes: list[Json]) -> list[str]:
    """Return the attributes of the View: the system's and our own, then the commonest."""
    own = [TITLE, STATUS, *(one.name for one in _ATTRIBUTES)]
    commonest = sorted(codes, key=lambda one: -int(one["products"]))
    return [*own, *(names[one["code"]] for one in commonest)][:VIEW_WIDTH]


def _products(names: dict[str, str], path: Path) -> Iterator[NewProduct]:
    return (_product(names, one) for one in json_lines(path))


def _product(names: dict[str, str], one: Json) -> NewProduct:
    values: Values = {TITLE: one.get("title") or one.get("name") or one["id"]}
    for name in ("supplier", "short_description", "img_high"):
        if one.get(name):
            values[name] = one[name]
    if one.get("price") is not None:
        values["price"] = _text(one["price"])
    for code, value in one.items():
        if code in names and value not in (None, ""):
            values[names[code]] = _text(value) if _kind(code) is Type.NUMBER else value
    return NewProduct(one["id"], values)


def _text(number: float) -> str:
    return format(Decimal(str(number)), "f")


def _kind(code: str) -> Type:
    return _BY_PREFIX[code[:_PREFIX_LENGTH]]


def _narrow(rng: Random) -> Filters:
    low = rng.randrange(0, 20_000)
    return {"supplier": rng.choice(_SUPPLIERS), "price": f"{low};;{low + 20_000}"}


def _broad(rng: Random) -> Filters:
    return {"status": "active", "price": f"{rng.randrange(5_000)};;{rng.randrange(10_000, 20_000)}"}


_SUPPLIERS = ("HP", "Lenovo", "Samsung", "LG", "Xerox")
_ATTRIBUTES = (
    attribute("supplier", Type.STRING, searchable=True, **_FOUND),
    attribute("short_description", Type.STRING, searchable=True),
    attribute("img_high", Type.MEDIA),
    attribute("price", Type.NUMBER, **_FOUND),
)
QUESTIONS = Questions(
    _narrow,
    _broad,
    [str(number) for number in range(10, 100)],
    ("supplier", ["H%", "S%", "L%", "X%"]),
    ("printer", "laptop", "black", "wireless", "cable", "display"),
    "price",
    ("price", "supplier", "short_description", "img_high"),
)
