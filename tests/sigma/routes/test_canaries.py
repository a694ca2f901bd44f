"""What a role, a state or a View hides is in no reply, and makes no difference to any.

The same is asked of two shops that differ in hidden values alone.
"""

import re
from collections.abc import Callable, Iterator

import pytest

from tests.databases.fresh import ONE_ENGINE, FreshKeyedDatabase
from tests.sigma.conftest import everywhere
from tests.sigma.routes.matrix import MATRIX
from tests.sigma.routes.shop import Shop, address
from tests.sigma.routes.two_shops import (
    CANARIES,
    FIRST,
    HIDDEN,
    SECOND,
    callers_of,
    two_shops,
)

OPERATORS = ("equals", "notEquals", "contains", "isEmpty", "isNotEmpty", "gt", "lt")
PASSING = re.compile(
    r'"(createdAt|updatedAt|timestamp|lastUsedAt|createdBy|updatedBy|userId|key)":"[^"]*"'
)
"""What differs between two shops that are made one after the other."""

Alike = Callable[..., str]


@pytest.fixture(scope="module", params=["role", "view", "state"])
def who(request: pytest.FixtureRequest) -> str:
    """By what values are hidden."""
    return str(request.param)


@pytest.fixture(scope="module", params=ONE_ENGINE)
def shops(
    request: pytest.FixtureRequest, fresh_keyed_database: FreshKeyedDatabase, who: str
) -> Iterator[tuple[Shop, Shop]]:
    with two_shops(fresh_keyed_database, request.param, who) as made:
        yield made


@pytest.fixture(scope="module")
def callers(shops: tuple[Shop, Shop]) -> list[dict]:
    """What each caller sends to each shop; the owner sees everything."""
    return [callers_of(shop) for shop in shops]


@pytest.fixture
def alike(shops: tuple[Shop, Shop], callers: list[dict], who: str) -> Alike:
    """`alike("GET", "/records")`: the answer, the same from both shops."""

    def ask(method: str, path: str, body=None, *, status: int | None = None) -> str:
        told = []
        for shop, headers in zip(shops, callers, strict=True):
            reply = shop.send(method, path, body, headers[who])
            told.append(
                (reply.status_code, PASSING.sub("", reply.text), reply.headers.get("Allow"))
            )
        assert told[0] == told[1], (who, method, path, body)
        assert status is None or told[0][0] == status, told[0]
        assert told[0][0] < 500
        return str(told[0][1])

    return ask


READS = [
    "/records",
    "/records?limit=1&offset=1",
    "/records?lifecycleStateId=open",
    "/records?schemaId=schema-rod",
    "/variants",
    "/audit?limit=500",
    "/audit?action=create",
    "/audit?entityId=var-2",
    *(
        f"/records/ent-{number}{end}"
        for number in (1, 4, 10)
        for end in ("", "/variants", "/audit?limit=500", "/completeness", "/transitions")
    ),
    *(
        f"/records/ent-1/variants/var-{number}{end}"
        for number in (2, 3)
        for end in ("", "/resolved")
    ),
    "/records/ent-10/variants/var-11/resolved",
    "/categories/cat-sale/entities?includeVariants=true",
    "/export",
    "/export?format=csv",
    '/export?scope={"dim-language":"seg-da"}',
    '/export?format=csv&schemaId=schema-rod&scope={"dim-language":"seg-da"}',
    "/saved-queries",
    "/saved-queries/query-h",
    "/search/text?q=bird",
    "/search/text?q=cana",
    "/search/text?q=rod",
]


def test_what_is_read_is_the_same_whatever_is_hidden(alike) -> None:
    for path in READS:
        told = alike("GET", path)
        assert not CANARIES.search(told.replace("val-canary", "")), path


def criteria() -> Iterator[dict]:
    for alias in HIDDEN:
        for operator in OPERATORS:
            for values in (FIRST, SECOND):
                operand = values[alias][0]["value"]
                scoped = {"scope": {"dim-language": "seg-da"}} if "text" in alias else {}
                yield {"attribute": alias, "operator": operator, "value": operand} | scoped


def test_no_search_tells_what_is_hidden(alike, who) -> None:
    for one in criteria():
        alike("POST", "/search", {"criteria": [one], "schemaId": "schema-rod"})
        alike("POST", "/search", {"criteria": [one, {"attribute": "name",
              "operator": "contains", "value": "rod"}], "criteriaOperator": "or"})  # fmt: skip
    for word in (
        "canary",
        "sparrow",
        "kanarief",
        "Metal",
        "tin",
        "31337.42",
        "ghost",
        "canary-ean",
    ):
        alike("POST", "/search/full-text", {"query": word})
    for alias in HIDDEN:
        asked = {"criteria": [{"attribute": alias, "operator": "isNotEmpty"}]}
        alike("POST", "/saved-queries", asked | {"id": f"q-{alias}", "name": "Q"})
        alike("POST", f"/saved-queries/q-{alias}/execute")
    alike("POST", "/saved-queries/query-h/execute", status=200 if who == "state" else 404)


def test_no_search_tells_of_records_that_a_view_leaves_out(alike, who) -> None:
    for alias, values in {"name": ("Canary ghost", "Rod"), "ean": ("canary-ean", "E-9")}.items():
        for operator in OPERATORS[:5]:
            for value in values:
                one = {"attribute": alias, "operator": operator, "value": value}
                told = alike("POST", "/search", {"criteria": [one]}, status=200)
                assert who != "view" or "GHOST" not in told


def test_no_refusal_tells_what_is_hidden(alike, who) -> None:
    for alias, entries in FIRST.items():
        for sent in (entries, SECOND[alias], everywhere(["x"]), everywhere(None), "x"):
            for path in ("/records/ent-1", "/records/ent-1/variants/var-2"):
                alike("PATCH", f"{path}/values/{alias}", {"scopedValues": sent})
                alike("PUT", path, {"values": {alias: sent, "name": everywhere("Rod 1")}})
            if who != "state":  # which a new record is not in
                body = {"schemaId": "schema-rod", "values": {alias: sent}}
                alike("POST", "/records", body)
        cell = str(entries[0]["value"])
        rows = {"rows": [{"C": cell, "I": "ent-1"}], "schemaId": "schema-rod"}
        rows |= {"columnMapping": {"C": alias, "I": "_id"}}
        alike("POST", "/import/preview", rows)
        alike("POST", "/import/execute", rows)
        changed = HIDDEN[alias] | {"alias": alias, "name": alias}
        for rule in ({"maxLength": 2}, {"min": 10**6}, {"pattern": "x"}, {"unique": True}):
            told = alike("PUT", f"/attributes/attr-{alias}", changed | {"validation": rule})
            assert not CANARIES.search(told)


def test_every_address_answers_the_same(alike) -> None:
    """Writes too, one after the other: both shops change in the same way."""
    ids = {"schema_id": "schema-rod", "attribute_id": "attr-name", "dimension_id": "dim-language",
           "list_id": "ol-metal", "value_id": "val-tin", "workflow_id": "wf", "query_id": "query-h",
           "role_id": "role-blind", "alias": "name"}  # fmt: skip
    deleting = [row for row in MATRIX if row.method == "DELETE"]
    for row in [*(row for row in MATRIX if row not in deleting), *deleting]:
        if not row.path.startswith("/auth") and not {"/roles", "/api-keys"} & {
            row.path[:6],
            row.path[:9],
        }:
            told = alike(row.method, address(row.path, **ids), row.body)
            if row.path not in ("/option-lists", "/option-lists/<list_id>"):
                assert not CANARIES.search(told), row.name
