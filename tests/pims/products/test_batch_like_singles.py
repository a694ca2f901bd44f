"""A batch does what its rows would do one by one, whatever they are and however they are cut."""

import itertools
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pims_api.domain.access.permission_group import PERMISSION_GROUPS
from pims_api.services.keys.api_keys import create_key
from pims_api.services.maintenance.check import CHECKS
from pims_api.storage.history.changes import Actor
from pims_api.storage.snapshot import snapshot
from pims_api.storage.tenants import add_tenant
from pims_api.storage.unit_of_work import unit_of_work
from tests.databases.fresh import ENGINES
from tests.pims.conftest import ATTRIBUTES, opened_app, talk

THOROUGH = os.environ.get("PIMS_TEST_THOROUGH") == "1"
EFFORT = settings(
    max_examples=500 if THOROUGH else 30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

Json = dict[str, Any]
Pims = Callable[..., Json]

DEFINITIONS = {
    "price": {"type": "number", "isFilterable": "y"},
    "code": {"type": "string", "isUnique": "y"},
    "color": {"type": "dropdown", "dictionaryIsStatic": "n", "isFilterable": "y"},
    "goes_with": {"type": "relation", "collection": "y"},
}
SKUS = st.sampled_from(["A", "B", "C", "D", "E"])
VALUES = {
    "title": st.sampled_from(["Rod", "Bar", None]),
    "price": st.sampled_from(["1", "2.50", "cheap", None]),
    "code": st.sampled_from(["c1", "c2", None]),
    "color": st.sampled_from(["red", "teal"]),
    "status": st.sampled_from(["active", "deleted"]),
    "categories": st.sampled_from([["Tools"], ["Tools > Saws", "Garden"], ["Tools >"]]),
    "variation_of": st.none() | SKUS,
    "variation_attributes": st.just(["color"]),
    "goes_with": st.lists(SKUS, max_size=2, unique=True),
}
ACTIONS = st.sampled_from(["createProduct", "editProduct", "saveProduct", "saveProduct"])


@st.composite
def rows(draw: st.DrawFn) -> Json:
    """Return a row, often one that cannot be met."""
    row: Json = {"action": draw(ACTIONS), "sku": draw(SKUS)}
    row["data"] = {"attributes": draw(st.fixed_dictionaries({}, optional=VALUES))}
    if draw(st.booleans()):
        row["createMissing"] = ["categories"]
    return row


@pytest.fixture(scope="module", params=ENGINES)
def app(request: Any, fresh_keyed_database: Any) -> Iterator[Flask]:
    with fresh_keyed_database(request.param) as keyed, opened_app(keyed.url) as made:
        yield made


@pytest.fixture(scope="module")
def new_shop(app: Flask) -> Callable[[], tuple[int, Pims]]:
    """`new_shop()`: a tenant of its own with the attributes, and the way to talk to it."""
    database, numbers = app.extensions["pims_database"], itertools.count()

    def make() -> tuple[int, Pims]:
        tenant = add_tenant(database, f"tenant {next(numbers)}")
        with unit_of_work(database, tenant, Actor("tests")) as work:
            key, _ = create_key(work, None, "a test's key", PERMISSION_GROUPS)
        pims = talk(app.test_client(), key)
        items = [
            {"name": name, "definition": {"label": {"en-us": name}, **definition}}
            for name, definition in DEFINITIONS.items()
        ]
        pims("addAttribute", path=ATTRIBUTES, items=items, status=200)
        return tenant, pims

    return make


def one_by_one(pims: Pims, sent: list[Json]) -> list[list[str] | None]:
    """Return the codes of each row's refusal, None where it was met."""
    answers = (
        pims(row["action"], **{k: v for k, v in row.items() if k != "action"}) for row in sent
    )
    return [codes(answer) for answer in answers]


def in_batches(pims: Pims, sent: list[Json], size: int) -> list[list[str] | None]:
    chunks = (sent[start : start + size] for start in range(0, len(sent), size))
    told = (row for chunk in chunks for row in pims("batch", actions=chunk)["rows"])
    return [codes(row) for row in told]


def codes(answer: Json) -> list[str] | None:
    return [one["code"] for one in answer["errors"]] if "errors" in answer else None


def state(pims: Pims) -> list[tuple[str, Json]]:
    """Return everything that is there, in the default order, without versions."""
    params = {"includeDeleted": True, "includeVariants": True}
    found = pims("getList", params=params, status=200)["products"]
    return [(one["sku"], one["data"]["attributes"]) for one in found]


@EFFORT
@given(sent=st.lists(rows(), min_size=1, max_size=14), size=st.integers(1, 14))
def test_rows_come_to_the_same_in_a_batch(
    app: Flask, new_shop: Callable[[], tuple[int, Pims]], sent: list[Json], size: int
) -> None:
    _, singly = new_shop()
    tenant, together = new_shop()
    assert in_batches(together, sent, size) == one_by_one(singly, sent)
    assert state(together) == state(singly)
    with snapshot(app.extensions["pims_database"], tenant) as seen:
        assert [one for step in CHECKS for one in step.find(seen)] == []
