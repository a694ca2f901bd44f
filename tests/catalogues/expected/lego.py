"""Questions to a loaded LEGO catalogue, answered from its files by plain Python."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.catalogues.question import (
    Question,
    by_sku,
    children_in_matrix,
    has_words,
    listed,
    shown,
)
from tests.catalogues.sources.lego import LegoSource, variants_of

Json = dict[str, Any]

MANY_PAGES = {"pageSize": 40}  # products
STAR_WARS = "Sets > Star Wars"
HEADS = "Parts > Minifig Heads"
USUAL_MATERIALS = ("Plastic", "Cardboard/Paper")


@dataclass(frozen=True, slots=True)
class Row:
    """A product as the source files have it. parent: SKU of the part whose colour it is."""

    sku: str
    title: str
    kind: str
    category: str
    parent: str | None = None
    number: str = ""
    element: str = ""
    material: str = ""
    color: str = ""
    transparent: bool = False
    year: int = 0
    pieces: int = -1
    prints_of: tuple[str, ...] = ()

    @property
    def path(self) -> tuple[str, ...]:
        """SKUs from the root product down: what lists are ordered by."""
        return (self.parent, self.sku) if self.parent else (self.sku,)

    @property
    def texts(self) -> tuple[str, ...]:
        """What full text search looks at."""
        return (self.sku, self.title, self.number, self.element)


def rows_of(source: LegoSource) -> list[Row]:
    """Return every product of the source, in the default order of lists."""
    rows = [row for part in source.parts for row in _part_rows(source, part)]
    rows += [
        Row(
            sku=one["set"],
            title=one["name"],
            kind="set",
            category=f"Sets > {one['themePath']}",
            year=one["year"],
            pieces=one["parts"],
        )
        for one in source.sets
    ]
    return sorted(rows, key=lambda row: row.path)


def counts(source: LegoSource) -> dict[str, int]:
    """Return how many products there are of each kind."""
    return dict(Counter(row.kind for row in rows_of(source)))


def questions(source: LegoSource) -> list[Question]:
    """Return the questions with their answers for this source or share."""
    rows = rows_of(source)
    roots = [row for row in rows if row.parent is None]
    return [
        *_filter_questions(roots),
        *_condition_questions(roots),
        *_category_questions(roots),
        *_search_questions(roots, rows),
        *_order_questions(roots),
        *_variation_questions(source, rows),
    ]


def _part_rows(source: LegoSource, part: Json) -> Iterable[Row]:
    number, material = part["part"], part["material"]
    category = f"Parts > {source.part_categories[part['category']]}"
    prints_of = tuple(target for kind, target in part.get("relations", []) if kind == "P")
    yield Row(
        sku=number,
        title=part["name"],
        kind="part",
        category=category,
        number=number,
        material=material,
        prints_of=prints_of,
    )
    for variant in variants_of(part):
        color = source.colors[variant["color"]]
        yield Row(
            sku=source.element_sku(variant["element"]),
            title=f"{part['name']}, {color['name']}",
            kind="element",
            category=category,
            parent=number,
            number=number,
            element=variant["element"],
            material=material,
            color=color["name"],
            transparent=color["transparent"],
        )


def _skus(rows: Iterable[Row], test: Callable[[Row], bool]) -> list[str]:
    return [row.sku for row in rows if test(row)]


def _filter_questions(roots: list[Row]) -> list[Question]:
    return [
        listed(
            "a value equals",
            _skus(roots, lambda row: row.material == "Cloth"),
            filter_values={"material": "Cloth"},
        ),
        listed(
            "any of several values",
            _skus(roots, lambda row: row.material in ("Rubber", "Metal")),
            filter_values={"material": "Rubber|Metal"},
        ),
        listed(
            "two ranges at once",
            _skus(roots, lambda row: 1990 <= row.year <= 1999 and 100 <= row.pieces <= 500),
            filter_values={"year": "1990;;1999", "pieces": "500;;100"},
        ),
        listed(
            "a range open at its end",
            _skus(roots, lambda row: row.pieces >= 1000),
            filter_values={"pieces": "1000;;"},
        ),
        listed(
            "a range of years in a category and below",
            _skus(roots, lambda row: 2005 <= row.year <= 2015 and _below(row, STAR_WARS)),
            category=STAR_WARS,
            includeChildren=True,
            filter_values={"year": "2005;;2015"},
        ),
    ]


def _condition_questions(roots: list[Row]) -> list[Question]:
    return [
        listed(
            "LIKE and NOT LIKE",
            _skus(
                roots,
                lambda row: row.title.startswith("Minifig") and "Print" not in row.title,
            ),
            condition_query="[[title]] LIKE 'Minifig%' AND [[title]] not like '%Print%'",
        ),
        listed(
            "OR in parentheses",
            _skus(
                roots,
                lambda row: (
                    row.pieces >= 0
                    and (row.year < 1970 or row.year >= 2025)
                    and not 10 <= row.pieces <= 100
                ),
            ),
            condition_query="([[year]] < 1970 OR [[year]] >= '2025') "
            "AND NOT ([[pieces]] BETWEEN 10 AND 100)",
        ),
        listed(
            "a number that is not set and a value that is not in a list",
            _skus(roots, lambda row: row.kind == "part" and row.material not in USUAL_MATERIALS),
            condition_query="[[year]] IS NULL AND [[material]] NOT IN "
            "('Plastic', 'Cardboard/Paper')",
        ),
    ]


def _category_questions(roots: list[Row]) -> list[Question]:
    return [
        listed(
            "a category alone",
            _skus(roots, lambda row: row.category == STAR_WARS),
            category=STAR_WARS,
        ),
        listed(
            "a category and what is below it",
            _skus(roots, lambda row: _below(row, STAR_WARS)),
            category=STAR_WARS,
            includeChildren=True,
        ),
        listed(
            "a category by its path in a condition",
            _skus(roots, lambda row: row.category == HEADS and row.sku > "3626"),
            condition_query=f"[[categories]] = '{HEADS}' AND [[sku]] > '3626'",
        ),
    ]


def _search_questions(roots: list[Row], rows: list[Row]) -> list[Question]:
    number = next(row.element for row in rows if row.element and row.element == row.sku)
    return [
        listed("search: one word", _found(roots, "technic"), search="technic"),
        listed(
            "search: words in any order, the last one begun",
            _found(roots, "PRINT minifig hea"),
            search="PRINT minifig hea",
        ),
        listed(
            "search: a number, variations too",
            _found(rows, number),
            search=number,
            includeVariants=True,
        ),
    ]


def _order_questions(roots: list[Row]) -> list[Question]:
    recent = [row for row in roots if row.year >= 2010]
    begun = [row for row in roots if row.sku.startswith(("30", "40"))]
    return [
        listed(
            "by number, greatest first, over many pages",
            [row.sku for row in sorted(recent, key=lambda row: -row.pieces)],
            filter_values={"year": "2010;;"},
            order=[{"attribute": "pieces", "direction": "DESC"}],
            pagination=MANY_PAGES,
        ),
        listed(
            "by two numbers",
            [row.sku for row in sorted(recent, key=lambda row: (-row.year, row.pieces))],
            condition_query="[[year]] >= 2010",
            order=[{"attribute": "year", "direction": "DESC"}, {"attribute": "pieces"}],
        ),
        listed(
            "what has no number comes last",
            [row.sku for row in sorted(begun, key=_pieces_unset_last)],
            condition_query="[[sku]] LIKE '30%' OR [[sku]] LIKE '40%'",
            order=[{"attribute": "pieces", "direction": "ASC"}],
            pagination=MANY_PAGES,
        ),
    ]


def _variation_questions(source: LegoSource, rows: list[Row]) -> list[Question]:
    widest = source.widest_part()["part"]
    children = [row for row in rows if row.parent == widest]
    printed = _most_printed(rows)
    asked = [children[1].sku, "no-such-sku", widest, children[0].sku, children[1].sku]
    return [
        listed(
            "variations of a colour, each after its parent's place",
            _skus(rows, lambda row: row.color == "Red"),
            includeVariants=True,
            filter_values={"color": "Red"},
        ),
        listed(
            "transparent variations and parts, by title",
            [
                row.sku
                for row in sorted(rows, key=lambda row: (row.title, row.sku))
                if row.transparent and row.title.startswith("Plate")
            ],
            includeVariants=True,
            condition_query="[[transparent]] = TRUE AND [[title]] LIKE 'Plate%'",
            order=[{"attribute": "title"}],
        ),
        listed(
            "the prints of one part",
            _skus(rows, lambda row: printed in row.prints_of),
            filter_values={"print_of": printed},
        ),
        by_sku("products by SKU", asked, [children[1].sku, widest, children[0].sku]),
        shown(
            "the part with the most colours",
            widest,
            {
                "variation_skus": sorted(row.sku for row in children),
                "variation_attributes": ["color"],
                "variation_of": None,
            },
        ),
        children_in_matrix(
            "the variation matrix of the part with the most colours",
            widest,
            {row.sku: {"color": [row.color]} for row in children},
        ),
    ]


def _most_printed(rows: list[Row]) -> str:
    """Return the SKU of the part, among those that are there, which most others are prints of."""
    known = {row.sku for row in rows if row.kind == "part"}
    prints = Counter(sku for row in rows for sku in row.prints_of if sku in known)
    return prints.most_common(1)[0][0]


def _below(row: Row, category: str) -> bool:
    return row.category == category or row.category.startswith(f"{category} > ")


def _pieces_unset_last(row: Row) -> tuple[bool, Decimal, str]:
    return (row.pieces < 0, Decimal(row.pieces), row.sku)


def _found(rows: list[Row], phrase: str) -> list[str]:
    """Return the SKUs that a search finds: all words in the title first, then the rest."""
    found = [row for row in rows if has_words(phrase, row.texts)]
    found.sort(key=lambda row: (not has_words(phrase, [row.title]), row.sku))
    return [row.sku for row in found]
