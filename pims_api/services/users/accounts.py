"""Users: added, listed, changed. Source: docs/core.md, Users."""

from dataclasses import replace
from typing import Any

from pims_api.domain.access.role import BUILT_IN, Role
from pims_api.domain.access.user import User, normal_email
from pims_api.domain.definition import Definition
from pims_api.domain.values.text import has_control
from pims_api.errors import Fault, Subject, absent, refuse_if_any, taken
from pims_api.services.users.passwords import hashed
from pims_api.storage.history.changes import EntityChange
from pims_api.storage.identity.users import (
    USER_ENTITY,
    add_user_row,
    change_user_row,
    last_user_id,
    user_of_email,
    user_row,
)
from pims_api.storage.unit_of_work import UnitOfWork

NAME_LENGTH_MAX = 100  # characters

_NEVER_TOLD = ("password", "tenant_id", "id")


def add_user(
    work: UnitOfWork, email: str, name: str, role: str, password: str, *, quick_login: bool = False
) -> User:
    """Add a user. Raises BadInput with every fault, Conflict for an address that is taken."""
    address, faults = normal_email(email), list[Fault]()
    if address is None:
        faults.append(Fault("mask", "This is no e-mail address!", place="user/email"))
    if not name.strip() or len(name) > NAME_LENGTH_MAX or has_control(name):
        message = f"A user's name has 1 to {NAME_LENGTH_MAX} characters, none unprintable!"
        faults.append(Fault("range", message, place="user/name"))
    faults += _role_faults(work.definition, role)
    refuse_if_any(faults)
    if user_of_email(work.connection, address or "") is not None:
        raise taken(Subject.USER, address or "")
    user = User(
        work.tenant_id,
        last_user_id(work) + 1,
        address or "",
        name.strip(),
        role,
        hashed(password),
        quick_login=quick_login,
        created_at=work.at,
    )
    add_user_row(work, user)
    work.record(EntityChange(USER_ENTITY, user.id, {}, _told(user)))
    return user


def find_user(work: UnitOfWork, email: str) -> User:
    """Return the tenant's user of an e-mail address. Raises NotFound."""
    found = user_of_email(work.connection, normal_email(email) or "")
    if found is None or found.tenant_id != work.tenant_id:
        raise absent(Subject.USER)
    return found


def set_role(work: UnitOfWork, user: User, role: str) -> User:
    """Give a user another role. Raises BadInput."""
    refuse_if_any(_role_faults(work.definition, role))
    return _store(work, user, role=role)


def set_password(work: UnitOfWork, user: User, password: str) -> User:
    """Give a user another password; tokens of before are refused. Raises BadInput."""
    return _store(work, user, password=hashed(password))


def set_disabled(work: UnitOfWork, user: User, *, disabled: bool) -> User:
    """Let a user sign in no longer, or again."""
    return _store(work, user, disabled=disabled)


def role_of(definition: Definition, code: str) -> Role | None:
    """Return the role of a code, if the tenant has it."""
    built_in = BUILT_IN.get(code)
    stored = (one for one in definition.things(Role).values() if one.code == code)
    return built_in or next(stored, None)


def _role_faults(definition: Definition, role: str) -> list[Fault]:
    if role_of(definition, role) is not None:
        return []
    known = [*BUILT_IN, *(one.code for one in definition.things(Role).values())]
    message = f"There is no role {role[:64]!r}! Known ones: {', '.join(known[:10])}."
    return [Fault("range", message, place="user/role", allowed=known[:10])]


def _store(work: UnitOfWork, user: User, **changes: Any) -> User:
    changed = replace(user, **changes)
    if changed == user:
        return user
    changed = replace(changed, revision=user.revision + 1)
    change_user_row(work, changed)
    work.record(EntityChange(USER_ENTITY, user.id, _told(user), _told(changed)))
    return changed


def _told(user: User) -> dict[str, Any]:
    """Return what history keeps of a user; of the password only that it was changed."""
    return {name: value for name, value in user_row(user).items() if name not in _NEVER_TOLD}
