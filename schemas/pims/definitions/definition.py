"""Attribute definitions on the wire of PIMS, cached as JSON per attribute and per View.

Source: docs/api/pims.md, Definition.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import orjson

from pims_api.domain.access.access import Access, Column
from pims_api.domain.attributes.attribute import CATEGORIES, SKU, STATUS, TITLE, Attribute
from pims_api.domain.attributes.option_list import OptionList
from pims_api.domain.definition import LANGUAGE_ID, Definition
from pims_api.services.definition_imports.attribute_words import TYPE_WORDS
from pims_api.services.definition_imports.dictionary_words import dictionary_object

_WITHOUT_DEFAULT = frozenset({SKU, TITLE, STATUS, CATEGORIES})


class _Joined(NamedTuple):
    """The joined JSON of a View's columns, and the marks of what it was made from."""

    attributes_mark: object
    options_mark: object
    text: bytes

    def holds_in(self, definition: Definition) -> bool:
        return (
            self.attributes_mark is definition.attributes_mark
            and self.options_mark is definition.options_mark
        )


def definition_bytes(access: Access) -> bytes:
    """Return the definition of a View as JSON: outward name → definition object."""
    return _joined(access, "definition", _as_object)


def attribute_list_bytes(access: Access) -> bytes:
    """Return the attributes of a View as a JSON list of objects with `name` and `definition`."""
    return _joined(access, "attribute list", _as_list)


def _joined(access: Access, what: str, join: Callable[[Access], bytes]) -> bytes:
    """Return the joined JSON of a View's columns, cached until these or options change."""
    place, definition = (what, access.policy.key, access.scope), access.definition
    known: _Joined | None = definition.rendered.get(place)
    if known is None or not known.holds_in(definition):
        marks = (definition.attributes_mark, definition.options_mark)
        known = definition.rendered[place] = _Joined(*marks, join(access))
    return known.text


def _as_object(access: Access) -> bytes:
    entries = (
        orjson.dumps(column.name) + b":" + _rendered(access.definition, column)
        for column in access.columns
    )
    return b"{" + b",".join(entries) + b"}"


def _as_list(access: Access) -> bytes:
    entries = (
        b'{"name":%b,"definition":%b}'
        % (orjson.dumps(column.name), _rendered(access.definition, column))
        for column in access.columns
    )
    return b"[" + b",".join(entries) + b"]"


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


def default_text(default: Any) -> str:
    """Return a default value as a text leaf: lists and flags as their JSON text."""
    if default is None:
        return ""
    return default if isinstance(default, str) else orjson.dumps(default).decode()


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
