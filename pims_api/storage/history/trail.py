"""The trail of a tenant: the changes of all products, newest first."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Text, and_, func, not_, or_, select, type_coerce

from pims_api.domain.attributes.attribute import SKU, STAGE
from pims_api.domain.product import Values
from pims_api.storage.history.changes import PRODUCT_ENTITY, whole_old
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import change, transaction


class Deed(StrEnum):
    """What a change did to a product."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    TRANSITION = "transition"


class TrailEntry(NamedTuple):
    """The change of a product in a transaction. at: microseconds since 1970."""

    sequence: int
    product_id: int
    at: int
    actor: str
    old: Values
    new: Values


@dataclass(frozen=True, slots=True)
class TrailQuery:
    """Which changes; None: all of that kind.

    members: says of the id of a product whether its changes are wanted.
    """

    offset: int
    limit: int
    product_id: int | None = None
    deed: Deed | None = None
    actor: str | None = None
    members: Callable[[int], bool] | None = None


def deed_of(new: Values) -> Deed:
    """Return what a change did.

    >>> deed_of({"sku": "A", "status": "active"}), deed_of({"~stage": "draft"})
    (<Deed.CREATE: 'create'>, <Deed.TRANSITION: 'transition'>)
    """
    if SKU in new:  # which never changes later
        return Deed.CREATE
    if STAGE in new:
        return Deed.TRANSITION
    return Deed.DELETE if new.get("status") == "deleted" else Deed.UPDATE


_TEXT = type_coerce(change.c.new, Text)
_FIRST_OF_NEW, _FIRST_OF_MOVED = f'{{"{SKU}":', f'{{"{STAGE}":'
# Documents are JSON text, in which quotes within values are escaped: no value looks like these.
_CREATES = func.substr(_TEXT, 1, len(_FIRST_OF_NEW)) == _FIRST_OF_NEW
_MOVES = func.substr(_TEXT, 1, len(_FIRST_OF_MOVED)) == _FIRST_OF_MOVED
_DELETES = _TEXT.contains('"status":"deleted"', autoescape=True)
_DOES = {
    Deed.CREATE: _CREATES,
    Deed.TRANSITION: _MOVES,
    Deed.DELETE: and_(not_(_CREATES), _DELETES),
    Deed.UPDATE: not_(or_(_CREATES, _MOVES, _DELETES)),
}
_COLUMNS = (
    change.c.sequence,
    change.c.entity_id,
    transaction.c.at,
    transaction.c.actor,
    change.c.old,
    change.c.new,
)


def trail(snapshot: Snapshot, query: TrailQuery) -> tuple[list[TrailEntry], int]:
    """Return a window of the changes of products, newest first, and how many there are."""
    if query.members is not None:
        return _among(snapshot, query, query.members)
    total = int(snapshot.connection.scalar(_selected(snapshot, query, func.count())) or 0)
    if query.offset >= total:
        return [], total  # an offset may be too large for the engine
    page = _in_order(_selected(snapshot, query, *_COLUMNS))
    found = snapshot.connection.execute(page.limit(query.limit).offset(query.offset))
    return [_entry(*row) for row in found], total


def _among(
    snapshot: Snapshot, query: TrailQuery, is_member: Callable[[int], bool]
) -> tuple[list[TrailEntry], int]:
    """Return a window of the changes of some products; reads the ids of all changes."""
    keys = _in_order(_selected(snapshot, query, change.c.sequence, change.c.entity_id))
    places = [tuple(row) for row in snapshot.connection.execute(keys) if is_member(row[1])]
    shown = places[query.offset : query.offset + query.limit]
    if not shown:
        return [], len(places)
    wanted = or_(*(and_(change.c.sequence == s, change.c.entity_id == n) for s, n in shown))
    found = _in_order(_selected(snapshot, query, *_COLUMNS).where(wanted))
    return [_entry(*row) for row in snapshot.connection.execute(found)], len(places)


def _selected(snapshot: Snapshot, query: TrailQuery, *columns: Any) -> Select[Any]:
    found = select(*columns).where(*_asked(snapshot, query))
    if query.actor is None and len(columns) < len(_COLUMNS):
        return found
    same = (transaction.c.tenant_id == change.c.tenant_id) & (
        transaction.c.sequence == change.c.sequence
    )
    return found.join_from(change, transaction, same)


def _asked(snapshot: Snapshot, query: TrailQuery) -> list[ColumnElement[bool]]:
    asked = [change.c.tenant_id == snapshot.tenant_id, change.c.entity == PRODUCT_ENTITY]
    if query.product_id is not None:
        asked.append(change.c.entity_id == query.product_id)
    if query.deed is not None:
        asked.append(_DOES[query.deed])
    if query.actor is not None:
        asked.append(transaction.c.actor == query.actor)
    return asked


def _in_order(selected: Select[Any]) -> Select[Any]:
    return selected.order_by(change.c.sequence.desc(), change.c.entity_id.desc())


def _entry(
    sequence: int, product_id: int, at: int, actor: str, old: Values, new: Values
) -> TrailEntry:
    return TrailEntry(sequence, product_id, at, actor, whole_old(old, new), new)
