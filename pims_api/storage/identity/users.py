"""Users in the database, and the logins that failed."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from pims_api.domain.access.user import User
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import login_failure, tenant
from pims_api.storage.tables import user as table

USER_ENTITY = "user"

_BY_EMAIL = select(table).where(table.c.email == bindparam("email"))
_BY_ID = PreparedStatement(
    select(table).where(
        table.c.tenant_id == bindparam("tenant_id"), table.c.id == bindparam("user_id")
    )
)
_OF_TENANT = select(table).where(table.c.tenant_id == bindparam("tenant_id")).order_by(table.c.id)
_OF_EMAILS = select(table.c.email, table.c.id).where(
    table.c.tenant_id == bindparam("tenant_id"),
    table.c.email.in_(bindparam("emails", expanding=True)),
)
_LAST = select(func.max(table.c.id)).where(table.c.tenant_id == bindparam("tenant_id"))
_UPDATE = update(table).where(
    table.c.tenant_id == bindparam("of_tenant"), table.c.id == bindparam("of_user")
)
_FAILURES = (
    select(func.max(login_failure.c.at), func.count())
    .where(login_failure.c.subject == bindparam("subject"), login_failure.c.at > bindparam("since"))
)  # fmt: skip
_QUICK = (
    select(tenant.c.id.label("workspace"), tenant.c.name.label("workspace_name"), table)
    .join_from(table, tenant, table.c.tenant_id == tenant.c.id)
    .where(table.c.quick_login, ~table.c.disabled)
    .order_by(tenant.c.id, table.c.id)
)


def user_of_email(connection: Connection, email: str) -> User | None:
    """Return the user of an e-mail address, of any tenant, if there is one."""
    row = connection.execute(_BY_EMAIL, {"email": email}).first()
    return None if row is None else User(**row._asdict())


def user_of_id(connection: Connection, tenant_id: int, user_id: int) -> User | None:
    """Return the user of an id, if the tenant has it."""
    row = _BY_ID.first(connection, {"tenant_id": tenant_id, "user_id": user_id})
    return None if row is None else User(*row)


def users_of_tenant(snapshot: Snapshot) -> list[User]:
    """Return the tenant's users, disabled ones too, oldest first."""
    rows = snapshot.connection.execute(_OF_TENANT, {"tenant_id": snapshot.tenant_id})
    return [User(**row._asdict()) for row in rows]


def user_ids(snapshot: Snapshot, names: Iterable[str]) -> dict[str, int]:
    """Return the ids of the tenant's users among the names of actors, by e-mail address."""
    emails = sorted({name for name in names if "@" in name})
    if not emails:
        return {}
    wanted = {"tenant_id": snapshot.tenant_id, "emails": emails}
    return {row[0]: row[1] for row in snapshot.connection.execute(_OF_EMAILS, wanted)}


def last_user_id(snapshot: Snapshot) -> int:
    """Return the highest id of a user of the tenant; 0 when there is none."""
    return int(snapshot.connection.scalar(_LAST, {"tenant_id": snapshot.tenant_id}) or 0)


def add_user_row(work: Snapshot, user: User) -> None:
    """Store a new user."""
    work.connection.execute(insert(table), user_row(user))


def change_user_row(work: Snapshot, user: User) -> None:
    """Store the changed settings of a user."""
    values = {n: v for n, v in user_row(user).items() if n not in ("tenant_id", "id")}
    keys = {"of_tenant": user.tenant_id, "of_user": user.id}
    work.connection.execute(_UPDATE.values(values), keys)


def user_row(user: User) -> dict[str, Any]:
    """Return the columns of a user."""
    return {name: getattr(user, name) for name in User.__dataclass_fields__}


def quick_users(connection: Connection) -> list[tuple[int, str, User]]:
    """Return the users that may be listed before a login, with the id and name of their tenant."""
    found = []
    for row in connection.execute(_QUICK):
        cells = row._asdict()
        number, name = cells.pop("workspace"), cells.pop("workspace_name")
        found.append((number, name, User(**cells)))
    return found


def failures_since(connection: Connection, subject: str, since: int) -> tuple[int, int]:
    """Return when a login of a subject failed last, and how often since then."""
    last, count = connection.execute(_FAILURES, {"subject": subject, "since": since}).one()
    return int(last or 0), int(count)


def record_failure(connection: Connection, subjects: list[str], at: int, keep_since: int) -> None:
    """Note that a login failed; forget what is older than that counts."""
    connection.execute(delete(login_failure).where(login_failure.c.at <= keep_since))
    connection.execute(insert(login_failure), [{"subject": one, "at": at} for one in subjects])
