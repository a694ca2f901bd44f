"""How defined things are written as rows: one pair of functions per kind."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pims_api.domain.access.attribute_view import AttributeView, ViewField
from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.attributes.option_list import Option, OptionList
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.category import Category
from pims_api.domain.definition import Definition
from pims_api.domain.values.scope import Dimension, Segment

Body = dict[str, Any]

_ATTRIBUTE_FIELDS = [
    "name",
    "key",
    "collection",
    "unique",
    "searchable",
    "indexable",
    "filterable",
    "mask",
    "minimum",
    "maximum",
    "max_length",
    "default",
    "group",
    "option_list_id",
    "inheritable",
    "system",
    "computed",
]


@dataclass(frozen=True, slots=True)
class OptionEntry:
    """An option together with the list it belongs to."""

    list_id: int
    option: Option


Defined = Attribute | OptionList | OptionEntry | AttributeView | ProductType | Category | Dimension


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of defined thing is named, written, read and put into a definition.

    drop: takes the new one that was put last out of it again, where that can be.
    """

    name: str
    thing: type
    id_of: Callable[[Any], str]
    write: Callable[[Any], Body]
    read: Callable[[str, Body, bool], Any]
    put: Callable[[Definition, Any], None]
    drop: Callable[[Definition, Any], None] | None = None


def _write_attribute(one: Attribute) -> Body:
    body = {name: getattr(one, name) for name in _ATTRIBUTE_FIELDS}
    return body | {
        "type": one.type.value,
        "dimensions": list(one.dimensions),
        "labels": dict(one.labels),
        "comments": dict(one.comments),
        "guards": list(one.guards),
        "pending": sorted(one.pending),
    }


def _read_attribute(row_id: str, body: Body, deleted: bool) -> Attribute:
    return Attribute(
        id=int(row_id),
        type=ValueType(body["type"]),
        dimensions=tuple(body["dimensions"]),
        labels=body["labels"],
        comments=body["comments"],
        guards=tuple(body["guards"]),
        pending=frozenset(body["pending"]),
        deleted=deleted,
        **{name: body[name] for name in _ATTRIBUTE_FIELDS},
    )


def _write_option_list(one: OptionList) -> Body:
    return {
        "static": one.static,
        "columns": list(one.columns),
        "bare": one.bare,
        "layout": one.layout,
    }


def _read_option_list(row_id: str, body: Body, _deleted: bool) -> OptionList:
    return OptionList(
        int(row_id),
        static=body["static"],
        columns=tuple(body["columns"]),
        bare=body["bare"],
        layout=body["layout"],
    )


def _write_option(entry: OptionEntry) -> Body:
    one = entry.option
    return {
        "alias": one.alias,
        "position": one.position,
        "cells": list(one.cells),
        "labels": dict(one.labels),
        "removed": one.removed,
    }


def _read_option(row_id: str, body: Body, _deleted: bool) -> OptionEntry:
    list_id, _, option_id = row_id.partition("/")
    option = Option(
        option_id,
        body["alias"],
        body["position"],
        tuple(body["cells"]),
        body["labels"],
        body["removed"],
    )
    return OptionEntry(int(list_id), option)


def _write_view(one: AttributeView) -> Body:
    fields = [[f.attribute_id, f.name, f.readonly, f.group, f.default] for f in one.fields]
    return {
        "name": one.name,
        "fields": fields,
        "comment": one.comment,
        "label": one.label,
        "condition_query": one.condition_query,
    }


def _read_view(row_id: str, body: Body, deleted: bool) -> AttributeView:
    fields = tuple(ViewField(*field) for field in body["fields"])
    return AttributeView(
        int(row_id),
        body["name"],
        fields,
        body["comment"],
        body["label"],
        body["condition_query"],
        deleted,
    )


def _write_type(one: ProductType) -> Body:
    chosen = None if one.attribute_ids is None else sorted(one.attribute_ids)
    return {
        "name": one.name,
        "attribute_ids": chosen,
        "required_ids": sorted(one.required_ids),
        "inherits": one.inherits,
    }


def _read_type(row_id: str, body: Body, deleted: bool) -> ProductType:
    chosen = body["attribute_ids"]
    return ProductType(
        int(row_id),
        body["name"],
        None if chosen is None else frozenset(chosen),
        frozenset(body["required_ids"]),
        body["inherits"],
        deleted,
    )


def _write_category(one: Category) -> Body:
    return {
        "name": one.name,
        "parent_id": one.parent_id,
        "catalog_id": one.catalog_id,
        "order": one.order,
        "data": dict(one.data),
        "labels": dict(one.labels),
    }


def _read_category(row_id: str, body: Body, deleted: bool) -> Category:
    return Category(id=int(row_id), deleted=deleted, **body)


def _write_dimension(one: Dimension) -> Body:
    return {
        "code": one.code,
        "name": one.name,
        "default_segment_id": one.default_segment_id,
        "segments": [[s.id, s.code, s.name] for s in one.segments],
    }


def _read_dimension(row_id: str, body: Body, _deleted: bool) -> Dimension:
    segments = tuple(Segment(*segment) for segment in body["segments"])
    return Dimension(int(row_id), body["code"], body["name"], body["default_segment_id"], segments)


def _number(thing: Any) -> str:
    return str(thing.id)


KINDS: tuple[Kind, ...] = (
    Kind("dimension", Dimension, _number, _write_dimension, _read_dimension,
         Definition.put_dimension),
    Kind("option_list", OptionList, _number, _write_option_list, _read_option_list,
         Definition.put_option_list),
    Kind("option", OptionEntry, lambda e: f"{e.list_id}/{e.option.id}", _write_option,
         _read_option, lambda d, e: d.put_option(e.list_id, e.option),
         lambda d, e: d.drop_option(e.list_id, e.option)),
    Kind("attribute", Attribute, _number, _write_attribute, _read_attribute,
         Definition.put_attribute),
    Kind("category", Category, _number, _write_category, _read_category,
         Definition.put_category, Definition.drop_category),
    Kind("product_type", ProductType, _number, _write_type, _read_type, Definition.put_type),
    Kind("view", AttributeView, _number, _write_view, _read_view, Definition.put_view),
)  # fmt: skip
"""In the order in which a definition must take them in."""

KIND_OF = {kind.thing: kind for kind in KINDS}
KIND_NAMED = {kind.name: kind for kind in KINDS}
RANK = {kind.name: rank for rank, kind in enumerate(KINDS)}


def find_defined(definition: Definition, thing: Any) -> Any:
    """Return what the definition holds under the id of a thing, if anything."""
    if isinstance(thing, OptionEntry):
        options = definition.option_lists.get(thing.list_id)
        found = options.options.get(thing.option.id) if options else None
        return None if found is None else OptionEntry(thing.list_id, found)
    collections: dict[str, Any] = {
        "attribute": definition.attributes,
        "option_list": definition.option_lists,
        "category": definition.categories.by_id,
        "dimension": definition.dimensions,
        "view": definition.view_ids,
    }
    name = KIND_OF[type(thing)].name
    if name in collections:
        return collections[name].get(thing.id)
    return next((one for one in definition.types.values() if one.id == thing.id), None)
