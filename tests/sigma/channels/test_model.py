"""Edits here, edits there, deletions, both at once: syncs against a model of the rules.

PIMS_TEST_THOROUGH=1 takes some minutes, on both databases, and finds more.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pims_api.domain.access.permission_group import PERMISSION_GROUPS
from pims_api.jobs.worker import run_pending_jobs
from pims_api.services.keys.api_keys import create_key
from pims_api.services.tenants import add_tenant
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.unit_of_work import unit_of_work
from tests.connectors.shopify.server import TOKEN, Server, serving
from tests.connectors.shopify.shop import Shop
from tests.connectors.shopify.things import Product
from tests.databases.fresh import ENGINES
from tests.environment import settings_of
from views.app import create_app
from views.sigma.actions.outlets import sync

THOROUGH = os.environ.get("PIMS_TEST_THOROUGH") == "1"
FIELDS = {"product-name": "title", "description": "descriptionHtml", "maker": "vendor"}
_WORDS = st.sampled_from(["a", "b", "c", "d"])
_PLACE, _FIELD = st.integers(0, 3), st.sampled_from(sorted(FIELDS))
_DEEDS = st.one_of(
    st.tuples(st.just("new here"), _WORDS),
    st.tuples(st.just("new there"), _WORDS),
    st.tuples(st.just("edit here"), _PLACE, _FIELD, _WORDS),
    st.tuples(st.just("edit there"), _PLACE, _FIELD, _WORDS),
    st.tuples(st.just("delete here"), _PLACE),
    st.tuples(st.just("delete there"), _PLACE),
    st.tuples(st.just("sync")),
)


@dataclass
class Pair:
    """What the model knows of a record and its product. base: both after the last sync."""

    here: dict[str, str] | None
    there: dict[str, str] | None
    base: dict[str, str] = field(default_factory=dict)
    archived: bool = False
    record: str = ""
    product: Product | None = None


@dataclass
class World:
    """Both sides, and the model of them."""

    ask: Callable[..., Any]
    work: Callable[[], None]
    server: Server
    pairs: list[Pair] = field(default_factory=list)

    def do(self, deed: tuple[Any, ...]) -> None:
        name, *more = deed
        getattr(self, name.replace(" ", "_"))(*more)

    def new_here(self, word: str) -> None:
        values = {"product-name": [{"scope": {}, "value": word}]}
        made = self.ask("POST", "/records", {"schemaId": "schema-apparel", "values": values})
        self.pairs.append(Pair({"product-name": word}, None, record=made["id"]))

    def new_there(self, word: str) -> None:
        chosen = [{"optionName": "Title", "name": "Default Title"}]
        options = [{"name": "Title", "values": [{"name": "Default Title"}]}]
        variants = [{"optionValues": chosen}]
        made = self.server.shop.add(title=word, productOptions=options, variants=variants)
        self.pairs.append(Pair(None, {"product-name": word}, product=made))

    def edit_here(self, place: int, name: str, word: str) -> None:
        for one in self.pairs[place : place + 1]:
            if one.here is not None and one.record:
                sent = {"scopedValues": [{"scope": {}, "value": word}]}
                self.ask("PATCH", f"/records/{one.record}/values/{name}", sent)
                one.here[name] = word

    def edit_there(self, place: int, name: str, word: str) -> None:
        for one in self.pairs[place : place + 1]:
            if one.there is not None and one.product is not None:
                self.server.shop.edit(one.product, **{FIELDS[name]: word})
                one.there[name] = word

    def delete_here(self, place: int) -> None:
        for one in self.pairs[place : place + 1]:
            if one.here is not None and one.record:
                self.ask("DELETE", f"/records/{one.record}")
                one.here = None

    def delete_there(self, place: int) -> None:
        for one in self.pairs[place : place + 1]:
            if one.there is not None and one.product is not None:
                self.server.shop.remove(one.product)
                one.there = None

    def sync(self) -> None:
        """Sync, and have the model do what the rules say."""
        before = {one["id"] for one in self.ask("GET", "/records?limit=500")["items"]}
        self.ask("POST", "/channels/ch-1/sync")
        self.work()
        log = self.ask("GET", "/channels/ch-1/sync-logs?limit=1")[0]
        assert (log["status"], log["failed"]) == ("success", 0) or log["failed"], log
        conflicts = sum(self.agree(one) for one in self.pairs)
        told = [one for one in log["errors"] if one["message"].startswith("conflict")]
        assert len(told) == conflicts
        self.find_new(before)
        self.compare()

    def agree(self, one: Pair) -> bool:
        """Bring a pair to agreement; return whether there is a conflict."""
        if one.here is None and one.record:
            one.archived = one.archived or one.there is not None
            return False
        if one.here is None and one.there is None:
            return False
        if one.here is None or one.there is None:
            left = one.here or one.there or {}
            one.here, one.there, one.base = dict(left), dict(left), dict(left)
            return False
        here, there, conflict = one.here, one.there, False
        for name in FIELDS:
            was, ours, theirs = one.base.get(name), here.get(name), there.get(name)
            conflict |= was not in (ours, theirs) and ours != theirs
            if ours == was and theirs is not None:
                here[name] = theirs
        one.there, one.base = dict(here), dict(here)
        return conflict

    def find_new(self, before: set[str]) -> None:
        """Find what the sync made on each side."""
        mappings = self.ask("GET", "/channels/ch-1/sync-mappings")
        products = {one["entityId"]: one["externalId"] for one in mappings}
        records = {product: record for record, product in products.items()}
        for one in self.pairs:
            if one.here is not None and one.record:
                one.product = self.server.shop.products[products[one.record]]
            elif one.here is not None and one.product is not None:
                one.record = records[one.product.id]
                assert one.record not in before

    def compare(self) -> None:
        """Hold both sides to the model."""
        live = {one["id"]: one for one in self.ask("GET", "/records?limit=500")["items"]}
        assert set(live) == {one.record for one in self.pairs if one.here is not None}
        there = [one for one in self.pairs if one.there is not None]
        assert {one.product.id for one in there if one.product} == set(self.server.shop.products)
        for one in self.pairs:
            if one.here is not None and one.product is not None:
                values = live[one.record]["values"]
                held = {alias: values[alias][0]["value"] for alias in values if alias in FIELDS}
                assert held == one.here
                told = {a: getattr(one.product, t) for a, t in FIELDS.items()}
                assert {a: word for a, word in told.items() if word} == one.here
            if one.archived and one.there is not None and one.product is not None:
                assert one.product.status == "ARCHIVED"


@pytest.fixture(params=ENGINES if THOROUGH else ENGINES[:1])
def world(
    request: pytest.FixtureRequest,
    fresh_keyed_database: Callable[..., AbstractContextManager[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[[], AbstractContextManager[World]]]:
    """`with world() as made:` a catalogue and a shop, both empty, with a channel between them."""
    monkeypatch.setattr(sync, "RUN_WAIT_S", 0.0)
    monkeypatch.setenv("PIMS_SECRET_KEY", "A" * 43)

    with fresh_keyed_database(request.param) as keyed, serving(Shop()) as server:
        monkeypatch.setenv("PIMS_SHOPIFY_BASE_URL", server.url)
        app = create_app(settings_of(keyed.url))
        database, client = app.extensions["pims_database"], app.test_client()
        names = (f"world-{number}" for number in count())

        @contextmanager
        def made() -> Iterator[World]:
            key, server.shop = add_tenant_and_key(database, next(names)), Shop()

            def ask(method: str, path: str, body: Any = None) -> Any:
                headers = {"X-Sigma-ApiKey": key}
                answer = client.open(f"/api/v1{path}", method=method, json=body, headers=headers)
                assert answer.status_code < 300, answer.text
                return answer.get_json() if answer.data else None

            _set_up(ask)
            yield World(ask, lambda: run_pending_jobs(database), server)

        yield made
        database.close()


def add_tenant_and_key(database: Database, name: str) -> str:
    """Add a catalogue; return a key that may do everything in it."""
    with unit_of_work(database, add_tenant(database, name), Actor("tests")) as work:
        return str(create_key(work, None, "owner", PERMISSION_GROUPS)[0])


def _set_up(ask: Callable[..., Any]) -> None:
    for alias in FIELDS:
        named = {"id": f"attr-{alias}", "alias": alias, "name": alias, "type": "text"}
        ask("POST", "/attributes", named)
    ids = [f"attr-{alias}" for alias in FIELDS]
    group = {"id": "grp-all", "name": "All", "sortOrder": 1, "attributeIds": ids}
    schema = {"id": "schema-apparel", "alias": "apparel", "name": "Apparel"}
    ask("POST", "/schemas", schema | {"variantEnabled": True, "attributeGroups": [group]})
    mapped = [{"sourceAttribute": a, "targetField": t} for a, t in FIELDS.items()]
    config = {"shopUrl": "acme", "apiKey": TOKEN}
    sent = {"name": "Shop", "alias": "shop", "type": "shopify", "config": config}
    ask("POST", "/channels", sent | {"schemaId": "schema-apparel", "fieldMappings": mapped})


@settings(
    max_examples=200 if THOROUGH else 10,
    phases=set(Phase) - (set() if THOROUGH else {Phase.shrink}),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(deeds=st.lists(_DEEDS, min_size=4, max_size=14))
def test_syncs_follow_the_rules(
    world: Callable[[], AbstractContextManager[World]], deeds: list[tuple[Any, ...]]
) -> None:
    with world() as made:
        for deed in [*deeds, ("sync",), ("sync",)]:
            made.do(deed)
