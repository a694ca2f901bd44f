"""Two shops that are alike but for what some callers do not see; they must be answered alike.

`canary` stands in every hidden text of the first one.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import product
from typing import Any

from tests.databases.fresh import FreshKeyedDatabase
from tests.pims.conftest import opened_app, talk
from tests.sigma.conftest import everywhere, in_segment
from tests.sigma.routes.shop import LANGUAGE, Headers, Shop, give_secret

Json = Any

HIDDEN: dict[str, Json] = {
    "h-text": {"type": "text", "validation": {"maxLength": 100}, "dimensionIds": ["dim-language"]},
    "h-story": {"type": "text", "dimensionIds": ["dim-language"]},
    "h-number": {"type": "number"},
    "h-bool": {"type": "boolean"},
    "h-at": {"type": "datetime"},
    "h-media": {"type": "media"},
    "h-option": {"type": "option", "optionListId": "ol-metal"},
    "h-link": {"type": "relation"},
    "h-care": {"type": "complex"},
    "h-code": {"type": "text", "validation": {"maxLength": 40, "unique": True}},
}
SEEN: dict[str, Json] = {
    "name": {"type": "text"},
    "ean": {"type": "text", "validation": {"maxLength": 40, "unique": True}},
}
FIRST = {
    "h-text": [*everywhere("canary bird"), in_segment("seg-da", "kanariefugl canary")],
    "h-story": everywhere("canary " * 60),
    "h-number": everywhere(31337.42),
    "h-bool": everywhere(True),
    "h-at": everywhere("2031-12-24T18:00:00Z"),
    "h-media": everywhere("https://canary.example.com/a.png"),
    "h-option": everywhere("val-canary"),
    "h-link": everywhere("ent-1"),
    "h-care": everywhere({"canary": ["canary"]}),
    "h-code": everywhere("canary-1"),
}
SECOND = {
    "h-text": [*everywhere("grey bird"), in_segment("seg-da", "stor fugl")],
    "h-story": everywhere("sparrow " * 60),
    "h-number": everywhere(7),
    "h-bool": everywhere(False),
    "h-at": everywhere("1999-01-01T00:00:00Z"),
    "h-media": everywhere("https://sparrow.example.com/b.png"),
    "h-option": everywhere("val-tin"),
    "h-link": everywhere("ent-4"),
    "h-care": everywhere({"sparrow": [1]}),
    "h-code": everywhere("sparrow-1"),
}
GHOST = ({"name": "Canary ghost", "ean": "canary-ean"}, {"name": "Rod", "ean": "E-9"})
"""The values of a product that one View leaves out, in the two shops."""
CANARIES = re.compile("canary|kanarie|31337|2031-12-24", re.IGNORECASE)
_WORKFLOW = {
    "id": "wf", "alias": "wf", "name": "W", "defaultStateId": "open",
    "states": [{"id": "open", "name": "Open"},
               {"id": "shut", "name": "Shut", "hidden": [f"attr-{one}" for one in HIDDEN],
                "required": ["attr-name", "attr-h-text", "attr-h-number"]}],
    "transitions": [{"id": "shut", "fromStateId": "open", "toStateId": "shut"},
                    {"id": "open", "fromStateId": "shut", "toStateId": "open"}],
}  # fmt: skip
_VIEW = {name: {} for name in ("sku", "name", "ean", "title")}


def fill(shop: Shop, hidden: Json, ghost: Json) -> None:
    """Fill a shop with records that are open, with hidden values, and one that is shut."""
    for path, body in _definitions():
        shop.ask("POST", path, body)
    for number in (1, 2, 3):
        values = {"name": everywhere(f"Rod {number}"), "ean": everywhere(f"E-{number}")}
        made = shop.ask("POST", "/records", {"schemaId": "schema-rod", "values": values})["id"]
        own = {"h-number": hidden["h-number"], "h-text": hidden["h-text"]}
        variant = shop.ask("POST", f"/records/{made}/variants", {"values": own})["id"]
        shop.ask("POST", f"/records/{made}/variants", {"parentId": variant, "values": {}})
    for made, (alias, entries) in product(("ent-1", "ent-4", "ent-7"), hidden.items()):
        sent = everywhere(f"{entries[0]['value']} {made}") if alias == "h-code" else entries
        shop.ask("PATCH", f"/records/{made}/values/{alias}", {"scopedValues": sent})
    values = {name: everywhere(value) for name, value in ghost.items()} | {
        "sku": everywhere("GHOST")
    }
    made = shop.ask("POST", "/records", {"schemaId": "schema-rod", "values": values})["id"]
    shop.ask("POST", f"/records/{made}/variants", {"values": {"name": values["name"]}})
    for entity in ("ent-1", made):
        shop.ask("POST", "/categories/cat-sale/assign", {"entityId": entity})
    shop.ask("POST", "/saved-queries", {"id": "query-h", "name": "H", "criteria": [
        {"attribute": "h-text", "operator": "contains", "value": "bird"}]})  # fmt: skip


def shut_all(shop: Shop) -> None:
    """Bring the records into the state that hides the hidden attributes."""
    for number in (1, 4, 7):
        shop.ask("POST", f"/records/ent-{number}/transition", {"toStateId": "shut"})


def _definitions() -> Iterator[tuple[str, Json]]:
    yield "/dimensions", LANGUAGE
    values = [{"id": f"val-{one}", "alias": one, "label": one} for one in ("canary", "tin")]
    yield "/option-lists", {"id": "ol-metal", "alias": "metal", "name": "M", "values": values}
    for alias, kind in (SEEN | HIDDEN).items():
        yield "/attributes", {"id": f"attr-{alias}", "alias": alias, "name": alias} | kind
    yield "/attributes", {"id": "attr-sku", "alias": "sku", "name": "SKU", "type": "text"}
    yield "/workflows", _WORKFLOW
    ids = [f"attr-{one}" for one in ("sku", *SEEN, *HIDDEN)]
    yield "/schemas", {"id": "schema-rod", "alias": "rod", "name": "Rod", "variantEnabled": True,
                       "workflowId": "wf", "attributeGroups": [
                           {"id": "g", "name": "G", "attributeIds": ids}]}  # fmt: skip
    yield "/catalogs", {"id": "catalog-web", "alias": "web", "name": "Web"}
    yield "/catalogs/catalog-web/categories", {"id": "cat-sale", "alias": "sale", "name": "Sale"}


def callers_of(shop: Shop) -> dict[str, Headers]:
    """Return who does not see the hidden values: a user, and a key by its View."""
    levels = dict.fromkeys((f"attr-{one}" for one in HIDDEN), "hidden")
    permissions = [
        {"schemaId": schema, "attributePermissions": levels}
        for schema in ("schema-rod", "schema-default")
    ]
    flags = ("Schemas", "Roles", "Dimensions", "OptionLists")
    every = {f"canManage{one}": True for one in flags} | {"canExport": True, "canImport": True}
    pims = talk(shop.app.test_client(), shop.key)
    view = {"attributes": _VIEW, "condition_query": "[[sku]] <> 'GHOST'"}
    view |= {"name": "shop"}
    pims("addPimView", path="/pim/manage/views", status=200, **view)
    groups = ("pim_user", "pim_editor", "pim_manager", "pim_security")
    return {
        "role": shop.role("blind", schemaPermissions=permissions, **every),
        "view": shop.key_of(*groups, views=("shop",)),
        "state": {"X-Sigma-ApiKey": shop.key},
    }


@contextmanager
def two_shops(fresh: FreshKeyedDatabase, engine: str, who: str) -> Iterator[tuple[Shop, Shop]]:
    """Open two shops that are alike for `role`, `view`, or for everybody by the `state`."""
    with ExitStack() as stack:
        made = []
        ghosts = GHOST if who == "view" else GHOST[1:] * 2
        for hidden, ghost in zip((FIRST, SECOND), ghosts, strict=True):
            keyed = stack.enter_context(fresh(engine))
            app = stack.enter_context(opened_app(keyed.url))
            give_secret(app.extensions["pims_database"])
            shop = Shop(app, keyed.url, keyed.key)
            fill(shop, hidden, ghost)
            if who == "state":
                shut_all(shop)
            made.append(shop)
        yield made[0], made[1]
