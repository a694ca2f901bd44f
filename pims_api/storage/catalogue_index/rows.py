"""Access by key to the rows of the two index tables, `posting` and `number_part`.

For any number of rows, one statement reads both tables, and one per table writes or deletes.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Select,
    Table,
    Text,
    bindparam,
    delete,
    literal_column,
    select,
    union_all,
)

from pims_api.storage.engine.bulk_write import Upserts
from pims_api.storage.engine.dialect import looked_up
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import number_part, posting

BlockKey = tuple[int, str, str, int]
"""Attribute id, scope, term and block: a row of postings."""

PartKey = tuple[int, str, int]
"""Attribute id, scope and part: a row of numbers."""

_OF_ALL = ("tenant_id", "changed")
_UPDATED = ("bits", "changed")


class IndexRows:
    """The rows of one index table. key: its primary key without the tenant."""

    def __init__(self, table: Table) -> None:
        self.key: list[Column[Any]] = [one for one in table.primary_key if one.name != "tenant_id"]
        self._tenant_id = table.c.tenant_id
        self._names = [one.name for one in self.key]
        self._bits = table.c.bits
        self._store = Upserts(table, _OF_ALL, _UPDATED)
        self._delete = PreparedStatement(
            delete(table).where(*(one == bindparam(f"of_{one.name}") for one in table.primary_key))
        )

    def looked_up(self, connection: Connection, parameter: str, *cells: Any) -> Select[Any]:
        """Return a SELECT of the rows with the keys in a parameter. cells: instead of the key."""
        mine = select(*(cells or self.key), self._bits)
        mine = mine.where(self._tenant_id == bindparam("tenant_id"))
        return looked_up(connection.dialect.name, mine, self.key, parameter)

    def store(self, work: Snapshot, rows: Iterable[tuple[Sequence[Any], bytes]]) -> None:
        """Insert or update rows."""
        names = [*self._names, "bits"]
        columns = list(zip(*((*key, bits) for key, bits in rows), strict=True))
        if columns:
            same = {"tenant_id": work.tenant_id, "changed": work.sequence}
            cells = dict(zip(names, map(list, columns), strict=True))
            self._store.run(work.connection, cells, same)

    def delete(self, work: Snapshot, keys: Iterable[Sequence[Any]]) -> None:
        """Delete the rows of these keys."""
        names = [f"of_{name}" for name in self._names]
        mine = {"of_tenant_id": work.tenant_id}
        rows = [mine | dict(zip(names, key, strict=True)) for key in keys]
        self._delete.run_many(work.connection, rows)

    def replace(self, work: Snapshot, after: dict[Any, bytes]) -> None:
        """Store rows with bits, and delete those without."""
        self.store(work, ((key, bits) for key, bits in after.items() if bits))
        self.delete(work, [key for key, bits in after.items() if not bits])


POSTINGS = IndexRows(posting)
NUMBER_PARTS = IndexRows(number_part)

_NO_TERM = literal_column("''", Text()).label("term")


def read_rows(
    work: Snapshot, blocks: Sequence[BlockKey], parts: Sequence[PartKey]
) -> tuple[dict[BlockKey, bytes], dict[PartKey, bytes]]:
    """Return the bits of the rows that exist."""
    found_blocks: dict[BlockKey, bytes] = {}
    found_parts: dict[PartKey, bytes] = {}
    wanted = {"tenant_id": work.tenant_id, "blocks": blocks, "parts": parts}
    for attribute_id, scope, term, number, bits in _TOUCHED.all(work.connection, wanted):
        if term:
            found_blocks[attribute_id, scope, term, number] = bits
        else:
            found_parts[attribute_id, scope, number] = bits
    return found_blocks, found_parts


def _touched(connection: Connection) -> Any:
    attribute_id, scope, part = NUMBER_PARTS.key
    return union_all(
        POSTINGS.looked_up(connection, "blocks"),
        NUMBER_PARTS.looked_up(connection, "parts", attribute_id, scope, _NO_TERM, part),
    )


_TOUCHED = PreparedStatement(_touched)
