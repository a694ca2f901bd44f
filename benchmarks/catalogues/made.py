"""The shape of a made catalogue, and the products that it gets: the same ones every time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from benchmarks.catalogues import words
from benchmarks.catalogues.catalogue import Catalogue, Filters, NewProduct, Questions, Values
from benchmarks.catalogues.files import attribute, options
from pims_api.domain.attributes.attribute import (
    CATEGORIES,
    STATUS,
    TITLE,
    VARIATION_ATTRIBUTES,
    VARIATION_OF,
)
from pims_api.domain.attributes.attribute import ValueType as Type
from pims_api.services.attributes.requests import AttributeWrite

ATTRIBUTES_MIN = 22
FILTERABLE_MIN = 11  # of these, the three of the system included
_EXTRA_MAX = 5_000
_SUFFIXES = {"k": 1_000, "m": 1_000_000}
_PRICE_CENTS_MAX = 100_000
_FIRST_DAY = date(2012, 1, 1)
_FOUND = {"filterable": True, "indexable": True}


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a made catalogue is.

    attributes: with a value, of every product, the system's own included. filterable: how many of
    them. family: products from one that has variations to the next; 1: there are none.
    """

    products: int
    attributes: int = ATTRIBUTES_MIN
    filterable: int = FILTERABLE_MIN
    family: int = 1

    @property
    def name(self) -> str:
        """What tells this shape from others."""
        variants = f"-family-{self.family}" if self.family > 1 else ""
        return f"made-{self.products}-{self.attributes}-{self.filterable}{variants}"


def read_count(text: str) -> int:
    """Return a number of products. Raises ValueError.

    >>> read_count("10k"), read_count("1M"), read_count("250")
    (10000, 1000000, 250)
    """
    unit = _SUFFIXES.get(text[-1:].lower(), 0)
    count = int(text[:-1]) * unit if unit else int(text)
    if count < 1:
        raise ValueError("at least one product")
    return count


def made_shape(products: int, attributes: int, filterable: float, variations: float) -> Shape:
    """Return a shape. filterable, variations: shares from 0 to 1. Raises ValueError."""
    if not ATTRIBUTES_MIN <= attributes <= _EXTRA_MAX:
        raise ValueError(f"A made catalogue has {ATTRIBUTES_MIN} to {_EXTRA_MAX} attributes.")
    if not 0 <= variations <= 0.99:
        raise ValueError("The share of variations lies between 0 and 0.99.")
    wanted = round(attributes * filterable)
    extra = attributes - ATTRIBUTES_MIN
    kept = min(max(wanted, FILTERABLE_MIN), FILTERABLE_MIN + extra)
    return Shape(products, attributes, kept, round(1 / (1 - variations)))


def made_catalogue(shape: Shape) -> Catalogue:
    """Return the catalogue of that shape. A product depends on nothing but its number."""

    def products() -> Iterator[NewProduct]:
        return (product(shape, number) for number in range(shape.products))

    def skus() -> list[str]:
        return [_sku(number) for number in range(shape.products)]

    def more(number: int) -> NewProduct:
        alone = replace(shape, family=1)  # a parent among those that are not there would be missing
        return product(alone, shape.products + number)

    return Catalogue(
        shape.name,
        [*_ATTRIBUTES, *(_extra(shape, place) for place in range(_extras(shape)))],
        [f"Range {n // 10} > Shelf {n % 10}" for n in range(words.CATEGORY_COUNT)],
        shape.products,
        products,
        skus,
        more,
        QUESTIONS,
    )


def product(shape: Shape, number: int) -> NewProduct:
    """Return the product of that number, about 1.7 kB of JSON with 22 attributes."""
    rng = Random(number)  # noqa: S311 (the same ones every time)
    values = _found_values(rng, number) | _shown_values(rng, number)
    for place in range(_extras(shape)):
        values[f"extra_{place}"] = f"{rng.choice(words.MATERIALS)} {rng.randrange(100)}"
    above = number % shape.family
    if above:
        values[VARIATION_OF] = _sku(number - above)
    elif shape.family > 1:
        values[VARIATION_ATTRIBUTES] = ["color", "size"]
    return NewProduct(_sku(number), values)


def _sku(number: int) -> str:
    return f"{words.PREFIXES[number % len(words.PREFIXES)]}-{number:08d}"


def _found_values(rng: Random, number: int) -> Values:
    """Return the values that products are found by."""
    shelf = number % words.CATEGORY_COUNT
    noun, adjective = rng.choice(words.NOUNS), rng.choice(words.ADJECTIVES)
    return {
        TITLE: f"{adjective} {noun} {number}",
        STATUS: "inactive" if rng.random() < 0.1 else "active",
        CATEGORIES: [f"Range {shelf // 10} > Shelf {shelf % 10}"],
        "brand": words.brand(rng.randrange(words.BRAND_COUNT)),
        "color": rng.choice(words.COLORS),
        "size": rng.choice(words.SIZES),
        "material": rng.choice(words.MATERIALS),
        "country": rng.choice(words.COUNTRIES),
        "price": _money(rng.randrange(100, _PRICE_CENTS_MAX)),
        "stock": str(rng.randrange(500)),
        "weight": f"{rng.randrange(1, 40_000) / 1000:.3f}",
    }


def _shown_values(rng: Random, number: int) -> Values:
    """Return the values that are only shown, or searched."""
    folder = f"https://pictures.example/{number % 1000:03d}/{number:08d}"
    return {
        "short_description": " ".join(rng.choices(words.FILLERS, k=14)),
        "description": " ".join(rng.choices(words.FILLERS, k=175)),
        "ean": f"{4_000_000_000_000 + number}",
        "manufacturer_number": f"MN-{rng.randrange(10**9):09d}",
        "image": f"{folder}.jpg",
        "gallery": [f"{folder}-{place}.jpg" for place in range(3)],
        "page": f"https://shop.example/products/{number:08d}",
        "care": " ".join(rng.choices(words.FILLERS, k=12)),
        "warranty_months": str(rng.choice((12, 24, 36, 60))),
        "released": str(_FIRST_DAY + timedelta(days=rng.randrange(5_000))),
        "fragile": rng.random() < 0.2,
    }


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _range(rng: Random, share: float) -> str:
    low = rng.randrange(100, int(_PRICE_CENTS_MAX * (1 - share)))
    return f"{_money(low)};;{_money(low + int(_PRICE_CENTS_MAX * share))}"


def _narrow(rng: Random) -> Filters:
    return {"color": rng.choice(words.COLORS), "price": _range(rng, 0.1)}


def _broad(rng: Random) -> Filters:
    return {STATUS: "active", "price": _range(rng, 0.37)}


def _extras(shape: Shape) -> int:
    return shape.attributes - ATTRIBUTES_MIN


def _extra(shape: Shape, place: int) -> AttributeWrite:
    found = place < shape.filterable - FILTERABLE_MIN
    return attribute(f"extra_{place}", Type.STRING, **(_FOUND if found else {}))


_ATTRIBUTES = (
    attribute("brand", Type.STRING, searchable=True, **_FOUND),
    attribute("color", Type.OPTION, options=options(words.COLORS), **_FOUND),
    attribute("size", Type.OPTION, options=options(words.SIZES), **_FOUND),
    attribute("material", Type.STRING, **_FOUND),
    attribute("country", Type.STRING, **_FOUND),
    attribute("price", Type.NUMBER, **_FOUND),
    attribute("stock", Type.NUMBER, **_FOUND),
    attribute("weight", Type.NUMBER, **_FOUND),
    attribute("short_description", Type.STRING, searchable=True),
    attribute("description", Type.TEXT),
    attribute("ean", Type.STRING),
    attribute("manufacturer_number", Type.STRING),
    attribute("image", Type.MEDIA),
    attribute("gallery", Type.MEDIA, collection=True),
    attribute("page", Type.STRING),
    attribute("care", Type.TEXT),
    attribute("warranty_months", Type.NUMBER),
    attribute("released", Type.DATE),
    attribute("fragile", Type.BOOLEAN),
)

QUESTIONS = Questions(
    _narrow,
    _broad,
    [f"{prefix}-" for prefix in words.PREFIXES],
    ("brand", [f"{syllable}%" for syllable in words.SYLLABLES]),
    [noun.lower() for noun in words.NOUNS],
    "price",
    ("price", "stock", "weight", "warranty_months", "ean", "manufacturer_number", "page", "care",
     "material", "country"),
)  # fmt: skip
