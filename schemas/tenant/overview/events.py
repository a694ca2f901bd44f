"""Events on the wire: what history tells of a thing and a transaction.

Source: docs/api/tenant.md, Audit.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from marshmallow import Schema, fields

from pims_api.domain.product import Values
from pims_api.domain.tenant_ids import Numbered, TenantIds
from pims_api.storage.history.events import ChangeRow
from schemas.tenant.ids import owned
from schemas.tenant.moments import second_text


class EventReply(Schema):
    """One change of one thing. details: what changed, before (`old`) and after (`new`)."""

    id = fields.UUID()
    org_id = fields.UUID()
    tenant_id = fields.UUID()
    actor_email = fields.String()
    action = fields.String()
    entity_type = fields.String()
    entity_id = fields.UUID()
    details = fields.Dict()
    ip_address = fields.String(allow_none=True)
    created_at = fields.DateTime()


class Noun(StrEnum):
    """The kinds of things that have events."""

    PRODUCT = "PRODUCT"
    VARIANT = "VARIANT"
    CATEGORY = "CATEGORY"
    BRAND = "BRAND"
    ATTRIBUTE = "ATTRIBUTE"
    ATTRIBUTE_GROUP = "ATTRIBUTE_GROUP"
    TEMPLATE = "TEMPLATE"
    MEDIA = "MEDIA"


class Deed(StrEnum):
    """What became of a thing."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"


Change = tuple[str, Any, Any]
"""The name of a field, its value before and after."""


class Event(NamedTuple):
    """What a change of history means here. entity_id: the UUID of the thing.

    part: which of several things it is that share a row of history.
    """

    noun: Noun
    deed: Deed
    entity_id: str
    changes: Iterable[Change]
    part: str = ""


def event_object(ids: TenantIds, row: ChangeRow, event: Event) -> dict[str, Any]:
    """Return an event as this face shows it."""
    place = f"{row.sequence}/{row.entity}/{row.entity_id}/{event.part}"
    changes = [one for one in event.changes if one[1] != one[2]]
    return {
        **owned(ids, ids.of_name(Numbered.EVENT, place)),
        "actor_email": row.actor,
        "action": f"{event.noun}_{event.deed}",
        "entity_type": str(event.noun),
        "entity_id": event.entity_id,
        "details": {
            "old": {name: old for name, old, _ in changes},
            "new": {name: new for name, _, new in changes},
        },
        "ip_address": None,
        "created_at": second_text(row.at),
    }


def plain_changes(row: ChangeRow, names: Mapping[str, str]) -> Iterable[Change]:
    """Yield the changes of fields that history has as they are. names: theirs, by those here."""
    for name, field in names.items():
        if field in row.new:
            yield name, row.old.get(field) or None, row.new[field] or None


def deed_of(row: ChangeRow, first: str) -> Deed:
    """Return what became of a thing. first: a field that it has from its beginning."""
    if row.new.get("deleted"):
        return Deed.DELETED
    return Deed.CREATED if _begins(row.old, row.new, first) else Deed.UPDATED


def _begins(old: Values, new: Values, first: str) -> bool:
    return new.get(first) is not None and old.get(first) is None
