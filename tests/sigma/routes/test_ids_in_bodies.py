"""A body that changes something may name the id of the address, and no other."""

from collections.abc import Iterator

import pytest

from tests.databases.fresh import FreshKeyedDatabase
from tests.pims.conftest import opened_app
from tests.pims.stored_rows import stored_rows
from tests.sigma.routes.matrix import MATRIX, Row
from tests.sigma.routes.shop import IDS, Shop, address, filled

CHANGING = [one for one in MATRIX if one.method in ("PUT", "PATCH")]


@pytest.fixture(scope="module")
def shop(fresh_keyed_database: FreshKeyedDatabase) -> Iterator[Shop]:
    with fresh_keyed_database("sqlite") as keyed, opened_app(keyed.url) as app:
        yield filled(app, keyed)


def sent_with(shop: Shop, row: Row, number: object):
    sent = {"X-Sigma-ApiKey": shop.key}
    return shop.send(row.method, address(row.path), row.body | {"id": number}, sent)


def own_id(row: Row) -> str:
    """Return the id of what a row changes: of the last thing that its address names."""
    names = [one for one in row.path.replace(">", "<").split("<") if one.endswith("_id")]
    return IDS[names[-1]]


@pytest.mark.parametrize("row", CHANGING, ids=lambda row: f"{row.method} {row.path}")
def test_another_id_is_refused(shop: Shop, row: Row) -> None:
    before = stored_rows(shop.database)
    own = own_id(row)
    for wrong in (own.upper(), f"{own}-2", "", 7, ["x"], {own: own}, False):
        reply = sent_with(shop, row, wrong)
        assert (reply.status_code, reply.get_json()["error"]) == (400, "VALIDATION_ERROR")
        assert "id" in reply.get_json()["message"]
    message = f"The id never changes: it is {own!r}, as in the address. Leave id out!"
    assert sent_with(shop, row, "another").get_json()["message"] == message
    assert stored_rows(shop.database) == before


@pytest.mark.parametrize("row", CHANGING, ids=lambda row: f"{row.method} {row.path}")
def test_the_same_id_is_accepted(shop: Shop, row: Row) -> None:
    for same in (own_id(row), None):
        assert sent_with(shop, row, same).status_code == row.status
