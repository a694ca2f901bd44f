"""Views: which attributes a key sees, under which names, of which products.

Source: docs/core.md, Access.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pims_api.clock import now_us
from pims_api.domain.access.attribute_view import AttributeView, Label
from pims_api.domain.conditions.language.parser import parse_condition
from pims_api.domain.definition import Definition
from pims_api.errors import (
    BadInput,
    Conflict,
    Fault,
    Subject,
    absent,
    place_of,
    refuse_if_any,
    taken,
)
from pims_api.services.access import full_access
from pims_api.services.attribute_views.field_changes import FieldChanges, changed_fields
from pims_api.services.attribute_views.fields import ViewFieldWrite, read_fields
from pims_api.storage.api_keys import keys_of_tenant
from pims_api.storage.defined_ids import next_defined_id
from pims_api.storage.unit_of_work import UnitOfWork

TEXT_LENGTH_MAX = 1_000  # characters of a label or a comment
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_KEYS_NAMED = 5  # keys that a refusal names


@dataclass(frozen=True, slots=True)
class ViewWrite:
    """A write to a View; None leaves a field as it is, or empty in a new View.

    fields: by internal name of the attribute; they replace all earlier ones. changes: what happens
    to single ones instead. condition_query: restricts the products; internal names, hidden
    attributes allowed.
    """

    label: Label | None = None
    comment: str | None = None
    fields: Mapping[str, ViewFieldWrite] | None = None
    condition_query: str | None = None
    changes: FieldChanges | None = None


def add_view(work: UnitOfWork, name: str, wanted: ViewWrite) -> AttributeView:
    """Create a View and return it.

    Raises Conflict when the name is taken, BadInput with every fault of what it should be.
    """
    if name in work.definition.views:
        raise taken(Subject.VIEW, name)
    faults = [] if _NAME.match(name) else [_name_fault(name)]
    number = next_defined_id(work, AttributeView, max(work.definition.view_ids, default=0))
    return _define(work, AttributeView(number, name), wanted, faults)


def edit_view(work: UnitOfWork, name: str, wanted: ViewWrite) -> AttributeView:
    """Change the fields that are not None; return the View. Raises NotFound and BadInput."""
    return _define(work, find_view(work.definition, name), wanted, [])


def delete_view(work: UnitOfWork, name: str) -> None:
    """Delete a View. Raises NotFound, and Conflict while keys are bound to it."""
    view = find_view(work.definition, name)
    now = now_us()
    holders = [k for k in keys_of_tenant(work) if name in k.views and k.works_at(now)]
    if holders:
        named = ", ".join(key.public_id for key in holders[:_KEYS_NAMED])
        message = f"View {name} is assigned to {len(holders)} keys ({named}): take it from them!"
        raise Conflict(message)
    work.define(replace(view, deleted=True), deleted=True)


def find_view(definition: Definition, name: str) -> AttributeView:
    """Return the View of that name. Raises NotFound."""
    view = definition.views.get(name)
    if view is None:
        raise absent(Subject.VIEW, place="view/name")
    return view


def _define(
    work: UnitOfWork, view: AttributeView, wanted: ViewWrite, faults: list[Fault]
) -> AttributeView:
    faults = [*faults, *_text_faults(wanted), *_condition_faults(work.definition, wanted)]
    changes: dict[str, Any] = {
        "label": wanted.label,
        "comment": wanted.comment,
        "condition_query": wanted.condition_query,
    }
    if wanted.fields is not None:
        changes["fields"], field_faults = read_fields(work, wanted.fields)
        faults += field_faults
    elif wanted.changes is not None:
        changes["fields"], field_faults = changed_fields(work, view.fields, wanted.changes)
        faults += field_faults
    refuse_if_any(faults)
    given = {name: value for name, value in changes.items() if value is not None}
    changed = replace(view, **given)
    work.define(changed)
    return changed


def _name_fault(name: str) -> Fault:
    message = "The name of a View has 1 to 64 letters, digits, dashes or underscores, no spaces!"
    return Fault("mask", message, place="view/name", value=name[:64])


def _text_faults(wanted: ViewWrite) -> list[Fault]:
    label = wanted.label or ""
    texts = {
        "comment": [wanted.comment or ""],
        "label": [label] if isinstance(label, str) else list(label.values()),
    }
    return [
        Fault(
            "limit",
            f"{name} has at most {TEXT_LENGTH_MAX} characters!",
            place=place_of("view", name),
        )
        for name, found in texts.items()
        if any(len(text) > TEXT_LENGTH_MAX for text in found)
    ]


def _condition_faults(definition: Definition, wanted: ViewWrite) -> list[Fault]:
    if not wanted.condition_query:
        return []
    access = full_access(definition, definition.default_locale)
    try:
        parse_condition(wanted.condition_query, access, place="view/condition", any_attribute=True)
    except BadInput as refused:
        return list(refused.faults)
    return []
