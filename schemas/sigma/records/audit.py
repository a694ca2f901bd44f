"""The audit trail on the wire. Source: docs/api/sigma.md, Audit."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from pims_api.domain.attributes.attribute import STAGE
from pims_api.domain.product import Product, Values
from pims_api.domain.workflow import Workflow
from pims_api.storage.history.trail import Deed, TrailEntry, deed_of
from schemas.rest.fields import Text, Whole, Word
from schemas.sigma.ids import ID_LENGTH_MAX, author, product_id
from schemas.sigma.records.record import LIMIT_MAX, OFFSET_MAX, PageQuery, moment
from schemas.sigma.records.values import ValuesWriter


class AuditOfRecordQuery(PageQuery):
    """Which changes of a record."""

    limit = Whole(1, LIMIT_MAX, in_query=True, load_default=LIMIT_MAX)


class AuditQuery(PageQuery):
    """Which changes of a workspace."""

    offset = Whole(0, OFFSET_MAX, in_query=True, load_default=0)
    entityId = Text(longest=ID_LENGTH_MAX)  # noqa: N815
    action = Word([str(one) for one in Deed])
    userId = Text(longest=ID_LENGTH_MAX * 4)  # noqa: N815


class AttributeChangeReply(Schema):
    """The change of one attribute: its scoped values before and after, where they differ."""

    attribute = fields.String()
    oldValue = fields.Raw(allow_none=True)  # noqa: N815
    newValue = fields.Raw(allow_none=True)  # noqa: N815


class AuditReply(Schema):
    """One change of a record or variant."""

    id = fields.String()
    entityId = fields.String()  # noqa: N815
    action = fields.String()
    userId = fields.String()  # noqa: N815
    timestamp = fields.DateTime()
    changes = fields.List(fields.Nested(AttributeChangeReply()))
    fromStateId = fields.String()  # noqa: N815
    toStateId = fields.String()  # noqa: N815


class AuditPage(Schema):
    """A window of changes."""

    items = fields.List(fields.Nested(AuditReply()))
    total = fields.Integer()
    offset = fields.Integer()
    limit = fields.Integer()


def audit_object(
    entry: TrailEntry,
    product: Product,
    writer: ValuesWriter,
    effective: Values,
    workflow: Workflow | None,
    users: Mapping[str, int],
) -> dict[str, Any]:
    """Return a change as this face shows it.

    effective: the values of the product now, by which guards hide attributes.
    """
    deed = deed_of(entry.new)
    shown: dict[str, Any] = {
        "id": f"audit-{entry.sequence}-{product.id}",
        "entityId": product_id(product),
        "action": str(deed),
        "userId": author(entry.actor, users),
        "timestamp": moment(entry.at),
        "changes": _changes(entry, product, writer, effective),
    }
    if deed is Deed.TRANSITION:
        before = entry.old.get(STAGE) or (workflow.unkept_id if workflow else None)
        states = {"fromStateId": before, "toStateId": entry.new[STAGE]}
        shown |= {name: state for name, state in states.items() if state is not None}
    return shown


def _changes(
    entry: TrailEntry, product: Product, writer: ValuesWriter, effective: Values
) -> list[dict[str, Any]]:
    set_ones = ({s: v for s, v in side.items() if v is not None} for side in (entry.old, entry.new))
    old, new = (writer.values(product, side, effective) for side in set_ones)
    return [
        {"attribute": alias, "oldValue": old.get(alias), "newValue": new.get(alias)}
        for alias in writer.columns
        if alias in old or alias in new
    ]
