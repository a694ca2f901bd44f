"""Step 0016 knows that every time of a change is in the index until then, and none after it."""

import pytest
from sqlalchemy import select

from pims_api.domain.attributes.attribute import UPDATED_ATTRIBUTE, ValueType
from pims_api.storage.catalogue_index.check import compare_index
from pims_api.storage.catalogue_index.filter.postings import Postings
from pims_api.storage.catalogue_index.waiting_updates import waiting_updates
from pims_api.storage.migrations.upgrade import upgrade_database
from pims_api.storage.products.documents import moments_between
from pims_api.storage.tables import tenant
from tests.storage.migrations.earlier_tables import with_every_time
from tests.storage.shop import Shop, attribute

pytestmark = pytest.mark.usefixtures("all_entered")


def test_what_changes_after_the_upgrade_waits(shop: Shop) -> None:
    shop.define(attribute(100, "price", ValueType.NUMBER, filterable=True))
    ids = shop.put({"A": {"price": "1"}, "B": {}})
    with shop.database.writing() as connection:
        with_every_time(connection)
        connection.commit()
    upgrade_database(shop.database)
    with shop.read() as seen:
        assert seen.connection.scalar(select(tenant.c.updates_indexed)) == seen.sequence
        assert waiting_updates(seen) == {}
    shop.put({"B": {"price": "2"}})
    with shop.read() as seen:
        times = {number: at for number, _, at in moments_between(seen, 1, 2)}
        assert waiting_updates(seen) == {ids["B"]: times[ids["B"]]}
        found = Postings(seen).numbers(UPDATED_ATTRIBUTE.id, "")
        assert {one: found.equal(at) for one, at in times.items()} == {1: 0b10, 2: 0b100}
        assert list(compare_index(seen)) == []
