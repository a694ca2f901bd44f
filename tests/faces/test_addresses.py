"""Addresses as clients and proxies send them: the path alone decides, and nothing redirects."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from tests.databases.fresh import KeyedDatabase, on_one_engine
from tests.environment import settings_of
from views.app import create_app

pytestmark = on_one_engine


@pytest.fixture
def client(keyed_database: KeyedDatabase) -> Iterator[FlaskClient]:
    app = create_app(settings_of(keyed_database.url))
    yield app.test_client()
    app.extensions["pims_database"].close()


@pytest.mark.parametrize(
    "host", ["pims.example:8443", "x" * 64 + ".example", "[::1]", "a b", "", "127.0.0.1"]
)
def test_a_route_is_found_whatever_host_a_request_names(client: FlaskClient, host: str) -> None:
    reply = client.get("/healthz", headers={"Host": host})
    assert (reply.status_code, "Location" in reply.headers) == (200, False)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/healthz", 200), ("/healthz/", 200), ("//healthz", 200), ("/healthz/é", 404),
     ("/%68ealthz", 200), ("/api/v1/healthz", 200), ("/api//v1/healthz", 404)],
)  # fmt: skip
@pytest.mark.parametrize("beside", [{}, {"SCRIPT_NAME": "/shop"}, {"HTTP_UPGRADE": "websocket"}])
def test_a_path_is_found_as_it_is_or_not_at_all(
    client: FlaskClient, path: str, status: int, beside: dict[str, str]
) -> None:
    more = beside | ({"HTTP_CONNECTION": "upgrade"} if "HTTP_UPGRADE" in beside else {})
    reply = client.get("/", environ_overrides={"PATH_INFO": wsgi_text(path), **more})
    assert (reply.status_code, "Location" in reply.headers) == (status, False)


def wsgi_text(path: str) -> str:
    """Return a path as a server gives it to an application."""
    return path.replace("%68", "h").encode().decode("latin-1")


def test_a_path_is_read_as_utf_8(client: FlaskClient, keyed_database: KeyedDatabase) -> None:
    reply = client.get("/api/ä/pim/keyinfo", headers={"ApiKey": keyed_database.key})
    assert reply.status_code == 404
    assert "'ä'" in reply.text
