"""Questions to loaded Magento sample data, answered from its files by plain Python."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any

from tests.catalogues.expected.category_filters import counted, filters, span
from tests.catalogues.question import (
    Question,
    by_sku,
    children_in_matrix,
    has_words,
    listed,
    shown,
)
from tests.catalogues.sources.magento import ROOT, MagentoSource, lines, pairs, variations

Json = dict[str, Any]

WIDEST = "MH01"  # a hoodie in five sizes and three colours
MANY_PAGES = {"pageSize": 40}  # products
WOMEN = f"{ROOT} > Women > Tops"
TRUE = ("Yes", "1")


@dataclass(frozen=True, slots=True)
class Row:
    """A product as the files have it. values: texts as they stand, by attribute."""

    sku: str
    title: str
    categories: tuple[str, ...]
    parent: str | None
    values: dict[str, list[str]]

    @property
    def path(self) -> tuple[str, ...]:
        """SKUs from the root product down: what lists are ordered by."""
        return (self.parent, self.sku) if self.parent else (self.sku,)

    @property
    def price(self) -> Decimal | None:
        text = self.one("price")
        return Decimal(text) if text else None

    def one(self, name: str) -> str:
        """Return the value of an attribute that has one, or an empty text."""
        return next(iter(self.values.get(name, ())), "")

    def has(self, name: str, *wanted: str) -> bool:
        return not set(wanted).isdisjoint(self.values.get(name, ()))

    def flag(self, name: str) -> bool | None:
        text = self.one(name)
        return text in TRUE if text else None

    def is_below(self, category: str) -> bool:
        return any(f"{one} > ".startswith(f"{category} > ") for one in self.categories)


def rows_of(source: MagentoSource) -> list[Row]:
    """Return every product of the files, in the default order of lists."""
    parents = source.parents()
    rows = [_row(source, row, parents.get(row["sku"]), pairs(row)) for row in source.configurable]
    rows += [
        _row(source, row, None, {name: lines(cell) for name, cell in row.items()})
        for row in source.simple
    ]
    return sorted(rows, key=lambda row: row.path)


def _row(source: MagentoSource, row: Json, parent: str | None, values: dict[str, list[str]]) -> Row:
    plain = {name: [row[name]] for name in ("price", "qty", "visibility") if row.get(name)}
    places = dict.fromkeys(source.categories_of(row))
    return Row(row["sku"], row["name"], tuple(places), parent, values | plain)


def questions(source: MagentoSource) -> list[Question]:
    """Return the questions with their answers."""
    rows = rows_of(source)
    roots = [row for row in rows if row.parent is None]
    return [
        *_filter_questions(rows, roots),
        *_condition_questions(rows, roots),
        *_search_questions(rows, roots),
        *_product_questions(source, rows),
        *_link_questions(source, roots),
        *_category_filters(source, rows),
    ]


def _skus(rows: Iterable[Row], test: Callable[[Row], Any]) -> list[str]:
    return [row.sku for row in rows if test(row)]


def _filter_questions(rows: list[Row], roots: list[Row]) -> list[Question]:
    return [
        listed(
            "a value of variations",
            _skus(rows, lambda row: row.has("color", "Lavender")),
            filter_values={"color": "Lavender"},
            includeVariants=True,
        ),
        listed(
            "a value of a collection, as the file writes it",
            _skus(roots, lambda row: row.has("material", "Lycra&reg;")),
            filter_values={"material": "Lycra&reg;"},
        ),
        listed(
            "any of several values of a collection",
            _skus(roots, lambda row: row.has("climate", "Rainy", "Wintry")),
            filter_values={"climate": "Rainy|Wintry"},
        ),
        listed(
            "flags that some files write 1 and others Yes",
            _skus(roots, lambda row: row.flag("erin_recommends")),
            filter_values={"erin_recommends": "true"},
        ),
        listed(
            "a range of prices in a category and below",
            _skus(roots, lambda row: row.price and 40 <= row.price <= 60 and row.is_below(WOMEN)),
            category=WOMEN,
            includeChildren=True,
            filter_values={"price": "40;;60"},
        ),
    ]


def _condition_questions(rows: list[Row], roots: list[Row]) -> list[Question]:
    dear = sorted(roots, key=lambda row: (row.price is None, -(row.price or 0), row.sku))
    return [
        listed(
            "SKUs that begin like another one",
            _skus(rows, lambda row: row.sku.startswith("MH01-X")),
            condition_query="[[sku]] LIKE 'MH01-X%'",
            includeVariants=True,
        ),
        listed(
            "what has no style and costs more",
            _skus(
                roots,
                lambda row: not row.values.get("style_general") and row.price and row.price > 40,
            ),
            condition_query="[[style_general]] IS NULL AND [[price]] > 40",
        ),
        listed(
            "not a flag: what has none is neither",
            _skus(roots, lambda row: row.flag("sale") is False and row.has("pattern", "Solid")),
            condition_query="NOT [[sale]] = TRUE AND [[pattern]] = 'Solid'",
        ),
        listed(
            "the dearest first, what has no price last",
            [row.sku for row in dear],
            order=[{"attribute": "price", "direction": "DESC"}],
            pagination=MANY_PAGES,
        ),
    ]


def _search_questions(rows: list[Row], roots: list[Row]) -> list[Question]:
    return [
        listed("search: words", _found(roots, "yoga strap"), search="yoga strap"),
        listed(
            "search: words of a SKU with hyphens",
            _found(rows, "24-WG081"),
            search="24-WG081",
            includeVariants=True,
        ),
        listed(
            "search: variations",
            _found(rows, "hoodie xs gr"),
            search="hoodie xs gr",
            includeVariants=True,
        ),
    ]


def _product_questions(source: MagentoSource, rows: list[Row]) -> list[Question]:
    raw = next(row for row in source.configurable if row["sku"] == WIDEST)
    own = next(row for row in rows if row.sku == WIDEST)
    children = variations(raw)
    first = children[0]["sku"]
    return [
        shown(
            "a configurable product",
            WIDEST,
            {
                "title": raw["name"],
                "description": raw["description"],
                "categories": list(own.categories),
                "climate": own.values["climate"],
                "gallery": raw["additional_images"].split(","),
                "variation_skus": sorted(one["sku"] for one in children),
                "variation_attributes": ["size", "color"],
                "eco_collection": True,
                "kind": "configurable",
                "price": raw["price"],
            },
        ),
        shown(
            "a variation",
            first,
            {"variation_of": WIDEST, "size": "XS", "color": "Black", "climate": []},
        ),
        children_in_matrix(
            "the matrix of a configurable product",
            WIDEST,
            {one["sku"]: {name: [one[name]] for name in ("size", "color")} for one in children},
        ),
        by_sku("SKUs as they are asked for", ["24-MB01", "MH01-XS", first], ["24-MB01", first]),
    ]


def _link_questions(source: MagentoSource, roots: list[Row]) -> list[Question]:
    found = {
        kind: {
            sku: targets
            for name, links in source.links.items()
            if name.endswith(f"/{kind}.csv")
            for sku, targets in links.items()
        }
        for kind in ("related", "upsell")
    }
    target = "24-WG085_Group"
    return [
        listed(
            "what names a product as related",
            _skus(roots, lambda row: target in found["related"].get(row.sku, ())),
            filter_values={"related": target},
        ),
        shown("up-sells in their order", "WS01", {"upsell": found["upsell"]["WS01"]}),
        shown("a group", target, {"associated_sku": ["24-WG085", "24-WG086", "24-WG087"]}),
    ]


def _category_filters(source: MagentoSource, rows: list[Row]) -> list[Question]:
    bottoms, bags = f"{ROOT} > Men > Bottoms", f"{ROOT} > Gear > Bags"
    active = _active(source)
    worn = [row for row in rows if row.is_below(bottoms)]
    carried = [row for row in rows if bags in row.categories]
    sold = [row for row in rows if row.parent is None and active.intersection(row.categories)]
    return [
        filters(
            "filters of a category with variations and what is below",
            bottoms,
            {
                "size": counted(row.one("size") for row in worn),
                "color": counted(row.one("color") for row in worn),
                "price": span(row.price for row in worn if row.price),
                "style_bags": None,
                "product_count": len(worn),
            },
            includeChildren=True,
            includeVariants=True,
        ),
        filters(
            "filters of collections",
            bags,
            {
                name: counted(chain.from_iterable(set(row.values[name]) for row in carried))
                for name in ("style_bags", "features_bags", "activity")
            },
        ),
        filters(
            "filters of everything in active categories",
            ROOT,
            {
                "sale": counted(row.flag("sale") for row in sold),
                "price": span(row.price for row in sold if row.price is not None),
                "product_count": len(sold),
            },
            includeChildren=True,
        ),
    ]


def _active(source: MagentoSource) -> set[str]:
    """Return the paths of the categories that are active, and so is everything above them."""
    known = source.categories
    paths = [
        names
        for names in known
        if all(known[names[:depth]]["active"] == "1" for depth in range(1, len(names) + 1))
    ]
    return {ROOT, *(" > ".join((ROOT, *names)) for names in paths)}


def _found(rows: list[Row], phrase: str) -> list[str]:
    """Return the SKUs that a search finds: all words in the title first, then the rest."""
    found = [row for row in rows if has_words(phrase, (row.sku, row.title))]
    found.sort(key=lambda row: (not has_words(phrase, [row.title]), row.sku))
    return [row.sku for row in found]
