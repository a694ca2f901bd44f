"""Questions to a loaded Shopify taxonomy, answered from its files by plain Python."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from tests.catalogues.erp_client import ATTRIBUTES, CATEGORIES, ErpClient
from tests.catalogues.mappings.shopify import taken, values_of
from tests.catalogues.question import Question, has_words, listed, shown, words
from tests.catalogues.sources.shopify import LOCALES, ShopifySource, labels_of, path_of, text_of

Json = dict[str, Any]

SUBTREES = ("Furniture", "Vehicles & Parts > Vehicle Parts & Accessories")
VALUE = "color"


def questions(source: ShopifySource) -> list[Question]:
    """Return the questions with their answers."""
    products = sorted(taken(source), key=_sku)
    return [
        _every_path(source),
        *(_subtree(source, path) for path in SUBTREES),
        _untranslated(source),
        *(_dictionary(source, place) for place in _some_attributes(source)),
        *_lists(source, products),
        *_titles(products),
        *_searches(products),
    ]


def _sku(category: Json) -> str:
    found: str = category["id"]
    return found


def _skus(products: Iterable[Json]) -> list[str]:
    return [_sku(one) for one in products]


def _categories(client: ErpClient) -> list[Json]:
    found: list[Json] = client.act("listCategories", path=CATEGORIES)["categories"]
    return found


def _every_path(source: ShopifySource) -> Question:
    def ask(client: ErpClient) -> Json:
        return {one["cat_path"]: one["cat_rank"] for one in _categories(client)}

    right = {path_of(one): one["level"] + 1 for one in source.categories}
    return Question("every category and its level", ask, right)


def _subtree(source: ShopifySource, path: str) -> Question:
    """Ask for the names in every language of what is below a category."""

    def ask(client: ErpClient) -> Json:
        below = [one for one in _categories(client) if _is_below(one["cat_path"], path)]
        return {one["cat_path"]: _told(one["cat_label"], one["cat_data"]) for one in below}

    right = {
        path_of(one): _told(labels_of(one), {"cat_image": "", "shopify_id": one["id"]})
        for one in source.below(path)
    }
    return Question(f"languages below {path}", ask, right)


def _told(labels: Json, data: Json) -> Json:
    return {"labels": labels, "data": data}


def _is_below(path: str, top: str) -> bool:
    return f"{path} > ".startswith(f"{top} > ")


def _untranslated(source: ShopifySource) -> Question:
    def ask(client: ErpClient) -> Json:
        shown_in_german = {
            one["cat_path"]: one["cat_label"].get("de-de") or one["cat_name"]
            for one in _categories(client)
        }
        return {path: shown_in_german[path] for path in right}

    missing = [one for one in source.categories if not one["name"].get("de")]
    right = {path_of(one): text_of(one, "de") for one in missing}
    return Question("categories without a German name", ask, right)


def _some_attributes(source: ShopifySource) -> list[int]:
    """Return the places of the longest, of one that takes another's values, of a renamed one."""
    places = range(len(source.attributes))
    longest = max(places, key=lambda place: len(source.values_of(source.attributes[place])))
    extending = next(place for place in places if source.attributes[place]["extends"])
    renamed = next(p for p in places if source.names[p] != source.attributes[p]["handle"])
    return [longest, extending, renamed]


def _dictionary(source: ShopifySource, place: int) -> Question:
    one, name = source.attributes[place], source.names[place]

    def ask(client: ErpClient) -> Json:
        found = client.act("listAttributes", path=ATTRIBUTES)["data"]
        definition = next(each["definition"] for each in found if each["name"] == name)
        return {
            "label": definition["label"],
            "comment": definition["comment"],
            "type": (definition["type"], definition["collection"]),
            "columns": definition["dictionary"]["columns"],
        } | {row[0]: row[1:] for row in definition["dictionary"]["data"]}

    right = {
        "label": labels_of(one),
        "comment": {LOCALES[code]: text for code, text in one["description"].items()},
        "type": ("dropdown", "y"),
        "columns": ["value", *LOCALES.values()],
    } | {
        value["handle"]: [value["name"].get(code) or "" for code in LOCALES]
        for value in source.values_of(one)
    }
    return Question(f"dictionary of {name}", ask, right)


def _lists(source: ShopifySource, products: Sequence[Json]) -> list[Question]:
    top = "Home & Garden"
    inside = [one for one in products if _is_below(path_of(one), top)]
    alone = next(one for one in products if one["level"] == max(p["level"] for p in products))
    value = source.values_of(source.by_handle[VALUE])[-1]["handle"]
    colored = [one for one in products if value in values_of(source, one).get(VALUE, [])]
    return [
        listed("of a vertical", _skus(inside), category=top, includeChildren=True),
        listed(
            "directly in a vertical",
            _skus(one for one in inside if path_of(one) == top),
            category=top,
        ),
        listed("in the deepest category", [alone["id"]], category=path_of(alone)),
        listed("of a color", _skus(colored), filter_values={VALUE: value}),
        listed(
            "of a color in a vertical",
            _skus(one for one in colored if one in inside),
            category=top,
            includeChildren=True,
            filter_values={VALUE: value},
        ),
        listed(
            "by the path itself",
            [alone["id"]],
            condition_query=f"[[categories]] = '{path_of(alone)}'",
        ),
    ]


def _titles(products: Sequence[Json]) -> list[Question]:
    missing = next(one for one in products if not one["name"].get("fr"))
    there = next(one for one in products if one["name"].get("fr"))
    return [
        shown(
            f"{one['id']} in {code}",
            one["id"],
            {"title": text_of(one, code), "categories": [path_of(one)]},
            locale=LOCALES[code],
        )
        for one in (missing, there)
        for code in ("de", "fr", "ja")
    ]


def _searches(products: Sequence[Json]) -> list[Question]:
    return [
        listed(
            f"search in {code}: {phrase}",
            _skus(one for one in products if has_words(phrase, [text_of(one, code), one["id"]])),
            locale=LOCALES[code],
            search=phrase,
        )
        for code in LOCALES
        for phrase in [_common_word(products, code)]
    ]


def _common_word(products: Sequence[Json], code: str) -> str:
    """Return the word of some length that most titles in a language have."""
    found = Counter(
        word for one in products for word in set(words(text_of(one, code))) if len(word) > 3
    )
    return max(found, key=lambda word: (found[word], word))
