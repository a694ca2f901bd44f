"""The reader of attribute definitions from requests and files.

Source: docs/api/pims.md, Managing attributes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.attributes.rules import COMMENT_LENGTH_MAX, LABEL_LENGTH_MAX
from pims_api.domain.attributes.setting_readers import (
    SettingError,
    SettingReader,
    json_list,
    locale_texts,
    locale_texts_reader,
    read_decimal,
    read_flag,
    read_growth,
    read_length,
    read_text,
)
from pims_api.domain.definition import Definition
from pims_api.domain.suggestion import NAME_LENGTH_MAX, Suggestions
from pims_api.domain.values.value import read_value
from pims_api.errors import Fault, pointer_to
from pims_api.services.attributes.requests import AttributeWrite, OptionListWrite
from pims_api.services.definition_imports.dictionary_words import below, read_dictionary

TYPE_WORDS: dict[ValueType, str] = {kind: kind.value for kind in ValueType} | {
    ValueType.OPTION: "dropdown",
    ValueType.COMPLEX: "text",
}
TYPES = {word: kind for kind, word in TYPE_WORDS.items() if kind is not ValueType.COMPLEX}
"""The words for types that an attribute can be added with."""
VALUE_TYPES = {word: kind for word, kind in TYPES.items() if kind is not ValueType.COMPLETENESS}
"""The words for types of values that come from outside."""


def read_types(pairs: Iterable[str]) -> dict[str, ValueType]:
    """Return attribute → type of texts such as `price=number,ean=string`; the last of one counts.

    Raises ValueError, whose message says what is wrong with the first that cannot be read.
    """
    types: dict[str, ValueType] = {}
    told = ([one.strip() for one in text.split(",") if one.strip()] or [""] for text in pairs)
    for one in chain.from_iterable(told):
        name, _, word = one.rpartition("=")
        if not name or word not in VALUE_TYPES:
            known = ", ".join(VALUE_TYPES)
            raise ValueError(f"{one[:NAME_LENGTH_MAX]!r} is not NAME=TYPE with a type of {known}")
        types[name] = VALUE_TYPES[word]
    return types


def made_object(made: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an import makes, as of `MadeThings`, in the words of definitions."""
    types = [one | {"type": TYPE_WORDS[ValueType(one["type"])]} for one in made["attributes"]]
    renamed = {"attributes": types, "dictionary": made["options"]}
    return renamed | {name: made[name] for name in ("categories", "more")}


def _as_it_is(_: str, value: Any) -> Any:
    return value


_READERS: dict[str, SettingReader] = {
    "type": read_text,
    "label": locale_texts_reader(LABEL_LENGTH_MAX),
    "comment": locale_texts_reader(COMMENT_LENGTH_MAX, lines=True),
    "group": read_text,
    "collection": read_flag,
    "isUnique": read_flag,
    "isSearchable": read_flag,
    "isIndexable": read_flag,
    "isFilterable": read_flag,
    "isLocalizable": read_flag,
    "isSimpleType": _as_it_is,  # follows from collection
    "validation": read_text,
    "min": read_decimal,
    "max": read_decimal,
    "maxLength": read_length,
    "value": _as_it_is,
    "dictionaryIsStatic": read_growth,
    "dictionary": _as_it_is,
}
KEYS = tuple(_READERS)
"""The keys of a definition."""

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


class AttributeReader:
    """A reader of one definition, which collects faults and warnings with their pointers.

    row: which of a batch, from 0. place: where in the request the attribute stands.
    """

    def __init__(
        self,
        name: str,
        definition: Definition,
        suggestions: Suggestions,
        *,
        row: int | None = None,
        place: str = "",
    ) -> None:
        self.name, self.row, self.tenant = name, row, definition
        self.suggestions = suggestions
        self.pointers = {key: f"{place}/definition/{word}" for key, word in _KEY_OF.items()}
        self.pointers["name"] = f"{place}/name"
        self.at = f"{place}/definition"
        self.faults: list[Fault] = []
        self.warnings: list[Fault] = []

    def read(self, sent: Any, known: Attribute | None, *, is_new: bool) -> AttributeWrite:
        """Return the write that a definition asks for; absent settings stay as they are.

        known: the attribute as it is now, if it is to change. is_new: it has to name a type.
        """
        if not isinstance(sent, dict):
            self._refuse("required" if sent is None else "type", "definition must be an object!")
            sent = {}
            is_new = False  # one fault for the whole is enough
        values = self._read_each(sent)
        self.warnings += [self._unknown(key) for key in sent if key not in _READERS]
        settings = _settings(values)
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

    def _read_each(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, reader in _READERS.items():
            if key not in sent:
                continue
            try:
                values[key] = None if sent[key] is None else reader(key, sent[key])
            except SettingError as error:
                fault = Fault(error.code, error.message, pointer=pointer_to(key))
                self.faults += self._placed([fault])
        return values

    def _read_type(
        self,
        word: str | None,
        known: Attribute | None,
        settings: dict[str, Any],
        *,
        needs_type: bool,
    ) -> None:
        if known is not None and word in (None, TYPE_WORDS[known.type]):
            return
        if word in TYPES:
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
            settings["default"] = read_value(shape, json_list(raw) if collection else raw)
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
        hint = self.suggestions.word(key, _READERS)
        fault = Fault("unknown_attribute", message, pointer=pointer_to(key), nearest=hint)
        return self._placed([fault])[0]


def _settings(values: Mapping[str, Any]) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for key, setting in _SETTING_OF.items():
        if key in values:
            value = values[key]
            settings[setting] = _ABSENT.get(setting, False) if value is None else value
    if "group" in settings:
        settings["group"] = settings["group"].strip()
    return settings
