"""History is kept without what says nothing, and read whole."""

from typing import Any

import pytest
from sqlalchemy import select, update

from pims_api.storage.history import as_of, changes
from pims_api.storage.history.as_of import products_at, values_at
from pims_api.storage.history.changes import product_history
from pims_api.storage.products.store import find_product, products_by_id
from pims_api.storage.tables import change
from tests.storage.shop import Shop

FIXED = {"sku": "A", "status": "active", "categories": [1]}
LINE = update(change).where(change.c.entity == "product")


@pytest.fixture
def painted(shop: Shop) -> int:
    """A product that got a size, lost its color, got it back: its id."""
    for values in ({"color": "red"}, {"size": "5"}, {"size": "5", "color": "red"}):
        number = shop.save("A", values)
    return number


def rows(shop: Shop) -> list[tuple[Any, Any]]:
    found = select(change.c.old, change.c.new).where(change.c.entity == "product")
    with shop.read() as seen:
        return [tuple(row) for row in seen.connection.execute(found.order_by(change.c.sequence))]


def told(shop: Shop, number: int) -> list[tuple[Any, Any]]:
    with shop.read() as seen:
        return [(entry.old, entry.new) for entry in product_history(seen, number)]


WHOLE = [
    ({"sku": None, "status": None, "categories": None, "color": None}, FIXED | {"color": "red"}),
    ({"size": None, "color": "red"}, {"size": "5", "color": None}),
    ({"color": None}, {"color": "red"}),
]


def test_what_was_unset_is_not_stored_and_told_all_the_same(shop: Shop, painted: int) -> None:
    assert rows(shop) == [
        ({}, FIXED | {"color": "red"}),
        ({"color": "red"}, {"size": "5", "color": None}),
        ({}, {"color": "red"}),
    ]
    assert told(shop, painted) == WHOLE


def test_entries_that_say_what_was_unset_are_read_as_well(shop: Shop, painted: int) -> None:
    with shop.database.writing() as connection:
        sequences = connection.scalars(
            select(change.c.sequence).where(change.c.entity == "product").order_by("sequence")
        ).all()
        for sequence, (old, _) in zip(sequences, WHOLE, strict=True):
            connection.execute(LINE.where(change.c.sequence == sequence).values(old=old))
        connection.commit()
    assert [old for old, _ in rows(shop)] == [old for old, _ in WHOLE]
    assert told(shop, painted) == WHOLE


def test_a_product_is_what_it_was_after_each_write(shop: Shop, painted: int) -> None:
    with shop.read() as seen:
        product = find_product(seen, "A")
        assert product is not None
        entries = product_history(seen, painted)
        found = [values_at(seen, product, entry.sequence) for entry in entries]
    assert found == [
        FIXED | {"color": "red"},
        FIXED | {"size": "5"},
        FIXED | {"size": "5", "color": "red"},
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_a_long_history_is_read_in_parts(
    shop: Shop, painted: int, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "ENTRIES_AT_ONCE", size)
    with shop.read() as seen:
        oldest = list(changes.history_in_parts(seen, painted))
        newest = list(changes.history_in_parts(seen, painted, newest_first=True))
    assert [(one.old, one.new) for part in oldest for one in part] == WHOLE
    assert [one for part in newest for one in part] == [one for part in oldest for one in part][
        ::-1
    ]
    assert [len(part) for part in oldest] == [len(part) for part in newest]
    assert all(len(part) == size for part in oldest[:-1])


@pytest.mark.parametrize("size", [1, 2, 1_000])
def test_a_document_of_long_ago_is_read_in_parts(
    shop: Shop, painted: int, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(as_of, "ENTRIES_AT_ONCE", size)
    with shop.read() as seen:
        product = find_product(seen, "A")
        [first, *_] = product_history(seen, painted)
        assert product is not None
        assert values_at(seen, product, first.sequence) == FIXED | {"color": "red"}
        assert values_at(seen, product, first.sequence - 1) == {}


@pytest.mark.parametrize("most", [0, 1, 2, 100])
def test_products_are_what_they_were_whichever_way_is_shorter(
    shop: Shop, painted: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(as_of, "VERSIONS_MAX", most)
    other = shop.save("B", {"color": "blue"})
    with shop.read() as seen:
        now = products_by_id(seen, [painted, other])
        found = [
            [
                (one.sku, one.version, one.values)
                for one in products_at(seen, now.values(), n).values()
            ]
            for n in range(seen.sequence - 4, seen.sequence + 1)
        ]
        assert [
            values_at(seen, now[painted], n) for n in range(seen.sequence - 4, seen.sequence)
        ] == [
            {},
            FIXED | {"color": "red"},
            FIXED | {"size": "5"},
            FIXED | {"size": "5", "color": "red"},
        ]
    first, second = FIXED | {"color": "red"}, FIXED | {"size": "5"}
    third, last = FIXED | {"size": "5", "color": "red"}, FIXED | {"sku": "B", "color": "blue"}
    assert found == [
        [],
        [("A", 1, first)],
        [("A", 2, second)],
        [("A", 3, third)],
        [("A", 3, third), ("B", 1, last)],
    ]


def test_who_changed_a_product_last_is_told_as_of_then(shop: Shop, painted: int) -> None:
    with shop.read() as seen:
        now = products_by_id(seen, [painted])
        entries = product_history(seen, painted)
        then = products_at(seen, now.values(), entries[1].sequence)[painted]
    assert (then.updated_at, then.updated_by) == (entries[1].at, entries[1].actor)
    assert then.created_at == entries[0].at
