"""Criteria: what somebody asks of one attribute, in one scope or in any.

A criterion is two-valued, other than a predicate: what is unset does not fulfil it, and so fulfils
its opposite. It becomes a condition here and nowhere else.

Source: docs/core.md, Criteria.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from pims_api.domain.attributes.attribute import Attribute
from pims_api.domain.conditions.condition import (
    And,
    Condition,
    IsNull,
    Not,
    Operand,
    Or,
    Test,
)
from pims_api.domain.conditions.opposite import opposite
from pims_api.domain.values.scope import Scope


class Operator(StrEnum):
    """The operators of criteria."""

    EQUALS = "equals"
    DIFFERS = "differs"
    CONTAINS = "contains"
    UNSET = "unset"
    SET = "set"
    ABOVE = "above"
    BELOW = "below"


NEGATIVE = frozenset({Operator.DIFFERS, Operator.UNSET})
"""The opposites of others."""
WITHOUT_OPERAND = frozenset({Operator.UNSET, Operator.SET})


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is asked of an attribute.

    test: of its values; None: that there is one. negated: the opposite is asked for. scope: the one
    in which the value is looked for as a caller sees it; None: a value in any scope will do.
    """

    attribute: Attribute
    test: Test | None
    negated: bool = False
    scope: Scope | None = None


def criterion_condition(
    criterion: Criterion, operands: Sequence[Operand], shown: Condition
) -> Condition:
    """Return a criterion as a condition.

    operands: the attribute in each scope of which one value will do. shown: the condition of the
    products that show the attribute to the caller; to others it is unset.
    """
    test = criterion.test
    held = (Not(IsNull(one)) if test is None else replace(test, operand=one) for one in operands)
    fulfilled = And((shown, Or(tuple(held))))
    return opposite(fulfilled) if criterion.negated else fulfilled
