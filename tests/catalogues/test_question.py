"""A question tells when the API answers otherwise than the source files."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from tests.catalogues.erp_client import ErpClient, Request
from tests.catalogues.question import (
    Question,
    by_sku,
    children_in_matrix,
    difference,
    listed,
    shown,
)

MATRIX = {"P": {"color": []}, "A": {"color": ["Red"]}, "B": {"color": ["Blue"]}}


class Answers:
    """A `Send` that gives the same answer to everything."""

    def __init__(self, reply: dict[str, Any]) -> None:
        self._body = json.dumps({"status": "OK"} | reply).encode()

    def __call__(self, request: Request, /) -> tuple[int, bytes]:
        return 200, self._body

    def close(self) -> None:
        """There is nothing to close."""


@pytest.mark.parametrize(
    ("case", "question", "reply"),
    [
        ("the same SKUs", listed("q", ["A", "B"]), {"products": ["A", "B"], "sku_count": 2}),
        ("by SKU", by_sku("q", ["B"], ["B"]), {"products": ["B"], "sku_count": 1}),
        ("a value", shown("q", "A", {"size": "m"}), {"size": "m", "color": "Red"}),
        (
            "a matrix",
            children_in_matrix("q", "P", {"A": MATRIX["A"], "B": MATRIX["B"]}),
            {"variation_matrix": MATRIX},
        ),
    ],
)
def test_a_right_answer_makes_no_difference(
    case: str, question: Question, reply: dict[str, Any]
) -> None:
    assert difference(_client(reply), question) == [], case


@pytest.mark.parametrize(
    ("case", "question", "reply"),
    [
        ("one is missing", listed("q", ["A", "B"]), {"products": ["A"], "sku_count": 2}),
        ("one too many", listed("q", ["A"]), {"products": ["A", "B"], "sku_count": 1}),
        ("another order", listed("q", ["A", "B"]), {"products": ["B", "A"], "sku_count": 2}),
        ("another number", listed("q", ["A", "B"]), {"products": ["A", "B"], "sku_count": 3}),
        ("by SKU", by_sku("q", ["B"], ["B"]), {"products": ["A"], "sku_count": 1}),
        ("another value", shown("q", "A", {"size": "m"}), {"size": "l"}),
        ("a value is missing", shown("q", "A", {"size": "m"}), {}),
        (
            "no row of its own",
            children_in_matrix("q", "P", {"A": MATRIX["A"]}),
            {"variation_matrix": {"A": MATRIX["A"]}},
        ),
        (
            "a child that should not be there",
            children_in_matrix("q", "P", {"A": MATRIX["A"]}),
            {"variation_matrix": MATRIX},
        ),
    ],
)
def test_a_wrong_answer_is_told(case: str, question: Question, reply: dict[str, Any]) -> None:
    told = difference(_client(reply), question)

    assert [line.split(":")[0] for line in told] == ["q"], case


def _client(reply: dict[str, Any]) -> ErpClient:
    """Return a client that always gets these products, or these attributes."""
    skus: Sequence[str] = reply.get("products", ())
    lists = {"products": [{"sku": sku} for sku in skus], "sku_count": reply.get("sku_count", 0)}
    return ErpClient("", "", sender=Answers(lists | {"data": {"attributes": reply}}))
