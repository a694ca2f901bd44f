"""Random transactions, taken back in any order, against a model that keeps every value.

PIMS_TEST_THOROUGH=1 takes some minutes and finds more.
"""

import os
from collections import Counter
from contextlib import ExitStack, closing
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pims_api.services.maintenance.check import CHECKS
from pims_api.storage.database import Database
from pims_api.storage.snapshot import snapshot
from tests.databases.fresh import ENGINES
from tests.environment import settings_of
from tests.pims.conftest import ATTRIBUTES, talk

THOROUGH = os.environ.get("PIMS_TEST_THOROUGH") == "1"
EFFORT = settings(
    max_examples=300 if THOROUGH else 15,
    stateful_step_count=50 if THOROUGH else 25,
    suppress_health_check=list(HealthCheck),
    phases=set(Phase) - (set() if THOROUGH else {Phase.shrink}),  # shrinking takes minutes
)
SKUS = st.sampled_from(["A", "B", "C", "D"])
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from([None, "Rod", "Bar"]),
        "price": st.sampled_from([None, "1", "1.0", "2"]),
        "code": st.sampled_from([None, "c1", "c2", "c3"]),
        "tags": st.sampled_from([None, ["x"], ["y", "x"]]),
        "status": st.sampled_from(["active", "inactive", "deleted"]),
    },
)
MODES = st.sampled_from(["refuse", "skip", "force"])
NEW = {"status": "active"}
Values = dict[str, Any]


class Wish:
    """A value that a revert would set back, as the model sees it."""

    def __init__(self, sku: str, name: str, was: Any, left: Any, now: Any) -> None:
        self.sku, self.name, self.was, self.left, self.now = sku, name, was, left, now

    @property
    def kind(self) -> str:
        if self.now == self.was:
            return "unchanged"
        return "revert" if self.now == self.left else "conflict"


class Reverting(RuleBasedStateMachine):
    """The model: the values of each product, and what each transaction changed of them."""

    engine: str
    fresh: Any
    app: Flask

    @initialize()
    def begin(self) -> None:
        self.stack = ExitStack()
        keyed = self.stack.enter_context(self.fresh(self.engine))
        self.database = self.stack.enter_context(closing(Database(settings_of(keyed.url))))
        self.app.extensions["pims_database"] = self.database
        self.pims = talk(self.app.test_client(), keyed.key)
        for name, kind, more in (("price", "number", {}), ("code", "string", {"isUnique": "y"}),
                                 ("tags", "string", {"collection": "y"})):  # fmt: skip
            definition = {"type": kind, "label": {"en-us": name}} | more
            self.pims("addAttribute", path=ATTRIBUTES, name=name, definition=definition, status=200)
        self.now: dict[str, Values] = {}
        self.changed: dict[int, dict[str, tuple[Values | None, Values]]] = {}

    def teardown(self) -> None:
        if not hasattr(self, "stack"):
            return
        for sku, values in self.now.items():
            assert self.shown(sku) == values
        with snapshot(self.database, 1) as seen:
            found = [one for check in CHECKS for one in check.find(seen)]
        self.stack.close()
        assert found == []

    @rule(rows=st.lists(st.tuples(SKUS, VALUES), min_size=1, max_size=3))
    def save(self, rows: list[tuple[str, Values]]) -> None:
        """Save products in one transaction; what would clash is refused row by row."""
        actions = [
            {"action": "saveProduct", "sku": sku, "data": {"attributes": values}}
            for sku, values in rows
        ]
        reply = self.pims("batch", actions=actions, status=None)
        after = {sku: dict(values) for sku, values in self.now.items()}
        for (sku, values), row in zip(rows, reply["rows"], strict=True):
            held = {one["code"] for at, one in after.items() if at != sku and one.get("code")}
            refused = values.get("code") in held
            assert (row["status"] == "rejected") == refused, row
            if not refused:
                after[sku] = _laid(after.get(sku, NEW), values)
        self.note(reply, after)

    @precondition(lambda self: self.changed)
    @rule(data=st.data(), mode=MODES, dry=st.booleans())
    def take_back(self, data: st.DataObject, mode: str, dry: bool) -> None:
        number = data.draw(st.sampled_from(sorted(self.changed)))
        wishes = list(self.wishes(number))
        reply = self.pims("revert", transaction=number, on_conflict=mode, dry_run=dry)
        self.judge(reply, wishes, mode, dry)

    @precondition(lambda self: self.changed)
    @rule(data=st.data(), sku=SKUS, dry=st.booleans())
    def restore(self, data: st.DataObject, sku: str, dry: bool) -> None:
        number = data.draw(st.sampled_from(sorted(self.changed)))
        later = [self.changed[n][sku] for n in sorted(self.changed)
                 if n > number and sku in self.changed[n]]  # fmt: skip
        reply = self.pims("revert", sku=sku, as_of=number, dry_run=dry)
        if sku not in self.now or any(before is None for before, _ in later):
            assert reply["errors"][0]["code"] == "not_found"
            return
        names = {name for before, after in later for name in _differing(before or {}, after)}
        then, now = (later[0][0] or {} if later else self.now[sku]), self.now[sku]
        wishes = [Wish(sku, name, then.get(name), now.get(name), now.get(name)) for name in names]
        self.judge(reply, wishes, "refuse", dry)

    def wishes(self, number: int) -> Any:
        for sku, (before, after) in self.changed[number].items():
            now = self.now[sku]
            if before is None:
                yield Wish(sku, "status", "deleted", after["status"], now["status"])
                continue
            for name in _differing(before, after):
                yield Wish(sku, name, before.get(name), after.get(name), now.get(name))

    def judge(self, reply: Values, wishes: list[Wish], mode: str, dry: bool) -> None:
        """Compare a reply with the model, and move the model along."""
        kinds = Counter(one.kind for one in wishes)
        if mode == "refuse" and kinds["conflict"]:
            assert reply["conflict_count"] == kinds["conflict"]
            assert {(one["sku"], one["attribute"]) for one in reply["conflicts"]} == {
                (one.sku, one.name) for one in wishes if one.kind == "conflict"
            }
            return
        kept = ("revert", "conflict") if mode == "force" else ("revert",)
        chosen = [one for one in wishes if one.kind in kept]
        after = {sku: dict(values) for sku, values in self.now.items()}
        for one in chosen:
            after[one.sku] = _laid(after[one.sku], {one.name: one.was})
        codes = [values["code"] for values in after.values() if "code" in values]
        clash = len(codes) != len(set(codes))
        if clash and mode != "skip":
            assert {one["code"] for one in reply["errors"]} == {"not_unique"}
            return
        assert reply["status"] == "OK", reply
        assert (reply["unchanged"], reply["conflict_count"]) == (kinds["unchanged"],
                                                                 kinds["conflict"])  # fmt: skip
        assert reply["reverted"] + reply["unchanged"] + reply["skipped"] == len(wishes)
        if not clash:
            assert reply["reverted"] == len(chosen)
        elif not dry:
            after = self.told(chosen)
        if not dry:
            self.note(reply, after)

    def told(self, chosen: list[Wish]) -> dict[str, Values]:
        """Return what is there after a revert that left some codes alone; the rest is as wanted."""
        after = {sku: self.shown(sku) for sku in self.now}
        for one in chosen:
            expected = {one.was, one.now} if one.name == "code" else None
            if expected is not None:
                assert after[one.sku].get("code") in expected
            else:
                assert after[one.sku].get(one.name) == one.was
        return after

    def note(self, reply: Values, after: dict[str, Values]) -> None:
        changed = {
            sku: (self.now.get(sku), values)
            for sku, values in after.items()
            if self.now.get(sku) != values
        }
        assert ("transaction" in reply) == bool(changed), (reply, changed)
        if changed:
            self.changed[reply["transaction"]] = changed
        self.now = after

    @invariant()
    def products_are_as_the_model_says(self) -> None:
        if getattr(self, "now", None):
            sent = {"skus": list(self.now), "includeDeleted": True}
            found = self.pims("listProductsBySku", status=200, **sent)["products"]
            assert {one["sku"]: _known(one) for one in found} == self.now

    def shown(self, sku: str) -> Values:
        return _known(self.pims("listProduct", sku=sku))


def _known(shown: Values) -> Values:
    """Return the values that the model knows, of a product as it is shown."""
    values = shown["data"]["attributes"]
    names = ("title", "price", "code", "tags", "status")
    return {name: values[name] for name in names if values[name] not in (None, [])}


def _laid(values: Values, more: Values) -> Values:
    return {name: value for name, value in (values | more).items() if value is not None}


def _differing(before: Values, after: Values) -> list[str]:
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]


@pytest.mark.parametrize("engine", ENGINES)
def test_reverts_equal_the_model(engine: str, shared_app: Flask, fresh_keyed_database: Any) -> None:
    parts = {"engine": engine, "app": shared_app, "fresh": lambda _, e: fresh_keyed_database(e)}
    machine = type("On", (Reverting,), parts)
    run_state_machine_as_test(machine, settings=EFFORT)
