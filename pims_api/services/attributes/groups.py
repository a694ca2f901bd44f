"""Attribute groups: those that attributes name, and those that were made on their own.

Source: docs/core.md, Attribute groups.
"""

from pims_api.domain.access.access import Access
from pims_api.domain.access.policy import Level
from pims_api.domain.attributes.named_group import NamedGroup
from pims_api.domain.attributes.system_labels import GROUP
from pims_api.domain.definition import Definition
from pims_api.domain.values.text import has_control
from pims_api.errors import BadInput, Conflict, Fault
from pims_api.storage.defined_ids import next_defined_id
from pims_api.storage.unit_of_work import UnitOfWork

NAME_LENGTH_MAX = 255  # characters


def add_group(work: UnitOfWork, name: str, description: str = "") -> NamedGroup:
    """Add a group without attributes. Raises Conflict for a name that a group has."""
    if len(name) > NAME_LENGTH_MAX or has_control(name):
        message = f"A group's name has at most {NAME_LENGTH_MAX} characters, no control characters!"
        raise BadInput(faults=[Fault("limit", message)])
    if name == GROUP or name in _names(work.definition):
        raise Conflict(faults=[Fault("exists", f"There is an attribute group {name!r} already!")])
    known = work.definition.things(NamedGroup)
    made = NamedGroup(next_defined_id(work, NamedGroup, max(known, default=0)), name, description)
    work.define(made)
    return made


def attribute_groups(access: Access) -> list[str]:
    """Return the groups of the attributes that a caller sees, in the order of first appearance.

    Then those that were made on their own, for whoever sees every attribute.
    """
    shown = [one.attribute.group if one.group is None else one.group for one in access.columns]
    if access.policy.others is not Level.HIDDEN:
        shown += [one.name for one in access.definition.things(NamedGroup).values()]
    return list(dict.fromkeys(group for group in shown if group))


def _names(definition: Definition) -> set[str]:
    made = {one.name for one in definition.things(NamedGroup).values()}
    return made | {one.group for one in definition.present_attributes()}


def groups_seen(access: Access) -> dict[str, NamedGroup | None]:
    """Return the groups by name, with what is known of those that were made on their own.

    Those of hidden attributes are left out, and so is that of the system attributes.
    """
    named = (column.attribute.group for column in access.columns)
    found: dict[str, NamedGroup | None] = dict.fromkeys(name for name in named if name)
    found |= {one.name: one for one in access.definition.things(NamedGroup).values()}
    found.pop(GROUP, None)
    return found
