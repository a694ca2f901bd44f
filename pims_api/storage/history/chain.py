"""The chain: each transaction keeps a digest of what it stored and of the digest before it.

So nothing that was stored can be altered, nor a transaction be taken out, without every later
digest telling of it.

Source: docs/core.md, The chain.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import orjson
from sqlalchemy import bindparam, literal_column, select

from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.tables import transaction

ROWS_READ = 5_000  # at once, of a whole history
LINK_COLUMNS = ("sequence", "at", "actor", "key_id", "reason", "source_ref", "job_id")
"""What the digest of a transaction covers of its row, in this order."""


class Link(NamedTuple):
    """The last transaction of a tenant: its time (microseconds since 1970) and its digest."""

    at: int
    digest: str | None


FIRST_LINK = Link(0, "")
"""What stands before the first transaction."""

_NEWEST_FIRST = (
    select(transaction.c.at, transaction.c.digest)
    .where(transaction.c.tenant_id == bindparam("tenant_id"))
    .order_by(transaction.c.sequence.desc())
    .limit(literal_column("1"))  # as a parameter PostgreSQL would plan it anew each time
)
LAST_LINK = PreparedStatement(_NEWEST_FIRST)
LAST_LINK_COLUMNS = tuple(
    _NEWEST_FIRST.with_only_columns(one).scalar_subquery().label(f"last_{one.name}")
    for one in (transaction.c.at, transaction.c.digest)
)
"""The cells of the last link, in a statement that has the tenant's id."""


def digest_of_change(entity: str, entity_id: int, old: str, new: str) -> str:
    """Return the digest of one change. old, new: the JSON texts, as they are stored."""
    return sha256(f"{entity} {entity_id}\n{old}\n{new}".encode()).hexdigest()


def digest_of(before: str, head: Iterable[Any], changes: Iterable[str]) -> str:
    """Return the digest of a transaction.

    before: that of the transaction before it. head: its cells of LINK_COLUMNS. changes: the digests
    of its changes, in any order.
    """
    lines = [before, orjson.dumps(list(head)).decode(), *sorted(changes)]
    return sha256("\n".join(lines).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Linked:
    """A transaction with the digest that it should have. row: None where it is missing."""

    sequence: int
    row: Any
    digest: str


def linked(rows: Iterable[Any], changes: Iterable[Any], before: str = "") -> Iterator[Linked]:
    """Yield transactions with their digests made anew, each from the stored one before it.

    rows: of `transaction`, by sequence; stored digests are used where they are there, else those
    made anew. changes: sequence, entity, entity_id, old and new as texts, by sequence. A change
    whose transaction is missing yields one without a row.
    """
    found = ((number, list(some)) for number, some in groupby(changes, itemgetter(0)))
    group = next(found, None)
    for row in rows:
        while group is not None and group[0] < row.sequence:
            yield Linked(group[0], None, "")
            group = next(found, None)
        own = group[1] if group is not None and group[0] == row.sequence else []
        digest = digest_of(before, _head(row), (digest_of_change(*one[1:]) for one in own))
        yield Linked(row.sequence, row, digest)
        before = row.digest or digest
        if own:
            group = next(found, None)
    while group is not None:
        yield Linked(group[0], None, "")
        group = next(found, None)


def _head(row: Any) -> list[Any]:
    return [getattr(row, name) for name in LINK_COLUMNS]
