"""Guards as conditions: whether an attribute is shown, by the values of others.

Source: docs/core.md, Guards.
"""

from collections.abc import Iterable
from functools import partial

from pims_api.domain.access.scopes import searched_scopes
from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.attributes.guard import Guard, Test
from pims_api.domain.conditions.condition import (
    And,
    Condition,
    In,
    IsNull,
    Literal,
    Not,
    Operand,
    Or,
)
from pims_api.domain.conditions.truth import matches
from pims_api.domain.definition import Definition
from pims_api.domain.product import Values
from pims_api.domain.values.scope import Scope
from pims_api.domain.values.value import comparable


def guard_condition(definition: Definition, attribute: Attribute) -> Condition | None:
    """Return the condition under which an attribute is shown; None: always. Cached.

    It speaks of effective values, and of attributes that the catalogue index may not know.
    """
    known = definition.derive(_conditions)
    if attribute.id not in known:
        guards = [
            one for one in attribute.guards if not definition.attributes[one.attribute_id].deleted
        ]
        parts = tuple(map(partial(_condition, definition), guards))
        known[attribute.id] = And(parts) if parts else None
    return known[attribute.id]


def is_guarded_out(definition: Definition, attribute: Attribute, values: Values) -> bool:
    """Return whether guards hide an attribute. values: the effective ones of a product."""
    condition = guard_condition(definition, attribute) if attribute.guards else None
    return condition is not None and not matches(condition, values, definition)


def guarding(definition: Definition, attributes: Iterable[Attribute]) -> list[Attribute]:
    """Return the attributes that the guards of others ask about."""
    numbers = dict.fromkeys(guard.attribute_id for one in attributes for guard in one.guards)
    return [definition.attributes[number] for number in numbers]


def _conditions(_: Definition) -> dict[int, Condition | None]:
    """Return the cache of conditions by the ids of attributes, empty."""
    return {}


def _condition(definition: Definition, guard: Guard) -> Condition:
    attribute = definition.attributes[guard.attribute_id]
    operand = Operand(attribute, searched_scopes(definition, attribute, Scope()))
    if guard.test is Test.UNSET:
        return IsNull(operand)
    if guard.test is Test.SET:
        return Not(IsNull(operand))
    sent = guard.value if guard.test is Test.IN else [guard.value]
    wanted = In(operand, tuple(_literal(definition, attribute, one) for one in sent))
    if guard.test is Test.DIFFERS:
        return Or((IsNull(operand), Not(wanted)))
    return wanted


def _literal(definition: Definition, attribute: Attribute, stored: object) -> Literal:
    if attribute.type is ValueType.OPTION and not isinstance(stored, str):
        return str(stored)
    return comparable(attribute, stored, definition)
