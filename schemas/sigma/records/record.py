"""Records and variants on the wire. Source: docs/api/sigma.md, Records."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from marshmallow import Schema, fields

from pims_api.domain.product import Product, Values
from schemas.rest.fields import Anything, Body, Object, Text, Whole
from schemas.sigma.ids import ID_LENGTH_MAX, author, product_id

LIMIT_DEFAULT, LIMIT_MAX = 50, 500
OFFSET_MAX = 10**12
LEVEL_MAX = 10_000


class RecordBody(Body):
    """A new record."""

    schemaId = Text(required=True, longest=ID_LENGTH_MAX)  # noqa: N815
    values = Object(required=True)


class ValuesBody(Body):
    """All values of a record, or all overrides of a variant."""

    values = Object(required=True)


class VariantBody(Body):
    """A new variant. parentId: a variant of the same record, or the record."""

    values = Object(required=True)
    parentId = Text(longest=ID_LENGTH_MAX)  # noqa: N815


class ScopedValuesBody(Body):
    """All scoped values of one attribute."""

    scopedValues = Anything(required=True)  # noqa: N815


class PageQuery(Body):
    """The window of a list."""

    offset = Whole(0, OFFSET_MAX, in_query=True, load_default=0)
    limit = Whole(1, LIMIT_MAX, in_query=True, load_default=LIMIT_DEFAULT)


class RecordsQuery(PageQuery):
    """Which records."""

    schemaId = Text(longest=ID_LENGTH_MAX)  # noqa: N815
    lifecycleStateId = Text(longest=ID_LENGTH_MAX)  # noqa: N815


class VariantsQuery(PageQuery):
    """Which variants."""

    schemaId = Text(longest=ID_LENGTH_MAX)  # noqa: N815


class VariantsOfRecordQuery(Body):
    """Which variants of a record."""

    level = Whole(1, LEVEL_MAX, in_query=True)
    parentId = Text(longest=ID_LENGTH_MAX)  # noqa: N815


class ScopedValueReply(Schema):
    """A value with its scope: dimension id to segment id; {} is global."""

    scope = fields.Dict(keys=fields.String(), values=fields.String())
    value = fields.Raw()


def _scoped_values() -> fields.Dict:
    return fields.Dict(keys=fields.String(), values=fields.List(fields.Nested(ScopedValueReply())))


class RecordReply(Schema):
    """A record as it is shown."""

    id = fields.String()
    schemaId = fields.String()  # noqa: N815
    lifecycleStateId = fields.String(allow_none=True)  # noqa: N815
    createdAt = fields.DateTime()  # noqa: N815
    updatedAt = fields.DateTime()  # noqa: N815
    createdBy = fields.String()  # noqa: N815
    updatedBy = fields.String()  # noqa: N815
    values = _scoped_values()


class VariantReply(Schema):
    """A variant as it is shown: its own values only."""

    id = fields.String()
    entityId = fields.String()  # noqa: N815
    parentId = fields.String()  # noqa: N815
    level = fields.Integer()
    values = _scoped_values()


class EntityReply(RecordReply):
    """A record as it is shown, or a variant, which has the last three and no schema."""

    entityId = fields.String()  # noqa: N815
    parentId = fields.String()  # noqa: N815
    level = fields.Integer()


class ResolvedReply(Schema):
    """A variant with the values that it inherits."""

    id = fields.String()
    entityId = fields.String()  # noqa: N815
    parentId = fields.String()  # noqa: N815
    level = fields.Integer()
    effectiveValues = _scoped_values()  # noqa: N815
    overriddenAttributes = fields.List(fields.String())  # noqa: N815
    inheritedAttributes = fields.List(fields.String())  # noqa: N815


class RecordPage(Schema):
    """A window of records."""

    items = fields.List(fields.Nested(RecordReply()))
    total = fields.Integer()
    offset = fields.Integer()
    limit = fields.Integer()


class VariantPage(RecordPage):
    """A window of variants."""

    items = fields.List(fields.Nested(VariantReply()))


def record_object(
    one: Product, schema: str, stage: str | None, values: Values, users: Mapping[str, int]
) -> dict[str, Any]:
    """Return a record as this face shows it. values: on the wire. users: ids by e-mail address."""
    return {
        "id": product_id(one),
        "schemaId": schema,
        "lifecycleStateId": stage,
        "createdAt": moment(one.created_at),
        "updatedAt": moment(one.updated_at),
        "createdBy": author(one.created_by, users),
        "updatedBy": author(one.updated_by, users),
        "values": values,
    }


def variant_place(lineage: Sequence[Product]) -> dict[str, Any]:
    """Return where a variant stands. lineage: the record, what is between them, the variant."""
    return {
        "id": product_id(lineage[-1]),
        "entityId": product_id(lineage[0]),
        "parentId": product_id(lineage[-2]),
        "level": len(lineage) - 1,
    }


def page_object(items: list[Any], total: int, query: Mapping[str, Any]) -> dict[str, Any]:
    """Return a window of a list."""
    return {"items": items, "total": total, "offset": query["offset"], "limit": query["limit"]}


@lru_cache(maxsize=1_000)  # many records are made by one transaction
def moment(at: int) -> str:
    """Return microseconds since 1970 as ISO 8601 with milliseconds.

    >>> moment(1_700_000_000_123_456)
    '2023-11-14T22:13:20.123Z'
    >>> moment(-62_135_596_800_000_000)
    '0001-01-01T00:00:00.000Z'
    """
    return f"{_second(at // 1_000_000)}.{at // 1000 % 1000:03}Z"


@lru_cache(maxsize=1_000)  # and many transactions in one second
def _second(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().removesuffix("+00:00")
