"""The kinds of things that a tenant defines, and how each of them is written as a row.

A new kind is a frozen dataclass with `id`, `deleted` and defaults, one row of KINDS, and its name
in `Defined` for the type checker. What a row lacks, because it was written before the field
existed, has the default of the dataclass.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, astuple, dataclass, fields
from enum import Enum
from functools import cache
from typing import Any

from pims_api.domain.access.attribute_view import AttributeView, ViewField
from pims_api.domain.access.policy import Level
from pims_api.domain.access.role import CatalogRights, Role, TypeLevels
from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.attributes.guard import Guard, Test
from pims_api.domain.attributes.named_group import NamedGroup
from pims_api.domain.attributes.option_list import UNNAMED, ListName, Option, OptionList
from pims_api.domain.attributes.product_type import AttributeGroup, ProductType
from pims_api.domain.catalog import Catalog
from pims_api.domain.category import Category
from pims_api.domain.definition import Definition
from pims_api.domain.search.saved_query import SavedCriterion, SavedQuery
from pims_api.domain.values.scope import Dimension, Segment
from pims_api.domain.workflow import Stage, Transition, Workflow

Body = dict[str, Any]
Writer = Callable[[Any], Body]
Reader = Callable[[str, Body, bool], Any]
Put = Callable[[Definition, Any], None]

_NOT_IN_BODY = ("id", "deleted")
_RARE = ("parent", "color", "client_id", "description", "logo_url")  # fields of few options


@dataclass(frozen=True, slots=True)
class OptionEntry:
    """An option together with the list it belongs to."""

    list_id: int
    option: Option


Defined = (
    Attribute
    | OptionList
    | OptionEntry
    | AttributeView
    | NamedGroup
    | ProductType
    | Catalog
    | Category
    | Dimension
    | Workflow
    | Role
    | SavedQuery
)


def _number(thing: Any) -> str:
    return str(thing.id)


def _find(definition: Definition, thing: Any) -> Any:
    return definition.things(type(thing)).get(thing.id)


def _plain(value: Any) -> Any:
    """Return the value of a field as JSON."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else value


def _write(thing: Any) -> Body:
    """Return the fields of a dataclass except `id` and `deleted`."""
    kind: type = type(thing)
    return {name: _plain(getattr(thing, name)) for name in _names(kind)}


@cache
def _names(thing: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(thing) if one.name not in _NOT_IN_BODY)


def reader(thing: type, **from_json: Callable[[Any], Any]) -> Reader:
    """Return a function that makes a dataclass of a row. from_json: converters of fields."""
    known = _names(thing)
    marks = any(one.name == "deleted" for one in fields(thing))

    def read(row_id: str, body: Body, deleted: bool) -> Any:
        values = {name: body[name] for name in known if name in body}
        for name, convert in from_json.items():
            if values.get(name) is not None:
                values[name] = convert(values[name])
        return thing(id=int(row_id), **values, **({"deleted": deleted} if marks else {}))

    return read


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of defined thing is named, written, read, put into a definition and found there.

    drop: removes a new thing that was put last, where that is possible.
    """

    name: str
    thing: type
    read: Reader
    put: Put = Definition.put
    write: Writer = _write
    id_of: Callable[[Any], str] = _number
    find: Callable[[Definition, Any], Any] = _find
    drop: Put | None = None


def _write_option_list(one: OptionList) -> Body:
    names = ("static", "columns", "bare", "layout")
    body = {name: _plain(getattr(one, name)) for name in names}
    return body if one.named == UNNAMED else body | {"named": asdict(one.named)}


def _read_option_list(row_id: str, body: Body, deleted: bool) -> OptionList:
    read = {"columns": tuple(body["columns"]), "named": ListName(**body.get("named", {}))}
    one = OptionList(int(row_id), **body | read)
    return one.marked_deleted() if deleted else one


def _write_option(entry: OptionEntry) -> Body:
    """Return the body of an option, without the fields that are empty in most of them.

    Lists are long, so no loop over the fields of each option.
    """
    one = entry.option
    body = {
        "alias": one.alias,
        "position": one.position,
        "cells": list(one.cells),
        "labels": dict(one.labels),
        "removed": one.removed,
    }
    if one.parent or one.color or one.client_id or one.description or one.logo_url:
        body |= {name: held for name in _RARE if (held := getattr(one, name))}
    return body


def _read_option(row_id: str, body: Body, _deleted: bool) -> OptionEntry:
    list_id, _, option_id = row_id.partition("/")
    option = Option(option_id, **body | {"cells": tuple(body.get("cells", ()))})
    return OptionEntry(int(list_id), option)


def _find_option(definition: Definition, entry: OptionEntry) -> OptionEntry | None:
    options = definition.option_lists.get(entry.list_id)
    found = options.options.get(entry.option.id) if options else None
    return None if found is None else OptionEntry(entry.list_id, found)


def _write_attribute(one: Attribute) -> Body:
    """Return the body of an attribute, without the fields that are empty in most of them."""
    body = _write(one) | {"guards": [list(astuple(guard)) for guard in one.guards]}
    for name in ("scoped_by", "client_id", "target_type_id", "parts"):
        if not body[name]:
            del body[name]
    return body


def _write_category(one: Category) -> Body:
    """Return the body of a category, without the fields that are empty in most of them."""
    body = _write(one)
    for name in ("alias", "description", "client_id", "slug"):
        if not body[name]:
            del body[name]
    return body


def _id_sets(rows: list[list[int]]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(row) for row in rows)


def _guards(rows: list[list[Any]]) -> tuple[Guard, ...]:
    return tuple(Guard(number, Test(test), value) for number, test, value in rows)


def _write_view(one: AttributeView) -> Body:
    shown = [[f.attribute_id, f.name, f.readonly, f.group, f.default] for f in one.fields]
    return _write(one) | {"fields": shown}


def _view_fields(rows: list[list[Any]]) -> tuple[ViewField, ...]:
    return tuple(ViewField(*row) for row in rows)


def _write_dimension(one: Dimension) -> Body:
    return _write(one) | {"segments": [list(astuple(segment)) for segment in one.segments]}


def _write_type(one: ProductType) -> Body:
    return _write(one) | {"groups": [list(astuple(group)) for group in one.groups]}


def _write_saved_query(one: SavedQuery) -> Body:
    return _write(one) | {"criteria": [list(astuple(each)) for each in one.criteria]}


def _criteria(rows: list[list[Any]]) -> tuple[SavedCriterion, ...]:
    return tuple(SavedCriterion(*row) for row in rows)


def _groups(rows: list[list[Any]]) -> tuple[AttributeGroup, ...]:
    return tuple(AttributeGroup(row[0], row[1], row[2], tuple(row[3])) for row in rows)


def _write_workflow(one: Workflow) -> Body:
    return _write(one) | {
        "stages": [asdict(stage) for stage in one.stages],
        "transitions": [asdict(transition) for transition in one.transitions],
    }


def _stages(rows: list[Body]) -> tuple[Stage, ...]:
    sets = ("hidden", "required", "read_only")
    return tuple(Stage(**row | {name: tuple(row[name]) for name in sets}) for row in rows)


def _transitions(rows: list[Body]) -> tuple[Transition, ...]:
    return tuple(Transition(**row | {"role_codes": tuple(row["role_codes"])}) for row in rows)


def _write_role(one: Role) -> Body:
    types = [[each.type_id, list(map(list, each.levels)), each.others] for each in one.types]
    catalogs = [list(astuple(each)) for each in one.catalogs]
    return _write(one) | {"types": types, "catalogs": catalogs}


def _type_levels(rows: list[list[Any]]) -> tuple[TypeLevels, ...]:
    return tuple(
        TypeLevels(
            number,
            tuple((attribute, Level(level)) for attribute, level in levels),
            None if others is None else Level(others),
        )
        for number, levels, others in rows
    )


def _catalog_rights(rows: list[list[Any]]) -> tuple[CatalogRights, ...]:
    return tuple(CatalogRights(*row) for row in rows)


def _segments(rows: list[list[Any]]) -> tuple[Segment, ...]:
    return tuple(Segment(*row) for row in rows)


KINDS: tuple[Kind, ...] = (
    Kind("dimension", Dimension, reader(Dimension, segments=_segments),
         Definition.put_dimension, _write_dimension),
    Kind("option_list", OptionList, _read_option_list,
         Definition.put_option_list, _write_option_list),
    Kind("option", OptionEntry, _read_option,
         lambda d, e: d.put_option(e.list_id, e.option), _write_option,
         lambda e: f"{e.list_id}/{e.option.id}", _find_option,
         lambda d, e: d.drop_option(e.list_id, e.option)),
    Kind("attribute", Attribute,
         reader(Attribute, type=ValueType, dimensions=tuple, scoped_by=_id_sets, guards=_guards,
                pending=frozenset),
         Definition.put_attribute, _write_attribute),
    Kind("attribute_group", NamedGroup, reader(NamedGroup)),
    Kind("catalog", Catalog, reader(Catalog)),
    Kind("category", Category, reader(Category), Definition.put_category, _write_category,
         find=lambda d, c: d.tree(c.catalog_id).by_id.get(c.id), drop=Definition.drop_category),
    Kind("product_type", ProductType,
         reader(ProductType, attribute_ids=frozenset, required_ids=frozenset, groups=_groups),
         Definition.put_type, _write_type),
    Kind("view", AttributeView, reader(AttributeView, fields=_view_fields),
         Definition.put_view, _write_view),
    Kind("workflow", Workflow, reader(Workflow, stages=_stages, transitions=_transitions),
         Definition.put_rule, _write_workflow),
    Kind("role", Role,
         reader(Role, flags=frozenset, types=_type_levels, catalogs=_catalog_rights),
         Definition.put_rule, _write_role),
    Kind("saved_query", SavedQuery, reader(SavedQuery, criteria=_criteria),
         write=_write_saved_query),
)  # fmt: skip
"""The kinds, in the order in which their things must be put into a definition."""

KIND_OF = {kind.thing: kind for kind in KINDS}
KIND_NAMED = {kind.name: kind for kind in KINDS}
RANK = {kind.name: rank for rank, kind in enumerate(KINDS)}


def find_defined(definition: Definition, thing: Any) -> Any:
    """Return what the definition holds under the id of a thing, if anything."""
    return KIND_OF[type(thing)].find(definition, thing)
