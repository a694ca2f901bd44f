"""The paths of products after an earlier write."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, select

from pims_api.domain.product import PATH_SEPARATOR, path_of
from pims_api.storage.engine.dialect import looked_up
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import product

_AFTER_SEPARATOR = chr(ord(PATH_SEPARATOR) + 1)
_ROW = select(product.c.id, product.c.sku, product.c.parent_id, product.c.path)
_OF_IDS = PreparedStatement(
    lambda connection: looked_up(
        connection.dialect.name, _ROW, (product.c.tenant_id, product.c.id), "keys"
    )
)
_OF_SKUS = PreparedStatement(
    lambda connection: looked_up(
        connection.dialect.name, _ROW, (product.c.tenant_id, product.c.sku), "keys"
    )
)
_BELOW = PreparedStatement(
    _ROW.where(
        product.c.tenant_id == bindparam("tenant_id"),
        product.c.path > bindparam("low"),
        product.c.path < bindparam("high"),
    )
)


def paths_of_moved(now: Snapshot, parents: Mapping[int, str | None]) -> dict[int, str]:
    """Return the paths that products had whose path is another one now, by id.

    parents: of each product that has another parent since, the SKU of the one it had. What is below
    these now has another path too.
    """
    moved = _rows(now, _OF_IDS, parents)
    below = {row.id: row for one in moved.values() for row in _rows_below(now, one.path)}
    rows = below | moved
    climb = _Climb(now, rows, parents)
    climb.know_parents()
    return {number: climb.path(number) for number in rows}


class _Climb:
    """The paths of some products, by those of their parents of then."""

    def __init__(
        self, now: Snapshot, rows: dict[int, Any], parents: Mapping[int, str | None]
    ) -> None:
        self._now = now
        self._rows = dict(rows)
        self._parents = parents
        self._found: dict[int, str] = {}
        self._ids: dict[str, int] = {}

    def know_parents(self) -> None:
        """Read the parents that are not among the products: their paths are the same as now."""
        skus = {sku for sku in self._parents.values() if sku is not None}
        self._ids = {row.sku: row.id for row in self._rows.values()}
        others = _rows(self._now, _OF_SKUS, skus - self._ids.keys())
        ids = {row.parent_id for row in self._rows.values() if row.parent_id is not None}
        others |= _rows(self._now, _OF_IDS, ids - self._rows.keys() - others.keys())
        self._found = {number: row.path for number, row in others.items()}
        self._ids |= {row.sku: row.id for row in others.values()}

    def path(self, number: int) -> str:
        waiting = [number]
        while waiting:
            one = waiting[-1]
            parent_id = self._parent_of(one)
            if parent_id is None or parent_id in self._found:
                above = None if parent_id is None else self._found[parent_id]
                self._found[one] = path_of(self._rows[one].sku, above)
                waiting.pop()
            else:
                waiting.append(parent_id)
        return self._found[number]

    def _parent_of(self, number: int) -> int | None:
        if number not in self._parents:
            found: int | None = self._rows[number].parent_id
            return found
        sku = self._parents[number]
        return None if sku is None else self._ids[sku]


def _rows(now: Snapshot, statement: PreparedStatement, wanted: Iterable[Any]) -> dict[int, Any]:
    keys = [[now.tenant_id, one] for one in wanted]
    return {row.id: row for row in statement.all(now.connection, {"keys": keys})} if keys else {}


def _rows_below(now: Snapshot, path: str) -> list[Any]:
    ends = {"low": path + PATH_SEPARATOR, "high": path + _AFTER_SEPARATOR}
    return _BELOW.all(now.connection, {"tenant_id": now.tenant_id, **ends})
