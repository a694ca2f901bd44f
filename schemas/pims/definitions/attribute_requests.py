"""The readers of addAttribute and editAttribute, and the JSON form of an attribute.

Source: docs/api/pims.md, Managing attributes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from marshmallow import fields

from pims_api.domain.attributes.attribute import Attribute
from pims_api.domain.attributes.setting_readers import is_text
from pims_api.domain.definition import Definition
from pims_api.errors import Fault, pointer_to, refuse_if_any
from pims_api.services.attributes.requests import AttributeWrite
from pims_api.services.definition_imports.attribute_words import KEYS, AttributeReader
from pims_api.services.definition_imports.dictionary_words import DICTIONARY_KEYS
from schemas.keys import Aliases, KeyTable
from schemas.loading import Keyed, complaint
from schemas.pims.body import Request, UnknownKeys, WritingBody, placed, read_request
from schemas.pims.definitions.definition import definition_object
from schemas.pims.fields import Text

ITEMS_MAX = 10_000  # attributes in one request
_ALIASES: Aliases = {"name": ("attribute",)}
_DEFINITION = KeyTable(KEYS, within={"dictionary": KeyTable(DICTIONARY_KEYS)})


class _DefinitionObject(fields.Raw):
    keys = _DEFINITION

    def __init__(self) -> None:
        super().__init__(load_default=None, allow_none=True)


class _Named(WritingBody):
    aliases = _ALIASES
    name = Text(load_default="")


class _Edit(_Named):
    definition = _DefinitionObject()


class _Addition(_Edit):
    passed_over: tuple[str, ...] = (*WritingBody.passed_over, "items")


class _Additions(WritingBody):
    items = fields.List(
        fields.Raw(),
        error_messages={"invalid": complaint("type", "items must be a list of objects!")},
    )


class _Item(Keyed):
    aliases = _ALIASES
    name = fields.Raw(load_default=None, allow_none=True)
    definition = _DefinitionObject()


_NAMED, _EDIT, _ADDITION, _ADDITIONS, _ITEM = _Named(), _Edit(), _Addition(), _Additions(), _Item()


@dataclass(frozen=True, slots=True)
class AttributesRequest:
    """A body that was read. is_batch: it came with `items`. warnings: what was ignored.

    sent: the definition of an attribute that came alone, under our names.
    """

    wanted: list[AttributeWrite]
    dry_run: bool
    is_batch: bool = False
    warnings: list[Fault] = field(default_factory=list)
    sent: Any = None


def read_additions(body: Mapping[str, Any], definition: Definition) -> AttributesRequest:
    """Return what addAttribute asks for. Raises BadInput when the body has no sound frame."""
    if body.get("items") is None:
        return _read_one(read_request(_ADDITION, body), definition, is_new=True)
    request = read_request(_ADDITIONS, body)
    request.check()
    items = request.values["items"]
    if len(items) > ITEMS_MAX:
        message = f"At most {ITEMS_MAX} attributes can be added at a time!"
        refuse_if_any([Fault("limit", message, pointer="/items")])
    unknown = UnknownKeys()
    read = [_read_item(request, unknown, item, definition, row) for row, item in enumerate(items)]
    return _request(request, read, is_batch=True)


def read_edit(body: Mapping[str, Any], definition: Definition) -> AttributesRequest:
    """Return what editAttribute asks for. Raises BadInput when the body has no sound frame."""
    return _read_one(read_request(_EDIT, body), definition, is_new=False)


def read_named(body: Mapping[str, Any]) -> AttributesRequest:
    """Return what a body that only names an attribute asks for. Raises BadInput."""
    request = read_request(_NAMED, body)
    request.check()
    wanted = AttributeWrite(request.values["name"] or "", pointers={"name": "/name"})
    return _request(request, [wanted])


def attribute_object(definition: Definition, attribute: Attribute) -> dict[str, Any]:
    """Return an attribute by its internal name, in a form that can be sent back."""
    options = definition.option_lists.get(attribute.option_list_id or 0)
    return {"name": attribute.name, "definition": definition_object(attribute, options)}


def _request(
    request: Request, wanted: list[AttributeWrite], *, is_batch: bool = False
) -> AttributesRequest:
    warnings = [*request.warnings, *(told for one in wanted for told in one.warnings)]
    bare = [replace(one, warnings=()) for one in wanted]
    return AttributesRequest(bare, request.dry_run, is_batch, warnings)


def _read_one(request: Request, definition: Definition, *, is_new: bool) -> AttributesRequest:
    request.check()
    suggestions = request.suggestions
    name, sent = request.values["name"] or "", request.values["definition"]
    known = None if is_new else definition.by_name.get(name)
    sent, faults = _cleaned(sent)
    wanted = AttributeReader(name, definition, suggestions).read(sent, known, is_new=is_new)
    read = _request(request, [replace(wanted, faults=[*faults, *wanted.faults])])
    return replace(read, sent=sent)


def _read_item(
    batch: Request, unknown: UnknownKeys, item: Any, definition: Definition, row: int
) -> AttributeWrite:
    place = pointer_to("items", row)
    if not isinstance(item, dict):
        fault = Fault("type", "An attribute must be an object!", pointer=place, row=row)
        return AttributeWrite("", faults=[fault], row=row)
    request = read_request(_ITEM, item, batch.suggestions, unknown=unknown, strict=batch.strict)
    name, sent = request.values.get("name"), request.values.get("definition")
    if name is not None and not is_text(name):
        fault = Fault("type", "name must be text!", pointer=f"{place}/name", row=row)
        return AttributeWrite("", faults=[fault], row=row)
    sent, faults = _cleaned(sent)
    reader = AttributeReader(name or "", definition, batch.suggestions, row=row, place=place)
    read = reader.read(sent, None, is_new=True)
    return replace(
        read,
        faults=[*placed([*request.faults, *faults], place, row), *read.faults],
        warnings=[*placed(request.warnings, place, row), *read.warnings],
    )


def _cleaned(sent: Any) -> tuple[Any, list[Fault]]:
    """Return a definition under our names, and the faults of keys that are there twice."""
    if not isinstance(sent, dict):
        return sent, []
    known, clashes = _DEFINITION.cleaned(sent, ("definition",))
    return known, [Fault("syntax", message, pointer=pointer_to(*at)) for at, message in clashes]
