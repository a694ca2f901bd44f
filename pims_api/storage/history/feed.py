"""Changes in the order of commits: which products changed last after a place.

A product has one place: that of its last change. So a reader who goes on after the last place that
it was told misses nothing, whatever others write meanwhile.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select

from pims_api.domain.product import Product, Values, fold
from pims_api.storage.engine.dialect import in_turn, looked_up
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.engine.untyped_column import raw
from pims_api.storage.history.as_of import products_at
from pims_api.storage.history.changes import PRODUCT_ENTITY, whole_old
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import change, transaction

ID_MAX = 2**62  # above every product id

_OF_TENANT = change.c.tenant_id == bindparam("tenant_id")
_CHANGES = (
    select(change.c.sequence, change.c.entity, change.c.entity_id)
    .where(_OF_TENANT)
    .order_by(change.c.entity_id)
)


def _are_last_after(rows: Any) -> list[ColumnElement[bool]]:
    """Return the conditions of being the last change of a product, after a place."""
    later = change.alias("later")
    last = select(func.max(later.c.sequence)).where(
        later.c.tenant_id == bindparam("tenant_id"),
        later.c.entity == PRODUCT_ENTITY,
        later.c.entity_id == rows.entity_id,
    )
    is_after = (rows.sequence > bindparam("sequence")) | (rows.entity_id > bindparam("product_id"))
    return [rows.entity == PRODUCT_ENTITY, is_after, rows.sequence == last.scalar_subquery()]


_AFTER = PreparedStatement(
    lambda connection: in_turn(
        connection.dialect.name, _CHANGES, ("sequence", "last"), _are_last_after
    ).limit(bindparam("size"))
)
_KEY = (change.c.tenant_id, change.c.entity, change.c.entity_id)


def _first_and_last(connection: Connection) -> Select[tuple[int, int, int]]:
    found = (
        select(raw(change.c.entity_id), func.min(change.c.sequence), func.max(change.c.sequence))
        .where(change.c.sequence > bindparam("sequence"))
        .group_by(change.c.entity_id)
    )
    return looked_up(connection.dialect.name, found, _KEY, "keys")


_FIRST_AND_LAST = PreparedStatement(_first_and_last)
_BETWEEN = PreparedStatement(
    lambda connection: looked_up(
        connection.dialect.name,
        select(raw(change.c.sequence), raw(change.c.entity_id), raw(change.c.new)).where(
            change.c.sequence > bindparam("sequence"), change.c.sequence <= bindparam("last")
        ),
        _KEY,
        "keys",
    )
)
_TIMES = PreparedStatement(
    lambda connection: looked_up(
        connection.dialect.name,
        select(raw(transaction.c.sequence), raw(transaction.c.at)),
        (transaction.c.tenant_id, transaction.c.sequence),
        "keys",
    )
)
_OF_KIND = PreparedStatement(
    select(change.c.entity_id, change.c.sequence, change.c.old, change.c.new)
    .where(
        _OF_TENANT,
        change.c.entity == bindparam("entity"),
        change.c.sequence > bindparam("sequence"),
    )
    .order_by(change.c.sequence)
)


class ChangePlace(NamedTuple):
    """The place of a product in the order of last changes."""

    sequence: int
    product_id: int


class ThingChange(NamedTuple):
    """A change of one defined thing. See `changes.EntityChange`."""

    id: int
    sequence: int
    old: Values
    new: Values


def last_changes(snapshot: Snapshot, after: ChangePlace, size: int) -> list[ChangePlace]:
    """Return the places of the products that changed last after a place, at most size of them."""
    mine = {"tenant_id": snapshot.tenant_id, "last": snapshot.sequence}
    wanted = mine | {"size": size, **after._asdict()}
    rows = _AFTER.each(snapshot.connection, wanted)
    return [ChangePlace(sequence, number) for sequence, _, number in rows]


def first_and_last(
    snapshot: Snapshot, ids: Iterable[int], sequence: int
) -> Mapping[int, tuple[int, int]]:
    """Return the first and the last change after a write of those products that have one."""
    keys = [[snapshot.tenant_id, PRODUCT_ENTITY, one] for one in ids]
    if not keys:
        return {}
    rows = _FIRST_AND_LAST.each(snapshot.connection, {"keys": keys, "sequence": sequence})
    return {number: (first, last) for number, first, last in rows}


def states_between(
    snapshot: Snapshot, products: Iterable[Product], sequence: int, last: int
) -> Iterator[tuple[int, Values]]:
    """Yield what some products were after a write and after each later one up to another.

    products: as they are now. With each document comes the id.
    """
    now = list(products)
    then = products_at(snapshot, now, sequence)
    states = {one.id: then[one.id].values if one.id in then else {} for one in now}
    yield from states.items()
    keys = [[snapshot.tenant_id, PRODUCT_ENTITY, one.id] for one in now]
    if not keys or sequence >= last:
        return
    wanted = {"keys": keys, "sequence": sequence, "last": last}
    for _, number, new in sorted(_BETWEEN.each(snapshot.connection, wanted)):
        states[number] = fold(states[number], orjson.loads(new))
        yield number, states[number]


def times_of(snapshot: Snapshot, sequences: Iterable[int]) -> Mapping[int, int]:
    """Return when transactions were, in microseconds since 1970."""
    keys = [[snapshot.tenant_id, one] for one in dict.fromkeys(sequences)]
    return dict(_TIMES.each(snapshot.connection, {"keys": keys})) if keys else {}


def changes_of_kind(snapshot: Snapshot, entity: str, sequence: int) -> Sequence[ThingChange]:
    """Return what happened to the things of a kind after a write, in the order of commits."""
    wanted = {"tenant_id": snapshot.tenant_id, "entity": entity, "sequence": sequence}
    rows = _OF_KIND.all(snapshot.connection, wanted)
    return [ThingChange(number, at, whole_old(old, new), new) for number, at, old, new in rows]
