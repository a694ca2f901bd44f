"""A body that changes something may say any id: that of the address counts."""

from collections.abc import Iterator

import pytest

from tests.databases.fresh import FreshKeyedDatabase
from tests.pims.conftest import opened_app
from tests.sigma.routes.matrix import MATRIX, Row
from tests.sigma.routes.shop import Shop, address, filled

CHANGING = [one for one in MATRIX if one.method in ("PUT", "PATCH")]


@pytest.fixture(scope="module")
def shop(fresh_keyed_database: FreshKeyedDatabase) -> Iterator[Shop]:
    with fresh_keyed_database("sqlite") as keyed, opened_app(keyed.url) as app:
        yield filled(app, keyed)


@pytest.mark.parametrize("row", CHANGING, ids=lambda row: f"{row.method} {row.path}")
def test_another_id_is_ignored(shop: Shop, row: Row) -> None:
    sent = {"X-Sigma-ApiKey": shop.key}
    reply = shop.send(row.method, address(row.path), row.body | {"id": "another"}, sent)
    assert reply.status_code == row.status
    assert (reply.get_json() or {}).get("id") != "another"
