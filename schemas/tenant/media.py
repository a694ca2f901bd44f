"""Media of the tenant face. Source: docs/api/tenant.md, Media."""

from typing import Any

from marshmallow import Schema, fields

from pims_api.domain.flat.media import Media
from pims_api.domain.tenant_ids import Numbered, TenantIds
from schemas.rest.fields import Body, Text, Whole
from schemas.tenant.fields import Uuid
from schemas.tenant.ids import owned
from schemas.tenant.moments import second_text
from schemas.tenant.texts import LongText
from schemas.tenant.web_address import WebAddress

ORDER_MAX = 2**31 - 1  # at least its negative


class MediaQuery(Body):
    """Whose media; either matches."""

    product_id = Text(metadata={"format": "uuid"})
    variant_id = Text(metadata={"format": "uuid"})


class MediaBody(Body):
    """An image or another file for a product, a variant or both."""

    url = WebAddress(required=True, blank=False)
    product_id = Uuid()
    variant_id = Uuid()
    alt_text = LongText()
    sort_order = Whole(-ORDER_MAX, ORDER_MAX)


class MediaReply(Schema):
    """An image or another file of a product. url: null where the caller may not see it."""

    id = fields.UUID()
    org_id = fields.UUID()
    tenant_id = fields.UUID()
    product_id = fields.UUID(allow_none=True)
    variant_id = fields.UUID(allow_none=True)
    url = fields.String(allow_none=True)
    alt_text = fields.String(allow_none=True)
    sort_order = fields.Integer()
    created_at = fields.DateTime()
    updated_at = fields.DateTime()


def media_object(ids: TenantIds, one: Media, *, with_url: bool = True) -> dict[str, Any]:
    """Return media as this face shows them."""
    at = second_text(one.created_at)
    return {
        **owned(ids, ids.of_number(Numbered.MEDIA, one.id)),
        "product_id": _uuid(ids, one.product_id),
        "variant_id": _uuid(ids, one.variant_id),
        "url": one.url if with_url else None,
        "alt_text": one.alt_text,
        "sort_order": one.sort_order,
        "created_at": at,
        "updated_at": at,
    }


def _uuid(ids: TenantIds, number: int | None) -> str | None:
    return None if number is None else ids.of_number(Numbered.PRODUCT, number)
