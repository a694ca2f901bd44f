"""Times of changes wait for the index, but not those of products that enter it as new."""

import pytest
from sqlalchemy import delete, func, select

from pims_api.domain.attributes.attribute import UPDATED_ATTRIBUTE, ValueType
from pims_api.domain.category import Category
from pims_api.storage.catalogue_index.bitmaps.blocks import members
from pims_api.storage.catalogue_index.check import compare_index
from pims_api.storage.catalogue_index.filter.postings import Postings
from pims_api.storage.catalogue_index.waiting_updates import updates_indexed, waiting_updates
from pims_api.storage.products.documents import moments_between
from pims_api.storage.tables import transaction
from tests.storage.shop import Shop, attribute, put
from tests.waiting import waiting_at_most


@pytest.fixture
def shop(shop: Shop):
    """A tenant with prices."""
    shop.define(attribute(100, "price", ValueType.NUMBER, filterable=True))
    with waiting_at_most(shop.database, 0):
        yield shop


def waiting(shop: Shop) -> list[int]:
    """The products whose time waits, after a look at how the times of all are found."""
    with shop.read() as seen:
        stored = {number: at for number, _, at in moments_between(seen, 1, seen.last_product_id)}
        times = Postings(seen).numbers(UPDATED_ATTRIBUTE.id, "")
        assert [one for one, at in stored.items() if one not in members(times.equal(at))] == []
        assert list(compare_index(seen)) == []
        found = waiting_updates(seen)
        assert found == {number: stored[number] for number in found}
        return sorted(found)


def is_complete(shop: Shop) -> bool:
    with shop.read() as seen:
        return updates_indexed(seen) == seen.sequence


def test_of_new_products_none_waits(shop: Shop) -> None:
    for number in range(3):
        shop.put({f"{number}A": {"price": "1"}, f"{number}B": {}})
        assert is_complete(shop)
        assert waiting(shop) == []


def test_of_an_edit_it_waits_also_beside_a_new_product(shop: Shop) -> None:
    ids = shop.put({"A": {}, "B": {}})
    shop.put({"A": {"price": "1"}, "C": {}})
    assert waiting(shop) == [ids["A"], 3]
    shop.put({"D": {}})
    assert waiting(shop) == [ids["A"], 3, 4]


def test_of_an_unset_value_it_waits(shop: Shop) -> None:
    ids = shop.put({"A": {"price": "1"}})
    shop.put({"A": {"price": None}, "B": {}})
    assert ids["A"] in waiting(shop)


def test_of_products_that_wait_themselves_it_waits(shop: Shop) -> None:
    with waiting_at_most(shop.database, 2):
        shop.put({"A": {}, "B": {}})
        assert waiting(shop) == [1, 2]
        shop.put({"C": {}})
        assert waiting(shop) == [1, 2, 3]


def test_a_product_that_is_changed_after_it_was_written_is_a_new_one(shop: Shop) -> None:
    with shop.work() as work:
        put(work, "A", {"price": "1"})
        work.flush()
        put(work, "A", {"price": "2"})
    assert is_complete(shop)
    assert waiting(shop) == []


def test_of_several_edits_the_last_counts(shop: Shop) -> None:
    ids = shop.put({"A": {}, "B": {}})
    for price in "123":
        shop.put({"A": {"price": price}})
    assert waiting(shop) == [ids["A"]]


def test_what_else_has_the_number_of_a_product_gives_it_no_time(shop: Shop) -> None:
    ids = shop.put({"A": {}, "B": {}})
    shop.put({"A": {"price": "1"}})
    shop.define(*(Category(number, f"Range {number}") for number in ids.values()))
    assert waiting(shop) == [ids["A"]]


def test_a_transaction_that_is_lost_leaves_the_others(shop: Shop) -> None:
    ids = shop.put({"A": {}, "B": {}})
    shop.put({"A": {"price": "1"}})
    shop.put({"B": {"price": "1"}})
    with shop.database.writing() as connection:
        mine = transaction.c.tenant_id == shop.tenant_id
        newest = select(func.max(transaction.c.sequence)).where(mine).scalar_subquery()
        connection.execute(delete(transaction).where(mine, transaction.c.sequence == newest))
        connection.commit()
    with shop.read() as seen:
        assert list(waiting_updates(seen)) == [ids["A"]]
