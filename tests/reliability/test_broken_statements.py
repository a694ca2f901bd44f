"""Whatever statement of a request fails, and however: it is told so, and nothing is stored.

PIMS_TEST_THOROUGH=1 does it with more requests and every fault, which takes minutes.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from pims_api.clock import now_us
from pims_api.domain.tenant_ids import TenantIds
from pims_api.jobs import worker
from pims_api.jobs.shutdown import Stop
from pims_api.jobs.worker import Worker
from pims_api.storage.database import Database
from pims_api.storage.identity.tenants import tenants
from tests.databases.broken_statements import (
    POSTGRES,
    SECRET,
    SQLITE,
    Fault,
    Shot,
    breakable,
    failing,
)
from tests.databases.filled import FillOnce
from tests.databases.fresh import FreshKeyedDatabase, KeyedDatabase
from tests.environment import settings_of
from tests.pims.conftest import ATTRIBUTES, CATEGORIES, PRODUCTS, opened_app, shared_app, talk
from tests.pims.file_client import FileClient
from tests.pims.stored_rows import stored_rows
from tests.pims.tool_shop import fill_tool_shop
from tests.sigma.routes.matrix import MATRIX
from tests.sigma.routes.shop import address, filled

__all__ = ["shared_app"]

Json = dict[str, Any]
Send = Callable[[], TestResponse]
Post = Callable[..., Send]

THOROUGH = os.environ.get("PIMS_TEST_THOROUGH") == "1"
IN_TURN = 3  # the first faults of an engine, one for each statement, unless it is thorough
OUTAGE = "Look at what is stored before you send this again!"
TELLTALE = (SECRET, "SELECT", "psycopg", "sqlite3", "Traceback", "site-packages", "libpq")
ENDED = ("lost", "ended by the server")

ROWS: list[Json] = [
    {"action": "createProduct", "sku": "N1", "data": {"attributes": {"price": "1"}}},
    {"action": "editProduct", "sku": "H1", "data": {"attributes": {"title": "Hammer"}}},
    {"action": "editProduct", "sku": "H2", "data": {"attributes": {"price": "nonsense"}}},
    {"action": "saveProduct", "sku": "S1-A", "idempotency_key": "row"},
    {"action": "createProduct", "sku": "N2", "createMissing": ["categories"],
     "data": {"attributes": {"categories": ["New > Newer"]}}},
]  # fmt: skip
BATCH = {"action": "batch", "idempotency_key": "one", "actions": ROWS}
UNIQUE = {"type": "string", "label": {"en-us": "x"}, "isUnique": "y"}
CONDITION = {"condition_query": "[[price]] > 5 AND [[title]] LIKE '%a%'", "search": "hammer"}
CSV = b"sku,title,price,categories\nX1,New,5,Tools\nH1,Hammer,7,Tools\nH2,,nonsense,\n"

REQUESTS = [
    (PRODUCTS, BATCH),
    (ATTRIBUTES, {"action": "addAttribute", "items": [{"name": "u", "definition": UNIQUE}]}),
    (PRODUCTS, {"action": "getList", "params": CONDITION}),
]
MORE_REQUESTS = [
    (PRODUCTS, BATCH | {"mode": "atomic"}),
    (PRODUCTS, BATCH | {"dry_run": True}),
    (PRODUCTS, {"action": "revert", "transaction": 4}),
    (PRODUCTS, {"action": "editProduct", "sku": "S1", "idempotency_key": "x",
                "data": {"attributes": {"status": "deleted"}}}),
    (ATTRIBUTES, {"action": "editAttribute", "name": "code",
                  "definition": {"isUnique": "y", "isSearchable": "y", "isFilterable": "y"}}),
    (ATTRIBUTES, {"action": "editAttribute", "name": "code", "definition": {"type": "text"}}),
    (ATTRIBUTES, {"action": "deleteAttribute", "name": "brand"}),
    (ATTRIBUTES, {"action": "renameValue", "name": "color", "value": "red", "to": "crimson"}),
    (ATTRIBUTES, {"action": "mergeValues", "name": "color", "values": ["red"], "into": "green"}),
    (CATEGORIES, {"action": "editCategory", "id": 2, "name": "Bars", "dry_run": True}),
    (CATEGORIES, {"action": "deleteCategory", "id": 2, "force": True}),
    (PRODUCTS, {"action": "getList", "params": {"as_of": 9}}),
    (PRODUCTS, {"action": "historyProduct", "sku": "H1"}),
]  # fmt: skip


@pytest.fixture
def database(
    keyed_database: KeyedDatabase, fill_once: FillOnce, shared_app: Flask
) -> Iterator[Database]:
    """The database of the application: the tool shop, whose statements may fail."""

    def fill() -> None:
        with closing(Database(settings_of(keyed_database.url))) as first:
            shared_app.extensions["pims_database"] = first
            fill_tool_shop(talk(shared_app.test_client(), keyed_database.key))

    fill_once(keyed_database.url, fill)
    with closing(Database(settings_of(keyed_database.url))) as made, breakable(made):
        shared_app.extensions["pims_database"] = made
        yield made


@pytest.fixture
def request_of(shared_app: Flask, database: Database, keyed_database: KeyedDatabase) -> Post:
    """`request_of(path, json={…})`: what sends that with a key that may do everything."""
    with database.reading() as connection:
        first = tenants(connection)[0]
    ids, key = TenantIds(first.uuid, first.org), keyed_database.key
    who = {"ApiKey": key, "X-Sigma-ApiKey": key, "Authorization": f"Bearer {key}"}
    who |= {"X-Tenant-ID": ids.uuid, "X-Org-ID": ids.org}

    def request(path: str, **body: Any) -> Send:
        return lambda: shared_app.test_client().post(path, headers=who, **body)

    return request


def faults_at(database: Database, number: int) -> list[Fault]:
    """Return how the statement of that number is to fail."""
    every = SQLITE if database.is_sqlite else POSTGRES
    return every if THOROUGH else [every[number % IN_TURN]]


def check_refused(answer: TestResponse, shot: Shot) -> None:
    """Check what is told of a request one of whose statements failed."""
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True), shot
    assert not [word for word in TELLTALE if word in answer.text], shot
    if shot.hit == "COMMIT" and shot.fault.name in ENDED:
        assert OUTAGE in answer.text, shot


def outlast(
    database: Database,
    send: Send,
    check: Callable[[TestResponse, Shot], None] = check_refused,
) -> TestResponse:
    """Send a request until none of its statements is left to fail; return its answer then."""
    before = stored_rows(database)
    for number in count(1):
        for fault in faults_at(database, number):
            with failing(fault, number) as shot:
                answer = send()
                answer.get_data()  # a file is closed when it was read
            if shot.hit is None:
                return answer
            check(answer, shot)
        assert stored_rows(database) == before
        of_writers = 1 if database.is_sqlite else 0
        assert open_connections(database) <= len(database.pool.idle) + of_writers
    raise AssertionError


def open_connections(database: Database) -> int:
    """Return how many connections the process has that are not SQLAlchemy's to close."""
    pool: Any = database.engine.pool
    found: int = pool.checkedout()
    return found


@pytest.mark.parametrize(("path", "body"), REQUESTS + THOROUGH * MORE_REQUESTS)
def test_a_request_fails_at_each_of_its_statements(
    database: Database, request_of: Post, path: str, body: Json
) -> None:
    assert outlast(database, request_of(path, json=body)).status_code in (200, 207)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/v1/pim/products", {"title": "Hat"}, 200),
        ("/api/v1/option-lists", {"alias": "more", "name": "More"}, 201),
    ],
)
def test_another_face_has_its_own_words_for_it(
    database: Database, request_of: Post, path: str, body: Json, status: int
) -> None:
    assert outlast(database, request_of(path, json=body)).status_code == status


def test_a_stream_says_at_its_end_that_its_rows_are_not_stored(
    database: Database, request_of: Post
) -> None:
    def check(answer: TestResponse, shot: Shot) -> None:
        if answer.status_code == 503:  # before the first row
            return check_refused(answer, shot)
        end = json.loads(answer.text.splitlines()[-1])
        assert (end["status"], end["errors"][0]["code"]) == ("Error", "busy"), shot
        assert not any(end["totals"].values())
        assert not [word for word in TELLTALE if word in answer.text], shot
        return None

    lines = b"\n".join(json.dumps(one).encode() for one in ROWS)
    send = request_of(PRODUCTS, data=lines, content_type="application/x-ndjson")
    end = json.loads(outlast(database, send, check).text.splitlines()[-1])
    assert (end["totals"]["created"], end["totals"]["rejected"]) == (2, 1)


@pytest.mark.parametrize("kind", ["import", "export"])
def test_a_job_is_done_later(
    database: Database,
    shared_app: Flask,
    keyed_database: KeyedDatabase,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    files = FileClient(shared_app, shared_app.test_client(), keyed_database.key)
    hours = count(1)
    monkeypatch.setattr(worker, "now_us", lambda: now_us() + next(hours) * 3_600_000_000)
    for number in count(1, 1 if THOROUGH else 7):
        job = (files.send(CSV) if kind == "import" else files.export(format="csv"))["job"]["id"]
        (fault, *_) = faults_at(database, number)
        with failing(fault, number) as shot:
            Worker(database, Stop()).work(until_idle=True)
        Worker(database, Stop()).work(until_idle=True)
        done = files.job(job)
        assert done["state"] == "done", shot
        if kind == "import":
            totals = done["totals"]
            assert totals["created"] + totals["updated"] + totals["unchanged"] == 2, shot
            assert totals["rejected"] == 1, shot
        if shot.hit is None:
            return


@pytest.mark.skipif(not THOROUGH, reason="takes minutes")
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_every_address_of_sigma_fails_at_each_of_its_statements(
    fresh_keyed_database: FreshKeyedDatabase, engine: str
) -> None:
    rows = sorted(MATRIX, key=lambda row: row.method == "DELETE")
    with fresh_keyed_database(engine) as keyed, opened_app(keyed.url) as app:
        shop = filled(app, keyed)
        with closing(Database(shop.database.settings)) as database, breakable(database):
            shop.database.close()
            app.extensions["pims_database"] = database
            for row in rows:
                path, body = address(row.path), row.body
                answer = outlast(database, lambda: shop.send(row.method, path, body))  # noqa: B023
                assert answer.status_code < 500, row
