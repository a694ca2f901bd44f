"""From the bodies of addAttribute and editAttribute to what is wanted of attributes.

Source: docs/api/pims.md, Managing attributes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, missing

from pims_api.domain.attribute import Attribute, ValueType
from pims_api.domain.attribute_rules import COMMENT_LENGTH_MAX, LABEL_LENGTH_MAX
from pims_api.domain.definition import Definition
from pims_api.domain.suggestion import NAME_LENGTH_MAX, Suggestions
from pims_api.domain.value import JsonNumber, read_value
from pims_api.errors import Fault, pointer_to, refuse_if_any
from pims_api.services.attribute_write import AttributeWrite, OptionListWrite
from schemas.loading import complaint, load
from schemas.pims.definition import TYPE_WORDS, definition_object
from schemas.pims.dictionary import below, read_dictionary
from schemas.pims.fields import Flag, Text
from schemas.pims.managing_fields import DecimalText, Growth, Length, LocaleTexts, locale_texts
from schemas.pims.names import Aliases, renamed

ITEMS_MAX = 10_000  # attributes in one request
_ALIASES: Aliases = {"name": ("attribute",)}

TYPES = {word: kind for kind, word in TYPE_WORDS.items() if kind is not ValueType.COMPLEX}
"""The words for types that an attribute can be added with."""

_SETTING_OF = {
    "group": "group",
    "collection": "collection",
    "isUnique": "unique",
    "isSearchable": "searchable",
    "isIndexable": "indexable",
    "isFilterable": "filterable",
    "isLocalizable": "localizable",
    "validation": "mask",
    "min": "minimum",
    "max": "maximum",
    "maxLength": "max_length",
}
_KEY_OF = {setting: key for key, setting in _SETTING_OF.items()} | {
    "type": "type",
    "labels": "label",
    "comments": "comment",
    "dimensions": "isLocalizable",
    "default": "value",
    "columns": "dictionary/columns",
    "rows": "dictionary/data",
}
_ABSENT: dict[str, Any] = {"group": "", "mask": "", "minimum": None, "maximum": None} | {
    "max_length": None
}


def _flag() -> Flag:
    return Flag(load_default=missing)


class AttributeDefinition(Schema):
    """The definition object as callers send it; what is absent stays absent."""

    type = Text(load_default=missing)
    label = LocaleTexts(LABEL_LENGTH_MAX)
    comment = LocaleTexts(COMMENT_LENGTH_MAX, lines=True)
    group = Text(load_default=missing)
    collection = _flag()
    isUnique = _flag()  # noqa: N815
    isSearchable = _flag()  # noqa: N815
    isIndexable = _flag()  # noqa: N815
    isFilterable = _flag()  # noqa: N815
    isLocalizable = _flag()  # noqa: N815
    isSimpleType = fields.Raw(allow_none=True)  # noqa: N815  follows from collection
    validation = Text(load_default=missing)
    min = DecimalText()
    max = DecimalText()
    maxLength = Length()  # noqa: N815
    value = fields.Raw(allow_none=True)
    dictionaryIsStatic = Growth(load_default=missing)  # noqa: N815
    dictionary = fields.Raw(allow_none=True)

    class Meta:
        unknown = EXCLUDE


class _Envelope(Schema):
    name = Text(load_default="")
    items = fields.List(
        fields.Raw(),
        load_default=None,
        allow_none=True,
        error_messages={"invalid": complaint("type", "items must be a list of objects!")},
    )
    dry_run = _flag()

    class Meta:
        unknown = EXCLUDE


_DEFINITION, _ENVELOPE = AttributeDefinition(), _Envelope()


@dataclass(frozen=True, slots=True)
class AttributesRequest:
    """A body that was read. is_batch: it came with `items`."""

    wanted: list[AttributeWrite]
    dry_run: bool
    is_batch: bool = False


def read_additions(body: Mapping[str, Any], definition: Definition) -> AttributesRequest:
    """Return what addAttribute asks for. Raises BadInput when the body has no sound frame."""
    values, faults = load(_ENVELOPE, renamed(body, _ALIASES))
    refuse_if_any(faults)
    dry_run, items = bool(values.get("dry_run")), values["items"]
    suggestions = Suggestions()
    if items is None:
        wanted = _read_item(body, definition, suggestions, is_new=True)
        return AttributesRequest([wanted], dry_run)
    if len(items) > ITEMS_MAX:
        message = f"At most {ITEMS_MAX} attributes can be added at a time!"
        refuse_if_any([Fault("limit", message, pointer="/items")])
    read = [
        _read_item(item, definition, suggestions, row, is_new=True)
        for row, item in enumerate(items)
    ]
    return AttributesRequest(read, dry_run, is_batch=True)


def read_edit(body: Mapping[str, Any], definition: Definition) -> AttributesRequest:
    """Return what editAttribute asks for. Raises BadInput when the body has no sound frame."""
    values, faults = load(_ENVELOPE, renamed(body, _ALIASES))
    refuse_if_any(faults)
    wanted = _read_item(body, definition, Suggestions(), is_new=False)
    return AttributesRequest([wanted], bool(values.get("dry_run")))


def read_named(body: Mapping[str, Any]) -> AttributesRequest:
    """Return what a body that only names an attribute asks for. Raises BadInput."""
    values, faults = load(_ENVELOPE, renamed(body, _ALIASES))
    refuse_if_any(faults)
    wanted = AttributeWrite(values["name"] or "", pointers={"name": "/name"})
    return AttributesRequest([wanted], bool(values.get("dry_run")))


def attribute_object(definition: Definition, attribute: Attribute) -> dict[str, Any]:
    """Return an attribute by its internal name; what comes out can be sent back in."""
    options = definition.option_lists.get(attribute.option_list_id or 0)
    return {"name": attribute.name, "definition": definition_object(attribute, options)}


def _read_item(
    item: Any,
    definition: Definition,
    suggestions: Suggestions,
    row: int | None = None,
    *,
    is_new: bool,
) -> AttributeWrite:
    place = "" if row is None else pointer_to("items", row)
    if not isinstance(item, dict):
        fault = Fault("type", "An attribute must be an object!", pointer=place, row=row)
        return AttributeWrite("", faults=[fault], row=row)
    body = renamed(item, _ALIASES)
    name, sent = body.get("name"), body.get("definition")
    if name is not None and (not isinstance(name, str) or isinstance(name, JsonNumber)):
        fault = Fault("type", "name must be text!", pointer=f"{place}/name", row=row)
        return AttributeWrite("", faults=[fault], row=row)
    known = None if is_new else definition.by_name.get(name or "")
    reader = _Reader(name or "", row, definition, suggestions)
    return reader.read(sent, known, is_new=is_new)


class _Reader:
    """Reads one attribute; what is wrong or unknown is collected with its place."""

    def __init__(
        self, name: str, row: int | None, definition: Definition, suggestions: Suggestions
    ) -> None:
        self.name, self.row, self.tenant = name, row, definition
        self.suggestions = suggestions
        place = "" if row is None else pointer_to("items", row)
        self.pointers = {key: f"{place}/definition/{word}" for key, word in _KEY_OF.items()}
        self.pointers["name"] = f"{place}/name"
        self.at = f"{place}/definition"
        self.faults: list[Fault] = []
        self.warnings: list[Fault] = []

    def read(self, sent: Any, known: Attribute | None, *, is_new: bool) -> AttributeWrite:
        if not isinstance(sent, dict):
            self._refuse("required" if sent is None else "type", "definition must be an object!")
            sent = {}
            is_new = False  # nothing more is missing than the whole
        values, faults = load(_DEFINITION, sent)
        self.faults += self._placed(faults)
        self.warnings += [self._unknown(key) for key in sent if key not in _DEFINITION.fields]
        settings = self._settings(values)
        needs_type = is_new and sent.get("type") is None
        self._read_type(values.get("type"), known, settings, needs_type=needs_type)
        if "value" in values:
            self._read_default(values["value"], known, settings)
        return AttributeWrite(
            name=self.name,
            settings=settings,
            labels=locale_texts(values.get("label"), self.tenant),
            comments=locale_texts(values.get("comment"), self.tenant),
            options=self._options(values, known),
            pointers=self.pointers,
            faults=self.faults,
            warnings=self.warnings,
            row=self.row,
        )

    def _settings(self, values: Mapping[str, Any]) -> dict[str, Any]:
        settings: dict[str, Any] = {}
        for key, setting in _SETTING_OF.items():
            if key in values:
                value = values[key]
                settings[setting] = _ABSENT.get(setting, False) if value is None else value
        if "group" in settings:
            settings["group"] = settings["group"].strip()
        return settings

    def _read_type(
        self,
        word: str | None,
        known: Attribute | None,
        settings: dict[str, Any],
        *,
        needs_type: bool,
    ) -> None:
        if known is not None:
            if word is not None and word != TYPE_WORDS[known.type]:
                settings["type"] = TYPES.get(word, word)
        elif word in TYPES:
            settings["type"] = TYPES[word]
        elif word is not None or needs_type:
            code = "required" if word is None else "type"
            self._refuse(code, f"type must be one of {', '.join(TYPES)}!", "/type", word)

    def _read_default(self, raw: Any, known: Attribute | None, settings: dict[str, Any]) -> None:
        kind = settings.get("type", known.type if known else None)
        if not isinstance(kind, ValueType):
            return
        collection = settings.get("collection", known.collection if known else False)
        shape = Attribute(0, self.name, self.name, kind, collection=collection)
        try:
            settings["default"] = read_value(shape, _json_list(raw) if collection else raw)
        except ValueError as error:
            self._refuse("type", f"value must be {error}!", "/value", raw)

    def _options(
        self, values: Mapping[str, Any], known: Attribute | None
    ) -> OptionListWrite | None:
        options = None
        if values.get("dictionary") is not None:
            number = known.option_list_id if known else None
            before = self.tenant.option_lists.get(number or 0)
            read = read_dictionary(values["dictionary"], before, self.suggestions)
            self.faults += self._placed(below(read.faults, "/dictionary"))
            self.warnings += self._placed(below(read.warnings, "/dictionary"))
            options = read.options
        if "dictionaryIsStatic" in values:
            options = replace(options or OptionListWrite(), static=values["dictionaryIsStatic"])
        return options

    def _refuse(self, code: str, message: str, place: str = "", value: Any = None) -> None:
        shown = value[:NAME_LENGTH_MAX] if isinstance(value, str) else None
        hint = self.suggestions.word(shown, TYPES) if place == "/type" and shown else None
        fault = Fault(code, message, pointer=place, value=shown, nearest=hint)
        self.faults += self._placed([fault])

    def _placed(self, faults: list[Fault]) -> list[Fault]:
        name = self.name[:NAME_LENGTH_MAX] or None
        named = [replace(one, attribute=name, row=self.row) for one in faults]
        return below(named, self.at)

    def _unknown(self, key: str) -> Fault:
        message = f"definition.{key[:NAME_LENGTH_MAX]} is not known and was ignored."
        hint = self.suggestions.word(key, _DEFINITION.fields)
        fault = Fault("unknown_attribute", message, pointer=pointer_to(key), nearest=hint)
        return self._placed([fault])[0]


def _json_list(raw: Any) -> Any:
    """Return the list that a text spells: a default goes out as text and may come back so."""
    if not (isinstance(raw, str) and raw.startswith("[")):
        return raw
    try:
        return json.loads(raw, parse_int=JsonNumber, parse_float=JsonNumber)
    except ValueError:
        return raw
