"""Random work on records of a workflow, by a key and two roles, against a naive model.

PIMS_TEST_THOROUGH=1 takes some minutes and finds more.
"""

import itertools
import os
from collections.abc import Iterator
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

from pims_api.domain.access.permission_group import PERMISSION_GROUPS
from pims_api.services.keys.api_keys import create_key
from pims_api.services.maintenance.check import CHECKS
from pims_api.services.users import accounts
from pims_api.services.users.tokens import token_of
from pims_api.storage.history.changes import Actor
from pims_api.storage.snapshot import snapshot
from pims_api.storage.tenants import add_tenant
from pims_api.storage.unit_of_work import unit_of_work
from tests.databases.fresh import ENGINES
from tests.pims.conftest import opened_app
from tests.sigma.conftest import everywhere
from tests.sigma.workflows.model import ALIASES, LEVELS, STATES, Guard, Model, Record, State, Way

THOROUGH = os.environ.get("PIMS_TEST_THOROUGH") == "1"
EFFORT = settings(
    max_examples=200 if THOROUGH else 12,
    stateful_step_count=50 if THOROUGH else 25,
    suppress_health_check=list(HealthCheck),
    phases=set(Phase) - (set() if THOROUGH else {Phase.shrink}),  # shrinking takes minutes
)

WHO = st.sampled_from(["key", "writer", "viewer"])
ALIAS = st.sampled_from(ALIASES)
STATE = st.sampled_from(STATES)
TEXT = st.sampled_from(["a", "b"])
VALUES = st.dictionaries(ALIAS, TEXT)
SETS = st.builds(State, *[st.sets(ALIAS, max_size=2)] * 3)
WAYS = st.lists(
    st.builds(
        Way,
        STATE,
        STATE,
        st.sampled_from([(), (), ("writer",)]),
        st.sampled_from([0, 0, 50, 100]),
    ),
    max_size=6,
    unique_by=lambda way: way.id,
)
GUARDS = st.lists(
    st.builds(Guard, ALIAS, st.sampled_from(["isEmpty", "isNotEmpty"]))
    | st.builds(Guard, ALIAS, st.sampled_from(["equals", "notEquals"]), TEXT)
    | st.builds(Guard, ALIAS, st.just("in"), st.lists(TEXT, min_size=1)),
    max_size=2,
)


class Studio(RuleBasedStateMachine):
    """One tenant of its own, and the model of what is in it."""

    def __init__(self, app: Flask, number: int) -> None:
        super().__init__()
        self.client = app.test_client()
        self.database = app.extensions["pims_database"]
        self.tenant = add_tenant(self.database, f"tenant {number}")
        self.model = Model()
        self.touched: set[str] | None = None  # records to look at closely; None: all
        with unit_of_work(self.database, self.tenant, Actor("tests")) as work:
            key, _ = create_key(work, None, "a test's key", tuple(PERMISSION_GROUPS))
        self.headers = {"key": {"X-Sigma-ApiKey": key}}
        for alias in ALIASES:
            body = {"alias": alias, "name": alias, "type": "text"}
            self.ask("POST", "/attributes", body, status=201)
        self._put_workflow("POST", "/workflows", status=201)
        group = {"id": "grp", "name": "All", "attributeIds": [f"attr-{one}" for one in ALIASES]}
        body = {"alias": "poster", "name": "Poster", "variantEnabled": True}
        body |= {"workflowId": "wf-flow", "attributeGroups": [group]}
        self.ask("POST", "/schemas", body, status=201)
        self.ask("POST", "/roles", self._role(), status=201)
        self._put_workflow("PUT", "/workflows/wf-flow", status=200)
        for who in ("writer", "viewer"):
            with unit_of_work(self.database, self.tenant, Actor("tests")) as work:
                email = f"{who}-{number}@example.com"
                user = accounts.add_user(work, email, who, f"role-{who}", "a long password")
            self.headers[who] = {"Authorization": f"Bearer {token_of(self.database, user)}"}

    def ask(
        self, method: str, path: str, body: Any = None, *, status: int | None, who: str = "key"
    ) -> Any:
        reply = self.client.open(
            f"/api/v1{path}", method=method, json=body, headers=self.headers[who]
        )
        assert status in (None, reply.status_code), (reply.status_code, reply.text)
        return reply.get_json() if reply.data else None

    def _role(self) -> dict[str, Any]:
        levels = {f"attr-{alias}": level for alias, level in self.model.levels.items()}
        permission = {"schemaId": "schema-poster", "attributePermissions": levels}
        permission["defaultPermission"] = self.model.others
        return {"id": "role-writer", "name": "Writer", "schemaPermissions": [permission]}

    def _put_workflow(self, method: str, path: str, *, status: int) -> None:
        states = [
            {
                "id": name,
                "hidden": sorted(one.hidden),
                "required": sorted(one.required),
                "readOnly": sorted(one.locked),
            }
            for name, one in self.model.states.items()
        ]
        ways = [
            {
                "id": way.id,
                "fromStateId": way.start,
                "toStateId": way.end,
                "allowedRoleIds": [f"role-{role}" for role in way.roles],
                "requiresCompleteness": way.percent,
            }
            for way in self.model.ways
        ]
        body = {"alias": "flow", "name": "Flow", "defaultStateId": STATES[0]}
        self.ask(method, path, body | {"states": states, "transitions": ways}, status=status)

    @initialize(sets=st.tuples(SETS, SETS, SETS), ways=WAYS, values=st.tuples(VALUES, VALUES))
    def begin(self, sets: tuple[State, ...], ways: list[Way], values: tuple[Any, ...]) -> None:
        for each in values:
            self.create("key", each)
        self.redefine(sets, ways)

    @rule(sets=st.tuples(SETS, SETS, SETS), ways=WAYS)
    def redefine(self, sets: tuple[State, ...], ways: list[Way]) -> None:
        self.touched = None
        self.model.states = dict(zip(STATES, sets, strict=True))
        self.model.ways = ways
        self._put_workflow("PUT", "/workflows/wf-flow", status=200)

    @rule(
        levels=st.dictionaries(ALIAS, st.sampled_from(LEVELS)),
        others=st.sampled_from(["write", "write", *LEVELS]),
    )
    def limit(self, levels: dict[str, str], others: str) -> None:
        self.touched = None
        self.model.levels, self.model.others = levels, others
        self.ask("PUT", "/roles/role-writer", self._role(), status=200)

    @rule(alias=ALIAS, guards=GUARDS)
    def guard(self, alias: str, guards: list[Guard]) -> None:
        self.touched = None
        self.model.guards[alias] = guards
        sent = [
            {"attributeId": f"attr-{one.asked}", "operator": one.operator}
            | ({} if one.value is None else {"value": one.value})
            for one in guards
        ]
        body = {"alias": alias, "name": alias, "type": "text", "guards": sent}
        self.ask("PUT", f"/attributes/attr-{alias}", body, status=200)

    @rule(who=st.sampled_from(["key", "writer"]), values=VALUES)
    def create(self, who: str, values: dict[str, str]) -> None:
        sent = {alias: everywhere(value) for alias, value in values.items()}
        refused = self.model.refusal(who, STATES[0], values, {})
        body = {"schemaId": "schema-poster", "values": sent}
        made = self.ask("POST", "/records", body, status=refused or 201, who=who)
        if not refused:
            self.model.records[made["id"]] = Record(STATES[0], values)
            self._touch(made["id"])
            assert made["lifecycleStateId"] == STATES[0]

    @precondition(lambda self: self.model.records)
    @rule(who=st.sampled_from(["key", "writer"]), values=VALUES, data=st.data())
    def create_variant(self, who: str, values: dict[str, str], data: st.DataObject) -> None:
        record = self._drawn(data)
        state = self.model.records[record].state
        refused = self.model.refusal(who, state, values, {})
        body = {"values": {alias: everywhere(value) for alias, value in values.items()}}
        address = f"/records/{record}/variants"
        made = self.ask("POST", address, body, status=refused or 201, who=who)
        if not refused:
            self.model.records[record].variants[made["id"]] = values

    def _drawn(self, data: st.DataObject) -> str:
        """One of the records, which is looked at afterwards."""
        record: str = data.draw(st.sampled_from(sorted(self.model.records)))
        self._touch(record)
        return record

    def _touch(self, record: str) -> None:
        if self.touched is not None:
            self.touched.add(record)

    def _target(self, data: st.DataObject) -> tuple[str, str | None, str]:
        record = self._drawn(data)
        variants = sorted(self.model.records[record].variants)
        variant = data.draw(st.sampled_from([None, *variants]))
        address = f"/records/{record}"
        return record, variant, address if variant is None else f"{address}/variants/{variant}"

    @precondition(lambda self: self.model.records)
    @rule(who=st.sampled_from(["key", "writer"]), values=VALUES, data=st.data())
    def put(self, who: str, values: dict[str, str], data: st.DataObject) -> None:
        record, variant, address = self._target(data)
        own = self.model.own(record, variant)
        state = self.model.records[record].state
        refused = self.model.refusal(who, state, values, own)
        after = self.model.after_put(who, record, variant, values)
        body = {"values": {alias: everywhere(value) for alias, value in values.items()}}
        self.ask("PUT", address, body, status=refused or 200, who=who)
        if not refused:
            own.clear()
            own.update(after)

    @precondition(lambda self: self.model.records)
    @rule(who=WHO, alias=ALIAS, value=st.none() | TEXT, data=st.data())
    def patch(self, who: str, alias: str, value: str | None, data: st.DataObject) -> None:
        record, variant, address = self._target(data)
        own = self.model.own(record, variant)
        state = self.model.records[record].state
        refused = self.model.refusal(who, state, {alias: value}, own)
        refused = 403 if who == "viewer" else refused
        body = {"scopedValues": [] if value is None else everywhere(value)}
        self.ask("PATCH", f"{address}/values/{alias}", body, status=refused or 200, who=who)
        if not refused:
            own.pop(alias, None)
            own.update({} if value is None else {alias: value})

    @precondition(lambda self: self.model.records)
    @rule(who=WHO, state=STATE, data=st.data())
    def move(self, who: str, state: str, data: st.DataObject) -> None:
        record = self._drawn(data)
        start = self.model.records[record].state
        way = next((w for w in self.model.ways if (w.start, w.end) == (start, state)), None)
        taken = way is not None and self.model.takes(who, record, way)
        status = 403 if who == "viewer" else 200 if taken else 422
        body = {"toStateId": state}
        self.ask("POST", f"/records/{record}/transition", body, status=status, who=who)
        if status == 200:
            self.model.records[record].state = state

    @precondition(lambda self: len(self.model.records) > 2)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        record = data.draw(st.sampled_from(sorted(self.model.records)))
        self.ask("DELETE", f"/records/{record}", status=204)
        del self.model.records[record]

    @invariant()
    def what_was_touched_is_what_the_model_says(self) -> None:
        """All records in lists; those that a step could change, with all that is told of each."""
        records = self.model.records
        looked_at = records.keys() if self.touched is None else self.touched & records.keys()
        self.touched = set()
        self.every_caller_sees_what_it_may(sorted(looked_at))
        self.states_are_found_and_completeness_is_told(sorted(looked_at))

    def every_caller_sees_what_it_may(self, looked_at: list[str]) -> None:
        for who in ("key", "writer", "viewer"):
            page = self.ask("GET", "/records", status=200, who=who)
            assert {one["id"]: (one["lifecycleStateId"], _plain(one)) for one in page["items"]} == {
                record: (one.state, self.model.shown(who, record))
                for record, one in self.model.records.items()
            }
            for record in looked_at:
                one, address = self.model.records[record], f"/records/{record}/variants"
                listed = self.ask("GET", address, status=200, who=who)
                assert {each["id"]: _plain(each) for each in listed} == {
                    variant: self.model.shown(who, record, variant) for variant in one.variants
                }
                for variant in one.variants:
                    told = self.ask("GET", f"{address}/{variant}/resolved", status=200, who=who)
                    shown = _plain(told, "effectiveValues")
                    assert shown == self.model.resolved(who, record, variant)

    def states_are_found_and_completeness_is_told(self, looked_at: list[str]) -> None:
        for state in STATES:
            page = self.ask("GET", f"/records?lifecycleStateId={state}", status=200)
            found = {one["id"] for one in page["items"]}
            assert found == {r for r, one in self.model.records.items() if one.state == state}
        for record in looked_at:
            one = self.model.records[record]
            told = self.ask("GET", f"/records/{record}/completeness", status=200)
            assert told["currentStateId"] == one.state
            assert {
                each["stateId"]: (each["score"], set(each["filled"]), set(each["missing"]))
                for each in told["states"]
            } == {state: self.model.completeness(record, state) for state in STATES}
            for who in ("key", "writer"):
                ways = self.ask("GET", f"/records/{record}/transitions", status=200, who=who)
                taken = [w.id for w in self.model.ways if self.model.takes(who, record, w)]
                assert [way["id"] for way in ways] == taken

    def teardown(self) -> None:
        self.touched = None
        self.what_was_touched_is_what_the_model_says()
        with snapshot(self.database, self.tenant) as seen:
            assert [told for check in CHECKS for told in check.find(seen)] == []


def _plain(shown: dict[str, Any], part: str = "values") -> dict[str, str]:
    return {alias: entries[0]["value"] for alias, entries in shown[part].items()}


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest, fresh_keyed_database: Any) -> Iterator[Flask]:
    with fresh_keyed_database(request.param) as keyed, opened_app(keyed.url) as opened:
        database = opened.extensions["pims_database"]
        object.__setattr__(database.settings, "secret_key", "A" * 43)
        yield opened


def test_random_work_gives_what_the_model_says(app: Flask) -> None:
    numbers = itertools.count()
    run_state_machine_as_test(lambda: Studio(app, next(numbers)), settings=EFFORT)
