"""Products of the tenant face: small objects whose keys are always all there.

Source: docs/api/tenant.md, Products.
"""

from typing import Any

from marshmallow import Schema, ValidationError, fields

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import DEFAULT_TYPE, TITLE
from pims_api.domain.flat.category_slugs import slugs_of
from pims_api.domain.flat.flat_product import (
    BARCODE,
    BRAND,
    CURRENCY,
    DESCRIPTION,
    PRICE,
    read_currency,
    read_price,
    reader_of,
)
from pims_api.domain.generated_sku import is_generated
from pims_api.domain.product import Product
from pims_api.domain.tenant_ids import Numbered, TenantIds
from pims_api.domain.workflow import type_of
from schemas.loading import complaint
from schemas.rest.fields import Body, Data
from schemas.tenant.brands import brand_id
from schemas.tenant.fields import Checked, DecimalText, Uuid
from schemas.tenant.ids import owned, product_id
from schemas.tenant.moments import second_text
from schemas.tenant.texts import LongText

FIELDS_ALONE = frozenset({"category", "category_id", "brand_id", "product_id", "product_type_id"})
"""Fields that events tell of products and that no attribute of PIMS has the name of."""


class NewProductBody(Body):
    """A new product. category: the slug of one."""

    title = LongText(required=True, blank=False)
    description = LongText()
    category = LongText()


class NewTitle(LongText):
    """A title that "" leaves as it is, and that white space cannot replace."""

    def _deserialize(self, value: Any, attr: str | None, data: Data, **more: Any) -> str:
        text = super()._deserialize(value, attr, data, **more)
        if text and not text.strip():
            raise ValidationError(complaint("required", f"{attr} cannot be empty!"))
        return text


class ProductBody(Body):
    """What changes of a product; what is left out or empty stays."""

    title = NewTitle()
    description = LongText()
    category = LongText()
    category_id = Uuid()
    brand_id = Uuid()


class PimVariantBody(Body):
    """A new variant."""

    sku = LongText()
    barcode = LongText()
    price = DecimalText(read_price)
    currency = Checked(read_currency)


def _text(**more: Any) -> fields.String:
    return fields.String(allow_none=True, **more)


class ProductRow(Schema):
    """A product in a list."""

    id = fields.UUID()
    title = _text()
    category = _text()
    status = _text()
    updated_at = fields.DateTime()


class ProductReply(Schema):
    """A product, whole."""

    id = fields.UUID()
    org_id = fields.UUID()
    tenant_id = fields.UUID()
    sku = _text()
    title = _text()
    description = _text()
    status = _text()
    product_type_id = fields.UUID(allow_none=True)
    created_by = fields.String()
    updated_by = fields.String()
    created_at = fields.DateTime()
    updated_at = fields.DateTime()
    deleted_at = fields.DateTime(allow_none=True)
    short_description = _text()
    long_description = _text()
    category = _text()
    category_id = fields.UUID(allow_none=True)
    brand = _text()
    brand_id = fields.UUID(allow_none=True)
    tags = fields.List(fields.String())
    launch_date = fields.Date(allow_none=True)
    discontinue_date = fields.Date(allow_none=True)
    warranty_period = fields.Integer(allow_none=True)
    is_taxable = fields.Boolean()
    is_returnable = fields.Boolean()
    requires_serial_number = fields.Boolean()
    seo_title = _text()
    seo_description = _text()
    seo_keywords = fields.List(fields.String())
    data_quality_score = fields.Integer()


class PimVariantReply(Schema):
    """A variant as it is shown."""

    id = fields.UUID()
    org_id = fields.UUID()
    tenant_id = fields.UUID()
    product_id = fields.UUID()
    sku = _text()
    barcode = _text()
    price = _text()
    currency = _text()
    option_values = fields.Dict(allow_none=True)
    cost_price = _text()
    data_quality_score = fields.Integer()
    created_by = fields.String()
    created_at = fields.DateTime()
    updated_at = fields.DateTime()
    deleted_at = fields.DateTime(allow_none=True)


_UNWRITTEN: dict[str, Any] = {
    "short_description": None,
    "long_description": None,
    "tags": [],
    "launch_date": None,
    "discontinue_date": None,
    "warranty_period": None,
    "is_taxable": True,
    "is_returnable": True,
    "requires_serial_number": False,
    "seo_title": None,
    "seo_description": None,
    "seo_keywords": [],
    "data_quality_score": 0,
}
"""What no request writes."""


def product_object(ids: TenantIds, access: Access, one: Product) -> dict[str, Any]:
    """Return a product whole. access: what the caller sees of it."""
    reader, values = reader_of(access), one.values
    number, brand = product_id(ids, one), reader.brand(values)
    category, kind = reader.category(values), type_of(access.definition, values)
    typed = kind.name != DEFAULT_TYPE
    return {
        **owned(ids, number),
        "sku": None if is_generated(ids, one.id, one.sku) else one.sku,
        "title": reader.text(TITLE, values),
        "description": reader.text(DESCRIPTION, values),
        "status": reader.lifecycle(values),
        "product_type_id": ids.of_number(Numbered.PRODUCT_TYPE, kind.id) if typed else None,
        "created_by": one.created_by,
        "updated_by": one.updated_by,
        **_times(one),
        "category": slugs_of(access.definition).of.get(category or 0),
        "category_id": ids.of_number(Numbered.CATEGORY, category) if category else None,
        "brand": reader.text(BRAND, values),
        "brand_id": brand_id(ids, access.definition, brand) if brand else None,
        **_UNWRITTEN,
    }


def _times(one: Product) -> dict[str, Any]:
    return {
        "created_at": second_text(one.created_at),
        "updated_at": second_text(one.updated_at),
        "deleted_at": None,
    }


def product_row(ids: TenantIds, access: Access, one: Product) -> dict[str, Any]:
    """Return a product as lists show it. access: what the caller sees of it."""
    reader, values = reader_of(access), one.values
    return {
        "id": product_id(ids, one),
        "title": reader.text(TITLE, values),
        "category": slugs_of(access.definition).of.get(reader.category(values) or 0),
        "status": reader.lifecycle(values),
        "updated_at": second_text(one.updated_at),
    }


def variant_object(ids: TenantIds, access: Access, one: Product, parent: Product) -> dict[str, Any]:
    """Return a variant. access: what the caller sees of it."""
    reader, number = reader_of(access), product_id(ids, one)
    return {
        **owned(ids, number),
        "product_id": product_id(ids, parent),
        "sku": None if is_generated(ids, one.id, one.sku) else one.sku,
        "barcode": reader.text(BARCODE, one.values),
        "price": reader.text(PRICE, one.values),
        "currency": reader.text(CURRENCY, one.values),
        "option_values": None,
        "cost_price": None,
        "data_quality_score": 0,
        "created_by": one.created_by,
        **_times(one),
    }
