"""Derived rows: tables that follow from documents, updated with changes and checked against them.

Each such table has the tenant, a few columns that are computed from a document, and the product.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Table, bindparam, delete, select

from pims_api.domain.definition import Definition
from pims_api.domain.product import ProductChange, Values
from pims_api.storage.engine.bulk_write import Inserts
from pims_api.storage.engine.dialect import looked_up
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.products.documents import document_blocks
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import Snapshot

Key = tuple[Any, ...]
"""The computed cells of one row, between the tenant and the product."""

KeysOf = Callable[[Values, Definition], set[Key]]

_ROWS_AT_ONCE = 250


class DerivedRows:
    """The rows of one table.

    keys_of: computes the rows of a document; each depends on one slot of it.
    """

    def __init__(self, table: Table, columns: Sequence[Column[Any]], keys_of: KeysOf) -> None:
        self.table = table
        self.columns = tuple(columns)
        self.keys_of = keys_of
        self.product_id = table.c.product_id
        every_column = [table.c.tenant_id, *self.columns, self.product_id]
        self._names = [one.name for one in every_column]
        self._new = Inserts(table, same=["tenant_id"])
        self._delete = PreparedStatement(
            delete(table).where(*(one == bindparam(f"of_{one.name}") for one in every_column))
        )
        self._all = select(*self.columns, self.product_id).where(
            table.c.tenant_id == bindparam("tenant_id")
        )

    def maintain(self, work: Snapshot, changes: Sequence[ProductChange]) -> None:
        """Update the rows; all deletions come first, so products may exchange unique values."""
        gone: list[Key] = []
        new: list[Key] = []
        for change in changes:
            before, after = self._keys(change, work.definition)
            if before != after:
                gone += [(*key, change.after.id) for key in before - after]
                new += [(*key, change.after.id) for key in after - before]
        if gone:
            self._delete.run_many(work.connection, self._parameters(work, gone))
        if new:
            self._enter(work, new)

    def missing(self, snapshot: Snapshot) -> Iterator[tuple[int, Key]]:
        """Yield, as product id and key, the rows that the table should have and lacks."""
        for block in document_blocks(snapshot):
            wanted = [
                (*key, product_id)
                for product_id, values in block.documents.items()
                for key in sorted(self.keys_of(values, snapshot.definition))
            ]
            for start in range(0, len(wanted), _ROWS_AT_ONCE):
                some = wanted[start : start + _ROWS_AT_ONCE]
                stored = self._stored(snapshot, some)
                yield from ((row[-1], row[:-1]) for row in some if row not in stored)

    def surplus(self, snapshot: Snapshot) -> Iterator[tuple[int, Key]]:
        """Yield, as product id and key, the rows that the table has and should not."""
        found = snapshot.connection.execute(
            self._all,
            {"tenant_id": snapshot.tenant_id},
            execution_options={"yield_per": _ROWS_AT_ONCE},
        )
        for some in found.partitions():
            products = products_by_id(snapshot, {row[-1] for row in some})
            keys = {
                number: self.keys_of(one.values, snapshot.definition)
                for number, one in products.items()
            }
            for row in some:
                if tuple(row[:-1]) not in keys.get(row[-1], ()):
                    yield row[-1], tuple(row[:-1])

    def repair(self, work: Snapshot) -> None:
        """Correct all rows from the documents."""
        missing = [(*key, product_id) for product_id, key in self.missing(work)]
        surplus = [(*key, product_id) for product_id, key in self.surplus(work)]
        if surplus:
            self._delete.run_many(work.connection, self._parameters(work, surplus))
        if missing:
            self._enter(work, missing)

    def _stored(self, snapshot: Snapshot, wanted: Sequence[Key]) -> set[Key]:
        columns = (*self.columns, self.product_id)
        statement = looked_up(snapshot.connection.dialect.name, self._all, columns, "rows")
        parameters = {"tenant_id": snapshot.tenant_id, "rows": [list(key) for key in wanted]}
        return {tuple(row) for row in snapshot.connection.execute(statement, parameters)}

    def _keys(self, change: ProductChange, definition: Definition) -> tuple[set[Key], set[Key]]:
        """Return the keys before and after a change, of the slots that it changed."""
        if change.before is None:
            return set(), self.keys_of(change.new, definition)
        old, new = change.old, change.new
        before = {slot: old[slot] for slot in change.touched if slot in old}
        after = {slot: new[slot] for slot in change.touched if slot in new}
        return self.keys_of(before, definition), self.keys_of(after, definition)

    def _enter(self, work: Snapshot, keys: Sequence[Key]) -> None:
        cells = dict(zip(self._names[1:], map(list, zip(*keys, strict=True)), strict=True))
        self._new.run(work.connection, cells, {"tenant_id": work.tenant_id})

    def _parameters(self, work: Snapshot, keys: Iterable[Key]) -> list[dict[str, Any]]:
        names = [f"of_{name}" for name in self._names]
        return [dict(zip(names, (work.tenant_id, *key), strict=True)) for key in keys]
