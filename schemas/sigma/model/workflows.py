"""Workflows on the wire. Source: docs/api/sigma.md, Workflows."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from pims_api.domain.definition import Definition
from pims_api.domain.workflow import Stage, Transition, Workflow
from pims_api.errors import Fault, pointer_to, refuse_if_any
from pims_api.services.users.accounts import role_of
from schemas.rest.fields import Body, Id, Line, Parts, Text, Texts, Whole
from schemas.sigma.ids import ID_LENGTH_MAX, attribute_id, attributes_by_id, workflow_id

_NAME_LENGTH_MAX = 255
_ALIAS_LENGTH_MAX = 64


class StateBody(Body):
    """A state of a workflow. hidden, required, readOnly: ids or aliases of attributes."""

    aliases = {
        "hidden": ("hiddenAttributes", "hiddenAttributeIds"),
        "required": ("requiredAttributes", "requiredAttributeIds"),
        "readOnly": ("readOnlyAttributes", "readOnlyAttributeIds"),
    }
    id = Id(required=True)
    name = Line(longest=_NAME_LENGTH_MAX)
    alias = Text(longest=_ALIAS_LENGTH_MAX)
    color = Text(longest=32)
    hidden = Texts()
    required = Texts()
    readOnly = Texts()  # noqa: N815


class TransitionBody(Body):
    """A way from one state to another."""

    id = Id()
    name = Line(longest=_NAME_LENGTH_MAX)
    fromStateId = Text(required=True, longest=ID_LENGTH_MAX)  # noqa: N815
    toStateId = Text(required=True, longest=ID_LENGTH_MAX)  # noqa: N815
    allowedRoleIds = Texts()  # noqa: N815
    requiresCompleteness = Whole(0, 100, load_default=0)  # noqa: N815


class WorkflowBody(Body):
    """A workflow, whole. Without defaultStateId the first state is that of new records."""

    id = Id()
    alias = Text(required=True, blank=False, longest=_ALIAS_LENGTH_MAX)
    name = Line(required=True, blank=False, longest=_NAME_LENGTH_MAX)
    description = Text()
    defaultStateId = Text(longest=ID_LENGTH_MAX)  # noqa: N815
    states = Parts(StateBody(), required=True)
    transitions = Parts(TransitionBody())


def workflow_write(definition: Definition, body: Mapping[str, Any]) -> Workflow:
    """Return the workflow that a body wants, without a number. Raises BadInput for unknown ids."""
    faults: list[Fault] = []
    reader = _SetReader(definition, faults)
    stages = tuple(
        _stage(reader, pointer_to("states", place), one) for place, one in enumerate(body["states"])
    )
    names = {one.id: one.name for one in stages}
    transitions = tuple(_transition(one, names) for one in body["transitions"] or ())
    for place, transition in enumerate(transitions):
        for row, code in enumerate(transition.role_codes):
            if role_of(definition, code) is None:
                message = f"There is no role {code[:ID_LENGTH_MAX]!r}!"
                pointer = pointer_to("transitions", place, "allowedRoleIds", row)
                faults.append(Fault("range", message, pointer=pointer))
    refuse_if_any(faults)
    return Workflow(
        0,
        body["alias"],
        body["name"],
        body["defaultStateId"] or (stages[0].id if stages else ""),
        stages,
        transitions,
        body["description"] or "",
        body["id"] or "",
    )


def workflow_object(
    definition: Definition, one: Workflow, seen: AbstractSet[int]
) -> dict[str, Any]:
    """Return a workflow as this face shows it. seen: ids of the attributes that states may name."""
    shown: dict[str, Any] = {"id": workflow_id(one), "alias": one.code, "name": one.name}
    if one.description:
        shown["description"] = one.description
    return shown | {
        "defaultStateId": one.default_id,
        "states": [_stage_object(definition, stage, seen) for stage in one.stages],
        "transitions": [transition_object(each) for each in one.transitions],
    }


def transition_object(one: Transition) -> dict[str, Any]:
    """Return a transition as this face shows it."""
    return {
        "id": one.id,
        "name": one.name,
        "fromStateId": one.from_id,
        "toStateId": one.to_id,
        "allowedRoleIds": list(one.role_codes),
        "requiresCompleteness": one.completeness,
    }


class _SetReader:
    """Reads sets of attributes by their ids or aliases, and collects what is wrong."""

    def __init__(self, definition: Definition, faults: list[Fault]) -> None:
        self._by_id = attributes_by_id(definition)
        self._by_alias = definition.by_name
        self._faults = faults

    def ids(self, names: Iterable[str] | None, pointer: str) -> tuple[int, ...]:
        """Return the numbers of attributes."""
        found = []
        for place, name in enumerate(names or ()):
            one = self._by_id.get(name) or self._by_alias.get(name)
            if one is not None:
                found.append(one.id)
            else:
                message = f"There is no attribute {name[:ID_LENGTH_MAX]!r}!"
                self._faults.append(Fault("range", message, pointer=f"{pointer}/{place}"))
        return tuple(dict.fromkeys(found))


def _stage(reader: _SetReader, pointer: str, body: Mapping[str, Any]) -> Stage:
    return Stage(
        body["id"],
        body["name"] or body["id"],
        body["alias"] or "",
        body["color"] or "",
        reader.ids(body["hidden"], f"{pointer}/hidden"),
        reader.ids(body["required"], f"{pointer}/required"),
        reader.ids(body["readOnly"], f"{pointer}/readOnly"),
    )


def _transition(body: Mapping[str, Any], names: Mapping[str, str]) -> Transition:
    start, end = body["fromStateId"], body["toStateId"]
    return Transition(
        body["id"] or f"{start}-to-{end}"[:ID_LENGTH_MAX],
        body["name"] or names.get(end, end),
        start,
        end,
        tuple(dict.fromkeys(body["allowedRoleIds"] or ())),
        body["requiresCompleteness"] or 0,
    )


def _stage_object(definition: Definition, one: Stage, seen: AbstractSet[int]) -> dict[str, Any]:
    shown = {"id": one.id, "name": one.name, "alias": one.alias, "color": one.color}
    return {name: text for name, text in shown.items() if text} | {
        "hidden": _ids(definition, one.hidden, seen),
        "required": _ids(definition, one.required, seen),
        "readOnly": _ids(definition, one.read_only, seen),
    }


def _ids(definition: Definition, numbers: Iterable[int], seen: AbstractSet[int]) -> list[str]:
    found = (definition.attributes[number] for number in numbers if number in seen)
    return [attribute_id(one) for one in found if not one.deleted]
