"""Saved queries: kept by what they name, shown by today's names.

Source: docs/api/sigma.md, Saved queries.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from pims_api.domain.access.sight import Sight
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.conditions.criterion import Criterion, Operator
from pims_api.domain.definition import Definition
from pims_api.domain.search.saved_query import SavedCriterion, SavedQuery
from pims_api.domain.values.json_text import read_value
from pims_api.domain.values.scope import parse_scope
from pims_api.errors import Conflict, Fault
from pims_api.services.products.lifecycle.stages import is_ever_seen
from schemas.rest.numbers import exact_json
from schemas.sigma.ids import dimension_id, schema_id, segment_id
from schemas.sigma.records.record import moment
from schemas.sigma.search.requests import OPERATORS

SAVED = "query"

_WORDS = {operator: word for word, operator in OPERATORS.items()}


def query_to_save(
    body: Mapping[str, Any],
    sent: Mapping[str, Any],
    kind: ProductType | None,
    criteria: list[Criterion],
) -> SavedQuery:
    """Return what a body wants to keep. sent: where its criteria stand; criteria: as read."""
    kept = tuple(
        SavedCriterion(
            read.attribute.id,
            OPERATORS[one["operator"]].value,
            exact_json(one["value"]),
            None if read.scope is None else read.scope.text,
        )
        for one, read in zip(sent["criteria"] or (), criteria, strict=True)
    )
    return SavedQuery(
        0,
        body["name"],
        kept,
        any_of=sent["criteriaOperator"] == "or",
        type_id=None if kind is None else kind.id,
        client_id=body["id"] or "",
    )


def saved_query_id(one: SavedQuery) -> str:
    """Return the id of a saved query."""
    return one.client_id or f"{SAVED}-{one.id}"


def saved_queries_by_id(sight: Sight) -> dict[str, SavedQuery]:
    """Return the saved queries of a tenant by id, oldest first.

    Without those that name attributes which the caller does not see.
    """
    kept = sorted(sight.definition.things(SavedQuery).items())
    return {
        saved_query_id(one): one
        for _, one in kept
        if all(_is_seen(sight, each.attribute_id) for each in one.criteria)
    }


def _is_seen(sight: Sight, attribute_id: int) -> bool:
    access = sight.overall
    if any(one.attribute.id == attribute_id for one in access.past):
        return True
    column = access.by_attribute.get(attribute_id)
    kinds = sight.definition.types.values()
    return column is not None and is_ever_seen(sight, kinds, column.attribute)


def saved_query_object(definition: Definition, one: SavedQuery) -> dict[str, Any]:
    """Return a saved query as this face shows it."""
    kind = definition.type_ids.get(one.type_id or 0)
    shown: dict[str, Any] = {
        "id": saved_query_id(one),
        "name": one.name,
        "criteriaOperator": "or" if one.any_of else "and",
        "criteria": [_criterion_object(definition, each) for each in one.criteria],
    }
    if kind is not None:
        shown["schemaId"] = schema_id(kind)
    return shown | {"createdAt": moment(one.created_at)}


def criteria_of(definition: Definition, one: SavedQuery) -> list[dict[str, Any]]:
    """Return the criteria as a body sends them. Raises Conflict for what was deleted since."""
    gone = list(dict.fromkeys(_gone(definition, one)))
    if gone:
        message = f"The saved query asks for what was deleted: {', '.join(gone)}. Save it anew!"
        raise Conflict(faults=[Fault("exists", message)])
    return [
        {"value": None, "scope": None}
        | _criterion_object(definition, each)
        | {"value": read_value(each.operand.encode())}
        for each in one.criteria
    ]


def _criterion_object(definition: Definition, one: SavedCriterion) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "attribute": definition.attributes[one.attribute_id].name,
        "operator": _WORDS[Operator(one.operator)],
    }
    if one.operand != "null":
        shown["value"] = orjson.Fragment(one.operand)
    if one.scope is not None:
        shown["scope"] = _scope_object(definition, one.scope)
    return shown


def _scope_object(definition: Definition, scope: str) -> dict[str, str]:
    """Return a scope as ids, without what is not there any more."""
    shown = {}
    for number, segment in parse_scope(scope).items():
        dimension = definition.dimensions.get(number)
        for held in () if dimension is None else dimension.segments:
            if dimension is not None and held.id == segment:
                shown[dimension_id(dimension)] = segment_id(held)
    return shown


def _gone(definition: Definition, query: SavedQuery) -> list[str]:
    gone = []
    if query.type_id is not None and query.type_id not in definition.type_ids:
        gone.append("its schema")
    for one in query.criteria:
        attribute = definition.attributes[one.attribute_id]
        if attribute.deleted:
            gone.append(f"the attribute {attribute.name}")
        elif len(_scope_object(definition, one.scope or "")) < len(parse_scope(one.scope or "")):
            gone.append(f"the scope of {attribute.name}")
    return gone
