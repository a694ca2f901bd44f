"""Category links: which products are in which category.

Source: docs/core.md, Categories.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from pims_api.domain.attributes.attribute import CATEGORIES, OTHER_CATEGORIES
from pims_api.domain.definition import Definition
from pims_api.domain.product import ProductChange, Values
from pims_api.storage.derived.rows import DerivedRows, Key
from pims_api.storage.engine.dialect import looked_up
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import category_link

_columns = category_link.c


def _links(values: Values, _definition: Definition) -> set[Key]:
    links: set[Key] = {(category_id,) for category_id in values.get(CATEGORIES, ())}
    if OTHER_CATEGORIES in values:
        links.update((int(category_id),) for category_id in values[OTHER_CATEGORIES])
    return links


_ROWS = DerivedRows(category_link, [_columns.category_id], _links)


def maintain_links(work: Snapshot, changes: Sequence[ProductChange]) -> None:
    """Update the links of the changed products."""
    _ROWS.maintain(work, changes)


def products_in(snapshot: Snapshot, category_ids: Iterable[int]) -> list[int]:
    """Return the ids of the products in any of these categories, ascending, deleted ones too."""
    wanted = [[category_id] for category_id in dict.fromkeys(category_ids)]
    if not wanted:
        return []
    statement = _products_in(snapshot.connection.dialect.name)
    parameters = {"tenant_id": snapshot.tenant_id, "categories": wanted}
    return sorted(snapshot.connection.scalars(statement, parameters))


def compare_links(snapshot: Snapshot) -> Iterator[str]:
    """Yield a sentence for each difference between the links and the documents."""
    for product_id, (category_id,) in _ROWS.missing(snapshot):
        yield f"Category {category_id} lacks product id {product_id}."
    for product_id, (category_id,) in _ROWS.surplus(snapshot):
        yield f"Category {category_id} has product id {product_id}, whose document says otherwise."


def repair_links(work: Snapshot) -> None:
    """Correct all links from the documents."""
    _ROWS.repair(work)


@cache
def _products_in(dialect: str) -> Select[Any]:
    mine = select(_columns.product_id).where(_columns.tenant_id == bindparam("tenant_id"))
    return looked_up(dialect, mine, [_columns.category_id], "categories").distinct()
