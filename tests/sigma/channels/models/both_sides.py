"""A catalogue and a shop, both empty, for models of what runs do to them."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from pims_api.domain.access.permission_group import PERMISSION_GROUPS
from pims_api.jobs.worker import run_pending_jobs
from pims_api.services.keys.api_keys import create_key
from pims_api.services.tenants import add_tenant
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.unit_of_work import unit_of_work
from tests.connectors.shopify.server import TOKEN, Server, serving
from tests.connectors.shopify.shop import Shop
from tests.environment import settings_of
from views.app import create_app
from views.sigma.actions.outlets import sync

THOROUGH = os.environ.get("PIMS_TEST_THOROUGH") == "1"


@dataclass
class BothSides:
    """A catalogue by its API, and a shop."""

    ask: Callable[..., Any]
    work: Callable[[], None]
    server: Server

    def run(self, direction: str) -> dict[str, Any]:
        """Run the one channel; return the log."""
        self.ask("POST", f"/channels/ch-1/{direction}")
        self.work()
        found: dict[str, Any] = self.ask("GET", "/channels/ch-1/sync-logs?limit=1")[0]
        return found


Sides = Callable[[], AbstractContextManager[BothSides]]


@contextmanager
def serving_both(keyed: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sides]:
    """Yield what opens both sides, each time with a catalogue and a shop of their own."""
    monkeypatch.setattr(sync, "RUN_WAIT_S", 0.0)
    monkeypatch.setenv("PIMS_SECRET_KEY", "A" * 43)
    with serving(Shop()) as server:
        server.bucket.rate = 1e9
        monkeypatch.setenv("PIMS_SHOPIFY_BASE_URL", server.url)
        app = create_app(settings_of(keyed.url))
        database, client = app.extensions["pims_database"], app.test_client()
        names = (f"world-{number}" for number in count())

        @contextmanager
        def made() -> Iterator[BothSides]:
            key, server.shop = _add_tenant_and_key(database, next(names)), Shop()

            def ask(method: str, path: str, body: Any = None) -> Any:
                headers = {"X-Sigma-ApiKey": key}
                answer = client.open(f"/api/v1{path}", method=method, json=body, headers=headers)
                assert answer.status_code < 300, answer.text
                return answer.get_json() if answer.data else None

            yield BothSides(ask, lambda: run_pending_jobs(database), server)

        yield made
        database.close()


def _add_tenant_and_key(database: Database, name: str) -> str:
    """Add a catalogue; return a key that may do everything in it."""
    with unit_of_work(database, add_tenant(database, name), Actor("tests")) as work:
        return str(create_key(work, None, "owner", PERMISSION_GROUPS)[0])


def set_up(sides: BothSides, names: dict[str, str], mapped: dict[str, str]) -> None:
    """Define text attributes, a schema of all of them, and a channel.

    names: of the attributes, by alias. mapped: the fields that they show in.
    """
    for alias, name in names.items():
        sides.ask("POST", "/attributes", attribute(alias, name))
    ids = [f"attr-{alias}" for alias in names]
    group = {"id": "grp-all", "name": "All", "sortOrder": 1, "attributeIds": ids}
    schema = {"id": "schema-apparel", "alias": "apparel", "name": "Apparel"}
    sides.ask("POST", "/schemas", schema | {"variantEnabled": True, "attributeGroups": [group]})
    fields = [{"sourceAttribute": a, "targetField": t} for a, t in mapped.items()]
    config = {"shopUrl": "acme", "apiKey": TOKEN}
    sent = {"name": "Shop", "alias": "shop", "type": "shopify", "config": config}
    sides.ask("POST", "/channels", sent | {"schemaId": "schema-apparel", "fieldMappings": fields})


def attribute(alias: str, name: str) -> dict[str, Any]:
    return {"id": f"attr-{alias}", "alias": alias, "name": name, "type": "text"}


def modelled(examples: int) -> settings:
    """Return how a model is tried: so many examples, or very many that are shrunk."""
    return settings(
        max_examples=200 if THOROUGH else examples,
        phases=set(Phase) - (set() if THOROUGH else {Phase.shrink}),
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
