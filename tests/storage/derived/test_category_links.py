"""Which products are in which category, on both engines."""

import pytest
from sqlalchemy import delete, insert

from pims_api.storage.derived.category_links import compare_links, products_in
from pims_api.storage.tables import category_link
from tests.storage.shop import Shop


@pytest.fixture
def linked(shop: Shop) -> Shop:
    shop.put({"P1": {"categories": [5, 6]}, "P2": {"categories": [6]}, "P3": {"categories": [7]}})
    return shop


@pytest.mark.parametrize(
    ("case", "categories", "expected"),
    [
        ("none", [], []),
        ("one", [6], [1, 2]),
        ("several", [7, 5, 6, 5], [1, 2, 3]),
        ("an empty one", [99], []),
        ("a whole tree of them", range(6, 40_000), [1, 2, 3]),
    ],
)
def test_products_are_found_by_their_categories(
    linked: Shop, case: str, categories: list[int], expected: list[int]
) -> None:
    with linked.read() as seen:
        assert products_in(seen, categories) == expected


def test_links_follow_the_document(linked: Shop) -> None:
    linked.put({"P1": {"categories": [6]}, "P3": {"categories": [5, 7], "status": "deleted"}})
    with linked.read() as seen:
        assert [products_in(seen, [number]) for number in (5, 6, 7)] == [[3], [1, 2], [3]]
        assert list(compare_links(seen)) == []


def test_a_change_of_something_else_writes_no_link(linked: Shop) -> None:
    with linked.counted() as sent:
        linked.save("P1", {"categories": [6, 5], "title": "rod"})
    assert not [statement for statement in sent if "category_link" in statement]


def test_differences_from_the_documents_are_told(linked: Shop) -> None:
    extra = {"tenant_id": linked.tenant_id, "category_id": 8, "product_id": 3}
    with linked.database.writing() as connection:
        connection.execute(delete(category_link).where(category_link.c.category_id == 5))
        connection.execute(insert(category_link), [extra, extra | {"product_id": 77}])
        connection.commit()
    with linked.read() as seen:
        assert list(compare_links(seen)) == [
            "Category 5 lacks product id 1.",
            "Category 8 has product id 3, whose document says otherwise.",
            "Category 8 has product id 77, whose document says otherwise.",
        ]
