"""Guards on the wire. Source: docs/api/sigma.md, Attributes."""

from collections.abc import Mapping, Sequence
from typing import Any

from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.attributes.guard import Guard, Test
from pims_api.domain.definition import Definition
from pims_api.domain.values.value import JsonNumber
from pims_api.errors import Fault, pointer_to
from schemas.rest.fields import Anything, Body, Text, Word
from schemas.rest.numbers import json_number, without_exponent
from schemas.sigma.ids import ID_LENGTH_MAX, attribute_id, attributes_by_id, find_option, option_id

GUARDS_MAX = 100  # of an attribute: each read of a record asks all of them
TESTS: Mapping[str, Test] = {
    "equals": Test.EQUALS,
    "notEquals": Test.DIFFERS,
    "isEmpty": Test.UNSET,
    "isNotEmpty": Test.SET,
    "in": Test.IN,
}
"""What the operators of guards are in the core."""

VALUES_MAX = 1_000  # that a guard lists

_OPERATORS = {test: word for word, test in TESTS.items()}
_ASKING_PRESENCE = frozenset({Test.UNSET, Test.SET})
_NEVER_COMPARED = frozenset({ValueType.RELATION, ValueType.COMPLEX, ValueType.MEDIA})


class GuardBody(Body):
    """A condition on another attribute under which an attribute is shown."""

    aliases = {"attributeId": ("attribute", "alias")}
    attributeId = Text(required=True)  # noqa: N815
    operator = Word(tuple(TESTS), required=True)
    value = Anything()


def guards_of(
    definition: Definition, sent: Sequence[Mapping[str, Any]], faults: list[Fault]
) -> tuple[Guard, ...]:
    """Return the guards that a body wants; what is wrong joins the faults."""
    known, found = attributes_by_id(definition), []
    if len(sent) > GUARDS_MAX:
        message = f"An attribute has at most {GUARDS_MAX} guards!"
        faults.append(Fault("limit", message, pointer="/guards"))
        return ()
    for place, one in enumerate(sent):
        name, pointer = one["attributeId"], pointer_to("guards", place)
        attribute = known.get(name) or definition.by_name.get(name)
        if attribute is None:
            message = f"There is no attribute {name[:ID_LENGTH_MAX]!r}!"
            faults.append(Fault("range", message, pointer=f"{pointer}/attributeId"))
            continue
        test = TESTS[one["operator"]]
        try:
            found.append(Guard(attribute.id, test, _stored(definition, attribute, test, one)))
        except ValueError as error:
            message = f"A guard on {attribute.name} takes {error}!"
            faults.append(Fault("type", message, pointer=f"{pointer}/value"))
    return tuple(found)


def guard_object(definition: Definition, one: Guard) -> dict[str, Any]:
    """Return a guard as this face shows it."""
    attribute = definition.attributes[one.attribute_id]
    shown = {"attributeId": attribute_id(attribute), "operator": _OPERATORS[one.test]}
    if one.test in _ASKING_PRESENCE:
        return shown
    if one.test is not Test.IN:
        return shown | {"value": _shown(definition, attribute, one.value)}
    return shown | {"value": [_shown(definition, attribute, each) for each in one.value]}


def _stored(
    definition: Definition, attribute: Attribute, test: Test, sent: Mapping[str, Any]
) -> Any:
    """Return what a guard compares with in stored form. Raises ValueError, what it takes."""
    if test in _ASKING_PRESENCE:
        return None
    if attribute.type in _NEVER_COMPARED:
        raise ValueError("isEmpty and isNotEmpty alone")
    value = sent["value"]
    if test is not Test.IN:
        return _single(definition, attribute, value)
    if not isinstance(value, list) or not 1 <= len(value) <= VALUES_MAX:
        raise ValueError(f"a list of 1 to {VALUES_MAX} values")
    return [_single(definition, attribute, one) for one in value]


def _single(definition: Definition, attribute: Attribute, value: Any) -> Any:
    kind = attribute.type
    if kind is ValueType.BOOLEAN:
        if not isinstance(value, bool):
            raise ValueError("true or false")
        return value
    if kind in (ValueType.NUMBER, ValueType.COMPLETENESS):
        if not isinstance(value, JsonNumber):
            raise ValueError("a number")
        return without_exponent(value)
    if not isinstance(value, str) or isinstance(value, JsonNumber) or not value:
        raise ValueError("a text")
    return _option(definition, attribute, value) if kind is ValueType.OPTION else value


def _option(definition: Definition, attribute: Attribute, value: str) -> str:
    options = definition.options_of(attribute)
    found = find_option(options, value) or options.find(value)
    if found is None:
        raise ValueError("the id or alias of a value of its option list")
    return found.id


def _shown(definition: Definition, attribute: Attribute, stored: Any) -> Any:
    if attribute.type in (ValueType.NUMBER, ValueType.COMPLETENESS):
        return json_number(str(stored))
    if attribute.type is ValueType.OPTION:
        option = definition.options_of(attribute).options.get(stored)
        return stored if option is None else option_id(option)
    return stored
