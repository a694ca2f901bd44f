"""One application over an empty tenant, and sentences to talk to it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pims_api.services.dimensions import add_locale
from pims_api.services.keys.api_keys import create_key
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.unit_of_work import unit_of_work
from tests.databases.filled import Fill, FillOnce
from tests.databases.fresh import ENGINES, FreshKeyedDatabase, KeyedDatabase
from tests.databases.kept import opened_database
from tests.environment import settings_of
from tests.pims.file_client import FileClient
from tests.pims.sent_statements import sent_statements
from tests.pims.stored_rows import stored_rows
from tests.pims.tool_shop import fill_tool_shop
from views.app import create_app

PRODUCTS = "/pim/manage/products"
ATTRIBUTES = "/pim/manage/attributes"
CATEGORIES = "/pim/manage/categories"

Json = dict[str, Any]


@contextmanager
def opened_app(database_url: str) -> Iterator[Flask]:
    """An application of its own over a database while the block lasts."""
    made = create_app(settings_of(database_url))
    yield made
    made.extensions["pims_database"].close()


def new_key(
    app: Flask, *permissions: str, views: tuple[str, ...] = (), default_view: str | None = None
) -> str:
    """Return a key that may do that, and no more."""
    with unit_of_work(app.extensions["pims_database"], 1, Actor("tests")) as work:
        text, _ = create_key(
            work, None, "a test's key", permissions, views=views, default_view=default_view
        )
    return text


def talk(client: FlaskClient, key: str) -> Callable[..., Json]:
    """Return the fixture `pims` for a client and the key that it uses when told none."""
    usual_key = key

    def act(
        action: str,
        *,
        path: str = PRODUCTS,
        key: str = usual_key,
        view: str | None = None,
        user: str | None = None,
        locale: str | None = None,
        status: int | None = None,
        **body: Any,
    ) -> Json:
        named = {"ApiKey": key, "ApiView": view, "ApiUser": user}
        headers = {name: text for name, text in named.items() if text is not None}
        address = f"/api/{locale}{path}" if locale else path
        reply = client.post(address, json={"action": action, **body}, headers=headers)
        if status is not None:
            assert reply.status_code == status, reply.text[:1_000]
        answer: Json = reply.get_json()
        return answer

    return act


@pytest.fixture(scope="session")
def shared_app() -> Flask:
    """The application, whose routes are the same over every database."""
    return create_app(settings_of("sqlite://"))


@pytest.fixture
def app(shared_app: Flask, keyed_database: KeyedDatabase) -> Iterator[Flask]:
    """The application over a database of the test's own, with the tenant `default` and a key."""
    with opened_database(keyed_database.url) as database:
        shared_app.extensions["pims_database"] = database
        yield shared_app


@pytest.fixture
def database(app: Flask) -> Database:
    found: Database = app.extensions["pims_database"]
    return found


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def make_key(app: Flask) -> Callable[..., str]:
    """`make_key("pim_user", views=("shop",))`: a key that may do that, and no more."""

    def make(*permissions: str, **views: Any) -> str:
        return new_key(app, *permissions, **views)

    return make


@pytest.fixture
def key(keyed_database: KeyedDatabase) -> str:
    """A key that may do everything."""
    return keyed_database.key


@pytest.fixture
def pims(client: FlaskClient, key: str) -> Callable[..., Json]:
    """`pims("listProduct", sku="A", status=404)`: post an action and return the reply.

    key: another key. view, user: what the headers name. locale: what the address names. status:
    the HTTP status that must come back.
    """
    return talk(client, key)


@pytest.fixture
def filled(keyed_database: KeyedDatabase, fill_once: FillOnce) -> Callable[[Fill], Any]:
    """`filled(fill)`: the database holds what `fill` makes, which is done once an engine.

    Not for tests that count statements: what `fill` asked the database for is not asked again.
    """
    return lambda fill: fill_once(keyed_database.url, fill)


@pytest.fixture
def given_attribute(pims: Callable[..., Json]) -> Callable[..., Json]:
    """`given_attribute("price", "number", isFilterable="y")`: there is such an attribute."""

    def given(name: str, type: str = "string", **definition: Any) -> Json:
        wanted = {"type": type, "label": {"en-us": name}} | definition
        return pims("addAttribute", path=ATTRIBUTES, name=name, definition=wanted, status=200)

    return given


@pytest.fixture
def given_category(pims: Callable[..., Json]) -> Callable[[str], int]:
    """`given_category("Tools > Saws")`: there is such a category; returns its id."""

    def given(path: str) -> int:
        reply = pims("addCategory", path=CATEGORIES, items=[{"path": path}], status=200)
        number: int = reply["categories"][0]["id"]
        return number

    return given


@pytest.fixture
def given_product(pims: Callable[..., Json]) -> Callable[..., Json]:
    """`given_product("ROD-1", price="100")`: there is such a product."""

    def given(sku: str, **attributes: Any) -> Json:
        return pims("createProduct", sku=sku, data={"attributes": attributes}, status=200)

    return given


@pytest.fixture
def edit(pims: Callable[..., Json]) -> Callable[..., Json]:
    """`edit("ROD-1", price="110.50")`: the product is changed."""

    def change(sku: str, **attributes: Any) -> Json:
        return pims("editProduct", sku=sku, data={"attributes": attributes}, status=200)

    return change


@pytest.fixture
def shown(pims: Callable[..., Json]) -> Callable[..., Json]:
    """`shown("ROD-1")`: the attributes of the product as listProduct shows them."""

    def attributes(sku: str, **context: Any) -> Json:
        found: Json = pims("listProduct", sku=sku, status=200, **context)["data"]["attributes"]
        return found

    return attributes


@pytest.fixture
def history(pims: Callable[..., Json]) -> Callable[..., list[tuple[Json, Json]]]:
    """`history("ROD-1")`: what each transaction changed, as (old, new), oldest first."""

    def entries(sku: str, **context: Any) -> list[tuple[Json, Json]]:
        page = {"pagination": {"pageSize": 500}}
        reply = pims("historyProduct", sku=sku, params=page, status=200, **context)
        return [(entry["old"], entry["new"]) for entry in reply["history"]]

    return entries


@pytest.fixture
def unchanged(database: Database) -> Callable[[], AbstractContextManager[None]]:
    """`with unchanged(): ...`: after the block every row of every table is as it was."""

    @contextmanager
    def block() -> Iterator[None]:
        before = stored_rows(database)
        yield
        assert stored_rows(database) == before

    return block


@pytest.fixture
def queries(database: Database) -> Callable[[], AbstractContextManager[list[str]]]:
    """`with queries() as sent: ...`: the statements that the block sent."""
    return lambda: sent_statements(database)


@pytest.fixture(scope="session", params=ENGINES)
def tool_shop(
    request: pytest.FixtureRequest, fresh_keyed_database: FreshKeyedDatabase
) -> Iterator[Callable[..., Json]]:
    """`pims` over the catalogue of tool_shop.py, for tests that only read: none may change it."""
    with fresh_keyed_database(request.param) as keyed, opened_app(keyed.url) as app:
        pims = talk(app.test_client(), keyed.key)
        fill_tool_shop(pims)
        before = stored_rows(app.extensions["pims_database"])
        yield pims
        assert stored_rows(app.extensions["pims_database"]) == before


@pytest.fixture
def manage(pims: Callable[..., Json]) -> Callable[..., Json]:
    """`manage("listAttributes")`: an action on attributes."""

    def act(action: str, **body: Any) -> Json:
        return pims(action, path=ATTRIBUTES, **body)

    return act


@pytest.fixture
def listed(manage: Callable[..., Json]) -> Callable[..., Json]:
    """`listed()`: the definition objects by name."""

    def by_name(**context: Any) -> Json:
        reply = manage("listAttributes", status=200, **context)
        return {one["name"]: one["definition"] for one in reply["data"]}

    return by_name


@pytest.fixture
def files(app: Flask, client: FlaskClient, key: str) -> FileClient:
    """`files.import_file(b"sku,title\\nA,Rod\\n")`: files in and out, see file_client.py."""
    return FileClient(app, client, key)


@pytest.fixture
def german(database: Database) -> None:
    """There is the locale de-de."""
    with unit_of_work(database, 1, Actor("tests")) as work:
        add_locale(work, "de-de", "German")
