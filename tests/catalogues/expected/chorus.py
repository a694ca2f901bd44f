"""Questions to a loaded Chorus catalogue, answered from its files by plain Python."""

from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from tests.catalogues.expected.category_filters import counted, span
from tests.catalogues.mappings.chorus import names_of
from tests.catalogues.question import Question, by_sku, has_words, listed, shown
from tests.catalogues.sources.chorus import ChorusSource, kind_of

Json = dict[str, Any]
Test = Callable[[Json], Any]

MANY_PAGES = {"pageSize": 40}  # products
CHOICES_MAX = 200  # texts that a shop lets people choose from
WEIGHT, COLOUR = "attr_n_weight", "attr_t_product_colour"
TWINS = ("attr_t_display_resolution", "attr_n_display_resolution")


def questions(source: ChorusSource) -> list[Question]:
    """Return the questions with their answers for the source."""
    products = sorted(source.products, key=lambda one: one["id"])
    return [
        *_filter_questions(source, products),
        *_condition_questions(source, products),
        *_order_questions(products),
        *_search_questions(products),
        *_product_questions(source, products),
    ]


def filters_of(source: ChorusSource, codes: Iterable[str]) -> Json:
    """Return what a shop shows beside all products, in the form of `category_filters.filters`."""
    names, long = names_of(source), source.long_texts()
    found: Json = {"product_count": len(source.products)}
    for code in codes:
        values = [one[code] for one in source.products if code in one]
        if kind_of(code) == "number":
            found[names[code]] = span(values)
        elif code not in long and len(set(values)) <= CHOICES_MAX:
            found[names[code]] = counted(values)
    return found


def shown_value(value: Any) -> Any:
    """Return a value as PIMS shows it: a number as the text that it had, in full."""
    return format(value, "f") if isinstance(value, Decimal) else value


def _skus(products: Iterable[Json], test: Test) -> list[str]:
    return [one["id"] for one in products if test(one)]


def _filter_questions(source: ChorusSource, products: list[Json]) -> list[Question]:
    flag = next(code for code in source.commonest(100) if kind_of(code) == "boolean")
    repeated, _ = Counter(one["name"] for one in products).most_common(1)[0]
    numbered = _with_most_eans(products)["ean"][-1]
    return [
        listed(
            "a supplier and a colour",
            _skus(products, lambda one: one["supplier"] == "HP" and one.get(COLOUR) == "Black"),
            filter_values={"supplier": "HP", COLOUR: "Black"},
        ),
        listed(
            "a range of weights and one of prices",
            _skus(
                products,
                lambda one: WEIGHT in one and 100 <= one[WEIGHT] <= 2000 and one["price"] >= 5000,
            ),
            filter_values={WEIGHT: "100;;2000", "price": "5000;;"},
        ),
        listed(
            "a flag that is not set",
            _skus(products, lambda one: one.get(flag) is False),
            filter_values={flag: "false"},
        ),
        listed(
            "products that share a name",
            _skus(products, lambda one: one["name"] == repeated),
            filter_values={"model": [repeated]},
        ),
        listed(
            "one number of the product with most",
            _skus(products, lambda one: numbered in one["ean"]),
            filter_values={"ean": numbered},
        ),
    ]


def _condition_questions(source: ChorusSource, products: list[Json]) -> list[Question]:
    names = names_of(source)
    broken = _commonest_with(source, lambda value: "\\n" in str(value))
    renamed = [code for code, name in names.items() if code != name]
    return [
        listed(
            "a backslash and an n within a text",
            _skus(products, lambda one: "\\n" in one.get(broken, "")),
            condition_query=f"[[{broken}]] LIKE '%\\\\n%'",
        ),
        listed(
            "attributes that differ in their types alone",
            _skus(products, lambda one: TWINS[0] in one and TWINS[1] not in one),
            condition_query=f"[[{TWINS[0]}]] IS NOT NULL AND [[{TWINS[1]}]] IS NULL",
        ),
        listed(
            "attributes whose names were too long",
            _skus(products, lambda one: not one.keys().isdisjoint(renamed)),
            condition_query=" OR ".join(f"[[{names[code]}]] IS NOT NULL" for code in renamed),
        ),
        listed(
            "a moment and a value that is not in a list",
            _skus(
                products,
                lambda one: (
                    one["date_released"] >= "2015-01-01T00:00:00Z"
                    and one.get(COLOUR, "Black") not in ("Black", "White")
                ),
            ),
            condition_query="[[date_released]] >= '2015-01-01T00:00:00Z' "
            f"AND [[{COLOUR}]] NOT IN ('Black', 'White')",
        ),
    ]


def _order_questions(products: list[Json]) -> list[Question]:
    dear = [one for one in products if one["supplier"] in ("HP", "Lenovo")]
    return [
        listed(
            "by price, greatest first, over many pages",
            _ordered(dear, lambda one: (-one["price"], one["id"])),
            filter_values={"supplier": "HP|Lenovo"},
            order=[{"attribute": "price", "direction": "DESC"}],
            pagination=MANY_PAGES,
        ),
        listed(
            "by a number that many lack",
            _ordered(dear, lambda one: (WEIGHT not in one, one.get(WEIGHT, 0), one["id"])),
            filter_values={"supplier": "HP|Lenovo"},
            order=[{"attribute": WEIGHT}],
        ),
        listed(
            "by a text that many lack",
            _ordered(dear, lambda one: (COLOUR not in one, one.get(COLOUR, ""), one["id"])),
            filter_values={"supplier": "HP|Lenovo"},
            order=[{"attribute": COLOUR}],
        ),
    ]


def _search_questions(products: list[Json]) -> list[Question]:
    return [
        listed(f"search: {phrase}", _found(products, phrase), search=phrase)
        for phrase in ("notebook hp", "CABLE 1 m bla", products[7]["ean"][0], products[9]["id"])
    ]


def _product_questions(source: ChorusSource, products: list[Json]) -> list[Question]:
    names = names_of(source)
    widest = max(products, key=len)
    longest = max(products, key=lambda one: max(len(str(value)) for value in one.values()))
    numbered = _with_most_eans(products)
    asked = [longest["id"], widest["id"], "no-such-sku", longest["id"]]
    return [
        _every_attribute("the product with most attributes", widest, names),
        _every_attribute("the product with the longest text", longest, names),
        shown("the product with most numbers", numbered["id"], {"ean": numbered["ean"]}),
        *(
            _every_attribute("a number that had an exponent", one, names)
            for one in products
            if one["id"] in source.short[:1]
        ),
        by_sku("products by SKU", asked, list(dict.fromkeys([longest["id"], widest["id"]]))),
    ]


def _every_attribute(case: str, one: Json, names: dict[str, str]) -> Question:
    own = {
        "model": one["name"],
        "title": one["title"],
        "short_description": one.get("short_description"),
        "image": one["img_high"],
        "price": str(one["price"]),
        "date_released": one["date_released"],
    }
    rest = {names[code]: shown_value(value) for code, value in one.items() if code in names}
    return shown(case, one["id"], own | rest)


def _with_most_eans(products: list[Json]) -> Json:
    return max(products, key=lambda one: len(one["ean"]))


def _commonest_with(source: ChorusSource, test: Callable[[Any], bool]) -> str:
    """Return the code of short texts for which a test holds in most products."""
    long = source.long_texts()
    found = Counter(
        code
        for one in source.products
        for code, value in one.items()
        if code.startswith("attr_") and code not in long and test(value)
    )
    return found.most_common(1)[0][0]


def _ordered(products: list[Json], key: Callable[[Json], Any]) -> list[str]:
    return [one["id"] for one in sorted(products, key=key)]


def _found(products: list[Json], phrase: str) -> list[str]:
    """Return the SKUs that a search finds: all words in the title first, then the rest."""
    found = [one for one in products if has_words(phrase, _texts(one))]
    return _ordered(found, lambda one: (not has_words(phrase, [one["title"]]), one["id"]))


def _texts(one: Json) -> tuple[str, ...]:
    return (one["id"], one["title"], one["name"], one["supplier"], *one["ean"])
