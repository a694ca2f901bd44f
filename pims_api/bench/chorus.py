"""The Chorus catalogue of consumer electronics: 19,406 products with 5,354 sparse attributes.

Read from a folder with products.jsonl.gz and attributes.json.gz.
"""

import gzip
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import orjson

from pims_api.bench.catalogue import Catalogue, Filters, NewProduct, Questions, Values
from pims_api.bench.reading import attribute, json_lines
from pims_api.domain.attribute import TITLE
from pims_api.domain.attribute import ValueType as Type

_FOUND = {"filterable": True, "indexable": True}
_BY_PREFIX = {"attr_t_": Type.STRING, "attr_n_": Type.NUMBER, "attr_b_": Type.BOOLEAN}
_PREFIX_LENGTH = len("attr_t_")
_NAME_MAX = 64


def chorus_catalogue(folder: Path) -> Catalogue:
    """Return the catalogue of these files. Raises OSError when they are not there."""
    codes = orjson.loads(gzip.decompress((folder / "attributes.json.gz").read_bytes()))
    names = {one["code"]: f"a{place}_{one['code']}"[:_NAME_MAX] for place, one in enumerate(codes)}
    path = folder / "products.jsonl.gz"
    sample = _product(names, next(json_lines(path)))

    def more(number: int) -> NewProduct:
        return NewProduct(f"NEW-{number:08d}", sample.values | {TITLE: f"New product {number}"})

    return Catalogue(
        "chorus",
        [*_ATTRIBUTES, *(attribute(name, _kind(code), **_FOUND) for code, name in names.items())],
        (),
        sum(1 for _ in json_lines(path)),
        partial(_products, names, path),
        lambda: [one.sku for one in _products(names, path)],
        more,
        QUESTIONS,
    )


def _products(names: dict[str, str], path: Path) -> Iterator[NewProduct]:
    return (_product(names, one) for one in json_lines(path))


def _product(names: dict[str, str], one: dict[str, Any]) -> NewProduct:
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
