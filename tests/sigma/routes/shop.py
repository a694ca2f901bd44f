"""A small shop with something behind every address, whose ids are known."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from pims_api.services.keys.api_keys import create_key
from pims_api.services.users import accounts
from pims_api.services.users.tokens import token_of
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.identity.secret import make_secret_file
from pims_api.storage.unit_of_work import unit_of_work
from tests.databases.fresh import KeyedDatabase
from tests.environment import settings_of
from tests.sigma.conftest import BASE, everywhere

Json = Any
Headers = dict[str, str]
Copied = Callable[[], AbstractContextManager[None]]

IDS = {
    "schema_id": "schema-jacket",
    "attribute_id": "attr-spare",
    "dimension_id": "dim-spare",
    "list_id": "ol-color",
    "value_id": "val-pink",
    "workflow_id": "wf-life",
    "role_id": "role-spare",
    "record_id": "ent-1",
    "variant_id": "var-2",
    "alias": "price",
    "key_id": "apikey-2",
    "catalog_id": "catalog-web",
    "category_id": "cat-sale",
    "query_id": "query-dear",
    "channel_id": "ch-1",
    "webhook_id": "wh-shop",
    "delivery_id": "none",
    "export_job_id": "nightly",
}
"""What stands for the names in addresses."""

CHANNEL = {"name": "Own", "alias": "own", "type": "custom", "config": {"place": "here"}}
"""A channel without a connector, so nothing is ever sent."""

ELSEWHERE = "https://hooks.example/in"  # no such host, and no worker that would ask for it
WEBHOOK = {"id": "wh-shop", "name": "Shop", "url": ELSEWHERE, "events": ["entity.created"]}
EXPORT_JOB = {
    "id": "nightly",
    "name": "Nightly",
    "destinationType": "webhook",
    "destinationConfig": {"url": ELSEWHERE},
    "format": "jsonl",
}

KINDS: dict[str, Json] = {
    "name": {"type": "text", "validation": {"maxLength": 255}, "dimensionIds": ["dim-language"]},
    "story": {"type": "text"},
    "price": {"type": "number", "dimensionIds": ["dim-market"]},
    "color": {"type": "option", "optionListId": "ol-color"},
    "since": {"type": "datetime"},
    "new": {"type": "boolean"},
    "picture": {"type": "media"},
    "goes-with": {"type": "relation", "multiple": True},
    "care": {"type": "complex"},
    "code": {"type": "text", "validation": {"maxLength": 40, "unique": True}, "inheritable": False},
    "sku": {"type": "text", "validation": {"maxLength": 255}},
}
STATE = {"hidden": [], "required": [], "readOnly": []}
WORKFLOW = {
    "id": "wf-life",
    "alias": "life",
    "name": "Life",
    "defaultStateId": "draft",
    "states": [
        {"id": "draft", "name": "Draft"},
        {"id": "locked", "name": "Locked", "readOnly": ["attr-price"], "required": ["attr-story"]},
        {"id": "secret", "name": "Secret", "hidden": ["attr-price"]},
    ],
    "transitions": [
        {"id": f"{start}-{end}", "fromStateId": start, "toStateId": end}
        for start in ("draft", "locked", "secret")
        for end in ("draft", "locked", "secret")
        if start != end
    ],
}
SCHEMA = {
    "id": "schema-jacket",
    "alias": "jacket",
    "name": "Jacket",
    "variantEnabled": True,
    "workflowId": "wf-life",
    "attributeGroups": [{"id": "g", "name": "G", "attributeIds": [f"attr-{one}" for one in KINDS]}],
}
VALUES = {
    "name": [*everywhere("Anorak"), {"scope": {"dim-language": "seg-da"}, "value": "Anorakken"}],
    "story": everywhere("Made for rain."),
    "price": [*everywhere(120.5), {"scope": {"dim-market": "seg-us"}, "value": 99}],
    "color": everywhere("val-red"),
    "since": everywhere("2024-02-29T10:00:00Z"),
    "new": everywhere(True),
    "picture": everywhere({"url": "https://example.com/a.png", "alt": "An anorak"}),
    "care": everywhere({"wash": [30]}),
    "code": everywhere("C-1"),
    "sku": everywhere("ANORAK"),
}
LANGUAGE = {
    "id": "dim-language",
    "alias": "language",
    "name": "Language",
    "segments": [
        {"id": "seg-en", "alias": "en", "name": "English"},
        {"id": "seg-da", "alias": "da", "name": "Danish"},
    ],
}
MADE: list[tuple[str, Json]] = [
    ("/dimensions", LANGUAGE),
    ("/dimensions", {"id": "dim-market", "alias": "market", "name": "Market",
                     "segments": [{"id": "seg-eu", "alias": "eu", "name": "Europe"},
                                  {"id": "seg-us", "alias": "us", "name": "America"}]}),
    ("/dimensions", {"id": "dim-spare", "alias": "spare", "name": "Spare",
                     "segments": [{"id": "seg-one", "alias": "one", "name": "One"}]}),
    ("/option-lists", {"id": "ol-color", "alias": "color", "name": "Color", "hierarchical": True,
                       "values": [{"id": "val-red", "alias": "red", "label": "Red"},
                                  {"id": "val-pink", "alias": "pink", "label": "Pink",
                                   "parentId": "val-red"}]}),
    ("/option-lists", {"id": "ol-spare", "alias": "spare", "name": "Spare"}),
    *(("/attributes", {"id": f"attr-{alias}", "alias": alias, "name": alias.title()} | kind)
      for alias, kind in KINDS.items()),
    ("/attributes", {"id": "attr-spare", "alias": "spare", "name": "Spare", "type": "text"}),
    ("/workflows", WORKFLOW),
    ("/workflows", WORKFLOW | {"id": "wf-spare", "alias": "spare"}),
    ("/schemas", SCHEMA),
    ("/schemas", {"id": "schema-spare", "alias": "spare", "name": "Spare", "variantEnabled": False,
                  "attributeGroups": []}),
    ("/records", {"schemaId": "schema-jacket", "values": VALUES}),
    ("/records/ent-1/variants", {"values": {"price": everywhere(90), "sku": everywhere("A-S")}}),
    ("/records/ent-1/variants", {"parentId": "var-2", "values": {"code": everywhere("C-3")}}),
    ("/records", {"schemaId": "schema-jacket", "values": {"name": everywhere("Scarf"),
                                                          "goes-with": everywhere(["ent-1"])}}),
    ("/catalogs", {"id": "catalog-web", "alias": "web", "name": "Web"}),
    ("/catalogs/catalog-web/categories", {"id": "cat-sale", "alias": "sale", "name": "Sale"}),
    ("/roles", {"id": "role-spare", "name": "Spare"}),
    ("/saved-queries", {"id": "query-dear", "name": "Dear", "criteria": [
        {"attribute": "price", "operator": "gt", "value": 100}]}),
    ("/channels", CHANNEL),
    ("/webhooks", WEBHOOK),
    ("/export-jobs", EXPORT_JOB),
    ("/api-keys", {"name": "robot", "permissions": ["read"]}),
]  # fmt: skip
"""What is posted, in order."""


@dataclass(frozen=True)
class Shop:
    """A filled database. key: one that may do everything."""

    app: Flask
    url: str
    key: str

    def send(
        self, method: str, path: str, body: Json = None, headers: Headers | None = None
    ) -> Any:
        """Return the response, whatever it is."""
        sent = {"X-Sigma-ApiKey": self.key} if headers is None else headers
        reply = self.app.test_client().open(BASE + path, method=method, json=body, headers=sent)
        reply.get_data()  # a file is closed when it was read
        return reply

    def ask(self, method: str, path: str, body: Json = None) -> Json:
        """Return the JSON of the answer, which must not be a refusal."""
        reply = self.send(method, path, body)
        assert reply.status_code < 300, (method, path, reply.text[:1_000])
        return reply.get_json() if reply.data else None

    @property
    def database(self) -> Database:
        found: Database = self.app.extensions["pims_database"]
        return found

    def key_of(self, *groups: str, **views: Any) -> Headers:
        """Return the headers of a new key, of PIMS or of this face."""
        if not groups[0].startswith("pim_"):
            made = self.ask("POST", "/api-keys", {"name": "a test's key", "permissions": groups})
            return {"X-Sigma-ApiKey": made["key"]}
        with unit_of_work(self.database, 1, Actor("tests")) as work:
            text, _ = create_key(work, None, "a test's key", groups, **views)
        return {"X-Sigma-ApiKey": text}

    def user_of(self, role: str) -> Headers:
        """Return the headers of a new user of a role."""
        with unit_of_work(self.database, 1, Actor("tests")) as work:
            email = f"{role}@example.com"
            user = accounts.add_user(work, email, role, role, "a long password")
        return {"Authorization": f"Bearer {token_of(self.database, user)}"}

    def role(self, name: str, **more: Json) -> Headers:
        """Return the headers of a user of a new role."""
        self.ask("POST", "/roles", {"id": f"role-{name}", "name": name} | more)
        return self.user_of(f"role-{name}")


def filled(app: Flask, keyed: KeyedDatabase) -> Shop:
    """Return the shop, made in an empty database that becomes the one of the app."""
    give_secret(app.extensions["pims_database"])
    shop = Shop(app, keyed.url, keyed.key)
    for path, body in MADE:
        shop.ask("POST", path, body)
    shop.ask("POST", "/categories/cat-sale/assign", {"entityId": "ent-1"})
    return shop


def give_secret(database: Database) -> None:
    """Have a database sign tokens."""
    if make_secret_file(database.url) is None:
        object.__setattr__(database.settings, "secret_key", "A" * 43)


def copier(shop: Shop, folder: Path) -> Copied:
    """Return `copied`: `with copied():` the shop is a copy of its own, to be changed.

    Of one that is kept in SQLite.
    """
    kept, path = folder / "kept.db", folder / "pims.db"
    original = Path(shop.url.removeprefix("sqlite:///"))
    shop.database.close()
    shutil.copyfile(original, kept)
    shutil.copyfile(f"{original}.secret", f"{path}.secret")

    @contextmanager
    def copied() -> Iterator[None]:
        before = shop.database
        for end in ("-wal", "-shm"):
            Path(f"{path}{end}").unlink(missing_ok=True)
        shutil.copyfile(kept, path)
        try:
            with closing(Database(settings_of(f"sqlite:///{path}"))) as database:
                shop.app.extensions["pims_database"] = database
                yield
        finally:
            shop.app.extensions["pims_database"] = before

    return copied


def address(path: str, **ids: str) -> str:
    """Return an address with the known ids in it.

    >>> address("/records/<record_id>/variants")
    '/records/ent-1/variants'
    """
    for name, number in (IDS | ids).items():
        path = path.replace(f"<{name}>", number)
    return path
