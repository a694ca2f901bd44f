"""Categories of the tenant face. Source: docs/api/tenant.md, Categories."""

from typing import Any

from marshmallow import Schema, ValidationError, fields

from pims_api.domain.category import SEPARATOR, UNCATEGORIZED_ID, Category
from pims_api.domain.definition import Definition
from pims_api.domain.flat.category_slugs import SLUG_LENGTH_MAX, SLUG_PATTERN, slugs_of
from pims_api.domain.tenant_ids import Numbered, TenantIds
from pims_api.storage.history.defined.defined_moments import Moments
from schemas.loading import complaint
from schemas.rest.fields import Body, Data, Text
from schemas.tenant.fields import Uuid
from schemas.tenant.ids import owned
from schemas.tenant.moments import changed
from schemas.tenant.texts import LongText, Name


class Slug(Text):
    """A slug of a category."""

    def _deserialize(self, value: Any, attr: str | None, data: Data, **more: Any) -> str:
        text = super()._deserialize(value, attr, data, **more)
        if not SLUG_PATTERN.match(text):
            signs = f"1 to {SLUG_LENGTH_MAX} lower-case letters, digits, dashes and underscores"
            raise ValidationError(complaint("mask", f"{attr} has {signs}!"))
        return text


class CategoryName(Name):
    """A name of a category, which is no path."""

    def _deserialize(self, value: Any, attr: str | None, data: Data, **more: Any) -> str:
        text = super()._deserialize(value, attr, data, **more)
        if SEPARATOR in text:
            rule = f"{attr} cannot hold {SEPARATOR}: send parentId to say where it belongs!"
            raise ValidationError(complaint("type", rule))
        return text


class PimCategoryBody(Body):
    """A new category. parentId: the category above it."""

    name = CategoryName()
    slug = Slug(required=True)
    description = LongText()
    parentId = Uuid()  # noqa: N815


class PimCategoryReply(Schema):
    """A category as it is shown."""

    id = fields.UUID()
    org_id = fields.UUID()
    tenant_id = fields.UUID()
    parent_id = fields.UUID(allow_none=True)
    name = fields.String()
    slug = fields.String()
    description = fields.String(allow_none=True)
    created_at = fields.DateTime()
    updated_at = fields.DateTime()


def category_id(ids: TenantIds, number: int) -> str:
    """Return the UUID of a category."""
    return ids.of_number(Numbered.CATEGORY, number)


def category_object(
    ids: TenantIds, definition: Definition, one: Category, moments: Moments
) -> dict[str, Any]:
    """Return a category as a reply."""
    above = one.parent_id if one.parent_id != UNCATEGORIZED_ID else 0
    return {
        **owned(ids, category_id(ids, one.id)),
        "parent_id": category_id(ids, above) if above else None,
        "name": one.name,
        "slug": slugs_of(definition).of[one.id],
        "description": one.description or None,
        **changed(moments),
    }
