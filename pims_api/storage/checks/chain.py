"""Check of the chain: the digest of each transaction, made anew, is the one that it keeps."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Text, bindparam, select, type_coerce

from pims_api.storage.history.chain import LINK_COLUMNS, ROWS_READ, Link, Linked, linked
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import change, transaction

_ROWS = (
    select(*(transaction.c[name] for name in LINK_COLUMNS), transaction.c.digest)
    .where(transaction.c.tenant_id == bindparam("tenant_id"))
    .order_by(transaction.c.sequence)
)
_CHANGES = (
    select(
        change.c.sequence,
        change.c.entity,
        change.c.entity_id,
        type_coerce(change.c.old, Text),
        type_coerce(change.c.new, Text),
    )
    .where(change.c.tenant_id == bindparam("tenant_id"))
    .order_by(change.c.sequence)
)

_UNREADABLE = Link(0, None)


@dataclass(frozen=True, slots=True)
class Noted:
    """A digest that somebody noted down, and the transaction that it was of."""

    sequence: int
    digest: str


def compare_chain(snapshot: Snapshot) -> Iterator[str]:
    """Yield a sentence about the first transaction that does not fit, if there is one."""
    yield from _faults(snapshot, None)


def compare_noted(snapshot: Snapshot, noted: Noted) -> Iterator[str]:
    """Yield a sentence when something up to a transaction is not as it was when it was noted."""
    yield from _faults(snapshot, noted)


def _faults(snapshot: Snapshot, noted: Noted | None) -> Iterator[str]:
    last, found = 0, _readable(snapshot)
    for one in found:
        before, last = last, one.sequence
        if one.row is None:
            yield f"Transaction {last} is missing, and what it changed is there."
            return
        if one.digest != one.row.digest:
            yield _missing(before + 1) if last > before + 1 else _unfit(one, next(found, None))
            return
        if noted is not None and last == noted.sequence and one.digest != noted.digest:
            yield _altered(noted)
            return
    if last != snapshot.sequence:
        yield f"Transaction {snapshot.sequence} was counted, and the last one there is {last}."


def _readable(snapshot: Snapshot) -> Iterator[Linked]:
    """Yield the transactions up to one with something that was never stored, such as bytes."""
    last = 0
    try:
        for one in _linked(snapshot):
            yield one
            last = one.sequence
    except (TypeError, ValueError):
        yield Linked(last + 1, _UNREADABLE, "")


def _linked(snapshot: Snapshot) -> Iterator[Linked]:
    """Yield the transactions, with their digests made anew."""
    connection, mine = snapshot.connection, {"tenant_id": snapshot.tenant_id}
    few = {"yield_per": ROWS_READ}
    with (
        connection.execute(_ROWS, mine, execution_options=few) as rows,
        connection.execute(_CHANGES, mine, execution_options=few) as changes,
    ):
        yield from linked(rows, changes)


def _missing(sequence: int) -> str:
    return f"Transaction {sequence} is missing: it was taken out, and what it changed with it."


def _unfit(one: Linked, following: Linked | None) -> str:
    """Return what is wrong with a transaction, as far as the one after it tells."""
    told = f"Transaction {one.sequence} does not fit:"
    content = "who made it, when or why, or what it changed"
    if one.row is _UNREADABLE:
        return f"{told} something of it cannot be read."
    if one.row.digest is None:
        return f"{told} its digest is missing."
    if following is None or following.row in (None, _UNREADABLE):
        return f"{told} {content}, or its digest, is not as it was stored."
    if following.digest != following.row.digest:
        return f"{told} its digest is not as it was stored, or neither it nor the next one is."
    return f"{told} {content} is not as it was stored."


def _altered(noted: Noted) -> str:
    return (
        f"Transaction {noted.sequence} has another digest than {noted.digest}, which was noted: "
        "something up to it was altered."
    )
