"""Roles: listed, added, read, replaced, deleted, resolved."""

from typing import Any

from pims_api.domain.access.role import Role
from pims_api.domain.definition import Definition
from pims_api.services import roles
from pims_api.services.users.accounts import role_of
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.sigma.ids import absent
from schemas.sigma.model.roles import resolved_levels, role_object, role_write
from views.running import Body
from views.sigma.caller import Caller


def list_roles(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with every role: those of every tenant, then the others, oldest first."""
    return [role_object(seen.definition, one) for one in roles.all_roles(seen.definition)]


def add_role(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Add a role and answer with it."""
    wanted = role_write(work.definition, asked["body"])
    return role_object(work.definition, roles.add_role(work, wanted))


def show_role(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with one role."""
    return role_object(seen.definition, _named(seen.definition, asked))


def put_role(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Replace a role and answer with it."""
    before = _named(work.definition, asked)
    wanted = role_write(work.definition, asked["body"])
    return role_object(work.definition, roles.edit_role(work, before, wanted))


def delete_role(work: UnitOfWork, caller: Caller, asked: Body) -> None:
    """Delete a role that no user has."""
    roles.delete_role(work, _named(work.definition, asked))


def resolve_role(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with what a role may do with some attributes of a schema."""
    one = _named(seen.definition, asked)
    return resolved_levels(seen.definition, one, asked["body"])


def _named(definition: Definition, asked: Body) -> Role:
    number = asked["path"]["role_id"]
    one = role_of(definition, number)
    if one is None:
        raise absent("Role", number)
    return one
