"""API keys in the database: their digests, never their text."""

from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from pims_api.domain.access import api_key as keys
from pims_api.domain.access.api_key import ApiKey
from pims_api.domain.access.limits.networks import read_network
from pims_api.domain.access.limits.rate import read_rate
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import api_key as table

KEY_ENTITY = "api_key"
KEY_SETTINGS = (
    "name",
    "permissions",
    "views",
    "default_view",
    "expires_at",
    "revoked_at",
    "deactivated_at",
    "rate",
    "allow_from",
    "previous_until",
)
_SECRETS = ("digest", "mask", "previous_digest")

_BY_PUBLIC_ID = PreparedStatement(select(table).where(table.c.public_id == bindparam("public_id")))
_BY_ID = select(table).where(
    table.c.tenant_id == bindparam("tenant_id"), table.c.id == bindparam("key_id")
)
_OF_TENANT = select(table).where(table.c.tenant_id == bindparam("tenant_id")).order_by(table.c.id)
_LAST = select(func.max(table.c.id)).where(table.c.tenant_id == bindparam("tenant_id"))
_INSERT = insert(table)
_UPDATE = (
    update(table)
    .where(table.c.tenant_id == bindparam("of_tenant"), table.c.id == bindparam("of_key"))
    .values({name: bindparam(name, type_=table.c[name].type) for name in KEY_SETTINGS + _SECRETS})
)


def key_of_text(connection: Connection, text: str) -> ApiKey | None:
    """Return the key with a well-formed text, as its holder has it; revoked ones too."""
    row = _BY_PUBLIC_ID.first(connection, {"public_id": keys.public_id(text)})
    return None if row is None else _api_key(row).of_text(text)


def keys_of_tenant(snapshot: Snapshot) -> list[ApiKey]:
    """Return the tenant's keys, revoked ones included, oldest first."""
    rows = snapshot.connection.execute(_OF_TENANT, {"tenant_id": snapshot.tenant_id})
    return [_api_key(row) for row in rows]


def key_of_public_id(snapshot: Snapshot, public_id: str) -> ApiKey | None:
    """Return the tenant's key of that public id, if there is one; revoked ones too."""
    row = _BY_PUBLIC_ID.first(snapshot.connection, {"public_id": public_id})
    if row is None or row.tenant_id != snapshot.tenant_id:
        return None
    return _api_key(row)


def key_of_id(connection: Connection, tenant_id: int, key_id: int) -> ApiKey | None:
    """Return the key of that id, if the tenant has it; revoked ones too."""
    row = connection.execute(_BY_ID, {"tenant_id": tenant_id, "key_id": key_id}).first()
    return None if row is None else _api_key(row)


def last_key_id(snapshot: Snapshot) -> int:
    """Return the highest id of a key of the tenant; 0 when there is none."""
    return int(snapshot.connection.scalar(_LAST, {"tenant_id": snapshot.tenant_id}) or 0)


def add_key(work: Snapshot, key: ApiKey) -> None:
    """Store a new key."""
    work.connection.execute(_INSERT, key_row(key) | {"tenant_id": key.tenant_id, "id": key.id})


def change_key(work: Snapshot, key: ApiKey) -> None:
    """Store the changed settings and secrets of a key."""
    row = key_row(key)
    values = {name: row[name] for name in KEY_SETTINGS + _SECRETS}
    work.connection.execute(_UPDATE, values | {"of_tenant": key.tenant_id, "of_key": key.id})


def key_row(key: ApiKey) -> dict[str, Any]:
    """Return the columns of a key except its ids."""
    return {
        "public_id": key.public_id,
        "digest": key.digest,
        "mask": key.mask,
        "name": key.name,
        "permissions": list(key.groups),
        "views": list(key.views),
        "default_view": key.default_view,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "deactivated_at": key.deactivated_at,
        "rate": None if key.rate is None else str(key.rate),
        "allow_from": [str(one) for one in key.allow_from] or None,
        "previous_digest": key.previous_digest,
        "previous_until": key.previous_until,
    }


def key_settings(key: ApiKey) -> dict[str, Any]:
    """Return the columns of a key that may change and that history tells of: KEY_SETTINGS."""
    row = key_row(key)
    return {name: row[name] for name in KEY_SETTINGS}


def _api_key(row: Any) -> ApiKey:
    found = row._asdict()
    found["groups"] = tuple(found.pop("permissions"))
    found["views"] = tuple(found["views"])
    found["rate"] = read_rate(found["rate"]) if found["rate"] else None
    found["allow_from"] = tuple(read_network(one) for one in found["allow_from"] or ())
    return ApiKey(**found)
