"""The last requests of each API key that were refused: why, what was asked for, when.

They are noted in memory and stored with the uses of keys; see `key_uses`. No values are kept.

Source: docs/core.md, Limits of keys.
"""

from collections import defaultdict, deque
from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select, text

from pims_api.clock import now_us
from pims_api.storage.tables import api_key_refusal

KEPT = 20  # of each key

Place = tuple[int, int]
"""A tenant and a key of it."""

_STORE = text(
    "INSERT INTO api_key_refusal (tenant_id, key_id, refused_at, code, action)"
    " VALUES (:tenant_id, :key_id, :refused_at, :code, :action) ON CONFLICT DO NOTHING"
)
_FORGET = text(
    "DELETE FROM api_key_refusal WHERE tenant_id = :tenant_id AND key_id = :key_id"
    " AND refused_at < (SELECT min(refused_at) FROM (SELECT refused_at FROM api_key_refusal"
    " WHERE tenant_id = :tenant_id AND key_id = :key_id"
    " ORDER BY refused_at DESC LIMIT :kept) AS newest)"
)
_columns = api_key_refusal.c
_OF_KEY = select(_columns.refused_at, _columns.code, _columns.action).where(
    _columns.tenant_id == bindparam("tenant_id"), _columns.key_id == bindparam("key_id")
)


class Refusal(NamedTuple):
    """A request of a key that was refused.

    at: in microseconds since 1970. code: that of its first fault. action: the one that the body
    named, else the method and the pattern of the address.
    """

    at: int
    code: str
    action: str


class KeyRefusals:
    """The last refusals of keys in this process. waiting: those that are not stored yet."""

    def __init__(self) -> None:
        newest = partial(deque[Refusal], maxlen=KEPT)
        self._noted: defaultdict[Place, deque[Refusal]] = defaultdict(newest)
        self.waiting: defaultdict[Place, deque[Refusal]] = defaultdict(newest)

    def note(self, place: Place, code: str, action: str) -> None:
        """Note that a request is refused now."""
        noted = self._noted[place]
        at = max(now_us(), noted[-1].at + 1 if noted else 0)  # no two at the same moment
        noted.append(Refusal(at, code, action))
        self.waiting[place].append(noted[-1])

    def of(self, place: Place) -> list[Refusal]:
        """Return the refusals of a key in this process."""
        return list(self._noted[place]) if place in self._noted else []

    def taken(self) -> dict[Place, list[Refusal]]:
        """Return those that wait, which then wait no longer."""
        waiting, self.waiting = self.waiting, defaultdict(self.waiting.default_factory)
        return {place: list(found) for place, found in sorted(waiting.items())}

    def put_back(self, found: Iterable[tuple[Place, list[Refusal]]]) -> None:
        """Let those wait again that could not be stored."""
        for place, refusals in found:
            self.waiting[place].extendleft(reversed(refusals))


def store_refusals(connection: Connection, found: dict[Place, list[Refusal]]) -> None:
    """Store refusals, and forget those of before that are too many."""
    keys = {place: {"tenant_id": place[0], "key_id": place[1]} for place in found}
    rows = [
        keys[place] | {"refused_at": one.at, "code": one.code, "action": one.action}
        for place, refusals in found.items()
        for one in refusals
    ]
    if rows:
        connection.execute(_STORE, rows)
        connection.execute(_FORGET, [place | {"kept": KEPT} for place in keys.values()])


def stored_refusals(connection: Connection, place: Place) -> list[Refusal]:
    """Return the stored refusals of a key."""
    wanted = {"tenant_id": place[0], "key_id": place[1]}
    return [Refusal(*row) for row in connection.execute(_OF_KEY, wanted)]
