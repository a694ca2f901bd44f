"""Products as of an earlier write: documents with later changes undone, or earlier ones redone."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Select, bindparam, func, select

from pims_api.domain.attributes.attribute import VARIATION_OF
from pims_api.domain.product import Product, Values, fold
from pims_api.storage.engine.dialect import looked_up
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.engine.untyped_column import raw
from pims_api.storage.history.changes import (
    ENTRIES_AT_ONCE,
    PRODUCT_ENTITY,
    SEQUENCE_MAX,
    whole_old,
)
from pims_api.storage.products.store import ids_of_skus
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import change, transaction

VERSIONS_MAX = 100  # of a product that is read with others; a longer history is read by itself

_OF_PRODUCT = (
    (change.c.tenant_id == bindparam("tenant_id"))
    & (change.c.entity == PRODUCT_ENTITY)
    & (change.c.entity_id == bindparam("entity_id"))
)
_IN_PART = (
    select(change.c.sequence, change.c.old, change.c.new)
    .where(
        _OF_PRODUCT,
        change.c.sequence > bindparam("first"),
        change.c.sequence < bindparam("last"),
    )
    .order_by(change.c.sequence)
    .limit(bindparam("size"))
)
_FORWARDS = PreparedStatement(_IN_PART)
_BACKWARDS = PreparedStatement(_IN_PART.order_by(None).order_by(change.c.sequence.desc()))
_COUNT_LATER = PreparedStatement(
    select(func.count()).where(_OF_PRODUCT, change.c.sequence > bindparam("first"))
)
_KEY = (change.c.tenant_id, change.c.entity, change.c.entity_id)


def _later(connection: Connection) -> Select[Any]:
    later = select(
        raw(change.c.entity_id), raw(change.c.sequence), raw(change.c.old), raw(change.c.new)
    ).where(change.c.sequence > bindparam("first"))
    return looked_up(connection.dialect.name, later, _KEY, "keys")


def _last(connection: Connection) -> Select[Any]:
    """Return the SELECT of the last write of each product up to one."""
    earlier = change.alias("earlier")
    of_last = (
        select(func.max(earlier.c.sequence))
        .where(
            earlier.c.tenant_id == change.c.tenant_id,
            earlier.c.entity == change.c.entity,
            earlier.c.entity_id == change.c.entity_id,
            earlier.c.sequence <= bindparam("first"),
        )
        .scalar_subquery()
    )
    found = (
        select(raw(change.c.entity_id), raw(transaction.c.at), raw(transaction.c.actor))
        .join_from(
            change,
            transaction,
            (transaction.c.tenant_id == change.c.tenant_id)
            & (transaction.c.sequence == change.c.sequence),
        )
        .where(change.c.sequence == of_last)
    )
    return looked_up(connection.dialect.name, found, _KEY, "keys")


_LATER = PreparedStatement(_later)
_LAST = PreparedStatement(_last)


def values_at(snapshot: Snapshot, product: Product, sequence: int) -> Values:
    """Return the document that a product had after a write; empty before it was created.

    Later changes are undone, or earlier ones redone, whichever are fewer.
    """
    wanted = _wanted(snapshot, product, sequence)
    if product.version > VERSIONS_MAX:
        later = _COUNT_LATER.first(snapshot.connection, wanted)[0]
        if later > product.version - later:
            return _folded(snapshot, {}, wanted | {"first": 0, "last": sequence + 1}, _FORWARDS)
    return _folded(snapshot, product.values, wanted, _BACKWARDS)


def products_at(
    snapshot: Snapshot, products: Iterable[Product], sequence: int
) -> dict[int, Product]:
    """Return the products that there were after a write, by id, as they were then.

    products: as they are in the snapshot. Their paths stay those of now: see `paths_at`.
    """
    known = list(products)
    later = later_changes(
        snapshot, [one.id for one in known if one.version <= VERSIONS_MAX], sequence
    )
    found: dict[int, Product] = {}
    changed: list[Product] = []
    for one in known:
        if one.version > VERSIONS_MAX:
            values, undone = _of_long_history(snapshot, one, sequence)
        else:
            values, undone = _undone(one.values, later.get(one.id, ()))
        if not undone:
            found[one.id] = one
        elif values:
            changed.append(one._replace(values=values, version=one.version - undone))
    found |= {one.id: one for one in _with_last_write(snapshot, changed, sequence)}
    return found


def _of_long_history(snapshot: Snapshot, one: Product, sequence: int) -> tuple[Values, int]:
    wanted = _wanted(snapshot, one, sequence)
    undone = int(_COUNT_LATER.first(snapshot.connection, wanted)[0])
    return (values_at(snapshot, one, sequence) if undone else one.values), undone


def later_changes(
    snapshot: Snapshot, ids: Sequence[int], sequence: int
) -> dict[int, list[tuple[int, Values]]]:
    """Return, by product, its changes after a write: the sequence and the values before it."""
    found: defaultdict[int, list[tuple[int, Values]]] = defaultdict(list)
    for start in range(0, len(ids), ENTRIES_AT_ONCE):
        keys = _keys(snapshot, ids[start : start + ENTRIES_AT_ONCE])
        rows = _LATER.each(snapshot.connection, {"keys": keys, "first": sequence})
        for number, at, old, new in rows:
            found[number].append((at, whole_old(orjson.loads(old), orjson.loads(new))))
    return found


def _undone(values: Values, later: Iterable[tuple[int, Values]]) -> tuple[Values, int]:
    """Return a document before some changes, and how many these were."""
    newest_first = sorted(later, key=lambda one: one[0], reverse=True)
    before: Values = {}
    for _, old in newest_first:
        before |= old
    return (fold(values, before) if before else values), len(newest_first)


def _with_last_write(
    snapshot: Snapshot, products: Sequence[Product], sequence: int
) -> list[Product]:
    """Return products of then with who changed them last, when, and with their parents."""
    if not products:
        return []
    keys = _keys(snapshot, [one.id for one in products])
    rows = _LAST.each(snapshot.connection, {"keys": keys, "first": sequence})
    last = {number: (at, actor) for number, at, actor in rows}
    skus = {one.values[VARIATION_OF] for one in products if VARIATION_OF in one.values}
    parents = ids_of_skus(snapshot, skus) if skus else {}
    return [
        one._replace(
            parent_id=parents.get(one.values.get(VARIATION_OF, "")),
            updated_at=last[one.id][0],
            updated_by=last[one.id][1],
        )
        for one in products
    ]


def _folded(
    snapshot: Snapshot, values: Values, wanted: dict[str, Any], statement: PreparedStatement
) -> Values:
    """Return a document with changes folded into it, read some thousand at a time."""
    forwards = statement is _FORWARDS
    while True:
        part = statement.all(snapshot.connection, wanted | {"size": ENTRIES_AT_ONCE})
        for _, old, new in part:
            values = fold(values, new if forwards else whole_old(old, new))
        if len(part) < ENTRIES_AT_ONCE:
            return values
        wanted["first" if forwards else "last"] = part[-1].sequence


def _wanted(snapshot: Snapshot, product: Product, sequence: int) -> dict[str, Any]:
    return {
        "tenant_id": snapshot.tenant_id,
        "entity_id": product.id,
        "first": sequence,
        "last": SEQUENCE_MAX,
    }


def _keys(snapshot: Snapshot, ids: Iterable[int]) -> list[list[Any]]:
    return [[snapshot.tenant_id, PRODUCT_ENTITY, one] for one in ids]
