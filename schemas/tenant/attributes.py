"""Attributes, attribute groups and templates of the tenant face.

Source: docs/api/tenant.md, Attributes.
"""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields

from pims_api.domain.attributes.attribute import NAME_PATTERN, Attribute, ValueType
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.definition import Definition
from pims_api.domain.tenant_ids import Numbered, TenantIds
from pims_api.services.attributes.requests import AttributeWrite, OptionListWrite
from pims_api.storage.history.defined.defined_moments import Moments
from schemas.loading import complaint
from schemas.rest.fields import Body, Data, Text, Word
from schemas.tenant.ids import owned
from schemas.tenant.moments import changed
from schemas.tenant.texts import LongText, Name

TYPES: Mapping[str, ValueType] = {
    "TEXT": ValueType.STRING,
    "NUMBER": ValueType.NUMBER,
    "BOOLEAN": ValueType.BOOLEAN,
    "SELECT": ValueType.OPTION,
}
WORDS = {kind: word for word, kind in TYPES.items()}

_UNFIT = re.compile(r"[^A-Za-z0-9_-]")
_TYPE_NAME_LENGTH_MAX = 64  # characters


class AttributeSlug(Text):
    """A name of an attribute."""

    def _deserialize(self, value: Any, attr: str | None, data: Data, **more: Any) -> str:
        text = super()._deserialize(value, attr, data, **more)
        if not NAME_PATTERN.match(text):
            rule = "begins with a letter and has 1 to 64 letters, digits, dashes and underscores"
            raise ValidationError(complaint("mask", f"{attr} {rule}!"))
        return text


class PimAttributeBody(Body):
    """A new attribute. name: for people. slug: what products and PIMS call it."""

    name = Name()
    slug = AttributeSlug(required=True)
    type = Word(tuple(TYPES))


class PimAttributeReply(Schema):
    """An attribute as it is shown."""

    id = fields.UUID()
    org_id = fields.UUID()
    tenant_id = fields.UUID()
    name = fields.String()
    slug = fields.String()
    type = fields.String(metadata={"enum": list(TYPES)})
    created_at = fields.DateTime()
    updated_at = fields.DateTime()


class DescribedBody(Body):
    """A new attribute group or template."""

    name = Name()
    description = LongText()


class PimAttributeGroupReply(Schema):
    """An attribute group as it is shown."""

    id = fields.UUID()
    org_id = fields.UUID()
    tenant_id = fields.UUID()
    name = fields.String()
    description = fields.String(allow_none=True)
    created_at = fields.DateTime()
    updated_at = fields.DateTime()


class TemplateReply(PimAttributeGroupReply):
    """A template as it is shown."""

    deleted_at = fields.DateTime(allow_none=True)


def attribute_write(definition: Definition, body: Mapping[str, Any]) -> AttributeWrite:
    """Return the attribute that a body asks for."""
    kind = TYPES[body["type"] or "TEXT"]
    options = OptionListWrite(static=False) if kind is ValueType.OPTION else None
    labels = {definition.default_locale: body["name"]}
    return AttributeWrite(body["slug"], {"type": kind}, labels=labels, options=options)


def attribute_object(
    ids: TenantIds, definition: Definition, one: Attribute, moments: Moments
) -> dict[str, Any]:
    """Return an attribute as a reply."""
    return {
        **owned(ids, ids.of_number(Numbered.ATTRIBUTE, one.id)),
        "name": one.labels.get(definition.default_locale) or one.name,
        "slug": one.name,
        "type": WORDS.get(one.type, "TEXT"),
        **changed(moments),
    }


def group_object(ids: TenantIds, name: str, description: str, moments: Moments) -> dict[str, Any]:
    """Return an attribute group as a reply."""
    return {
        **owned(ids, ids.of_name(Numbered.ATTRIBUTE_GROUP, name)),
        "name": name,
        "description": description or None,
        **changed(moments),
    }


def template_name(one: ProductType) -> str:
    """Return the name of a template: what its product type is called for people."""
    return one.label or one.name


def type_name(definition: Definition, name: str) -> str:
    """Return the name of the product type for a new template.

    >>> type_name(Definition(1), "Wool & Hats"), type_name(Definition(1), "§")
    ('Wool---Hats', 'template')
    """
    made = _UNFIT.sub("-", name).lstrip("-_")[:_TYPE_NAME_LENGTH_MAX] or "template"
    found, count = made, 1
    while found in definition.types:
        count += 1
        found = f"{made[: _TYPE_NAME_LENGTH_MAX - 8]}-{count}"
    return found


def template_object(ids: TenantIds, one: ProductType, moments: Moments) -> dict[str, Any]:
    """Return a template as a reply."""
    return {
        **owned(ids, ids.of_number(Numbered.PRODUCT_TYPE, one.id)),
        "name": template_name(one),
        "description": one.description or None,
        **changed(moments),
        "deleted_at": None,
    }
