"""Questions about the category filters that a shop shows beside a list."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from tests.catalogues.erp_client import ErpClient
from tests.catalogues.question import Question, category_id

Json = dict[str, Any]


def filters(case: str, category: str, right: Json, **flags: bool) -> Question:
    """Ask for the filters of a category; right is each named attribute, whatever others come.

    right: attribute → {value: count}, or (lowest, highest), or None where it is no filter.
    flags: includeChildren, includeVariants.
    """
    query = "&".join(f"{name}={str(flag).lower()}" for name, flag in flags.items())

    def ask(client: ErpClient) -> Json:
        found = shop_filters(client, category_id(client, category), query)
        return {name: found.get(name) for name in right}

    return Question(case, ask, right)


def shop_filters(client: ErpClient, category: int, query: str) -> Json:
    """Return each filter of a category by its attribute, in the form of `filters`."""
    [current] = client.read(f"/v/c/{category}?{query}")["currentCategory"]
    found = current["cat_filters"]
    chosen = {
        one["attribute"]: {each["value"]: each["count"] for each in one["values"]}
        for one in found["filter_dropdown"]
    }
    ranges = {one["attribute"]: (one["min"], one["max"]) for one in found["filter_range_float"]}
    return chosen | ranges | {"product_count": current["product_count"]}


def counted(values: Iterable[Any]) -> Json:
    """Return how often each value is there; None is none."""
    return dict(Counter(one for one in values if one not in (None, "")))


def span(numbers: Iterable[str | int | Decimal]) -> tuple[str, str]:
    """Return the lowest and the highest of some numbers, without needless zeros.

    >>> span(["9.50", 10, Decimal("100")])
    ('9.5', '100')
    """
    found = [Decimal(one) for one in numbers]
    low, high = (format(one, "f") for one in (min(found), max(found)))
    return _plain(low), _plain(high)


def _plain(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
