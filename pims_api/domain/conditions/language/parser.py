"""The parser of condition_query: from text to a condition on filterable attributes.

Source: docs/core.md, Conditions.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from pims_api.domain.access.access import Access, Column
from pims_api.domain.attributes.attribute import MOMENTS, NUMERIC, Attribute, ValueType
from pims_api.domain.conditions.condition import Condition, Literal, Not, Or
from pims_api.domain.conditions.language.raw_tree import (
    RawGroup,
    RawNot,
    RawPredicate,
    RawTree,
    parsed,
)
from pims_api.domain.suggestion import Suggestions, not_filterable
from pims_api.domain.values.value import read_literal, read_number
from pims_api.errors import BadInput, Fault

if TYPE_CHECKING:
    from lark import Token

PLACE = "filter/condition"
VALUE_LENGTH_MAX = 40  # characters of a refused value that a message repeats

_NOT_LIKE_TEXT = NUMERIC | {ValueType.BOOLEAN, ValueType.DATE, ValueType.DATETIME}


def parse_condition(
    text: str, access: Access, *, place: str = PLACE, any_attribute: bool = False
) -> Condition:
    """Return the condition that a text states, its names resolved through the access.

    place: where the text stood, for the faults. any_attribute: the author may know of every
    attribute (a View's row filter, with full access), so an attribute that is not filterable is
    told apart from an unknown one; it is refused all the same.

    Raises BadInput with the codes `limit` and `syntax`, or with every `unknown_attribute` and
    `type` fault of the text.
    Source: docs/core.md, Conditions.
    """
    try:
        tree = parsed(text)
    except BadInput as refused:
        raise BadInput(faults=[replace(one, place=place) for one in refused.faults]) from None
    binder = _Binder(access, any_attribute)
    condition = binder.bind(tree)
    if binder.faults:
        raise BadInput(faults=[replace(one, place=place) for one in binder.faults])
    return condition


class _Binder:
    """The converter of raw trees into conditions, which collects the faults of names and values."""

    def __init__(self, access: Access, any_attribute: bool) -> None:
        self.faults: list[Fault] = []
        self._access = access
        self._any_attribute = any_attribute
        self._suggestions = Suggestions()

    def bind(self, tree: RawTree) -> Condition:
        if isinstance(tree, RawGroup):
            return tree.join(tuple(self.bind(part) for part in tree.parts))
        if isinstance(tree, RawNot):
            return Not(self.bind(tree.part))
        return self._predicate(tree)

    def _predicate(self, raw: RawPredicate) -> Condition:
        before = len(self.faults)
        column = self._column(raw)
        if column is not None:
            literals = self._literals(column, raw)
            if len(self.faults) == before:
                return raw.make(column.operand, literals)
        return Or(())  # a placeholder: the faults will be raised

    def _column(self, raw: RawPredicate) -> Column | None:
        name = raw.name[2:-2]
        column = self._access.asked(name)
        if column is not None and self._may_ask(column.attribute, raw):
            return column
        where = f" at character {_position(raw.name)}"
        if column is not None and self._any_attribute:
            message = f'Attribute "{name}"{where} is not filterable! Make it filterable first.'
            if column.attribute in MOMENTS:
                message = f"A View cannot ask for {name}{where}: every write would change its rows!"
            self.faults.append(Fault("unknown_attribute", message, attribute=name))
        else:
            self.faults.append(not_filterable(name, self._access, self._suggestions, where))
        return None

    def _may_ask(self, attribute: Attribute, raw: RawPredicate) -> bool:
        if self._any_attribute and attribute in MOMENTS:
            return False
        if attribute.can_filter:
            return True
        hides_links = attribute.type is ValueType.RELATION and self._access.rows is not None
        return raw.is_null and attribute.can_tell_presence and not hides_links

    def _literals(self, column: Column, raw: RawPredicate) -> tuple[Literal, ...]:
        if not raw.is_like:
            return tuple(self._literal(column, token) for token in raw.literals)
        if column.attribute.type in _NOT_LIKE_TEXT:
            self._refuse(
                column,
                f'LIKE at character {_position(raw.literals[0])} needs a text, and "{column.name}" '
                f"is a {column.attribute.type}! Use a comparison or BETWEEN.",
            )
        return tuple(unquoted(token) for token in raw.literals)

    def _literal(self, column: Column, token: "Token") -> Literal:
        try:
            return read_literal(column.attribute, raw_value(token))
        except ValueError as error:
            found = token[:VALUE_LENGTH_MAX]
            self._refuse(
                column,
                f'The value at character {_position(token)} does not fit "{column.name}", '
                f"which takes {error}; found {found}!",
            )
            return ""

    def _refuse(self, column: Column, message: str) -> None:
        self.faults.append(Fault("type", message, attribute=column.name))


def raw_value(token: "Token") -> str | bool:
    """Return the raw value of a literal: a flag, or the text of a string or number."""
    if token.type == "STRING":
        return unquoted(token)
    if token.type == "NUMBER":
        return read_number(str(token))
    return token.type == "TRUE"


def unquoted(token: "Token") -> str:
    """Return the text that stands between the quotes of a literal."""
    return token[1:-1].replace("''", "'")


def _position(token: "Token") -> int:
    """Return where a token begins, in characters counted from 1."""
    return (token.start_pos or 0) + 1
