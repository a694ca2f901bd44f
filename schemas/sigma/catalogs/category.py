"""Categories on the wire, and their trees. Source: docs/api/sigma.md, Catalogs."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from marshmallow import Schema, fields

from pims_api.domain.attributes.attribute import CATEGORIES, OTHER_CATEGORIES_ATTRIBUTE
from pims_api.domain.catalog import Catalog, catalogs_of
from pims_api.domain.category import (
    DEFAULT_CATALOG_ID,
    NAME_LENGTH_MAX,
    ORDER_MAX,
    SEPARATOR,
    UNCATEGORIZED_ID,
    Category,
    alias_of,
)
from pims_api.domain.conditions.condition import Condition, In, Operand
from pims_api.domain.definition import Definition
from pims_api.errors import Fault, refuse_if_any
from pims_api.services.categories.nodes import NodeWrite
from schemas.rest.fields import Body, Id, Line, Text, Texts, Whole, Word
from schemas.sigma.catalogs.catalog import ALIAS_LENGTH_MAX, Alias, catalog_id
from schemas.sigma.ids import ID_LENGTH_MAX
from schemas.sigma.records.record import LIMIT_MAX, OFFSET_MAX

ASSIGNED_MAX = 1_000  # records and variants in one request


class CategoryBody(Body):
    """A category, whole; without parentId it is at the top."""

    id = Id()
    catalogId = Text(longest=ID_LENGTH_MAX)  # noqa: N815
    parentId = Text(longest=ID_LENGTH_MAX)  # noqa: N815
    alias = Alias(longest=ALIAS_LENGTH_MAX)
    name = Line(required=True, blank=False, longest=NAME_LENGTH_MAX)
    sortOrder = Whole(-ORDER_MAX, ORDER_MAX)  # noqa: N815
    description = Text()


class CategoryReply(CategoryBody):
    """A category as it is shown; parentId is null at the top."""


class CategoryNode(CategoryReply):
    """A category with what is below it."""

    children = fields.List(fields.Nested(lambda: CategoryNode()))


class AssignBody(Body):
    """The records and variants to put into a category, or to take out of it."""

    entityId = Text(longest=ID_LENGTH_MAX)  # noqa: N815
    recordId = Text(longest=ID_LENGTH_MAX)  # noqa: N815
    entityIds = Texts()  # noqa: N815


class AssignReply(Schema):
    """The category, and the records and variants that a request named."""

    categoryId = fields.String()  # noqa: N815
    entityIds = fields.List(fields.String())  # noqa: N815


class EntitiesQuery(Body):
    """Which records of a category; without limit, all."""

    offset = Whole(0, OFFSET_MAX, in_query=True, load_default=0)
    limit = Whole(1, LIMIT_MAX, in_query=True)
    includeVariants = Word(("true", "false"), load_default="false")  # noqa: N815


class CategoryIds(NamedTuple):
    """The categories of all catalogs by their ids on the wire, and these ids by number."""

    by_id: dict[str, Category]
    of_number: dict[int, str]


def category_ids(definition: Definition) -> CategoryIds:
    """Return the ids of the categories; cached. Uncategorized has none."""
    return definition.derive(_category_ids)


def _category_ids(definition: Definition) -> CategoryIds:
    """Return the ids; one that a client chose once is never made for another category."""
    trees = [definition.tree(number) for number in catalogs_of(definition)]
    everything = [one for tree in trees for one in tree.by_id.values()]
    chosen = {one.client_id for one in everything}
    found = CategoryIds({}, {})
    for one in everything:
        if not one.deleted and one.id != UNCATEGORIZED_ID:
            shown = one.client_id or f"cat-{one.id}"
            while shown in chosen and not one.client_id:
                shown += "-"
            found.by_id[shown] = one
            found.of_number[one.id] = shown
    return found


def category_write(
    definition: Definition, catalog: Catalog, body: Mapping[str, Any], kept_parent: int = 0
) -> NodeWrite:
    """Return what the body of a category wants. Raises BadInput.

    kept_parent: where it stays when the body names no parent.
    """
    faults = []
    if SEPARATOR in body["name"]:
        message = f"The name of a category cannot hold {SEPARATOR}!"
        faults.append(Fault("type", message, pointer="/name"))
    if body["catalogId"] not in (None, catalog_id(catalog)):
        message = f"The category is in the catalog {catalog_id(catalog)}, and stays there!"
        faults.append(Fault("read_only", message, pointer="/catalogId"))
    parent = category_ids(definition).by_id.get(body["parentId"])
    if body["parentId"] is not None and (parent is None or parent.catalog_id != catalog.id):
        message = f"There is no category {body['parentId']!r} in the catalog {catalog_id(catalog)}!"
        faults.append(Fault("range", message, pointer="/parentId"))
    refuse_if_any(faults)
    return NodeWrite(
        name=body["name"],
        parent_id=parent.id if parent else kept_parent,
        alias=body["alias"] or "",
        order=body["sortOrder"] or 0,
        description=body["description"] or "",
        client_id=body["id"] or "",
    )


def category_object(definition: Definition, one: Category) -> dict[str, Any]:
    """Return a category as this face shows it."""
    ids = category_ids(definition).of_number
    shown = {
        "id": ids[one.id],
        "catalogId": catalog_id(catalogs_of(definition)[one.catalog_id]),
        "parentId": ids.get(one.parent_id),
        "alias": alias_of(one),
        "name": one.name,
        "sortOrder": one.order,
    }
    return shown | ({"description": one.description} if one.description else {})


def tree_objects(definition: Definition, catalog: Catalog) -> list[dict[str, Any]]:
    """Return the categories of a catalog as trees, siblings by their order, then name.

    What lies below Uncategorized is shown at the top.
    """
    nodes: dict[int, dict[str, Any]] = {}
    tops: list[dict[str, Any]] = []
    for one in definition.tree(catalog.id):
        if one.id != UNCATEGORIZED_ID:
            node = nodes[one.id] = category_object(definition, one) | {"children": []}
            siblings = nodes[one.parent_id]["children"] if one.parent_id in nodes else tops
            siblings.append(node)
    return tops


def in_catalog(definition: Definition, catalog: Catalog) -> Condition:
    """Return the condition of being in some category of a catalog; Uncategorized is none here."""
    tree = definition.tree(catalog.id)
    ids = [one.id for one in tree if one.id != UNCATEGORIZED_ID]
    if catalog.id == DEFAULT_CATALOG_ID:
        paths = tuple(tree.path_text(number) for number in ids)
        return In(Operand(definition.by_name[CATEGORIES]), paths)
    return In(Operand(OTHER_CATEGORIES_ATTRIBUTE), tuple(map(str, ids)))


def asked_ids(body: Mapping[str, Any]) -> list[str]:
    """Return the ids that a body names, each once. Raises BadInput for none or too many."""
    named = [body["entityId"], body["recordId"], *(body["entityIds"] or ())]
    found = list(dict.fromkeys(one for one in named if one is not None))
    if not found:
        message = "entityId is required, or entityIds with at least one id!"
        refuse_if_any([Fault("required", message, pointer="/entityId")])
    if len(found) > ASSIGNED_MAX:
        message = f"A request names at most {ASSIGNED_MAX} records and variants!"
        refuse_if_any([Fault("limit", message, pointer="/entityIds")])
    return found
