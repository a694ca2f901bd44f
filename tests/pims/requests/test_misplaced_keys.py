"""Keys that are never ignored, where nobody looks for keys; a batch whose rows are missing."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.databases.fresh import on_one_engine
from tests.pims.conftest import PRODUCTS
from tests.pims.requests.every_action import WRITES, every

pytestmark = on_one_engine

Json = dict[str, Any]
Act = Callable[..., Json]
Unchanged = Callable[[], AbstractContextManager[None]]
Send = Callable[..., tuple[int, Json]]

EDIT = {"action": "editProduct", "sku": "A"}


def told(faults: list[Json]) -> list[tuple[str, str, str | None]]:
    return [(one["code"], one["pointer"], one.get("nearest")) for one in faults]


@pytest.mark.parametrize(
    ("name", "meant"),
    [("dry_run", "dry_run"), ("dryRun", "dry_run"), ("ifVersion", "if_version"),
     ("idempotency_key", "idempotency_key"), ("dry-run", "dry_run")],
)  # fmt: skip
def test_a_dry_run_among_the_values_is_refused(
    send: Send, unchanged: Unchanged, name: str, meant: str
) -> None:
    data = {"attributes": {"color": "blue", name: True}}
    edit = {"action": "editProduct", "sku": "A", "data": data}
    with unchanged():
        status, reply = send(PRODUCTS, edit)
        assert (status, told(reply["errors"])) == (
            400, [("unknown_attribute", f"/data/attributes/{name}", meant)],
        )  # fmt: skip
        assert reply["status_message"] == (
            f"data.attributes.{name} is not known and may mean {meant}, so nothing was done!"
        )
        status, reply = send(PRODUCTS, {"action": "batch", "actions": [edit]})
        assert (status, reply["rows"][0]["status"]) == (207, "rejected")


@pytest.mark.parametrize(
    ("name", "meant"),
    [("simulate", "dry_run"), ("isSimulated", "dry_run"), ("trial", "dry_run"),
     ("trialRun", "dry_run"), ("if_match", "if_version"), ("ifMatch", "if_version"),
     ("similar", None)],
)  # fmt: skip
def test_what_other_systems_call_it_is_refused_too(
    send: Send, name: str, meant: str | None
) -> None:
    title = {"data": {"attributes": {"title": f"New {name}"}}}
    status, reply = send(PRODUCTS, EDIT | title | {name: True})
    if meant is None:
        assert (status, told(reply["warnings"])) == (200, [("unknown_attribute", f"/{name}", None)])
    else:
        assert (status, told(reply["errors"])) == (
            400, [("unknown_attribute", f"/{name}", meant)],
        )  # fmt: skip


def test_an_attribute_may_have_the_name_of_a_key(send: Send, given_attribute: Act) -> None:
    given_attribute("dry_run", type="boolean")
    status, reply = send(PRODUCTS, EDIT | {"data": {"attributes": {"dry_run": True}}})
    assert (status, reply["data"]["attributes"]["dry_run"]) == (200, True)
    assert "dry_run" not in reply


@every(WRITES)
def test_a_dry_run_within_an_unknown_key_is_refused(
    send: Send, unchanged: Unchanged, path: str, body: Json
) -> None:
    with unchanged():
        status, reply = send(path, body, options={"dryRun": True})
    assert (status, told(reply["errors"])) == (
        400, [("unknown_attribute", "/options/dryRun", "dry_run")],
    )  # fmt: skip


def test_a_batch_without_rows_says_what_its_keys_may_mean(send: Send, unchanged: Unchanged) -> None:
    rows = [{"action": "createProduct", "sku": "B"}]
    with unchanged():
        status, reply = send(PRODUCTS, {"action": "batch", "actoins": rows, "mode": "x"})
    assert (status, told(reply["errors"])) == (
        400, [("range", "/mode", None), ("required", "/actions", None)],
    )  # fmt: skip
    assert told(reply["warnings"]) == [("unknown_attribute", "/actoins", "actions")]
