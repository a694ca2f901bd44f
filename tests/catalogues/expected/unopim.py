"""Questions to a loaded UnoPim catalogue, answered from its files by plain Python."""

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
from tests.catalogues.sources.unopim import DEFAULT_LOCALE, UnopimSource, variant_sku

Json = dict[str, Any]
Test = Callable[["Row"], bool]

GERMAN = "de-de"
FRENCH = "fr-fr"
SMALL_PAGES = {"pageSize": 7}  # products
NEVER_ON_VARIANTS = ("ean", "product_number")


@dataclass(frozen=True, slots=True)
class Row:
    """A product or variant as the source files have it. axis: of a variant, its own values."""

    source: UnopimSource
    product: Json
    sku: str
    axis: Json | None = None

    def value(self, code: str) -> Any:
        """Return the value of an attribute that is the same in every language, or None."""
        own = self.axis or {}
        if self.axis is not None and code in NEVER_ON_VARIANTS:
            return None
        value = own.get(code, self.product["common"].get(code))
        return value["value"] if isinstance(value, dict) else value

    def number(self, code: str) -> Decimal:
        """Return the value as a number; -1 where there is none."""
        value = self.value(code)
        return Decimal(-1) if value is None else Decimal(value)

    def text(self, code: str, locale: str = DEFAULT_LOCALE) -> str:
        """Return what is written in that language, else in English, else nothing."""
        locales = self.product["locales"]
        return str(locales.get(locale, {}).get(code) or locales[DEFAULT_LOCALE].get(code, ""))

    def texts(self, locale: str) -> list[str]:
        """Return what full text search looks at."""
        codes = ("name", "short_description", "highlights")
        return [self.sku, *(self.text(code, locale) for code in codes)]

    @property
    def path(self) -> tuple[str, ...]:
        """SKUs from the root product down: what lists are ordered by."""
        return (self.sku,) if self.axis is None else (self.product["sku"], self.sku)

    @property
    def is_complete(self) -> bool:
        """Whether every attribute is set that the family needs to be complete."""
        families = self.source.families
        family = next(one for one in families if one["code"] == self.product["family"])
        held = {"image", "price", *self.product["common"], *(self.axis or {})}
        held |= {code for code, text in self.product["locales"][DEFAULT_LOCALE].items() if text}
        return held.issuperset(family["completeness"])


def rows_of(source: UnopimSource) -> list[Row]:
    """Return every product and variant, in the default order of lists."""
    rows = [Row(source, one, one["sku"]) for one in source.products]
    for one in source.products:
        rows += [
            Row(source, one, variant_sku(one, each), each["axis"])
            for each in one.get("variants", [])
        ]
    return sorted(rows, key=lambda row: row.path)


def questions(source: UnopimSource) -> list[Question]:
    """Return the questions with their answers."""
    rows = rows_of(source)
    roots = [row for row in rows if row.axis is None]
    return [
        *_filter_questions(roots),
        *_condition_questions(roots),
        *_category_questions(source, roots),
        *_language_questions(roots),
        *_search_questions(roots),
        *_order_questions(roots),
        *_variation_questions(rows),
        *_shown_questions(source, rows),
    ]


def _skus(rows: Iterable[Row], test: Test) -> list[str]:
    return [row.sku for row in rows if test(row)]


def _filter_questions(roots: list[Row]) -> list[Question]:
    return [
        listed(
            "any of two brands",
            _skus(roots, lambda row: row.value("brand") in ("aurex", "halden")),
            filter_values={"brand": "aurex|halden"},
        ),
        listed(
            "one of the values of a multiple choice",
            _skus(roots, lambda row: "machine_washable" in (row.value("features") or [])),
            filter_values={"features": "machine_washable"},
        ),
        listed(
            "a price in one currency and a measure",
            _skus(
                roots,
                lambda row: (
                    100 <= row.product["prices"]["EUR"] <= 300
                    and Decimal("0.3") <= row.number("weight")
                ),
            ),
            filter_values={"price_eur": "100;;300.00", "weight": "0.30;;"},
        ),
        listed(
            "a range of days",
            _skus(
                roots,
                lambda row: "2026-01-01" <= (row.value("release_date") or "") <= "2026-03-24",
            ),
            filter_values={"release_date": "2026-01-01;;2026-03-24"},
        ),
        listed(
            "a code that begins with zero stays text",
            _skus(roots, lambda row: row.value("hs_code") == "0901210000"),
            filter_values={"hs_code": "0901210000"},
        ),
        listed(
            "a yes or no",
            _skus(roots, lambda row: row.value("assembly_required") is False),
            filter_values={"assembly_required": "N"},
        ),
        listed(
            "complete products",
            _skus(roots, lambda row: row.is_complete),
            filter_values={"completeness": "100"},
        ),
    ]


def _condition_questions(roots: list[Row]) -> list[Question]:
    return [
        listed(
            "OR in parentheses; what is not set is neither equal nor unequal",
            _skus(
                roots,
                lambda row: row.value("room") == "office" or _is_seasonal_oak_or_food(row),
            ),
            condition_query="([[material]] = 'oak_wood' OR [[brand]] = 'terrafina') "
            "AND NOT [[season]] = 'all_year' OR [[room]] = 'office'",
        ),
        listed(
            "a collection without a value: unknown where it is empty",
            _skus(
                roots,
                lambda row: (
                    bool(row.value("certifications")) and "ce" not in row.value("certifications")
                ),
            ),
            condition_query="[[certifications]] <> 'ce'",
        ),
        listed(
            "numbers compare as numbers, not as text",
            _skus(roots, lambda row: row.number("warranty_months") >= 60),
            condition_query="[[warranty_months]] >= 60",
        ),
    ]


def _category_questions(source: UnopimSource, roots: list[Row]) -> list[Question]:
    kitchen, home = (source.category_path(code) for code in ("kitchen", "home_kitchen"))
    return [
        listed(
            "a category alone",
            _skus(roots, lambda row: "kitchen" in row.product["categories"]),
            category=kitchen,
        ),
        listed(
            "a category and what is below it, for a caller who reads German",
            _skus(roots, lambda row: _is_in(row, source, home)),
            locale=GERMAN,
            category=home,
            includeChildren=True,
        ),
    ]


def _language_questions(roots: list[Row]) -> list[Question]:
    return [
        listed(
            "LIKE on German titles, English where there is none",
            _skus(roots, lambda row: "set" in row.text("name", "de_DE")),
            locale=GERMAN,
            condition_query="[[title]] LIKE '%set%'",
        ),
        listed(
            "NOT LIKE on French titles",
            _skus(roots, lambda row: " de " not in row.text("name", "fr_FR")),
            locale=FRENCH,
            condition_query="[[title]] NOT LIKE '% de %'",
        ),
        listed(
            "LIKE on titles in the default language",
            _skus(roots, lambda row: "Merino" in row.text("name")),
            condition_query="[[title]] LIKE '%Merino%'",
        ),
    ]


def _search_questions(roots: list[Row]) -> list[Question]:
    return [
        listed("search in English", _found(roots, "steel", "en_US"), search="steel"),
        listed(
            "search in German, begun word with an umlaut",
            _found(roots, "kopfhö", "de_DE"),
            locale=GERMAN,
            search="KOPFHÖ",
        ),
        listed(
            "an English word in German: where nothing is translated",
            _found(roots, "steel", "de_DE"),
            locale=GERMAN,
            search="steel",
        ),
        listed(
            "search in French, two words",
            _found(roots, "acier inox", "fr_FR"),
            locale=FRENCH,
            search="acier inox",
        ),
    ]


def _order_questions(roots: list[Row]) -> list[Question]:
    return [
        listed(
            "by price, greatest first, in small pages",
            [row.sku for row in sorted(roots, key=lambda row: -row.product["prices"]["USD"])],
            order=[{"attribute": "price_usd", "direction": "DESC"}],
            pagination=SMALL_PAGES,
        ),
        listed(
            "by German title",
            [row.sku for row in sorted(roots, key=lambda row: row.text("name", "de_DE"))],
            locale=GERMAN,
            order=[{"attribute": "title"}],
            pagination=SMALL_PAGES,
        ),
        listed(
            "by a measure that few have, and those first",
            [row.sku for row in sorted(roots, key=_capacity_unset_last)],
            order=[{"attribute": "capacity", "direction": "DESC"}],
        ),
    ]


def _variation_questions(rows: list[Row]) -> list[Question]:
    return [
        listed(
            "variants in the order of their products",
            _skus(rows, lambda row: row.value("size") in ("m", "l")),
            includeVariants=True,
            filter_values={"size": ["l", "m"]},
        ),
        listed(
            "products and variants with their French titles",
            _skus(rows, lambda row: "en mérinos" in row.text("name", "fr_FR")),
            locale=FRENCH,
            includeVariants=True,
            condition_query="[[title]] LIKE '%en mérinos%'",
        ),
    ]


def _shown_questions(source: UnopimSource, rows: list[Row]) -> list[Question]:
    two_axes = [one for one in source.products if len(one.get("axes", [])) == 2]
    desk = max(two_axes, key=lambda one: len(one["variants"]))
    asked = [rows[5].sku, rows[0].sku, "nobody", rows[0].sku]
    return [
        children_in_matrix(
            "a matrix with two axes",
            desk["sku"],
            {
                variant_sku(desk, one): {axis: [code] for axis, code in one["axis"].items()}
                for one in desk["variants"]
            },
        ),
        by_sku("products by SKU", asked, [rows[5].sku, rows[0].sku]),
        *(_written(row, locale) for row in _one_of_each(rows) for locale in ("de_DE", "fr_FR")),
        *_linked(source),
    ]


def _written(row: Row, locale: str) -> Question:
    """Ask for the texts of a product in a language; English stands in for what is missing."""
    names = {"name": "title", "description": "description", "highlights": "highlights"}
    return shown(
        f"{row.sku} in {locale}",
        row.sku,
        {name: row.text(code, locale) for code, name in names.items()},
        locale=locale.replace("_", "-").lower(),
    )


def _one_of_each(rows: list[Row]) -> list[Row]:
    """Return one row for every set of languages in which something is written."""
    found = {tuple(sorted(row.product["locales"])): row for row in rows}
    return list(found.values())


def _linked(source: UnopimSource) -> Iterable[Question]:
    for sku, kinds in source.links.items():
        targets = {
            code: [one["sku"] if isinstance(one, dict) else one for one in found]
            for code, found in kinds.items()
        }
        yield shown(f"associations of {sku}", sku, targets)


def _is_seasonal_oak_or_food(row: Row) -> bool:
    is_wanted = row.value("material") == "oak_wood" or row.value("brand") == "terrafina"
    return is_wanted and row.value("season") not in ("all_year", None)


def _is_in(row: Row, source: UnopimSource, top: str) -> bool:
    paths = [source.category_path(code) for code in row.product["categories"]]
    return any(path == top or path.startswith(f"{top} > ") for path in paths)


def _capacity_unset_last(row: Row) -> tuple[bool, Decimal]:
    number = row.number("capacity")
    return (number < 0, -number)


def _found(rows: list[Row], phrase: str, locale: str) -> list[str]:
    """Return the SKUs that a search finds: all words in the title first, then the rest."""
    found = [row for row in rows if has_words(phrase, row.texts(locale))]
    found.sort(key=lambda row: (not has_words(phrase, [row.text("name", locale)]), row.sku))
    return [row.sku for row in found]
