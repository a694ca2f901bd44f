"""The readers of addAttribute and editAttribute, and the JSON form of an attribute.

Source: docs/api/pims.md, Managing attributes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, missing

from pims_api.domain.attributes.attribute import Attribute
from pims_api.domain.attributes.setting_readers import is_text
from pims_api.domain.definition import Definition
from pims_api.domain.suggestion import Suggestions
from pims_api.errors import Fault, pointer_to, refuse_if_any
from pims_api.services.attributes.requests import AttributeWrite
from pims_api.services.definition_imports.attribute_words import AttributeReader
from schemas.loading import complaint, load
from schemas.pims.definitions.definition import definition_object
from schemas.pims.fields import Flag, Text
from schemas.pims.names import Aliases, renamed

ITEMS_MAX = 10_000  # attributes in one request
_ALIASES: Aliases = {"name": ("attribute",)}


class _Envelope(Schema):
    name = Text(load_default="")
    items = fields.List(
        fields.Raw(),
        load_default=None,
        allow_none=True,
        error_messages={"invalid": complaint("type", "items must be a list of objects!")},
    )
    dry_run = Flag(load_default=missing)

    class Meta:
        unknown = EXCLUDE


_ENVELOPE = _Envelope()


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
    """Return an attribute by its internal name, in a form that can be sent back."""
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
    if name is not None and not is_text(name):
        fault = Fault("type", "name must be text!", pointer=f"{place}/name", row=row)
        return AttributeWrite("", faults=[fault], row=row)
    known = None if is_new else definition.by_name.get(name or "")
    reader = AttributeReader(name or "", definition, suggestions, row=row, place=place)
    return reader.read(sent, known, is_new=is_new)
