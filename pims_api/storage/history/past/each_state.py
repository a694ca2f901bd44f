"""Products as they were after each of some changes, in a fixed number of queries.

Their own values are of then. Where they stand, what they link to and their type is of now.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from pims_api.domain.attributes.completeness import typed_as
from pims_api.domain.product import Product, Values, fold
from pims_api.storage.engine.dialect import looked_up
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.engine.untyped_column import raw
from pims_api.storage.history.as_of import later_changes, values_at
from pims_api.storage.history.each_change import RecordChange
from pims_api.storage.history.past.state import readable
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import transaction

VERSIONS_MAX = 1_000  # of a product whose later changes are read at once

Place = tuple[int, int]
"""A write and a product that it changed."""

_AUTHORS = PreparedStatement(
    lambda connection: looked_up(
        connection.dialect.name,
        select(raw(transaction.c.sequence), raw(transaction.c.at), raw(transaction.c.actor)),
        (transaction.c.tenant_id, transaction.c.sequence),
        "keys",
    )
)


def products_after(snapshot: Snapshot, changes: Sequence[RecordChange]) -> dict[Place, Product]:
    """Return the product after each change, with who made the change and when."""
    if not changes:
        return {}
    now = products_by_id(snapshot, {one.product_id for one in changes})
    short = [one.id for one in now.values() if one.version <= VERSIONS_MAX]
    later = later_changes(snapshot, short, min(one.sequence for one in changes))
    authors = _authors(snapshot, {one.sequence for one in changes})
    found = {}
    for one in changes:
        product = now[one.product_id]
        values = _values(snapshot, one, product, later)
        at, actor = authors[one.sequence]
        then = product._replace(
            values=_of_now(snapshot, values, product),
            updated_at=at,
            updated_by=actor,
            today=product,
        )
        found[one.sequence, one.product_id] = then
    return found


def before_change(snapshot: Snapshot, after: Product, one: RecordChange) -> Product:
    """Return a product as it was before a change. after: as it was after it."""
    values = fold(after.values, one.old)
    now = after.today or after
    return after._replace(values=_of_now(snapshot, values, now))


def _of_now(snapshot: Snapshot, values: Values, now: Product) -> Values:
    return typed_as(now, readable(values, now.values, snapshot.definition))


def _values(
    snapshot: Snapshot,
    one: RecordChange,
    product: Product,
    later: Mapping[int, Iterable[tuple[int, Values]]],
) -> Values:
    if product.version > VERSIONS_MAX:
        return values_at(snapshot, product, one.sequence)
    before: Values = {}
    for at, old in sorted(later.get(product.id, ()), key=lambda each: each[0], reverse=True):
        if at > one.sequence:
            before |= old
    return fold(product.values, before) if before else product.values


def _authors(snapshot: Snapshot, sequences: Iterable[int]) -> dict[int, tuple[int, str]]:
    keys = [[snapshot.tenant_id, one] for one in sequences]
    rows = _AUTHORS.each(snapshot.connection, {"keys": keys})
    return {sequence: (at, actor) for sequence, at, actor in rows}
