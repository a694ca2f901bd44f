"""Views on the wire of PIMS.

Source: docs/api/pims.md, Managing Views.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from marshmallow import RAISE, ValidationError, fields, missing

from pims_api.domain.access.attribute_view import AttributeView, Label, ViewField
from pims_api.domain.attributes.setting_readers import is_text
from pims_api.domain.definition import Definition
from pims_api.errors import Fault, pointer_to
from pims_api.services.attribute_views.field_changes import FieldChanges
from pims_api.services.attribute_views.fields import ViewFieldWrite
from pims_api.services.attribute_views.write import TEXT_LENGTH_MAX, ViewWrite
from schemas.loading import Keyed, complaint, keys_of, load
from schemas.pims.body import Request, WritingBody, read_request
from schemas.pims.definitions.managing_fields import check_locales, check_texts
from schemas.pims.fields import Flag, Object, Text, TextList

_NAME_MISSING = complaint("required", "A View needs a name!")
_ATTRIBUTES_MISSING = Fault(
    "required", "A View needs attributes: an object by attribute name!", pointer="/attributes"
)
_ADDED_MISSING = complaint("required", "Send attributes: an object by attribute name!")
_REMOVED_MISSING = complaint("required", "Send attributes: a list of their names!")
NAMES_MAX = 10_000  # attributes that leave a View in one request
_SETTINGS = "transform, readonly, group and default"


class _LabelText(fields.Field[Label]):
    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> Label:
        texts = list(value.values()) if isinstance(value, dict) else [value]
        if not all(is_text(one) for one in texts):
            raise ValidationError(complaint("type", f"{attr} must be text, or a text per locale!"))
        if isinstance(value, dict):
            check_locales(attr, value)
        check_texts(attr, texts, TEXT_LENGTH_MAX, lines=False)
        found: Label = value
        return found


class _Comment(Text):
    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> str:
        text = super()._deserialize(value, attr, data)
        check_texts(attr, [text], TEXT_LENGTH_MAX, lines=True)
        return text


class ViewName(WritingBody):
    """A body that names a View."""

    name = Text(required=True, error_messages={"required": _NAME_MISSING, "null": _NAME_MISSING})


class KeyViewName(ViewName):
    """A body that names a View of the key in the address."""

    passed_over: tuple[str, ...] = (*ViewName.passed_over, "apikey")


class ViewRequest(ViewName):
    """Body of addPimView and editPimView."""

    comment = _Comment(load_default=None)
    label = _LabelText(load_default=None, allow_none=True)
    attributes = Object(load_default=None)
    condition_query = Text(load_default=None)


class ViewFieldRequest(Keyed):
    """One attribute of a View in a body."""

    aliases = {"readonly": ("read_only",)}

    error_messages = {
        "type": complaint("type", f"This must be an object with {_SETTINGS}!"),
        "unknown": complaint("range", f"A View knows {_SETTINGS} of an attribute, not this!"),
    }
    attribute = fields.Raw(allow_none=True)  # repeated in some clients' bodies; the key counts
    transform = Text(load_default=None)
    readonly = Flag()
    group = Text(load_default=None)
    default = fields.Raw(load_default=None, allow_none=True)

    class Meta:
        unknown = RAISE


class ViewAttributesRequest(ViewName):
    """Body of addViewAttributes."""

    attributes = Object(
        required=True,
        allow_none=False,
        load_default=missing,
        error_messages={"required": _ADDED_MISSING, "null": _ADDED_MISSING},
    )


class ViewAttributeNames(ViewName):
    """Body of removeViewAttributes."""

    attributes = TextList(
        NAMES_MAX,
        required=True,
        error_messages={"required": _REMOVED_MISSING, "null": _REMOVED_MISSING},
    )


_NAMED, _KEY_VIEW, _VIEW, _FIELD = ViewName(), KeyViewName(), ViewRequest(), ViewFieldRequest()
_ADDED, _REMOVED = ViewAttributesRequest(), ViewAttributeNames()


class WantedView(NamedTuple):
    """What a body asks for of a View. request: the body itself."""

    name: str
    write: ViewWrite
    request: Request


def read_view_name(body: Mapping[str, Any]) -> Request:
    """Return the request of a body that names a View. Raises BadInput."""
    request = read_request(_NAMED, body)
    request.check()
    return request


def read_key_view(body: Mapping[str, Any]) -> Request:
    """Return the request of a body that names a View of a key. Raises BadInput."""
    request = read_request(_KEY_VIEW, body)
    request.check()
    return request


def read_view(body: Mapping[str, Any], *, is_new: bool) -> WantedView:
    """Return the write to a View. Raises BadInput with every fault."""
    request = read_request(_VIEW, body)
    values, faults = request.values, request.faults
    given = keys_of(_VIEW).named(body)[0]
    sent = values.get("attributes")
    if is_new and given.get("attributes") is None:
        faults.append(_ATTRIBUTES_MISSING)
    read = None if sent is None else {n: _read_field(n, one, faults) for n, one in sent.items()}
    request.check()
    cleared = {name: "" for name in ("label", "comment", "condition_query") if name in given}
    found = {name: values[name] for name in cleared if values[name] is not None}
    return WantedView(values["name"], ViewWrite(fields=read, **cleared | found), request)


def read_added_attributes(body: Mapping[str, Any]) -> WantedView:
    """Return what addViewAttributes asks for. Raises BadInput with every fault."""
    request = read_request(_ADDED, body)
    sent, faults = request.values.get("attributes", {}), request.faults
    added = {name: _read_field(name, one, faults) for name, one in sent.items()}
    request.check()
    return WantedView(request.values["name"], ViewWrite(changes=FieldChanges(added=added)), request)


def read_removed_attributes(body: Mapping[str, Any]) -> WantedView:
    """Return what removeViewAttributes asks for. Raises BadInput with every fault."""
    request = read_request(_REMOVED, body)
    request.check()
    changes = FieldChanges(removed=request.values["attributes"])
    return WantedView(request.values["name"], ViewWrite(changes=changes), request)


def view_object(definition: Definition, view: AttributeView) -> dict[str, Any]:
    """Return a View as callers see it, in a form that can be sent back."""
    present = ((definition.attributes[one.attribute_id], one) for one in view.fields)
    return {
        "name": view.name,
        "comment": view.comment,
        "label": view.label,
        "attributes": {a.name: _field_object(a.name, one) for a, one in present if not a.deleted},
        "condition_query": view.condition_query,
    }


def _read_field(name: str, sent: Any, faults: list[Fault]) -> ViewFieldWrite:
    values, found = load(_FIELD, {} if sent is None else sent)
    place = pointer_to("attributes", name)
    faults += [replace(one, attribute=name, pointer=place + (one.pointer or "")) for one in found]
    return ViewFieldWrite(
        name=values.get("transform") or None,
        readonly=bool(values.get("readonly")),
        group=values.get("group") or None,
        default=values.get("default"),
    )


def _field_object(name: str, field: ViewField) -> dict[str, Any]:
    return {
        "transform": "" if field.name == name else field.name,
        "readonly": "y" if field.readonly else "n",
        "group": field.group or "",
        "default": field.default,
    }
