"""A question to the API beside its right answer, which plain Python found in the source files."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.catalogues.erp_client import CATEGORIES, ErpClient

Json = dict[str, Any]

NAMED_MAX = 10  # entries of an answer that a report names
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Question:
    """ask: puts it to the API. answer: what has to come back."""

    case: str
    ask: Callable[[ErpClient], Any]
    answer: Any


def listed(
    case: str,
    skus: Iterable[str],
    *,
    category: str | None = None,
    locale: str | None = None,
    **params: Any,
) -> Question:
    """Ask getList for every page; right are these SKUs, in this order, and their number.

    category: a path, which is looked up and sent as `cat_id`.
    """
    right = list(skus)

    def ask(client: ErpClient) -> tuple[list[str], set[int]]:
        here = client.in_locale(locale) if locale else client
        found = {"cat_id": category_id(client, category)} if category else {}
        pages = list(here.pages(attributes=["sku"], definition=False, **found, **params))
        skus_found = [one["sku"] for page in pages for one in page["products"]]
        return skus_found, {page["sku_count"] for page in pages}

    return Question(case, ask, (right, {len(right)}))


def by_sku(case: str, wanted: Sequence[str], skus: Sequence[str]) -> Question:
    """Ask listProductsBySku for the wanted SKUs; right are these, in this order."""

    def ask(client: ErpClient) -> tuple[list[str], int]:
        reply = client.act("listProductsBySku", skus=list(wanted))
        return [one["sku"] for one in reply["products"]], reply["sku_count"]

    return Question(case, ask, (list(skus), len(skus)))


def shown(case: str, sku: str, attributes: Json, *, locale: str | None = None) -> Question:
    """Ask listProduct; right are these attributes, whatever else the product has."""

    def ask(client: ErpClient) -> Json:
        here = client.in_locale(locale) if locale else client
        found = here.act("listProduct", sku=sku)["data"]["attributes"]
        return {name: found.get(name) for name in attributes}

    return Question(case, ask, attributes)


def children_in_matrix(case: str, sku: str, children: Json) -> Question:
    """Ask for the variation matrix of a product; right are these rows beside its own."""

    def ask(client: ErpClient) -> Json:
        matrix = dict(client.act("listProduct", sku=sku)["data"]["attributes"]["variation_matrix"])
        own = matrix.pop(sku, None)
        return {"own row": own is not None, **matrix}

    return Question(case, ask, {"own row": True, **children})


def differences(client: ErpClient, questions: Iterable[Question]) -> list[str]:
    """Return a line for every question that the API answers otherwise."""
    return [line for one in questions for line in difference(client, one)]


def difference(client: ErpClient, question: Question) -> list[str]:
    """Return nothing, or one line that says what is missing, too much, or at the wrong place."""
    found = question.ask(client)
    if found == question.answer:
        return []
    right, got = _entries(question.answer), _entries(found)
    expected, came = set(right), set(got)
    missing = [one for one in right if one not in came][:NAMED_MAX]
    surplus = [one for one in got if one not in expected][:NAMED_MAX]
    if missing or surplus:
        return [f"{question.case}: missing {missing}, not expected {surplus}"]
    place = next(number for number, one in enumerate(right) if one != got[number])
    return [f"{question.case}: at {place} expected {right[place]}, got {got[place]}"]


def _entries(answer: Any) -> list[str]:
    if isinstance(answer, dict):
        return [f"{name}: {value}" for name, value in answer.items()]
    skus, number = answer
    return [*skus, f"number found: {number}"]


def category_id(client: ErpClient, path: str) -> int:
    """Return the id of the category at that path; raises KeyError when there is none."""
    found = client.act("listCategories", path=CATEGORIES)["categories"]
    ids: dict[str, int] = {one["cat_path"]: one["id"] for one in found}
    return ids[path]


def words(text: str) -> list[str]:
    """Return the words that full text search sees.

    >>> words("Brick 2 x 4, Straße_½")
    ['brick', '2', 'x', '4', 'strasse', '1', '2']
    """
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def has_words(phrase: str, texts: Iterable[str]) -> bool:
    """Return whether every word of the phrase occurs in the texts, the last one as a prefix."""
    *whole, start = words(phrase)
    there = {word for text in texts for word in words(text)}
    return there.issuperset(whole) and any(word.startswith(start) for word in there)
