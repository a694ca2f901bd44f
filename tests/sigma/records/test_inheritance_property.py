"""What is shown of variants one to five levels deep, as a plain reading of all rules has it.

With scopes, attributes that are not inherited, guards, the sets of states and the levels of roles.
PIMS_TEST_THOROUGH=1 takes some minutes and finds more.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.databases.fresh import ENGINES, FreshKeyedDatabase
from tests.pims.conftest import opened_app
from tests.sigma.routes.shop import LANGUAGE, Headers, Shop, give_secret

THOROUGH = os.environ.get("PIMS_TEST_THOROUGH") == "1"

Json = Any
Chain = list[dict[str, Json]]

KINDS: dict[str, Json] = {
    "name": {"type": "text", "dimensionIds": ["dim-language"]},
    "size": {"type": "text"},
    "price": {"type": "number"},
    "code": {"type": "text", "inheritable": False},
    "note": {"type": "text", "dimensionIds": ["dim-language"], "inheritable": False},
}
STATES = ["open", "shut"]
LEVELS = ["hidden", "read", "write"]
ALIAS = st.sampled_from(list(KINDS))
VALUE = {alias: st.sampled_from(["a", "b"]) for alias in KINDS} | {"price": st.integers(1, 2)}


@dataclass
class Rules:
    """What is defined: guards and the levels of the role by attribute, hidden ones by state."""

    guards: dict[str, list[Json]]
    hidden: dict[str, set[str]]
    levels: dict[str, str]


NOTHING = Rules({alias: [] for alias in KINDS}, {state: set() for state in STATES}, {})


@st.composite
def entries(draw: st.DrawFn, alias: str) -> list[Json]:
    scopes: list[Json] = [{}]
    if "dimensionIds" in KINDS[alias]:
        scopes += [{"dim-language": one} for one in ("seg-en", "seg-da")]
    named = draw(st.lists(st.sampled_from(scopes), max_size=3, unique_by=str))
    return [{"scope": one, "value": draw(VALUE[alias])} for one in named]


@st.composite
def own_values(draw: st.DrawFn) -> dict[str, list]:
    drawn = {alias: draw(entries(alias)) for alias in KINDS}
    return {alias: found for alias, found in drawn.items() if found}


@st.composite
def guards(draw: st.DrawFn, alias: str) -> list[Json]:
    found = []
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        asked = draw(ALIAS.filter(lambda one: one != alias))
        operator = draw(st.sampled_from(["equals", "notEquals", "isEmpty", "isNotEmpty", "in"]))
        one = {"attributeId": f"attr-{asked}", "operator": operator}
        if operator == "in":
            one["value"] = draw(st.lists(VALUE[asked], min_size=1, max_size=2, unique=True))
        elif "quals" in operator:
            one["value"] = draw(VALUE[asked])
        found.append(one)
    return found


@st.composite
def rules(draw: st.DrawFn) -> Rules:
    return Rules(
        {alias: draw(guards(alias)) for alias in KINDS},
        {state: draw(st.sets(ALIAS, max_size=2)) for state in STATES},
        draw(st.dictionaries(ALIAS, st.sampled_from(LEVELS))),
    )


def effective(chain: Chain, alias: str) -> list[Json]:
    """Return the values of an attribute of the last of a chain, and what it inherits."""
    if alias in chain[-1]:
        return list(chain[-1][alias])
    if not KINDS[alias].get("inheritable", True):
        return []
    return next((list(held[alias]) for held in reversed(chain) if alias in held), [])


def globally(held: list[Json]) -> Json:
    """Return the value that holds where no scope is named: English is the default."""
    by_scope = {one["scope"].get("dim-language"): one["value"] for one in held}
    return by_scope.get("seg-en", by_scope.get(None))


def holds(guard: Json, chain: Chain) -> bool:
    found, wanted = globally(effective(chain, guard["attributeId"][5:])), guard.get("value")
    return {
        "equals": found is not None and found == wanted,
        "notEquals": found is None or found != wanted,
        "isEmpty": found is None,
        "isNotEmpty": found is not None,
        "in": found is not None and isinstance(wanted, list) and found in wanted,
    }[guard["operator"]]


def seen(told: Rules, who: str, state: str, chain: Chain) -> list[str]:
    """Return the attributes that a caller sees of the last of a chain, in order."""
    return [
        alias
        for alias in KINDS
        if alias not in told.hidden[state]
        and not (who == "role" and told.levels.get(alias) == "hidden")
        and all(holds(one, chain) for one in told.guards[alias])
    ]


@pytest.fixture(scope="module", params=ENGINES)
def shop(request, fresh_keyed_database: FreshKeyedDatabase) -> Iterator[Shop]:
    with fresh_keyed_database(request.param) as keyed, opened_app(keyed.url) as app:
        give_secret(app.extensions["pims_database"])
        shop = Shop(app, keyed.url, keyed.key)
        shop.ask("POST", "/dimensions", LANGUAGE)
        for alias, kind in KINDS.items():
            shop.ask("POST", "/attributes", {"alias": alias, "name": alias} | kind)
        define(shop, "POST", NOTHING)
        yield shop


@pytest.fixture(scope="module")
def callers(shop: Shop) -> dict[str, Headers]:
    return {"owner": {"X-Sigma-ApiKey": shop.key}, "role": shop.user_of("role-some")}


def define(shop: Shop, method: str, told: Rules) -> None:
    """Define the workflow, the schema and the role by some rules."""
    for alias, found in told.guards.items():
        body = {"alias": alias, "name": alias, "guards": found} | KINDS[alias]
        shop.ask("PUT", f"/attributes/attr-{alias}", body)
    end = {
        "POST": {"workflows": "", "roles": ""},
        "PUT": {"workflows": "/wf", "roles": "/role-some"},
    }
    states = [{"id": one, "hidden": sorted(told.hidden[one])} for one in STATES]
    way = {"id": "way", "fromStateId": "open", "toStateId": "shut"}
    body = {"id": "wf", "alias": "wf", "name": "W", "states": states, "transitions": [way]}
    shop.ask(method, f"/workflows{end[method]['workflows']}", body)
    if method == "POST":
        group = {"id": "g", "name": "G", "attributeIds": [f"attr-{one}" for one in KINDS]}
        schema = {"id": "s", "alias": "s", "name": "S", "variantEnabled": True, "workflowId": "wf"}
        shop.ask("POST", "/schemas", schema | {"attributeGroups": [group]})
    levels = {f"attr-{alias}": level for alias, level in told.levels.items()}
    permissions = [{"schemaId": "s", "attributePermissions": levels}]
    body = {"id": "role-some", "name": "Some", "schemaPermissions": permissions}
    shop.ask(method, f"/roles{end[method]['roles']}", body)


def made_in(shop: Shop, chain: Chain) -> list[str]:
    """Make a record and the variants below each other; their addresses."""
    record = shop.ask("POST", "/records", {"schemaId": "s", "values": chain[0]})["id"]
    found, parent = [f"/records/{record}"], record
    for held in chain[1:]:
        body = {"values": held, "parentId": parent}
        parent = shop.ask("POST", f"/records/{record}/variants", body)["id"]
        found.append(f"/records/{record}/variants/{parent}")
    return found


@settings(max_examples=300 if THOROUGH else 20)
@given(
    told=rules(),
    chain=st.lists(own_values(), min_size=2, max_size=6),
    state=st.sampled_from(STATES),
)
def test_what_is_shown_is_what_a_plain_reading_shows(shop, callers, told, chain, state) -> None:
    define(shop, "PUT", NOTHING)
    addresses = made_in(shop, chain)
    if state == "shut":
        shop.ask("POST", f"{addresses[0]}/transition", {"toStateId": "shut"})
    define(shop, "PUT", told)
    try:
        for depth, address in enumerate(addresses):
            for who, headers in callers.items():
                check(
                    shop,
                    headers,
                    address,
                    chain[: depth + 1],
                    seen(told, who, state, chain[: depth + 1]),
                )
    finally:
        shop.ask("DELETE", addresses[0])


def check(shop: Shop, headers: Headers, address: str, chain: Chain, aliases: list[str]) -> None:
    own = {alias: chain[-1][alias] for alias in aliases if alias in chain[-1]}
    shown = shop.send("GET", address, headers=headers).get_json()["values"]
    assert (shown, list(shown)) == (own, list(own))
    if len(chain) == 1:
        return
    resolved = shop.send("GET", f"{address}/resolved", headers=headers).get_json()
    held = {alias: found for alias in aliases if (found := effective(chain, alias))}
    assert resolved["effectiveValues"] == held
    assert resolved["overriddenAttributes"] == list(own)
    assert resolved["inheritedAttributes"] == [alias for alias in held if alias not in own]
    assert resolved["level"] == len(chain) - 1
