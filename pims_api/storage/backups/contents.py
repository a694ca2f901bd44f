"""Whether a database has data that a restored backup would overwrite."""

from sqlalchemy import Connection, func, inspect, select

from pims_api.storage.tables import metadata, tenant

_FIRST = 1  # the sequence of a tenant that nobody has written to since it was made
_WRITTEN = select(func.count()).where(tenant.c.sequence > _FIRST)
_TENANTS = select(func.count()).select_from(tenant)


def holds_data(connection: Connection) -> bool:
    """Return whether there is more than what `pims init` makes: a write, or a second tenant.

    Tables that are not ours are data, too, if they have names of ours, or share a SQLite file.
    """
    names = set(inspect(connection).get_table_names())
    if tenant.name not in names:
        ours = names & set(metadata.tables)
        return bool(names if connection.dialect.name == "sqlite" else ours)
    return bool(connection.scalar(_WRITTEN)) or (connection.scalar(_TENANTS) or 0) > 1
