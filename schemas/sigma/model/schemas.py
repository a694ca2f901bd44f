"""Schemas on the wire: product types with their groups. Source: docs/api/sigma.md, Schemas."""

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from pims_api.domain.attributes.product_type import AttributeGroup, ProductType
from pims_api.domain.definition import Definition
from pims_api.domain.workflow import workflow_of
from pims_api.errors import Fault, refuse_if_any
from pims_api.services.product_types import ProductTypeWrite
from schemas.rest.fields import Body, Flag, Id, Line, Parts, Text, Texts, Whole
from schemas.sigma.ids import (
    ID_LENGTH_MAX,
    attribute_id,
    attributes_by_id,
    schema_id,
    workflow_id,
    workflows_by_id,
)

_ORDER_MAX = 2**31 - 1
_NAME_LENGTH_MAX = 255


class GroupBody(Body):
    """Attributes that are shown together."""

    id = Id(required=True)
    name = Line(required=True, longest=_NAME_LENGTH_MAX)
    sortOrder = Whole(-_ORDER_MAX, _ORDER_MAX, load_default=0)  # noqa: N815
    attributeIds = Texts()  # noqa: N815


class SchemaBody(Body):
    """A schema, whole."""

    id = Id()
    alias = Text(required=True, longest=64)
    name = Line(required=True, blank=False, longest=_NAME_LENGTH_MAX)
    description = Text()
    icon = Text(longest=_NAME_LENGTH_MAX)
    variantEnabled = Flag(required=True)  # noqa: N815
    workflowId = Text(longest=ID_LENGTH_MAX)  # noqa: N815
    attributeGroups = Parts(GroupBody())  # noqa: N815


def schema_write(definition: Definition, body: Mapping[str, Any]) -> ProductTypeWrite:
    """Return what the body of a schema wants. Raises BadInput for ids that nothing has."""
    faults: list[Fault] = []
    groups = _groups(definition, body, faults)
    workflow = _workflow(definition, body["workflowId"], faults)
    refuse_if_any(faults)
    ids = (one for group in groups for one in group.attribute_ids)
    return ProductTypeWrite(
        attributes=tuple(definition.attributes[one].name for one in ids),
        inherits=True,
        settings={
            "client_id": body["id"] or "",
            "label": body["name"],
            "description": body["description"] or "",
            "icon": body["icon"] or "",
            "has_variants": body["variantEnabled"],
            "groups": groups,
            "workflow_id": workflow,
        },
    )


def schema_object(
    definition: Definition, one: ProductType, seen: Container[int] | None = None
) -> dict[str, Any]:
    """Return a schema as this face shows it. seen: the attributes that are shown; None: all."""
    workflow = workflow_of(definition, one)
    shown: dict[str, Any] = {
        "id": schema_id(one),
        "alias": one.name,
        "name": one.label or one.name,
        "description": one.description or None,
        "icon": one.icon or None,
        "variantEnabled": one.has_variants,
        "workflowId": None if workflow is None else workflow_id(workflow),
        "attributeGroups": [_group_object(definition, group, seen) for group in groups_of(one)],
    }
    return {name: value for name, value in shown.items() if value is not None}


def groups_of(one: ProductType) -> tuple[AttributeGroup, ...]:
    """Return the groups of a schema; of a type that nobody arranged, one with all it has."""
    if one.groups or not one.attribute_ids:
        return one.groups
    return (AttributeGroup(f"grp-{one.name}", "Attributes", 0, tuple(sorted(one.attribute_ids))),)


def _group_object(
    definition: Definition, group: AttributeGroup, seen: Container[int] | None
) -> dict[str, Any]:
    ids = (one for one in group.attribute_ids if seen is None or one in seen)
    attributes = (definition.attributes[one] for one in ids)
    return {
        "id": group.id,
        "name": group.name,
        "sortOrder": group.order,
        "attributeIds": [attribute_id(one) for one in attributes if not one.deleted],
    }


def _workflow(definition: Definition, number: str | None, faults: list[Fault]) -> int | None:
    if not number:
        return None
    known = workflows_by_id(definition).get(number)
    if known is not None:
        return known.id
    message = f"There is no workflow {number[:ID_LENGTH_MAX]!r}!"
    faults.append(Fault("range", message, pointer="/workflowId"))
    return None


def _groups(
    definition: Definition, body: Mapping[str, Any], faults: list[Fault]
) -> tuple[AttributeGroup, ...]:
    found, seen, reader = [], set[str](), _AttributeReader(definition, faults)
    for place, group in enumerate(body["attributeGroups"] or ()):
        if group["id"] in seen:
            message = f"There are two groups {group['id']!r}!"
            faults.append(Fault("range", message, pointer=f"/attributeGroups/{place}/id"))
        seen.add(group["id"])
        pointer = f"/attributeGroups/{place}/attributeIds"
        ids = tuple(reader.numbers(group["attributeIds"] or (), pointer))
        found.append(AttributeGroup(group["id"], group["name"], group["sortOrder"] or 0, ids))
    return tuple(sorted(found, key=lambda one: one.order))


class _AttributeReader:
    """Reads the attributes of the groups of a schema, and collects what is wrong."""

    def __init__(self, definition: Definition, faults: list[Fault]) -> None:
        self._known, self._faults = attributes_by_id(definition), faults
        self._seen: set[str] = set()

    def numbers(self, ids: Iterable[str], pointer: str) -> Iterator[int]:
        """Yield the numbers of the attributes of a group."""
        for row, number in enumerate(ids):
            if number not in self._known:
                message = f"There is no attribute {number[:ID_LENGTH_MAX]!r}!"
            elif number in self._seen:
                message = f"{pointer}/{row} names {number!r} again: a schema has it once!"
            else:
                self._seen.add(number)
                yield self._known[number].id
                continue
            self._faults.append(Fault("range", message, pointer=f"{pointer}/{row}"))
