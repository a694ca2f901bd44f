"""Option lists and their values on the wire. Source: docs/api/sigma.md, Option lists."""

from collections.abc import Mapping
from typing import Any

from pims_api.domain.attributes.attribute import STATUS_LIST_ID
from pims_api.domain.attributes.option_list import ListName, Option, OptionList
from pims_api.domain.definition import Definition
from pims_api.services.option_list_changes import OptionWrite
from schemas.rest.fields import Body, Flag, Id, Line, Parts, Text, Whole
from schemas.sigma.ids import absent, find_option, option_id

_ORDER_MAX = 2**31 - 1


_ID_LENGTH_MAX = 4 + 255  # characters; PIMS lets a value's name hold anything, and its id with it


class OptionBody(Body):
    """One value of a list."""

    id = Text(blank=False, longest=_ID_LENGTH_MAX)
    alias = Text(required=True, blank=False, longest=255)
    label = Line(longest=255)
    sortOrder = Whole(-_ORDER_MAX, _ORDER_MAX)  # noqa: N815
    color = Text(longest=32)
    parentId = Text(longest=_ID_LENGTH_MAX)  # noqa: N815


class OptionListBody(Body):
    """An option list, whole; without `values`, PUT leaves them as they are."""

    id = Id()
    alias = Text(required=True, blank=False, longest=64)
    name = Line(required=True, blank=False, longest=255)
    hierarchical = Flag(load_default=False)
    values = Parts(OptionBody())


def list_name(body: Mapping[str, Any]) -> ListName:
    """Return what a body calls a list."""
    return ListName(
        body["alias"], body["name"], bool(body["hierarchical"]), client_id=body["id"] or ""
    )


def option_write(body: Mapping[str, Any], ids: Mapping[str, str]) -> OptionWrite:
    """Return a wanted value. ids: from the ids of values to those of options."""
    parent = body["parentId"] or ""
    return OptionWrite(
        body["alias"],
        body["label"] or "",
        body["sortOrder"],
        body["color"] or "",
        ids.get(parent, parent),
        body["id"] or "",
    )


def option_writes(body: Mapping[str, Any], one: OptionList | None) -> list[OptionWrite] | None:
    """Return the wanted values of a list; None when a body has none.

    A parent that comes in the same body is known by the id that its option will have.
    """
    if body["values"] is None:
        return None
    ids = option_ids(one) if one is not None else {}
    coming = {o["id"] or f"val-{o['alias']}": o["alias"] for o in body["values"]}
    ids = coming | ids
    return [option_write(each, ids) for each in body["values"]]


def option_ids(one: OptionList) -> dict[str, str]:
    """Return the ids of options by those of values."""
    return {option_id(option): option.id for option in one.options.values()}


def accepted_option(one: OptionList, number: str) -> Option:
    """Return the accepted option of an id. Raises NotFound."""
    found = find_option(one, number)
    if found is None or found.removed:
        raise absent("Option value", number)
    return found


def list_object(definition: Definition, one: OptionList) -> dict[str, Any]:
    """Return an option list as this face shows it."""
    return {
        "id": list_id(definition, one),
        "alias": one.named.alias or _owner(definition, one),
        "name": one.named.label or _owner(definition, one),
        "hierarchical": one.named.hierarchical,
        "values": [option_object(definition, one, option) for option in one.in_order()],
    }


def option_object(definition: Definition, one: OptionList, option: Option) -> dict[str, Any]:
    """Return a value of a list as this face shows it."""
    shown: dict[str, Any] = {
        "id": option_id(option),
        "alias": option.alias,
        "label": option.labels.get(definition.default_locale) or option.alias,
        "sortOrder": option.position,
    }
    if option.color:
        shown["color"] = option.color
    if option.parent in one.options:
        shown["parentId"] = option_id(one.options[option.parent])
    return shown


def list_id(definition: Definition, one: OptionList) -> str:
    """Return the id of a list; that of one attribute alone is made from the attribute's name."""
    return one.named.client_id or f"ol-{one.named.alias or _owner(definition, one)}"


def lists_by_id(definition: Definition) -> Mapping[str, OptionList]:
    """Return the option lists by their ids on the wire; cached."""
    return definition.derive(_lists)


def _lists(definition: Definition) -> dict[str, OptionList]:
    found = sorted(definition.option_lists.items())
    return {
        list_id(definition, one): one
        for number, one in found
        if number != STATUS_LIST_ID and (one.named.alias or _owner(definition, one))
    }


def _owner(definition: Definition, one: OptionList) -> str:
    """Return the name of the attribute that a list belongs to, or ""."""
    return definition.derive(_owners).get(one.id, "")


def _owners(definition: Definition) -> dict[int, str]:
    present = definition.present_attributes()
    return {one.option_list_id: one.name for one in reversed(present) if one.option_list_id}
