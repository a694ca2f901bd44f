"""Attribute definitions as PIMS callers see them. Rendered once per attribute, joined per View.

Source: docs/api/pims.md, Definition.
"""

from typing import Any

import orjson

from pims_api.domain.access import Access, Column
from pims_api.domain.attribute import CATEGORIES, SKU, STATUS, TITLE, Attribute, ValueType
from pims_api.domain.definition import LANGUAGE_ID, Definition
from pims_api.domain.option_list import Option, OptionList

TYPE_WORDS: dict[ValueType, str] = {kind: kind.value for kind in ValueType} | {
    ValueType.OPTION: "dropdown",
    ValueType.COMPLEX: "text",
}

_WITHOUT_DEFAULT = frozenset({SKU, TITLE, STATUS, CATEGORIES})


def definition_bytes(access: Access) -> bytes:
    """Return the definition of a View as JSON: outward name → definition object."""
    known: bytes | None = access.derived.get("definition")
    if known is None:
        entries = (
            orjson.dumps(column.name) + b":" + _rendered(access.definition, column)
            for column in access.columns
        )
        known = b"{" + b",".join(entries) + b"}"
        access.derived["definition"] = known
    return known


def _rendered(definition: Definition, column: Column) -> bytes:
    attribute = column.attribute
    options = definition.option_lists.get(attribute.option_list_id or 0)
    place = (attribute.id, column.group)
    known = definition.rendered.get(place)
    if known is None or known[0] is not attribute or known[1] is not options:
        body = definition_object(attribute, options, column.group)
        known = definition.rendered[place] = (attribute, options, orjson.dumps(body))
    rendered: bytes = known[2]
    return rendered


def definition_object(
    attribute: Attribute, options: OptionList | None, group: str | None = None
) -> dict[str, Any]:
    """Return the definition object of an attribute; group: the View's own, if it has one."""
    body = {
        "type": TYPE_WORDS[attribute.type],
        "collection": _flag(attribute.collection),
        "isUnique": _flag(attribute.unique),
        "isSearchable": _flag(attribute.searchable),
        "isIndexable": _flag(attribute.indexable),
        "isFilterable": _flag(attribute.filterable),
        "group": attribute.group if group is None else group,
        "label": dict(attribute.labels),
        "comment": dict(attribute.comments),
        "validation": attribute.mask,
    }
    if not (attribute.system and attribute.name in _WITHOUT_DEFAULT):
        body["value"] = default_text(attribute.default)
        body["isSimpleType"] = _flag(not attribute.collection)
        body["dictionaryIsStatic"] = _growth(options)
    body |= _limits(attribute)
    if options is not None:
        body["dictionary"] = dictionary_object(options)
    return body


def dictionary_object(options: OptionList) -> dict[str, Any]:
    """Return a dictionary: rows as plain strings when they came so, else as lists of cells."""
    columns = options.columns
    layout: dict[str, Any] = {
        "visible": [1] * len(columns),
        "sorting": [],
        "sortingMethod": "manual",
        "unique": [1] + [0] * (len(columns) - 1),
        "validation": [""] * len(columns),
    }
    rows = [_row(option, options) for option in options.in_order()]
    return {"columns": list(columns), "data": rows, **layout, **options.layout}


def default_text(default: Any) -> str:
    """Return a default value as a text leaf: lists and flags as their JSON text."""
    if default is None:
        return ""
    return default if isinstance(default, str) else orjson.dumps(default).decode()


def _row(option: Option, options: OptionList) -> Any:
    return option.alias if options.bare else [option.alias, *option.cells]


def _limits(attribute: Attribute) -> dict[str, str]:
    limits = {"min": attribute.minimum, "max": attribute.maximum}
    if attribute.max_length is not None:
        limits["maxLength"] = str(attribute.max_length)
    if LANGUAGE_ID in attribute.dimensions:
        limits["isLocalizable"] = "y"
    return {name: text for name, text in limits.items() if text is not None}


def _flag(value: bool) -> str:
    return "y" if value else "n"


def _growth(options: OptionList | None) -> str:
    if options is None:
        return "n"
    return "" if options.static is None else _flag(options.static)
