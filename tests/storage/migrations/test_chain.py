"""Step 0015 gives the transactions that there are their digests."""

import pytest
from sqlalchemy import text

from pims_api.storage.checks.chain import compare_chain
from pims_api.storage.history import chain
from pims_api.storage.migrations.upgrade import upgrade_database
from pims_api.storage.tenants import add_tenant
from tests.storage.migrations.earlier_tables import without_chain
from tests.storage.shop import Shop


def digests(shop: Shop) -> list[tuple[int, int, str]]:
    with shop.read() as seen:
        found = seen.connection.execute(
            text('SELECT tenant_id, sequence, digest FROM "transaction" ORDER BY 1, 2')
        )
        return [tuple(row) for row in found]


def test_old_transactions_get_the_digests_that_they_would_have_got(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain, "ROWS_READ", 4)
    other = Shop(shop.database, add_tenant(shop.database, "other"))
    for one in (shop, other):
        for number in range(7):
            one.put({"A": {"title": f"{number}"}, f"B{number}": {}})
    before = digests(shop)
    with shop.database.writing() as connection:
        without_chain(connection)
        connection.commit()
    told: list[tuple[int, int]] = []
    upgrade_database(shop.database, lambda done, total: told.append((done, total)))
    assert digests(shop) == before
    assert len(before) == 17
    assert told[-1] == (17, 17)
    for one in (shop, other):
        with one.read() as seen:
            assert list(compare_chain(seen)) == []
        one.save("A", {"title": "later"})
        with one.read() as seen:
            assert list(compare_chain(seen)) == []
