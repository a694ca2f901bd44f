"""Replies that are kept for requests, and rows of requests, which may come again by their names.

They are no part of history. What is older than the settings say counts as not kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, tuple_

from pims_api.storage.engine.bulk_write import Upserts
from pims_api.storage.engine.dialect import looked_up
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.tables import kept_reply

REMOVED_AT_ONCE = 500

_columns = kept_reply.c
_KEY = (_columns.tenant_id, _columns.holder, _columns.kind, _columns.name)
_SELECT = select(_columns.name, _columns.digest, _columns.status, _columns.reply, _columns.at)
_BY_NAME = PreparedStatement(
    lambda connection: looked_up(connection.dialect.name, _SELECT, _KEY, "keys")
)
_STORE = Upserts(
    kept_reply, same=["tenant_id", "holder", "at"], updated=["digest", "at", "status", "reply"]
)
_some = select(*_KEY).where(_columns.at <= bindparam("until")).limit(REMOVED_AT_ONCE)
_REMOVE = PreparedStatement(
    delete(kept_reply).where(tuple_(*_KEY).in_(_some)).returning(_columns.name)
)


class Named(StrEnum):
    """What has a name: the names of requests and those of rows are two sets."""

    REQUEST = "request"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class KeptReply:
    """The reply of what had a name. digest: of the request. status: 0 for a row, which has none."""

    kind: Named
    name: str
    digest: bytes
    reply: bytes
    status: int = 0


def find_replies(
    connection: Connection, tenant_id: int, holder: str, kind: Named, names: Iterable[str], *,
    after: int,
) -> dict[str, KeptReply]:  # fmt: skip
    """Return the kept replies of these names, by name. after: the time after which they were kept.

    holder: whose names they are. Times are in microseconds since 1970.
    """
    keys = [[tenant_id, holder, kind, name] for name in names]
    rows = _BY_NAME.all(connection, {"keys": keys})
    return {
        name: KeptReply(kind, name, bytes(digest), bytes(reply), status)
        for name, digest, status, reply, at in rows
        if at > after
    }


def store_replies(
    connection: Connection, tenant_id: int, holder: str, replies: Sequence[KeptReply], at: int
) -> None:
    """Store replies in place of those that had their names."""
    cells: dict[str, list[Any]] = {
        "kind": [str(one.kind) for one in replies],
        "name": [one.name for one in replies],
        "digest": [one.digest for one in replies],
        "status": [one.status for one in replies],
        "reply": [one.reply for one in replies],
    }
    _STORE.run(connection, cells, {"tenant_id": tenant_id, "holder": holder, "at": at})


def remove_some(connection: Connection, until: int) -> bool:
    """Remove some of the replies that were kept up to a time. Return whether there may be more."""
    return len(_REMOVE.all(connection, {"until": until})) == REMOVED_AT_ONCE
