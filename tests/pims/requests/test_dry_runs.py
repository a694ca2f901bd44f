"""Every action that changes something can be tried, and leaves nothing."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from tests.pims.requests.every_action import WRITES, every

Json = dict[str, Any]
Send = Callable[..., tuple[int, Json]]
Unchanged = Callable[[], AbstractContextManager[None]]


@every(WRITES)
def test_every_write_can_be_tried(send: Send, unchanged: Unchanged, path: str, body: Json) -> None:
    with unchanged():
        for spelling, flag in (("dry_run", True), ("dryRun", "Y")):
            status, reply = send(path, body, **{spelling: flag})
            assert (status, reply.get("dry_run")) == (200, True), reply
            assert reply["status"] == "OK"
    status, stored = send(path, body)
    assert (status, stored.get("dry_run")) == (200, None), stored
    assert stored.pop("transaction") > 0
    new = {"dry_run", "changes", "products", "views", "removed"}  # the last three: who is concerned
    assert [name for name in reply if name not in new or name in stored] == [*stored]
