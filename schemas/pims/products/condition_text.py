"""The formatter of conditions as the text of an equivalent condition_query.

Source: docs/api/pims.md, condition_query.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal

from pims_api.domain.attributes.attribute import ValueType
from pims_api.domain.conditions.condition import (
    And,
    Between,
    Comparison,
    Condition,
    Contains,
    In,
    IsNull,
    Like,
    Literal,
    Not,
    Operand,
    Or,
    Predicate,
)
from pims_api.storage.catalogue_index.bitmaps.decimal_text import plain_decimal

NameOf = Callable[[Operand], str]


def condition_text(condition: Condition, name_of: NameOf) -> str:
    """Return a condition as text. name_of: how its reader calls an attribute.

    Groups without parts, which no text makes, are TRUE and FALSE.
    """
    match condition:
        case And(parts):
            return _joined(parts, " AND ", "TRUE", name_of)
        case Or(parts):
            return _joined(parts, " OR ", "FALSE", name_of)
        case Not(part):
            return f"NOT {_within(part, name_of)}"
    return f"[[{name_of(condition.operand)}]] {_test(condition)}"


def _joined(parts: Iterable[Condition], word: str, empty: str, name_of: NameOf) -> str:
    return word.join(_within(one, name_of) for one in parts) or empty


def _within(condition: Condition, name_of: NameOf) -> str:
    text = condition_text(condition, name_of)
    return f"({text})" if isinstance(condition, And | Or) and condition.parts else text


def _test(predicate: Predicate) -> str:
    kind = predicate.operand.attribute.type
    match predicate:
        case Comparison(_, sign, literal):
            return f"{sign} {_literal(literal, kind)}"
        case Like(_, text) | Contains(_, text):
            return f"{text_operator(predicate)} {_literal(text, kind)}"
        case In(_, literals):
            return f"IN ({', '.join(_literal(one, kind) for one in literals)})"
        case Between(_, low, high):
            return f"BETWEEN {_literal(low, kind)} AND {_literal(high, kind)}"
        case IsNull(_):
            return "IS NULL"


def text_operator(predicate: Like | Contains) -> str:
    """Return the word for what a text is tested by."""
    return "LIKE" if isinstance(predicate, Like) else "CONTAINS"


def _literal(literal: Literal, kind: ValueType) -> str:
    plain = outward_literal(literal, kind)
    if isinstance(literal, Decimal):
        return str(plain)
    return str(plain).upper() if isinstance(plain, bool) else "'" + plain.replace("'", "''") + "'"


def outward_literal(literal: Literal, kind: ValueType) -> str | bool:
    """Return the plain text of a literal that values of a type are compared with, or the flag."""
    if isinstance(literal, bool):
        return literal
    if isinstance(literal, Decimal):
        return plain_decimal(literal)
    return f"{literal}Z" if kind is ValueType.DATETIME else literal
