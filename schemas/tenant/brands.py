"""Brands of the tenant face: the options of the attribute `brand`.

Source: docs/api/tenant.md, Brands.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from pims_api.domain.attributes.option_list import Option
from pims_api.domain.definition import Definition
from pims_api.domain.flat.flat_product import BRAND
from pims_api.domain.tenant_ids import Numbered, TenantIds
from pims_api.services.flat_products.brands import BrandWrite
from pims_api.storage.history.defined.defined_moments import Moments
from schemas.rest.fields import Body
from schemas.tenant.ids import owned
from schemas.tenant.moments import changed
from schemas.tenant.texts import LongText, Name
from schemas.tenant.web_address import WebAddress


class BrandBody(Body):
    """A new brand. logoUrl: where its logo is."""

    name = Name()
    description = LongText()
    logoUrl = WebAddress()  # noqa: N815


class BrandReply(Schema):
    """A brand as it is shown."""

    id = fields.UUID()
    org_id = fields.UUID()
    tenant_id = fields.UUID()
    name = fields.String()
    description = fields.String(allow_none=True)
    logo_url = fields.String(allow_none=True)
    created_at = fields.DateTime()
    updated_at = fields.DateTime()


def brand_id(ids: TenantIds, definition: Definition, one: Option) -> str:
    """Return the UUID of a brand."""
    list_id = definition.by_name[BRAND].option_list_id
    return ids.of_name(Numbered.OPTION, f"{list_id}/{one.id}")


def brand_write(body: Mapping[str, Any]) -> BrandWrite:
    """Return the brand that a body asks for."""
    return BrandWrite(body["name"], body["description"] or "", body["logoUrl"] or "")


def brand_object(
    ids: TenantIds, definition: Definition, one: Option, moments: Moments
) -> dict[str, Any]:
    """Return a brand as a reply."""
    return {
        **owned(ids, brand_id(ids, definition, one)),
        "name": one.alias,
        "description": one.description or None,
        "logo_url": one.logo_url or None,
        **changed(moments),
    }
