"""Iteration over all documents of a tenant, in blocks of ids, in constant memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import bindparam, select

from pims_api.domain.product import Values
from pims_api.storage.engine.dialect import looked_up
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.engine.untyped_column import raw
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import document, product

BLOCK_IDS = 250  # product ids

_BETWEEN = PreparedStatement(
    select(document.c.product_id, document.c["values"]).where(
        document.c.tenant_id == bindparam("tenant_id"),
        document.c.product_id.between(bindparam("first_id"), bindparam("last_id")),
    )
)
_OF_IDS = PreparedStatement(
    lambda connection: looked_up(
        connection.dialect.name,
        select(raw(document.c.product_id), raw(document.c["values"])),
        (document.c.tenant_id, document.c.product_id),
        "keys",
    )
)
_MOMENTS = PreparedStatement(
    select(product.c.id, product.c.created_at, document.c.updated_at)
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


@dataclass(frozen=True, slots=True)
class DocumentBlock:
    """The documents, by product id, of the products from first_id to last_id, both included."""

    first_id: int
    last_id: int
    documents: dict[int, Values]


def documents_between(snapshot: Snapshot, first_id: int, last_id: int) -> dict[int, Values]:
    """Return the documents of the products with these ids, by id, both ends included."""
    limits = {"tenant_id": snapshot.tenant_id, "first_id": first_id, "last_id": last_id}
    return {row[0]: row[1] for row in _BETWEEN.all(snapshot.connection, limits)}


def documents_of(snapshot: Snapshot, ids: Sequence[int]) -> Iterator[tuple[int, Values]]:
    """Yield the id and the document of each of these products, in no defined order."""
    if snapshot.past is not None:
        yield from ((one.id, one.values) for one in products_by_id(snapshot, ids).values())
        return
    keys = [[snapshot.tenant_id, one] for one in ids]
    for number, values in _OF_IDS.each(snapshot.connection, {"keys": keys}):
        yield number, orjson.loads(values)


def moments_between(
    snapshot: Snapshot, first_id: int, last_id: int
) -> Sequence[tuple[int, int, int]]:
    """Return id and times of creation and last change, in microseconds, of these products."""
    limits = {"tenant_id": snapshot.tenant_id, "first_id": first_id, "last_id": last_id}
    return [tuple(row) for row in _MOMENTS.all(snapshot.connection, limits)]


def document_blocks(snapshot: Snapshot) -> Iterator[DocumentBlock]:
    """Yield every document of the tenant, in blocks of ascending ids."""
    for first_id in range(1, snapshot.last_product_id + 1, BLOCK_IDS):
        last_id = min(first_id + BLOCK_IDS - 1, snapshot.last_product_id)
        yield DocumentBlock(first_id, last_id, documents_between(snapshot, first_id, last_id))
