"""New products are indexed in batches, and found before that as after it."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from pims_api.domain.attributes.attribute import ValueType
from pims_api.domain.conditions.condition import Comparison, Operand
from pims_api.errors import BadInput
from pims_api.storage import deferred_indexing
from pims_api.storage.catalogue_index.bitmaps.blocks import members
from pims_api.storage.catalogue_index.check import compare_index
from pims_api.storage.catalogue_index.filter.evaluate import match
from pims_api.storage.catalogue_index.unindexed_products import unindexed_products
from pims_api.storage.search.engines import store_tokens
from pims_api.storage.search.index import compare_search, search
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import posting
from tests.storage.shop import Shop, attribute, put, searchable
from tests.waiting import waiting_at_most

COLOR = attribute(100, "color", ValueType.STRING, filterable=True, indexable=True)
NOTES = searchable(101, "notes", ValueType.TEXT)


@pytest.fixture
def deferring_shop(shop: Shop):
    """A tenant of whose new products two may wait."""
    shop.define(COLOR, NOTES)
    with waiting_at_most(shop.database, 2):
        yield shop


def indexed_id(shop: Shop) -> int:
    with shop.read() as seen:
        return seen.indexed_id


def of_color(seen: Snapshot, color: str) -> list[int]:
    return members(match(seen, Comparison(Operand(COLOR, ("",)), "=", color)))


def seen_of(shop: Shop, color: str) -> list[int]:
    with shop.read() as seen:
        return of_color(seen, color)


def rows_of_color(shop: Shop) -> int:
    with shop.read() as seen:
        mine = (posting.c.tenant_id == shop.tenant_id, posting.c.attribute_id == COLOR.id)
        return int(seen.connection.scalar(select(func.count()).where(*mine)) or 0)


def test_they_enter_when_more_wait_than_may(deferring_shop: Shop) -> None:
    for number, waiting in enumerate([0, 0, 3, 3, 3, 6], 1):
        deferring_shop.save(f"P{number}", {"color": "red"})
        assert indexed_id(deferring_shop) == waiting
        assert seen_of(deferring_shop, "red") == list(range(1, number + 1))


def test_nothing_is_written_to_the_index_for_those_that_wait(deferring_shop: Shop) -> None:
    deferring_shop.save("P1", {"color": "red"})
    assert rows_of_color(deferring_shop) == 0
    deferring_shop.put({"P2": {"color": "red"}, "P3": {"color": "blue"}})
    assert rows_of_color(deferring_shop) == 3  # there is one, it is red, it is blue


@pytest.mark.parametrize(
    "values",
    [
        {"notes": "x" * (deferred_indexing.LENGTH_MAX + 1)},
        {f"more{number}": "x" for number in range(deferred_indexing.SLOTS_MAX)},
    ],
)
def test_a_large_one_does_not_wait(deferring_shop: Shop, values: dict[str, Any]) -> None:
    deferring_shop.save("P1", {"color": "red"})
    deferring_shop.save("P2", values)
    assert indexed_id(deferring_shop) == 2
    assert seen_of(deferring_shop, "red") == [1]


def test_one_that_grows_large_waits_no_longer(deferring_shop: Shop) -> None:
    deferring_shop.save("P1", {"color": "red"})
    deferring_shop.save("P1", {"color": "blue", "notes": "x" * (deferred_indexing.LENGTH_MAX + 1)})
    assert indexed_id(deferring_shop) == 1
    assert (seen_of(deferring_shop, "red"), seen_of(deferring_shop, "blue")) == ([], [1])


def test_changes_of_those_that_wait_are_seen_at_once(deferring_shop: Shop) -> None:
    deferring_shop.save("P1", {"color": "red", "notes": "round rod"})
    assert seen_of(deferring_shop, "red") == [1]
    deferring_shop.save("P1", {"color": "blue", "notes": "square rod"})
    assert (seen_of(deferring_shop, "red"), seen_of(deferring_shop, "blue")) == ([], [1])
    with deferring_shop.read() as seen:
        access = deferring_shop.access(seen)
        hits = [members(search(seen, access, text).all) for text in ("round", "square", "rod")]
    assert hits == [[], [1], [1]]


def test_the_same_step_may_change_one_that_waits_and_let_it_enter(deferring_shop: Shop) -> None:
    deferring_shop.put({"P1": {"color": "red"}, "P2": {"color": "red"}})
    deferring_shop.put({"P1": {"color": "blue"}, "P3": {"color": "blue"}})
    assert indexed_id(deferring_shop) == 3
    assert (seen_of(deferring_shop, "red"), seen_of(deferring_shop, "blue")) == ([2], [1, 3])
    with deferring_shop.read() as seen:
        assert [*compare_index(seen), *compare_search(seen)] == []


def test_what_was_undone_has_not_entered(deferring_shop: Shop) -> None:
    deferring_shop.put({"P1": {"color": "red"}, "P2": {"color": "red"}})
    with deferring_shop.work() as work:
        with pytest.raises(BadInput), work.attempt():
            put(work, "P3", {"color": "red"})
            work.flush()
            assert work.indexed_id == 3
            raise BadInput
        put(work, "P4", {"color": "blue"})
    assert indexed_id(deferring_shop) == 3
    assert (seen_of(deferring_shop, "red"), seen_of(deferring_shop, "blue")) == ([1, 2], [3])


def test_a_document_is_taken_apart_once(deferring_shop: Shop) -> None:
    deferring_shop.put({"P1": {"color": "red"}, "P2": {"color": "red"}})
    assert seen_of(deferring_shop, "red") == [1, 2]
    with deferring_shop.read() as seen:
        first = unindexed_products(seen)
    with deferring_shop.counted() as sent, deferring_shop.read() as seen:
        assert unindexed_products(seen) is first
    assert len(sent) == 1  # the tenant's row
    deferring_shop.save("P1", {"color": "blue"})
    with deferring_shop.read() as seen:
        second = unindexed_products(seen)
    assert second is not first
    assert second.terms((COLOR.id, "")) == {"*": [1, 2], "=blue": [1], "=red": [2]}


def test_a_changed_definition_is_followed(deferring_shop: Shop) -> None:
    deferring_shop.define(replace(COLOR, filterable=False, indexable=False))
    deferring_shop.save("P1", {"color": "red"})
    with deferring_shop.read() as seen:
        assert unindexed_products(seen).terms((COLOR.id, "")) == {"*": [1]}
    deferring_shop.define(COLOR)
    with deferring_shop.read() as seen:
        assert unindexed_products(seen).terms((COLOR.id, "")) == {"*": [1], "=red": [1]}


def test_what_a_writer_sees_is_not_cached(deferring_shop: Shop) -> None:
    with deferring_shop.work() as work:
        put(work, "P1", {"color": "red"})
        work.flush()
        assert of_color(work, "red") == [1]
        work.dry_run = True
    deferring_shop.save("P2", {"color": "blue"})  # with the same sequence, and the same id
    assert (seen_of(deferring_shop, "red"), seen_of(deferring_shop, "blue")) == ([], [1])


def test_words_in_the_index_of_one_that_waits_are_told(deferring_shop: Shop) -> None:
    deferring_shop.save("P1", {"notes": "rod"})
    with deferring_shop.database.writing() as connection:
        store_tokens(connection, deferring_shop.tenant_id, {1: "1_101_rod"})
        connection.commit()
    with deferring_shop.read() as seen:
        told = list(compare_search(seen))
    assert told == ["Full text of P1: 0 words are missing, 1 are too many."]
