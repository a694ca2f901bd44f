"""Issues of a catalogue on the wire. Source: docs/api/tenant.md, Validation."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from pims_api.domain.flat.issue import Cause, Issue
from pims_api.domain.generated_sku import is_generated
from pims_api.domain.tenant_ids import Numbered, TenantIds
from schemas.tenant.ids import owned, product_id
from schemas.tenant.moments import second_text

_KINDS: Mapping[Cause, tuple[str, str]] = {
    Cause.NO_CATEGORY: ("NO_CATEGORY", "WARNING"),
    Cause.NO_IMAGE: ("MISSING_IMAGE", "WARNING"),
    Cause.NOT_COMPLETE: ("MISSING_REQUIRED_ATTRIBUTE", "ERROR"),
    Cause.BAD_SKU: ("INVALID_SKU", "ERROR"),
}
"""What each cause is called, and how bad it is."""


class IssueReply(Schema):
    """Something that is wrong with a product or a variant of it."""

    id = fields.UUID()
    org_id = fields.UUID()
    tenant_id = fields.UUID()
    product_id = fields.UUID(allow_none=True)
    issue_type = fields.String()
    severity = fields.String()
    message = fields.String()
    resolved = fields.Boolean()
    created_at = fields.DateTime()
    updated_at = fields.DateTime()


def issue_object(ids: TenantIds, one: Issue) -> dict[str, Any]:
    """Return an issue as this face shows it."""
    kind, severity = _KINDS[one.cause]
    at = second_text(one.product.updated_at)
    return {
        **owned(ids, ids.of_name(Numbered.ISSUE, f"{kind}/{one.about.id}")),
        "product_id": product_id(ids, one.product),
        "issue_type": kind,
        "severity": severity,
        "message": _message(ids, one),
        "resolved": False,
        "created_at": at,
        "updated_at": at,
    }


def _message(ids: TenantIds, one: Issue) -> str:
    if one.cause is Cause.NO_CATEGORY:
        return "The product is in no category."
    if one.cause is Cause.NO_IMAGE:
        return "The product has no image."
    if one.cause is Cause.NOT_COMPLETE:
        return f"The product lacks what it needs: {', '.join(one.missing)}."
    if is_generated(ids, one.about.id, one.about.sku):
        return f"The variant {product_id(ids, one.about)} has no SKU."
    noun = "variant" if one.is_of_variant else "product"
    return f"The SKU {one.about.sku!r} of the {noun} has white space in it."
