"""Conditions on products, for filters, row filters of Views, saved searches and queries.

A negative predicate is the negation of the positive one (`<>` is Not of `=`), so the tree needs
positive predicates only. Logic is three-valued: a predicate on an unset value is unknown, a
product is in when the whole is true.

Source: docs/core.md, Conditions.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pims_api.domain.attributes.attribute import Attribute
from pims_api.domain.generated_sku import GeneratedSkus
from pims_api.domain.values.scope import GLOBAL

Literal = str | Decimal | bool


@dataclass(frozen=True, slots=True)
class Operand:
    """An attribute as seen in a scope: the first scope that holds a value gives it."""

    attribute: Attribute
    scopes: tuple[str, ...] = (GLOBAL,)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Some value of the operand compares so with the literal. operator: = < <= > >=."""

    operand: Operand
    operator: str
    literal: Literal


@dataclass(frozen=True, slots=True)
class Like:
    r"""Some value matches the pattern: % any run, _ any character, \ escapes; case matters."""

    operand: Operand
    pattern: str


@dataclass(frozen=True, slots=True)
class Contains:
    """The text of some value has this text in it; case does not matter.

    The text of an option is its alias, that of a category its path, that of a number, a date or a
    moment what was stored. unset: the texts of links that count as no value.
    """

    operand: Operand
    text: str
    unset: GeneratedSkus | None = None


@dataclass(frozen=True, slots=True)
class In:
    """Some value equals one of the literals."""

    operand: Operand
    literals: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """Some value lies between the two, both included; nothing does when low is above high."""

    operand: Operand
    low: Literal
    high: Literal


@dataclass(frozen=True, slots=True)
class IsNull:
    """The operand has no value. Never unknown."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class Not:
    """The negation; unknown stays unknown."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold. Without parts: true."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Some part holds. Without parts: false."""

    parts: tuple["Condition", ...]


Test = Comparison | Like | Contains | In | Between
"""A predicate on the values that there are."""

Predicate = Test | IsNull
Condition = Predicate | Not | And | Or


def predicates(condition: Condition) -> Iterator[Predicate]:
    """Yield every predicate of the tree, from left to right."""
    if isinstance(condition, And | Or):
        for part in condition.parts:
            yield from predicates(part)
    elif isinstance(condition, Not):
        yield from predicates(condition.part)
    else:
        yield condition
