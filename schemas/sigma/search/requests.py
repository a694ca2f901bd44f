"""Bodies and queries of searches. Source: docs/api/sigma.md, Search."""

from marshmallow import Schema, fields

from pims_api.domain.conditions.criterion import Operator
from schemas.rest.fields import Anything, Body, Id, Line, Object, Part, Parts, Text, Whole, Word
from schemas.sigma.ids import ID_LENGTH_MAX
from schemas.sigma.records.record import LIMIT_DEFAULT, LIMIT_MAX, OFFSET_MAX, PageQuery

OPERATORS = {
    "equals": Operator.EQUALS,
    "notEquals": Operator.DIFFERS,
    "contains": Operator.CONTAINS,
    "isEmpty": Operator.UNSET,
    "isNotEmpty": Operator.SET,
    "gt": Operator.ABOVE,
    "lt": Operator.BELOW,
}
"""What the operators of criteria are in the core."""

CRITERIA_MAX = 100
_QUERY_LENGTH_MAX = 8_000  # characters
_NAME_LENGTH_MAX = 255


class CriterionBody(Body):
    """What is asked of one attribute. scope: absent, a value in any scope will do."""

    aliases = {"attribute": ("attributeAlias", "alias", "attributeId", "field")}

    attribute = Text(required=True, longest=ID_LENGTH_MAX)
    operator = Word(tuple(OPERATORS), required=True)
    value = Anything()
    scope = Object()


class CriteriaBody(Body):
    """Criteria, and whether all must hold."""

    criteriaOperator = Word(("and", "or"), load_default="and")  # noqa: N815
    criteria = Parts(CriterionBody())
    schemaId = Text(longest=ID_LENGTH_MAX)  # noqa: N815


class PageBody(Body):
    """The window of what is found."""

    offset = Whole(0, OFFSET_MAX, load_default=0)
    limit = Whole(1, LIMIT_MAX, load_default=LIMIT_DEFAULT)


class SearchBody(CriteriaBody, PageBody):
    """A search by criteria."""


class FullTextBody(PageBody):
    """A search for words."""

    aliases = {"query": ("q",)}

    query = Text(required=True, blank=False, longest=_QUERY_LENGTH_MAX)
    schemaId = Text(longest=ID_LENGTH_MAX)  # noqa: N815


class FullTextQuery(PageQuery):
    """A search for words, in an address."""

    aliases = {"q": ("query",)}

    q = Text(required=True, blank=False, longest=_QUERY_LENGTH_MAX)
    schemaId = Text(longest=ID_LENGTH_MAX)  # noqa: N815


class SavedQueryBody(CriteriaBody):
    """A search to be kept. query: its criteria, where they do not stand beside the name."""

    id = Id()
    name = Line(required=True, blank=False, longest=_NAME_LENGTH_MAX)
    query = Part(CriteriaBody())


class CriterionReply(Schema):
    """A criterion as it is shown."""

    attribute = fields.String()
    operator = fields.String()
    value = fields.Raw()
    scope = fields.Dict(keys=fields.String(), values=fields.String())


class SavedQueryReply(Schema):
    """A saved query as it is shown."""

    id = fields.String()
    name = fields.String()
    criteriaOperator = fields.String()  # noqa: N815
    criteria = fields.List(fields.Nested(CriterionReply()))
    schemaId = fields.String()  # noqa: N815
    createdAt = fields.DateTime()  # noqa: N815
