"""Attributes on the wire, and what a body wants of one. Source: docs/api/sigma.md, Attributes."""

from collections.abc import Container, Mapping
from typing import Any

import orjson

from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.definition import Definition
from pims_api.errors import Fault, refuse_if_any
from pims_api.services.attributes.requests import AttributeWrite
from schemas.rest.fields import (
    Anything,
    Body,
    Decimal,
    Flag,
    Id,
    Line,
    Part,
    Parts,
    Text,
    Texts,
    Whole,
    Word,
)
from schemas.rest.numbers import exact_json, json_number
from schemas.sigma.ids import (
    ID_LENGTH_MAX,
    attribute_id,
    dimension_id,
    dimensions_by_id,
    schema_id,
    schemas_by_id,
)
from schemas.sigma.model.guards import GuardBody, guard_object, guards_of
from schemas.sigma.model.option_lists import list_id, lists_by_id

LINE_LENGTH_MAX = 255  # characters of a text that can be filtered by
_LENGTH_MAX = 65_536
_NAME_LENGTH_MAX = 255

TYPES: Mapping[ValueType, str] = {
    ValueType.STRING: "text",
    ValueType.TEXT: "text",
    ValueType.HTML: "text",
    ValueType.URL: "text",
    ValueType.NUMBER: "number",
    ValueType.COMPLETENESS: "number",
    ValueType.BOOLEAN: "boolean",
    ValueType.DATE: "datetime",
    ValueType.DATETIME: "datetime",
    ValueType.MEDIA: "media",
    ValueType.OPTION: "option",
    ValueType.RELATION: "relation",
    ValueType.COMPLEX: "complex",
}
"""What each type of the core is called here."""

_MADE_AS = {
    "number": ValueType.NUMBER,
    "boolean": ValueType.BOOLEAN,
    "datetime": ValueType.DATETIME,
    "media": ValueType.MEDIA,
    "option": ValueType.OPTION,
    "relation": ValueType.RELATION,
    "complex": ValueType.COMPLEX,
}
_INDEXED = frozenset(ValueType) - {ValueType.TEXT, ValueType.MEDIA, ValueType.COMPLEX}


class Rules(Body):
    """The rules of the values of an attribute."""

    maxLength = Whole(1, _LENGTH_MAX)  # noqa: N815
    min = Decimal()
    max = Decimal()
    pattern = Text()
    unique = Flag()


class AttributeBody(Body):
    """An attribute, whole."""

    aliases = {"validation": ("validationRules",)}
    id = Id()
    alias = Text(required=True, longest=64)
    name = Line(required=True, blank=False, longest=_NAME_LENGTH_MAX)
    type = Word(sorted(set(TYPES.values())), required=True)
    description = Text()
    dimensionIds = Texts()  # noqa: N815
    inheritable = Flag(load_default=True)
    validation = Part(Rules())
    guards = Parts(GuardBody())
    optionListId = Text()  # noqa: N815
    multiple = Flag(load_default=False)
    targetSchemaId = Text(longest=ID_LENGTH_MAX)  # noqa: N815
    fields = Anything()  # type: ignore[assignment]  # marshmallow takes it off the class


def value_type(body: Mapping[str, Any]) -> ValueType:
    """Return the core's type for the body of a new attribute: texts of one line are indexed."""
    made = _MADE_AS.get(body["type"])
    if made is not None:
        return made
    rules = body["validation"] or {}
    longest = rules.get("maxLength")
    is_line = rules.get("unique") or (longest and longest <= LINE_LENGTH_MAX)
    return ValueType.STRING if is_line else ValueType.TEXT


def attribute_write(
    definition: Definition, body: Mapping[str, Any], before: Attribute | None = None
) -> AttributeWrite:
    """Return what the body of an attribute wants. Raises BadInput for ids that nothing has.

    before: the attribute that it replaces, whose type fits; None: the attribute is new.
    """
    kind, faults = _type(body, before), list[Fault]()
    rules = body["validation"] or {}
    settings: dict[str, Any] = {
        "type": kind,
        "collection": bool(body["multiple"]),
        "dimensions": _dimensions(definition, body, faults),
        "inheritable": body["inheritable"] is not False,
        "guards": guards_of(definition, body["guards"] or (), faults),
        "unique": bool(rules.get("unique")),
        "minimum": rules.get("min"),
        "maximum": rules.get("max"),
        "max_length": rules.get("maxLength"),
        "mask": rules.get("pattern") or "",
        "client_id": body["id"] or "",
        **_flags(kind, body, before),
    }
    if kind is ValueType.OPTION and body["optionListId"]:
        settings["option_list_id"] = _option_list(definition, body["optionListId"], faults)
    settings["target_type_id"] = _target(definition, body, faults)
    settings["parts"] = _parts(body, faults)
    refuse_if_any(faults)
    locale = definition.default_locale
    return AttributeWrite(
        body["alias"],
        settings,
        labels={locale: body["name"]},
        comments={locale: body["description"] or ""},
        pointers=_POINTERS,
    )


def _type(body: Mapping[str, Any], before: Attribute | None) -> ValueType:
    """Return the type of an attribute from now on: it stays, but for long texts made unique."""
    if before is None:
        return value_type(body)
    is_unique = bool((body["validation"] or {}).get("unique"))
    return ValueType.STRING if is_unique and before.type is ValueType.TEXT else before.type


def _flags(
    kind: ValueType, body: Mapping[str, Any], before: Attribute | None
) -> Mapping[str, bool]:
    """Return the flags of an attribute, which this face does not show, so that they stay."""
    if before is not None and kind is before.type:
        return {"indexable": before.indexable and not body["multiple"]}
    indexed = kind in _INDEXED
    flags = {"filterable": indexed, "indexable": indexed and not body["multiple"]}
    return flags | {"searchable": True}


def attribute_object(
    definition: Definition, one: Attribute, seen: Container[int] | None = None
) -> dict[str, Any]:
    """Return an attribute as this face shows it.

    seen: the ids of the attributes that its guards may name; None: all.
    """
    guards = [each for each in one.guards if seen is None or each.attribute_id in seen]
    locale = definition.default_locale
    shown: dict[str, Any] = {
        "id": attribute_id(one),
        "alias": one.name,
        "name": one.labels.get(locale) or next(iter(one.labels.values()), one.name),
        "type": TYPES[one.type],
        "dimensionIds": [dimension_id(definition.dimensions[d]) for d in one.dimensions],
        "inheritable": one.inheritable,
        "multiple": one.collection,
        "validation": _rules(one),
        "guards": [guard_object(definition, guard) for guard in guards],
    }
    if one.option_list_id is not None:
        number = list_id(definition, definition.option_lists[one.option_list_id])
        shown["optionListId"] = number if number in lists_by_id(definition) else None
    if one.target_type_id in definition.type_ids:
        shown["targetSchemaId"] = schema_id(definition.type_ids[one.target_type_id])
    if one.parts:
        shown["fields"] = orjson.Fragment(one.parts)
    if one.comments.get(locale):
        shown["description"] = one.comments[locale]
    return shown


def _rules(one: Attribute) -> dict[str, Any]:
    found = {
        "maxLength": one.max_length,
        "min": _number(one.minimum),
        "max": _number(one.maximum),
        "pattern": one.mask or None,
        "unique": one.unique or None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _number(text: str | None) -> Any:
    return None if text is None else json_number(text)


def _option_list(definition: Definition, number: str, faults: list[Fault]) -> int | None:
    known = lists_by_id(definition).get(number)
    if known is not None:
        return known.id
    message = f"There is no option list {number[:ID_LENGTH_MAX]!r}!"
    faults.append(Fault("range", message, pointer="/optionListId"))
    return None


def _target(definition: Definition, body: Mapping[str, Any], faults: list[Fault]) -> int | None:
    """Return the id of the product type to which the links of an attribute lead; None: any."""
    number = body["targetSchemaId"]
    if not number:
        return None
    known = schemas_by_id(definition).get(number)
    if body["type"] == "relation" and known is not None:
        return known.id
    message = f"There is no schema {number[:ID_LENGTH_MAX]!r}!"
    if known is not None:
        message = "Only a relation has a targetSchemaId!"
    faults.append(Fault("range", message, pointer="/targetSchemaId"))
    return None


def _parts(body: Mapping[str, Any], faults: list[Fault]) -> str:
    """Return what a body says that complex values are made of, as JSON; "": nothing."""
    sent = body["fields"]
    if sent is None:
        return ""
    if body["type"] == "complex" and isinstance(sent, dict | list):
        return exact_json(sent)
    message = "Only complex has fields, which are a list or an object!"
    faults.append(Fault("type", message, pointer="/fields"))
    return ""


def _dimensions(
    definition: Definition, body: Mapping[str, Any], faults: list[Fault]
) -> tuple[int, ...]:
    known, found = dimensions_by_id(definition), []
    for place, number in enumerate(body["dimensionIds"] or ()):
        if number in known:
            found.append(known[number].id)
        else:
            message = f"There is no dimension {number[:ID_LENGTH_MAX]!r}!"
            faults.append(Fault("range", message, pointer=f"/dimensionIds/{place}"))
    return tuple(dict.fromkeys(found))


_POINTERS = {
    "name": "/alias",
    "type": "/type",
    "labels": "/name",
    "comments": "/description",
    "dimensions": "/dimensionIds",
    "unique": "/validation/unique",
    "minimum": "/validation/min",
    "maximum": "/validation/max",
    "max_length": "/validation/maxLength",
    "mask": "/validation/pattern",
}
