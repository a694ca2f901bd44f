"""Check of the history of products: folded from its creation, it gives the document."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, func, select

from pims_api.domain.product import Values, fold
from pims_api.storage.history.changes import PRODUCT_ENTITY
from pims_api.storage.products.documents import document_blocks
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import change, document, product, transaction

PLACES_SHOWN = 5

_OF_PRODUCTS = (change.c.tenant_id == bindparam("tenant_id")) & (change.c.entity == PRODUCT_ENTITY)
_ENTRIES = (
    select(
        change.c.entity_id,
        change.c.sequence,
        change.c.old,
        change.c.new,
        transaction.c.at,
        transaction.c.actor,
    )
    .join_from(
        change,
        transaction,
        (transaction.c.tenant_id == change.c.tenant_id)
        & (transaction.c.sequence == change.c.sequence),
        isouter=True,
    )
    .where(_OF_PRODUCTS, change.c.entity_id.between(bindparam("first_id"), bindparam("last_id")))
    .order_by(change.c.entity_id, change.c.sequence)
)
_ROWS = (
    select(
        product.c.id,
        document.c.version,
        product.c.created_at,
        product.c.created_by,
        document.c.updated_at,
        document.c.updated_by,
    )
    .join_from(
        product,
        document,
        (document.c.tenant_id == product.c.tenant_id) & (document.c.product_id == product.c.id),
    )
    .where(
        product.c.tenant_id == bindparam("tenant_id"),
        product.c.id.between(bindparam("first_id"), bindparam("last_id")),
    )
)
_SIZE = select(func.count()).select_from(change).where(_OF_PRODUCTS)
_BEYOND = (
    select(change.c.entity_id)
    .where(_OF_PRODUCTS, change.c.entity_id > bindparam("last_id"))
    .limit(1)
)
_LATEST = select(func.max(transaction.c.sequence)).where(
    transaction.c.tenant_id == bindparam("tenant_id")
)


def history_size(snapshot: Snapshot) -> int:
    """Return how many entries the history of all products has."""
    return int(snapshot.connection.scalar(_SIZE, {"tenant_id": snapshot.tenant_id}) or 0)


def compare_history(snapshot: Snapshot) -> Iterator[str]:
    """Yield a sentence for each product that differs from its folded history."""
    for block in document_blocks(snapshot):
        limits = {
            "tenant_id": snapshot.tenant_id,
            "first_id": block.first_id,
            "last_id": block.last_id,
        }
        rows = {row.id: row for row in snapshot.connection.execute(_ROWS, limits)}
        found = snapshot.connection.execute(_ENTRIES, limits)
        entries = {number: list(some) for number, some in groupby(found, lambda one: one[0])}
        for number, values in block.documents.items():
            yield from _differences(number, values, rows.get(number), entries.pop(number, []))
        yield from (f"History of product id {one}: there is no such product." for one in entries)
    yield from _beyond(snapshot)


def _differences(number: int, values: Values, row: Any, entries: Sequence[Any]) -> Iterator[str]:
    name = f"History of {values.get('sku', number)!r}"
    if not entries:
        yield f"{name}: it has no entry."
        return
    state: Values = {}
    for entry in entries:
        wrong = [place for place in entry.new if state.get(place) != entry.old.get(place)]
        if wrong:
            yield f"{name}: entry {entry.sequence} starts from other values of {named(wrong)}."
        if entry.at is None:
            yield f"{name}: entry {entry.sequence} belongs to no transaction."
        state = fold(state, entry.new)
    if state != values:
        places = sorted(place for place in state | values if state.get(place) != values.get(place))
        yield f"{name}: it leads to other values of {named(places)} than the product has."
    if row is not None:
        yield from _row_differences(name, row, entries)


def _row_differences(name: str, row: Any, entries: Sequence[Any]) -> Iterator[str]:
    first, last = entries[0], entries[-1]
    if row.version != len(entries):
        yield f"{name}: it has {len(entries)} entries, the product is at version {row.version}."
    if (row.created_at, row.created_by) != (first.at, first.actor):
        yield f"{name}: the product says that it was made at another time or by somebody else."
    if (row.updated_at, row.updated_by) != (last.at, last.actor):
        yield f"{name}: the product says that it was changed at another time or by somebody else."


def _beyond(snapshot: Snapshot) -> Iterator[str]:
    wanted = {"tenant_id": snapshot.tenant_id, "last_id": snapshot.last_product_id}
    for number in snapshot.connection.scalars(_BEYOND, wanted):
        yield f"History of product id {number}: there is no such product."
    latest = snapshot.connection.scalar(_LATEST, {"tenant_id": snapshot.tenant_id}) or 0
    if latest > snapshot.sequence:
        yield f"Transaction {latest} is later than {snapshot.sequence}, the last that was counted."


def named(places: Sequence[str]) -> str:
    """Return the first of some names, and how many more there are."""
    more = len(places) - PLACES_SHOWN
    return ", ".join(places[:PLACES_SHOWN]) + (f" and {more} more" if more > 0 else "")
