"""Every address heeds entity tags: an answer that is known is not sent again, and nobody changes
what somebody else changed meanwhile.
"""

from collections.abc import Iterator

import pytest

from pims_api.clock import now_us
from pims_api.storage.identity import key_uses
from tests.databases.fresh import FreshKeyedDatabase
from tests.pims.conftest import opened_app
from tests.pims.stored_rows import stored_rows
from tests.sigma.routes.matrix import MATRIX, Row
from tests.sigma.routes.shop import Shop, address, filled


@pytest.fixture(scope="module")
def shop(fresh_keyed_database: FreshKeyedDatabase) -> Iterator[Shop]:
    with fresh_keyed_database("sqlite") as keyed, opened_app(keyed.url) as app:
        yield filled(app, keyed)


def rows(*methods: str):
    found = [one for one in MATRIX if one.method in methods]
    return pytest.mark.parametrize("row", found, ids=lambda row: f"{row.method} {row.path}")


def sent_by(shop: Shop, row: Row, **headers: str):
    path = address(row.path) + ("?q=anorak" if row.path == "/search/text" else "")
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return shop.send(row.method, path, row.body, {"X-Sigma-ApiKey": shop.key} | named)


@pytest.fixture
def same_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are used at one time: their list tells when each was used last."""
    at = now_us()
    monkeypatch.setattr(key_uses, "now_us", lambda: at)


@rows("GET")
@pytest.mark.usefixtures("same_second")
def test_an_answer_that_is_known_is_not_sent_again(shop, row) -> None:
    reply = sent_by(shop, row)
    tag = reply.headers["ETag"]
    for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = sent_by(shop, row, If_None_Match=known)
        assert "Content-Type" not in again.headers
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert sent_by(shop, row, If_None_Match='"other"').data == reply.data


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/docs/swagger-ui.css"])
def test_so_it_is_with_the_description(shop, path) -> None:
    reply = shop.send("GET", path, None, {})
    tag = reply.headers["ETag"]
    for known in (tag, "*"):
        again = shop.send("GET", path, None, {"If-None-Match": known})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)


@rows("PUT", "PATCH", "DELETE")
def test_what_was_changed_meanwhile_is_not_written(shop, row) -> None:
    before = stored_rows(shop.database)
    reply = sent_by(shop, row, If_Match='"stale"')
    assert (reply.status_code, reply.get_json()["error"]) == (412, "CONFLICT")
    assert stored_rows(shop.database) == before
