"""The value that holds in a scope of one to four dimensions, as a plain reading of the rule has it.

The same in exports, in searches and for the locales of PIMS, on both databases.
PIMS_TEST_THOROUGH=1 takes some minutes and finds more.
"""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.databases.fresh import ENGINES, FreshKeyedDatabase
from tests.pims.conftest import opened_app, talk
from tests.sigma.routes.shop import Shop

THOROUGH = os.environ.get("PIMS_TEST_THOROUGH") == "1"

Json = Any

SEGMENTS = {
    "dim-language": ["seg-en", "seg-da", "seg-de"],
    "dim-market": ["seg-eu", "seg-us"],
    "dim-channel": ["seg-web", "seg-shop"],
    "dim-season": ["seg-winter", "seg-summer"],
}
"""The segments of each dimension, the default one first."""
LOCALES = {"seg-en": "en-us", "seg-da": "da", "seg-de": "de"}
LANGUAGE, MARKET, CHANNEL, SEASON = SEGMENTS
ATTRIBUTES = {
    "one": [LANGUAGE],
    "other": [MARKET],
    "two": [MARKET, LANGUAGE],
    "three": [CHANNEL, LANGUAGE, MARKET],
    "four": [SEASON, MARKET, CHANNEL, LANGUAGE],
    "turned": [LANGUAGE, CHANNEL, MARKET, SEASON],
}


@st.composite
def scopes(draw: st.DrawFn, dimensions: list[str]) -> dict[str, str]:
    named = draw(st.lists(st.sampled_from(dimensions), unique=True))
    return {one: draw(st.sampled_from(SEGMENTS[one])) for one in named}


@st.composite
def values(draw: st.DrawFn) -> dict[str, list]:
    """Return scoped values, each of which says where it stands."""
    found = {}
    for alias, dimensions in ATTRIBUTES.items():
        drawn = draw(st.lists(scopes(dimensions), max_size=5))
        entries = {tuple(sorted(one.items())): one for one in drawn}.values()
        if entries:
            found[alias] = [{"scope": one, "value": f"{alias} {one}"} for one in entries]
    return found


def expected(alias: str, entries: list, asked: dict[str, str]) -> str | None:
    """Return the value that holds: of those that serve, the one that names most, then earliest."""
    dimensions = ATTRIBUTES[alias]
    for wanted in (asked, {}):
        full = {one: wanted.get(one, SEGMENTS[one][0]) for one in dimensions}
        serving = [one for one in entries if all(full[d] == s for d, s in one["scope"].items())]
        for size in range(len(dimensions), -1, -1):
            named = [one for one in serving if len(one["scope"]) == size]
            for one in sorted(named, key=lambda one: sorted(map(dimensions.index, one["scope"]))):
                return str(one["value"])
    return None


@pytest.fixture(scope="module", params=ENGINES)
def shop(request, fresh_keyed_database: FreshKeyedDatabase) -> Iterator[Shop]:
    """One record, whose values the examples replace."""
    with fresh_keyed_database(request.param) as keyed, opened_app(keyed.url) as app:
        shop = Shop(app, keyed.url, keyed.key)
        for number, held in SEGMENTS.items():
            segments = [{"id": one, "alias": one.removeprefix("seg-"), "name": one} for one in held]
            alias = number.removeprefix("dim-")
            body = {"id": number, "alias": alias, "name": alias, "defaultSegmentId": held[0]}
            shop.ask("POST", "/dimensions", body | {"segments": segments})
        for alias, dimensions in ATTRIBUTES.items():
            body = {"alias": alias, "name": alias, "type": "text", "dimensionIds": dimensions}
            shop.ask("POST", "/attributes", body | {"validation": {"maxLength": 200}})
        shop.ask("POST", "/records", {"schemaId": "schema-default", "values": {}})
        yield shop


@settings(max_examples=500 if THOROUGH else 40)
@given(held=values(), asked=st.lists(scopes(list(SEGMENTS)), min_size=3, max_size=3))
def test_the_value_of_a_scope_is_that_of_a_plain_reading(shop, held, asked) -> None:
    shown = shop.ask("PUT", "/records/ent-1", {"values": held})["values"]
    assert {alias: shown[alias] for alias in held} == held
    for scope in asked:
        want = {alias: expected(alias, held.get(alias, []), scope) for alias in ATTRIBUTES}
        (plain,) = shop.ask("GET", f"/export?scope={json.dumps(scope)}")
        assert {alias: plain.get(alias) for alias in ATTRIBUTES} == want, scope
        criteria = [
            {"attribute": alias, "operator": "equals", "value": value, "scope": scope}
            if value is not None
            else {"attribute": alias, "operator": "isEmpty", "scope": scope}
            for alias, value in want.items()
        ]
        assert shop.ask("POST", "/search", {"criteria": criteria})["total"] == 1, scope


@settings(max_examples=20)
@given(held=values())
def test_a_locale_of_pims_shows_what_holds_in_its_segment(shop, held) -> None:
    shop.ask("PUT", "/records/ent-1", {"values": held})
    pims = talk(shop.app.test_client(), shop.key)
    for segment in SEGMENTS[LANGUAGE]:
        told = pims("listProduct", sku="ent-1", locale=LOCALES[segment], status=200)
        shown = {alias: told["data"]["attributes"][alias] for alias in ATTRIBUTES}
        scope = {LANGUAGE: segment}
        assert shown == {one: expected(one, held.get(one, []), scope) for one in ATTRIBUTES}
