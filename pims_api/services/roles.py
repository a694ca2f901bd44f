"""Roles: added, replaced, deleted. Source: docs/core.md, Roles."""

from dataclasses import replace

from pims_api.domain.access.role import BUILT_IN, Role
from pims_api.domain.definition import Definition
from pims_api.domain.workflow import Workflow
from pims_api.errors import Conflict, Subject, taken
from pims_api.services.users.accounts import role_of
from pims_api.storage.defined_ids import next_defined_id
from pims_api.storage.identity.users import users_of_tenant
from pims_api.storage.unit_of_work import UnitOfWork

_NAMES_SHOWN = 10


def all_roles(definition: Definition) -> list[Role]:
    """Return the roles of a tenant, those of every tenant first."""
    return [*BUILT_IN.values(), *(one for _, one in sorted(definition.things(Role).items()))]


def add_role(work: UnitOfWork, wanted: Role) -> Role:
    """Add a role; its number, and without a code also that, is chosen here. Raises Conflict."""
    present = max(work.definition.things(Role), default=0)
    number = next_defined_id(work, Role, present)
    made = replace(wanted, id=number, code=wanted.code or f"role-{number}")
    if role_of(work.definition, made.code) is not None:
        raise taken(Subject.ROLE, made.code)
    work.define(made)
    return made


def edit_role(work: UnitOfWork, before: Role, wanted: Role) -> Role:
    """Replace a role but for its code. Raises Conflict for one of every tenant."""
    _refuse_built_in(before)
    after = replace(wanted, id=before.id, code=before.code)
    if after != before:
        work.define(after)
    return after


def delete_role(work: UnitOfWork, one: Role) -> None:
    """Delete a role. Raises Conflict while users have it or transitions name it."""
    _refuse_built_in(one)
    users = [user.email for user in users_of_tenant(work) if user.role == one.code]
    if users:
        names = ", ".join(users[:_NAMES_SHOWN])
        raise Conflict(f"The role is that of {names}: give them another one first!")
    naming = [
        each.name
        for each in work.definition.things(Workflow).values()
        if any(one.code in transition.role_codes for transition in each.transitions)
    ]
    if naming:
        names = ", ".join(naming[:_NAMES_SHOWN])
        raise Conflict(f"Transitions of the workflows {names} name the role: change them first!")
    work.define(replace(one, deleted=True), deleted=True)


def _refuse_built_in(one: Role) -> None:
    if one.built_in:
        raise Conflict(f"The role {one.code} is part of every catalogue: it stays as it is!")
