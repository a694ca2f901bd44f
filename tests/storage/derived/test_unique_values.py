"""Values that one product only may have, on both engines."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from pims_api.domain.attributes.attribute import SYSTEM_ATTRIBUTES, ValueType
from pims_api.domain.product import Product, ProductChange
from pims_api.storage.derived.unique_values import (
    UniqueClash,
    UniqueReservations,
    compare_unique,
    maintain_unique,
    rebuild_unique,
)
from pims_api.storage.tables import unique_value
from tests.storage.shop import GERMAN, Shop, attribute, put

EAN = attribute(100, "ean", unique=True, collection=True)
PRICE = attribute(101, "price", ValueType.NUMBER, unique=True)
SLOGAN = attribute(102, "slogan", unique=True, dimensions=(1,))
NOTES = attribute(103, "notes")
SKU = SYSTEM_ATTRIBUTES[0]
LONG = "é" * 5_000


@pytest.fixture
def unique_shop(shop: Shop) -> Shop:
    shop.define(EAN, PRICE, SLOGAN, NOTES)
    return shop


def kept(shop: Shop) -> list[tuple[Any, ...]]:
    columns = unique_value.c
    wanted = (columns.attribute_id, columns.scope, columns.term, columns.product_id)
    statement = select(*wanted).where(columns.tenant_id == shop.tenant_id)
    with shop.read() as seen:
        return sorted(tuple(row) for row in seen.connection.execute(statement))


def test_the_values_of_unique_attributes_are_kept(unique_shop: Shop) -> None:
    unique_shop.save(
        "P1", {"ean": ["1", "2", "1"], "price": "1.50", "notes": "n", f"slogan@{GERMAN}": "gut"}
    )
    assert kept(unique_shop) == [
        (100, "", "1", 1),
        (100, "", "2", 1),
        (101, "", "1.5", 1),
        (102, GERMAN, "gut", 1),
    ]


def test_a_value_that_is_given_up_is_free_at_once(unique_shop: Shop) -> None:
    unique_shop.put({"P1": {"price": "1"}, "P2": {"price": "2"}})
    unique_shop.put({"P1": {"price": "2"}, "P2": {"price": "1"}})
    assert kept(unique_shop) == [(101, "", "1", 2), (101, "", "2", 1)]
    unique_shop.save("P2", {})
    assert kept(unique_shop) == [(101, "", "2", 1)]


def test_a_deleted_product_keeps_its_values(unique_shop: Shop) -> None:
    unique_shop.save("P1", {"price": "1"})
    unique_shop.save("P1", {"price": "1", "status": "deleted"})
    assert kept(unique_shop) == [(101, "", "1", 1)]


def test_two_products_never_hold_the_same_value(unique_shop: Shop) -> None:
    unique_shop.save("P1", {"price": "1"})
    with pytest.raises(IntegrityError), unique_shop.work() as work:
        maintain_unique(
            work, [ProductChange(None, Product(2, "P2", {"sku": "P2", "price": "1.0"}))]
        )
        work.connection.commit()
    assert kept(unique_shop) == [(101, "", "1", 1)]


@pytest.mark.parametrize(
    ("case", "wanted", "product_id", "expected"),
    [
        ("free", (PRICE, "", "7"), 2, False),
        ("taken", (PRICE, "", "1"), 2, True),
        ("taken in another spelling", (PRICE, "", "+01.00"), 2, True),
        ("one's own", (PRICE, "", "1"), 1, False),
        ("by a product that is not there yet", (PRICE, "", "1"), 0, True),
        ("one element of a collection", (EAN, "", "e2"), 2, True),
        ("a text of another case", (EAN, "", "E2"), 2, False),
        ("a long text", (SLOGAN, "", LONG), 2, True),
        ("a long text that differs at its end", (SLOGAN, "", LONG + "e"), 2, False),
        ("another scope", (SLOGAN, GERMAN, LONG), 2, False),
        ("its scope", (SLOGAN, GERMAN, "gut"), 2, True),
        ("a SKU, which the products' own index keeps", (SKU, "", "P1"), 2, False),
    ],
)
def test_what_another_product_holds_clashes(
    unique_shop: Shop, case: str, wanted: Any, product_id: int, expected: bool
) -> None:
    values = {"price": "1", "ean": ["e1", "e2"], "slogan": LONG, f"slogan@{GERMAN}": "gut"}
    unique_shop.save("P1", values)
    with unique_shop.read() as seen:
        assert UniqueReservations().clashes(seen, [wanted], product_id) == (
            [wanted] if expected else []
        )


def test_many_values_are_looked_up_in_one_query(unique_shop: Shop) -> None:
    unique_shop.save("P1", {"ean": [f"e{n}" for n in range(0, 1_000, 100)]})
    wanted = [(EAN, "", f"e{n}") for n in range(1_000)]
    with unique_shop.read() as seen, unique_shop.counted() as sent:
        assert [one[2] for one in UniqueReservations().clashes(seen, wanted, 2)] == [
            f"e{n}" for n in range(0, 1000, 100)
        ]
        assert len(sent) == 1
        assert UniqueReservations().clashes(seen, [(SKU, "", "P1")], 2) == []
        assert len(sent) == 1


def test_tenants_do_not_clash(unique_shop: Shop) -> None:
    unique_shop.save("P1", {"price": "1"})
    with unique_shop.read() as seen:
        assert (
            UniqueReservations().clashes(replace(seen, tenant_id=99), [(PRICE, "", "1")], 2) == []
        )


# -- switching it on ---------------------------------------------------------------------------


def switch_on(shop: Shop) -> list[UniqueClash]:
    now_unique = replace(NOTES, unique=True)
    with shop.work() as work:
        work.define(now_unique)
        return rebuild_unique(work, now_unique)


def test_switching_it_on_enters_what_is_there(unique_shop: Shop) -> None:
    unique_shop.put({f"P{n}": {"notes": f"n{n}"} for n in range(600)})
    assert switch_on(unique_shop) == []
    assert len(kept(unique_shop)) == 600
    with unique_shop.read() as seen:
        assert list(compare_unique(seen)) == []


def test_switching_it_on_over_clashes_tells_them_and_enters_nothing(unique_shop: Shop) -> None:
    unique_shop.put({f"P{n}": {"notes": f"n{n}", "price": f"{n}"} for n in range(400)})
    unique_shop.put({"X1": {"notes": "n3"}, "X2": {"notes": "n3"}, "X3": {"notes": "n399"}})
    before = kept(unique_shop)
    assert switch_on(unique_shop) == [
        UniqueClash("n3", "", ("P3", "X1", "X2")),
        UniqueClash("n399", "", ("P399", "X3")),
    ]
    assert kept(unique_shop) == before


def test_the_first_ten_clashes_are_told(unique_shop: Shop) -> None:
    unique_shop.put({f"P{n:02}": {"notes": f"n{n % 12}"} for n in range(24)})
    found = switch_on(unique_shop)
    assert [one.value for one in found] == [f"n{n}" for n in range(10)]
    assert found[9].skus == ("P09", "P21")


def test_a_rebuild_over_clashes_leaves_what_was_there(unique_shop: Shop) -> None:
    unique_shop.put({"P1": {"price": "1"}, "P2": {"price": "2"}})
    with unique_shop.work() as work:
        put(work, "P3", {"notes": "n"})
    with unique_shop.database.writing() as connection:
        connection.execute(delete(unique_value).where(unique_value.c.term == "1"))
        connection.commit()
    unique_shop.save("P3", {"price": "1"})
    before = kept(unique_shop)
    with unique_shop.work() as work:
        assert rebuild_unique(work, PRICE) == [UniqueClash("1", "", ("P1", "P3"))]
        work.define(replace(NOTES, group="so that there is something to commit"))
    assert kept(unique_shop) == before


def test_switching_it_off_forgets_the_values(unique_shop: Shop) -> None:
    unique_shop.save("P1", {"price": "1", "ean": ["1"]})
    not_unique = replace(PRICE, unique=False)
    with unique_shop.work() as work:
        work.define(not_unique)
        assert rebuild_unique(work, not_unique) == []
    assert kept(unique_shop) == [(100, "", "1", 1)]


# -- comparing ---------------------------------------------------------------------------------


def test_differences_from_the_documents_are_told(unique_shop: Shop) -> None:
    unique_shop.put({"P1": {"price": "1", "ean": ["e"]}, "P2": {"price": "2"}})
    row = {"tenant_id": unique_shop.tenant_id, "attribute_id": 101, "scope": "", "term": "9"}
    nobody_asks = row | {"attribute_id": 103, "product_id": 1}
    with unique_shop.database.writing() as connection:
        connection.execute(delete(unique_value).where(unique_value.c.term == "1"))
        connection.execute(insert(unique_value), [row | {"product_id": 2}, nobody_asks])
        connection.commit()
    with unique_shop.read() as seen:
        assert list(compare_unique(seen)) == [
            "Unique price: a value of product id 1 is not kept.",
            "Unique price: product id 2 keeps a value it has not.",
        ]


def test_no_differences_after_many_edits(unique_shop: Shop) -> None:
    for turn in range(3):
        changes = {f"P{n}": {"ean": [f"{n}", f"{n}.{turn}"], "price": str(n)} for n in range(300)}
        unique_shop.put(changes)
    with unique_shop.read() as seen:
        assert list(compare_unique(seen)) == []
