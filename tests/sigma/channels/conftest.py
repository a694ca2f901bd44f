"""A channel to a shop of the tests, and its runs."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from pims_api.jobs.worker import run_pending_jobs
from pims_api.storage.database import Database
from pims_api.storage.identity.secret import make_secret_file
from tests.connectors.shopify.server import TOKEN, Server, serving
from tests.connectors.shopify.shop import Shop
from tests.databases.fresh import ENGINES
from tests.sigma.channels.models.both_sides import THOROUGH, Sides, serving_both
from tests.sigma.conftest import Json, Sigma, everywhere
from views.sigma.actions.outlets import sync

MAPPED = [
    ("product-name", "title"),
    ("description", "descriptionHtml"),
    ("tags", "tags"),
    ("price", "variants[0].price"),
    ("weight", "variants[0].inventoryItem.measurement.weight"),
]


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Shop()) as running:
        yield running


@pytest.fixture
def shop(server: Server) -> Shop:
    return server.shop


@pytest.fixture
def tied(database: Database, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests to shops go to the shop of the tests, and nobody waits for runs."""
    if make_secret_file(database.url) is None:
        object.__setattr__(database.settings, "secret_key", "A" * 43)
    object.__setattr__(database.settings, "shopify_base_url", server.url)
    object.__setattr__(database.settings, "shopify_timeout_s", 5.0)
    monkeypatch.setattr(sync, "RUN_WAIT_S", 0.0)
    monkeypatch.setattr("pims_api.connectors.shopify.client._BACKOFF_S", 0.001)


def body(**more: Json) -> Json:
    sent = {
        "name": "Shop",
        "alias": "shop",
        "type": "shopify",
        "config": {"shopUrl": "https://Acme.myshopify.com/", "apiKey": TOKEN},
        "schemaId": "schema-apparel",
        "fieldMappings": [{"sourceAttribute": a, "targetField": t} for a, t in MAPPED],
    }
    return sent | more


@pytest.fixture
def schema(given_attribute: Sigma, given_schema: Sigma) -> str:
    """The schema of jackets."""
    ids = [
        given_attribute("product-name", dimensionIds=["dim-language"]),
        given_attribute("description"),
        given_attribute("tags"),
        given_attribute("price", "number"),
        given_attribute("sku"),
        given_attribute("weight", "number"),
        given_attribute("size", validation={"maxLength": 40}),
    ]
    return str(given_schema("apparel", *ids))


@pytest.fixture
def channel(tied: None, schema: str, sigma: Sigma) -> str:
    """The address of a channel to the shop of the tests."""
    made = sigma("POST", "/channels", body(), status=201)
    return f"/channels/{made['id']}"


@pytest.fixture
def run(channel: str, sigma: Sigma, database: Database) -> Callable[[str], Json]:
    """`run("push")`: the log of such a run."""

    def ran(direction: str) -> Json:
        sigma("POST", f"{channel}/{direction}", status=202)
        run_pending_jobs(database)
        return sigma("GET", f"{channel}/sync-logs?limit=1", status=200)[0]

    return ran


def counts(log: Json) -> tuple[Any, ...]:
    """Return the status of a run, and how many were pushed, pulled, skipped, and failed."""
    names = ("status", "pushed", "pulled", "skipped", "failed")
    return tuple(log[name] for name in names)


@pytest.fixture
def jacket(channel: str, sigma: Sigma) -> Callable[..., str]:
    """`jacket("Fleece", price=…)`: a record; its id."""

    def made(name: str, **values: Json) -> str:
        sent = {"product-name": everywhere(name)}
        sent |= {alias: everywhere(value) for alias, value in values.items()}
        record = sigma(
            "POST", "/records", {"schemaId": "schema-apparel", "values": sent}, status=201
        )
        return str(record["id"])

    return made


@pytest.fixture(params=ENGINES if THOROUGH else ENGINES[:1])
def sides(
    request: pytest.FixtureRequest,
    fresh_keyed_database: Callable[..., AbstractContextManager[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Sides]:
    """`with sides() as opened:` a catalogue and a shop, both empty; both databases if thorough."""
    with (
        fresh_keyed_database(request.param) as keyed,
        serving_both(keyed, monkeypatch) as opening,
    ):
        yield opening
