"""Sync mappings in the database."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from pims_api.domain.outlets.outlet import Outlet
from pims_api.domain.outlets.sync_mapping import SyncMapping
from pims_api.storage.tables import sync_mapping as table

_AT_ONCE = 500
_NAMES = tuple(SyncMapping.__dataclass_fields__)
_KEY = ("tenant_id", "outlet_id", "record_id")
_CHANGE = update(table).where(*(table.c[name] == bindparam(f"of_{name}") for name in _KEY))
_ADD = insert(table)


class MappingLine(NamedTuple):
    """What most of a run needs to know of a mapping."""

    record_id: int
    external_id: str
    failures: int
    archived: bool


def mapping_lines(connection: Connection, outlet: Outlet) -> list[MappingLine]:
    """Return all mappings of a channel, in brief."""
    columns = (table.c.record_id, table.c.external_id, table.c.failures, table.c.archived)
    rows = connection.execute(select(*columns).where(_of(outlet)).order_by(table.c.record_id))
    return [MappingLine(*row) for row in rows]


def mappings_of(connection: Connection, outlet: Outlet) -> list[SyncMapping]:
    """Return all mappings of a channel, by record."""
    rows = connection.execute(select(table).where(_of(outlet)).order_by(table.c.record_id))
    return [_mapping(row) for row in rows]


def mappings_of_records(
    connection: Connection, outlet: Outlet, ids: Iterable[int]
) -> dict[int, SyncMapping]:
    """Return the mappings of records, by record."""
    found = _some(connection, outlet, table.c.record_id, list(ids))
    return {one.record_id: one for one in found}


def mappings_of_products(
    connection: Connection, outlet: Outlet, ids: Iterable[str]
) -> dict[str, SyncMapping]:
    """Return the mappings of products of the other system, by their ids there."""
    found = _some(connection, outlet, table.c.external_id, list(ids))
    return {one.external_id: one for one in found}


def store_mapping(connection: Connection, one: SyncMapping) -> None:
    """Store a mapping, new or changed."""
    columns: dict[str, Any] = {name: getattr(one, name) for name in _NAMES}
    place = {f"of_{name}": columns[name] for name in _KEY}
    if not connection.execute(_CHANGE, columns | place).rowcount:
        connection.execute(_ADD, columns)


def drop_mapping(connection: Connection, one: SyncMapping) -> None:
    """Delete a mapping."""
    connection.execute(delete(table).where(_is(one)))


def drop_mappings(connection: Connection, outlet: Outlet) -> None:
    """Delete all mappings of a channel."""
    connection.execute(delete(table).where(_of(outlet)))


def _some(connection: Connection, outlet: Outlet, key: Any, ids: list[Any]) -> list[SyncMapping]:
    found = []
    for start in range(0, len(ids), _AT_ONCE):
        wanted = select(table).where(_of(outlet), key.in_(ids[start : start + _AT_ONCE]))
        found += [_mapping(row) for row in connection.execute(wanted)]
    return found


def _of(outlet: Outlet) -> Any:
    return (table.c.tenant_id == outlet.tenant_id) & (table.c.outlet_id == outlet.id)


def _is(one: SyncMapping) -> Any:
    return (
        (table.c.tenant_id == one.tenant_id)
        & (table.c.outlet_id == one.outlet_id)
        & (table.c.record_id == one.record_id)
    )


def _mapping(row: Row[Any]) -> SyncMapping:
    return SyncMapping(**row._mapping)
