"""Random work on a catalogue, by a key that sees all and one bound to a View, against a model.

PIMS_TEST_THOROUGH=1 takes some minutes and finds more.
"""

import itertools
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings, target
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pims_api.domain.access.permission_group import PERMISSION_GROUPS
from pims_api.services.keys.api_keys import create_key
from pims_api.services.maintenance.check import CHECKS
from pims_api.storage.history.changes import Actor
from pims_api.storage.snapshot import snapshot
from pims_api.storage.tenants import add_tenant
from pims_api.storage.unit_of_work import unit_of_work
from tests.databases.fresh import ENGINES
from tests.pims.catalogue_model import Eyes, Model
from tests.pims.conftest import opened_app, talk

THOROUGH = os.environ.get("PIMS_TEST_THOROUGH") == "1"
EFFORT = settings(
    max_examples=400 if THOROUGH else 20,
    stateful_step_count=60 if THOROUGH else 30,
    suppress_health_check=list(HealthCheck),
    phases=set(Phase) - (set() if THOROUGH else {Phase.shrink}),  # shrinking takes minutes
)

FILTERABLE = {"isFilterable": "y"}
ATTRIBUTES = {
    "price": {"type": "number", **FILTERABLE},
    "color": {"type": "string", **FILTERABLE},
    "code": {"type": "string", "isUnique": "y"},
    "tags": {"type": "string", "collection": "y", **FILTERABLE},
    "label": {"type": "string", "isLocalizable": "y", **FILTERABLE},
}
LOCALE = "de-de"
SYSTEM = ("sku", "categories", "status", "title", "thumbnail", "variation_of",
          "variation_attributes", "variation_skus", "variation_matrix")  # fmt: skip
ALL = Eyes("ALL", {name: name for name in (*SYSTEM, *ATTRIBUTES)})
SHOP_NAMES = {name: name for name in SYSTEM if name not in ("categories", "thumbnail")} | {
    "Net Price": "price", "color": "color", "tags": "tags", "Name": "label"
}  # fmt: skip
SHOP = Eyes("SHOP", dict(SHOP_NAMES), hides="black", readonly={"tags"})
GERMAN = replace(ALL, label="GERMAN", locale=LOCALE)
GERMAN_SHOP = replace(SHOP, label="GERMAN_SHOP", locale=LOCALE)  # the same names, as they change
EVERYBODY = (ALL, SHOP, GERMAN, GERMAN_SHOP)
EYES = st.sampled_from(EVERYBODY)

SKUS = st.sampled_from(["A", "B", "C", "D", "a 1"])
COLORS = st.sampled_from([None, "red", "black"])
WISHES = {
    "title": st.sampled_from([None, "", "Red rod", "Blue rod", "Bar"]),
    "price": st.sampled_from([None, "1", "1.0", "10", "-2.5"]),
    "color": COLORS,
    "code": st.sampled_from([None, "c1", "c2"]),
    "tags": st.lists(st.sampled_from(["x", "y"]), max_size=2, unique=True),
    "label": st.sampled_from([None, "Rod", "Stab", "Bar"]),
    "categories": st.sampled_from([None, ["Garden"], ["Tools", "Garden"], ["Tools"]]),
    "status": st.sampled_from(["active", "inactive", "deleted"]),
    "variation_of": st.none() | SKUS,
}
FILTERS = {
    "price": st.sampled_from(["1", "0;;5", ";;1", "1;;", "1|10"]),
    "color": st.sampled_from(["red", "black|red"]),
    "tags": st.sampled_from(["x", "x|y"]),
    "label": st.sampled_from(["Rod", "Stab|Bar"]),
    "status": st.sampled_from(["active", "inactive|deleted"]),
}


@st.composite
def wishes(draw: st.DrawFn, eyes: Eyes) -> dict[str, Any]:
    """Return attributes to send, by the names that such a key sees."""
    varying = [one for one in map(eyes.outward, ("color", "price", "code")) if one]
    known = {eyes.outward(name) or name: values for name, values in WISHES.items()}
    known["variation_attributes"] = st.lists(st.sampled_from(varying), max_size=2, unique=True)
    return draw(st.fixed_dictionaries({}, optional=known))


@st.composite
def list_params(draw: st.DrawFn, eyes: Eyes) -> dict[str, Any]:
    """Return params of a getList by the names that such a key sees."""
    filters = {seen: values for n, values in FILTERS.items() if (seen := eyes.outward(n))}
    ordering = map(eyes.outward, ("title", "sku", "color", "price", "label"))
    order = st.fixed_dictionaries(
        {
            "attribute": st.sampled_from([name for name in ordering if name]),
            "direction": st.sampled_from(["ASC", "DESC"]),
        }
    )
    return draw(
        st.fixed_dictionaries(
            {},
            optional={
                "filter_values": st.fixed_dictionaries({}, optional=filters),
                "includeDeleted": st.booleans(),
                "includeVariants": st.booleans(),
                "order": st.lists(order, min_size=1, max_size=1),
                "search": st.sampled_from(["rod", "red ro", "bar", "blue"]),
                "pagination": st.fixed_dictionaries(
                    {"pageSize": st.integers(1, 4), "pageNum": st.integers(1, 3)}
                ),
            },
        )
    )


def shop_fields() -> dict[str, dict[str, str]]:
    """Return the attributes of the View, as it is now."""
    return {
        own: {"transform": outward, "readonly": "y" if own in SHOP.readonly else "n"}
        for outward, own in SHOP.names.items()
    }


class Catalogue(RuleBasedStateMachine):
    """One tenant of its own, and the model of what is in it."""

    def __init__(self, app: Flask, number: int) -> None:
        super().__init__()
        self.database = app.extensions["pims_database"]
        self.tenant = add_tenant(self.database, f"tenant {number}")
        self.model = Model()
        self.written: set[str] = set()  # since the last look at history
        self.has_locale = False
        SHOP.names.clear()
        SHOP.names.update(SHOP_NAMES)
        SHOP.readonly.clear()
        SHOP.readonly.add("tags")
        self.pims = talk(app.test_client(), self._key(*PERMISSION_GROUPS))
        items = [
            {"name": name, "definition": {"label": {"en-us": name}, **definition}}
            for name, definition in ATTRIBUTES.items()
        ]
        self.pims("addAttribute", path="/pim/manage/attributes", items=items, status=200)
        categories = [{"path": "Tools"}, {"path": "Garden"}]
        self.pims("addCategory", path="/pim/manage/categories", items=categories, status=200)
        self.pims(
            "addPimView",
            path="/pim/manage/views",
            name="shop",
            attributes=shop_fields(),
            condition_query="[[color]] IS NULL OR [[color]] <> 'black'",
            status=200,
        )
        self.shop_key = self._key("pim_editor", views=("shop",))

    def _key(self, *permissions: str, views: tuple[str, ...] = ()) -> str:
        with unit_of_work(self.database, self.tenant, Actor("tests")) as work:
            text, _ = create_key(work, None, "a test's key", permissions, views=views)
        return text

    def ask(self, eyes: Eyes, action: str, **body: Any) -> dict[str, Any]:
        return self.pims(action, **self.asker(eyes), **body)

    def asker(self, eyes: Eyes) -> dict[str, Any]:
        """Return how such a key asks; the first who asks in a locale adds it."""
        if eyes.locale and not self.has_locale:
            self.has_locale = True
            self.pims("addLocale", path="/pim/manage/attributes", code=LOCALE, name="German",
                      status=200)  # fmt: skip
        key = {"key": self.shop_key} if eyes.hides else {}
        return key | ({"locale": eyes.locale} if eyes.locale else {})

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """Have a family, some of it black, so that there is something to work on."""
        for sku, parent in (("B", None), ("A", "B"), ("C", "A"), ("D", None)):
            more = {"variation_of": parent, "color": data.draw(COLORS)}
            self._write(ALL, "createProduct", sku, data.draw(wishes(ALL)) | more, {})

    @rule(eyes=EYES, sku=SKUS, color=COLORS)
    def paint(self, eyes: Eyes, sku: str, color: str | None) -> None:
        self._write(eyes, "editProduct", sku, {"color": color}, {})

    @rule(eyes=EYES, sku=SKUS, data=st.data())
    def create(self, eyes: Eyes, sku: str, data: st.DataObject) -> None:
        self._write(eyes, "createProduct", sku, data.draw(wishes(eyes)), {})

    @rule(eyes=EYES, sku=SKUS, data=st.data(), dry_run=st.sampled_from([False] * 4 + [True]))
    def edit(self, eyes: Eyes, sku: str, data: st.DataObject, dry_run: bool) -> None:
        self._write(eyes, "editProduct", sku, data.draw(wishes(eyes)), {"dry_run": dry_run})

    @rule(eyes=EYES, sku=SKUS, status=WISHES["status"])
    def delete_or_restore(self, eyes: Eyes, sku: str, status: str) -> None:
        self._write(eyes, "editProduct", sku, {"status": status}, {})

    @rule(eyes=EYES, child=SKUS, parent=st.none() | SKUS)
    def link_or_unlink(self, eyes: Eyes, child: str, parent: str | None) -> None:
        self._write(eyes, "editProduct", child, {"variation_of": parent}, {})

    @rule(eyes=EYES, sku=SKUS, version=st.integers(1, 4), data=st.data())
    def edit_a_version(self, eyes: Eyes, sku: str, version: int, data: st.DataObject) -> None:
        self._write(eyes, "editProduct", sku, data.draw(wishes(eyes)), {"if_version": version})

    @rule(eyes=EYES, data=st.data())
    def get_list(self, eyes: Eyes, data: st.DataObject) -> None:
        params = data.draw(list_params(eyes))

        reply = self.ask(eyes, "getList", params=params, status=200)

        expected = self.model.listed(eyes, params)
        page = params.get("pagination", {"pageSize": 24, "pageNum": 1})
        start = page["pageSize"] * (page["pageNum"] - 1)
        assert reply["sku_count"] == len(expected)
        assert _products(reply) == self._shown(eyes, expected[start : start + page["pageSize"]])

    @rule(eyes=EYES, skus=st.lists(SKUS, min_size=1), deleted=st.booleans())
    def list_by_sku(self, eyes: Eyes, skus: list[str], deleted: bool) -> None:
        reply = self.ask(eyes, "listProductsBySku", skus=skus, includeDeleted=deleted, status=200)

        expected = [
            sku
            for sku in dict.fromkeys(skus)
            if self.model.sees(eyes, sku)
            and (deleted or self.model.products[sku]["status"] != "deleted")
        ]
        assert _products(reply) == self._shown(eyes, expected)

    @rule(eyes=EYES, sku=SKUS)
    def look(self, eyes: Eyes, sku: str) -> None:
        self._compare(eyes, sku)

    @invariant()
    def history_folds_to_the_state(self) -> None:
        written, self.written = self.written & self.model.products.keys(), set()
        for sku in written:
            params = {"attributes": list(ALL.names), "definition": False}
            pages = params | {"pagination": {"pageSize": 500}}
            entries = self.ask(ALL, "historyProduct", sku=sku, params=pages)["history"]
            state: dict[str, Any] = {}
            for entry in entries:
                assert entry["old"] == {name: state.get(name) for name in entry["new"]}
                state |= entry["new"]
            shown = self.ask(ALL, "listProduct", sku=sku, params=params)
            assert len(entries) == len(self.model.history(ALL, sku))
            assert shown["version"] == self.model.version(sku)
            stored = {n: v for n, v in self.model.products[sku].items() if "@" not in n}
            assert {name: value for name, value in state.items() if value is not None} == stored

    @precondition(lambda self: self.model.products)
    @rule()
    def check(self) -> None:
        with snapshot(self.database, self.tenant) as seen:
            assert [one for step in CHECKS for one in step.find(seen)] == []

    def teardown(self) -> None:
        for eyes, sku in itertools.product(EVERYBODY, ["A", "B", "C", "D", "a 1"]):
            self._compare(eyes, sku)
        self.check()
        target(float(sum(map(len, self.model.entries.values()))))

    def _write(
        self, eyes: Eyes, action: str, sku: str, sent: dict[str, Any], more: dict[str, Any]
    ) -> None:
        self.written.add(sku)
        model = self.model.copy()
        expected = self._expected(model, eyes, action, sku, sent, more)

        reply = self.ask(eyes, action, sku=sku, data={"attributes": sent}, **more)

        status = 200 if reply["status"] == "OK" else _status(reply)
        assert status in expected, reply
        if status == 200:
            assert reply["data"]["attributes"] == model.shown(eyes, sku)
            assert reply["version"] == model.version(sku)
            if not more.get("dry_run"):
                self.model = model

    def _expected(
        self,
        model: Model,
        eyes: Eyes,
        action: str,
        sku: str,
        sent: dict[str, Any],
        more: dict[str, Any],
    ) -> set[int]:
        if action == "createProduct":
            return {409} if sku in model.products else model.write(eyes, sku, sent)
        if not model.sees(eyes, sku):
            return {404}
        if more.get("if_version") not in (None, model.version(sku)):
            return {412}
        return model.write(eyes, sku, sent)

    def _compare(self, eyes: Eyes, sku: str) -> None:
        there = self.model.sees(eyes, sku)
        reply = self.ask(eyes, "listProduct", sku=sku, status=200 if there else 404)
        past = self.ask(eyes, "historyProduct", sku=sku, status=200 if there else 404)
        if there:
            assert reply["data"]["attributes"] == self.model.shown(eyes, sku)
            expected = self.model.history(eyes, sku)
            assert [(one["old"], one["new"]) for one in past["history"]] == expected[:24]
            assert past["total_count"] == len(expected)

    def _shown(self, eyes: Eyes, skus: list[str]) -> list[tuple[int, dict[str, Any]]]:
        return [(self.model.version(sku), self.model.shown(eyes, sku)) for sku in skus]


def _products(reply: dict[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    return [(one["version"], one["data"]["attributes"]) for one in reply["products"]]


def _status(reply: dict[str, Any]) -> int:
    """Return the status that goes with the codes of a refusal."""
    by_code = {"exists": 409, "not_unique": 409, "stale_version": 412, "forbidden": 403}
    found = {
        404 if error["code"] == "not_found" and "attribute" not in error
        else by_code.get(error["code"], 400)
        for error in reply["errors"]
    }  # fmt: skip
    return found.pop() if len(found) == 1 else 400


@pytest.fixture(scope="module", params=ENGINES)
def app(request, fresh_keyed_database) -> Iterator[Flask]:
    with fresh_keyed_database(request.param) as keyed, opened_app(keyed.url) as made:
        yield made


def test_the_catalogue_is_what_the_model_says(app) -> None:
    numbers = itertools.count()

    run_state_machine_as_test(lambda: Catalogue(app, next(numbers)), settings=EFFORT)
