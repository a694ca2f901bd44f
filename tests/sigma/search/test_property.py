"""Searches find what a plain reading of the rules finds, on both databases."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.databases.fresh import ENGINES, FreshKeyedDatabase
from tests.pims.conftest import opened_app
from tests.sigma.search.evaluator import DIMENSIONS, fulfils

LANGUAGES = ["seg-en", "seg-de", "seg-da"]
CHANNELS = ["seg-web", "seg-shop"]
WORDS = ["Straße", "STRASSE", "kelvin \u212a", "Rod 12", "rod", "ﬁn", "%", "a_b", "\\"]
LONG = ["Steel " * 30 + word for word in ("Rod", "rod", "Éclair")]
NUMBERS = ["0", "1.5", "-2", "12", "1.50", "120.25"]
MOMENTS = ["2024-02-29", "2024-02-29T01:00:00+02:00", "2024-02-28T23:00:00Z", "2024-03-01"]
KINDS = {"name": "text", "story": "text", "price": "number", "at": "datetime", "new": "boolean"}
POOLS = {
    "name": st.sampled_from(WORDS),
    "story": st.sampled_from([*WORDS, *LONG]),
    "price": st.sampled_from([float(one) if "." in one else int(one) for one in NUMBERS]),
    "at": st.sampled_from(MOMENTS),
    "new": st.booleans(),
}
OPERANDS = POOLS | {"price": st.sampled_from(NUMBERS)}


@st.composite
def scopes(draw: st.DrawFn, alias: str) -> dict:
    dimensions = DIMENSIONS.get(alias, [])
    named = [one for one in dimensions if draw(st.booleans())]
    pools = {"dim-language": LANGUAGES, "dim-channel": CHANNELS}
    return {one: draw(st.sampled_from(pools[one])) for one in named}


@st.composite
def values(draw: st.DrawFn) -> dict:
    found = {}
    for alias in KINDS:
        entries = {}
        for _ in range(draw(st.integers(0, 2))):
            scope = draw(scopes(alias))
            entry = {"scope": scope, "value": draw(POOLS[alias])}
            entries[tuple(sorted(scope.items()))] = entry
        if entries:
            found[alias] = list(entries.values())
    return found


@st.composite
def criteria(draw: st.DrawFn) -> dict:
    alias = draw(st.sampled_from(list(KINDS)))
    operators = ["equals", "notEquals", "contains", "isEmpty", "isNotEmpty"]
    if KINDS[alias] in ("number", "datetime"):
        operators += ["gt", "lt"]
    operator = draw(st.sampled_from(operators))
    made = {"attribute": alias, "operator": operator}
    if operator == "contains":
        made["value"] = draw(parts(alias))
    elif operator in ("equals", "notEquals", "gt", "lt"):
        made["value"] = draw(OPERANDS[alias])
    if draw(st.booleans()):
        made["scope"] = draw(scopes(alias))
    return made


@st.composite
def parts(draw: st.DrawFn, alias: str) -> str:
    text = str(draw(OPERANDS[alias]))
    start = draw(st.integers(0, len(text) - 1))
    end = draw(st.integers(start + 1, len(text)))
    change = draw(st.sampled_from([str, str.upper, str.lower]))
    return change(text[start:end])


@pytest.fixture(scope="module", params=ENGINES)
def ask(request, fresh_keyed_database: FreshKeyedDatabase) -> Iterator[Callable]:
    """`ask("POST", "/search", {…})`: the JSON of the answer, over a tenant with one schema."""
    with fresh_keyed_database(request.param) as keyed, opened_app(keyed.url) as app:
        client, headers = app.test_client(), {"X-Sigma-ApiKey": keyed.key}

        def act(method: str, path: str, body=None):
            reply = client.open(f"/api/v1{path}", method=method, json=body, headers=headers)
            assert reply.status_code < 300, reply.text[:1_000]
            return reply.get_json() if reply.data else None

        define(act)
        yield act


def define(act: Callable) -> None:
    for number, segments in (("language", LANGUAGES), ("channel", CHANNELS)):
        act("POST", "/dimensions", {
            "id": f"dim-{number}", "alias": number, "name": number,
            "segments": [{"id": s, "alias": s.removeprefix("seg-"), "name": s} for s in segments],
        })  # fmt: skip
    ids = []
    for alias, kind in KINDS.items():
        body = {"alias": alias, "name": alias, "type": kind}
        body |= {"dimensionIds": DIMENSIONS.get(alias, [])}
        body |= {"validation": {"maxLength": 200}} if alias == "name" else {}
        ids.append(act("POST", "/attributes", body)["id"])
    group = {"id": "g", "name": "G", "attributeIds": ids}
    act("POST", "/schemas", {"id": "s", "alias": "s", "name": "S", "variantEnabled": False,
                             "attributeGroups": [group]})  # fmt: skip


@settings(max_examples=40)
@given(
    documents=st.lists(values(), min_size=3, max_size=6),
    searches=st.lists(
        st.fixed_dictionaries(
            {
                "criteriaOperator": st.sampled_from(["and", "or"]),
                "criteria": st.lists(criteria(), max_size=3),
                "limit": st.just(500),
            }
        ),
        min_size=4,
        max_size=8,
    ),
)
def test_a_search_finds_what_a_plain_reading_finds(ask, documents, searches) -> None:
    made = [ask("POST", "/records", {"schemaId": "s", "values": one}) for one in documents]
    try:
        for search in searches:
            found = ask("POST", "/search", search)
            expected = [one["id"] for one in made if fulfils(one, search)]
            assert sorted(one["id"] for one in found["items"]) == sorted(expected), search
            assert found["total"] == len(expected)
    finally:
        for one in made:
            ask("DELETE", f"/records/{one['id']}")
