"""filter_values: `A|B` is any of, `lo;;hi` a range, a JSON list its members.

Source: docs/api/pims.md, Filters.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from pims_api.domain.access.access import Access, Column
from pims_api.domain.attributes.attribute import NUMERIC, Attribute, ValueType
from pims_api.domain.category import CategoryTree, split_path
from pims_api.domain.conditions.condition import (
    And,
    Between,
    Comparison,
    Condition,
    In,
    Literal,
    Or,
)
from pims_api.domain.suggestion import Suggestions, not_filterable
from pims_api.domain.values.value import JsonNumber, is_categories, read_literal
from pims_api.errors import BadInput, Fault, pointer_to

POINTER = "/params/filter_values"
FILTERS_MAX = 100  # attributes
VALUES_MAX = 1_000  # of all filters together
ALLOWED_MAX = 10  # options that a fault lists

WasThere = Callable[[Attribute, str], bool]
"""Whether a text was an option or category of an attribute at the time that is asked about."""

_ANY_OF = "|"
_RANGE = ";;"
_EMPTY = (None, "")
_RANGED = NUMERIC | {ValueType.DATE, ValueType.DATETIME}


def never(_attribute: Attribute, _text: str) -> bool:
    """Return False: what is not there now was never there."""
    return False


def always(_attribute: Attribute, _text: str) -> bool:
    """Return True: whatever is not there now was there."""
    return True


def was_category(now: CategoryTree, then: CategoryTree | None = None) -> WasThere:
    """Return whether a category had a path until it was deleted, or in the tree of then."""

    def was_there(attribute: Attribute, text: str) -> bool:
        path = split_path(text)
        is_known = now.find_deleted(path) or (then and then.find(path))
        return is_categories(attribute) and is_known is not None

    return was_there


def parse_filters(
    filters: Mapping[str, Any],
    access: Access,
    *,
    pointer: str = POINTER,
    was_there: WasThere = never,
) -> Condition:
    """Return the condition that every filter holds.

    filters: outward attribute name → text, true or false, JsonNumber or a list of these. was_there:
    tells which options and categories they may ask for that are not there now.

    Raises BadInput with every fault: `unknown_attribute`, `required` (empty), `type`,
    `dictionary`, `unknown_category`, `limit`.
    Source: docs/api/pims.md, Filters.
    """
    reader = _FilterReader(access, was_there)
    _check_size(filters, pointer)
    parts = [reader.read(name, raw, pointer + pointer_to(name)) for name, raw in filters.items()]
    if reader.faults:
        raise BadInput(faults=reader.faults)
    return And(tuple(parts))


def _check_size(filters: Mapping[str, Any], pointer: str) -> None:
    values = sum(_count(raw) for raw in filters.values())
    for count, most, what in (
        (len(filters), FILTERS_MAX, "filters"),
        (values, VALUES_MAX, "filter values"),
    ):
        if count > most:
            raise BadInput(
                faults=[Fault("limit", f"There may be at most {most} {what}!", pointer=pointer)]
            )


def _count(raw: Any) -> int:
    """Return the number of values of a filter, without parsing it."""
    if isinstance(raw, list):
        return len(raw)
    return raw.count(_ANY_OF) + 1 if isinstance(raw, str) else 1


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the values that a filter lets through. listed: it stood in a JSON list."""

    raw: Any
    pointer: str
    listed: bool = False

    @property
    def is_range(self) -> bool:
        return isinstance(self.raw, str) and _RANGE in self.raw


def _parts(raw: Any, pointer: str) -> list[_Part]:
    if isinstance(raw, list):
        return [_Part(one, f"{pointer}/{place}", True) for place, one in enumerate(raw)]
    if isinstance(raw, str) and not isinstance(raw, JsonNumber):
        return [_Part(one, pointer) for one in raw.split(_ANY_OF)]
    return [_Part(raw, pointer)]


class _FilterReader:
    """A converter of filters into conditions, which collects faults."""

    def __init__(self, access: Access, was_there: WasThere) -> None:
        self.faults: list[Fault] = []
        self._access = access
        self._was_there = was_there
        self._suggestions = Suggestions()

    def read(self, name: str, raw: Any, pointer: str) -> Condition:
        """Return the condition of one filter; with faults, any condition."""
        column = self._access.asked(name)
        if column is None or not column.attribute.can_filter:
            fault = not_filterable(name, self._access, self._suggestions)
            self.faults.append(replace(fault, pointer=pointer))
            return Or(())
        parts = _parts(raw, pointer) or [_Part(None, pointer)]
        return _any_of(column, [self._part(column, part) for part in parts])

    def _part(self, column: Column, part: _Part) -> Condition:
        ranged = column.attribute.type in _RANGED
        if part.raw in _EMPTY:
            self._refuse(column, part, "required", "is empty")
        elif part.is_range and ranged:
            return self._range(column, part)
        elif part.is_range and not part.listed:
            self._refuse(
                column,
                part,
                "type",
                "cannot be a range, which numbers and dates have; "
                "send a JSON list for a value that contains ;;",
            )
        else:
            literal = self._literal(column, part, part.raw)
            if literal is not None and self._is_known(column, part, literal):
                return Comparison(column.operand, "=", literal)
        return Or(())

    def _range(self, column: Column, part: _Part) -> Condition:
        ends = part.raw.split(_RANGE)
        if len(ends) != 2 or ends == ["", ""]:
            self._refuse(column, part, "type", "should be a range such as 10;;25, 10;; or ;;25")
            return Or(())
        low, high = (self._literal(column, part, end) if end else None for end in ends)
        if low is None:
            return Or(()) if high is None else Comparison(column.operand, "<=", high)
        if high is None:
            return Comparison(column.operand, ">=", low)
        first, last = sorted((low, high))  # one type, since one reader read both
        return Between(column.operand, first, last)

    def _literal(self, column: Column, part: _Part, raw: Any) -> Literal | None:
        try:
            return read_literal(column.attribute, raw)
        except ValueError as error:
            self._refuse(column, part, "type", f"should be {error}")
            return None

    def _is_known(self, column: Column, part: _Part, literal: Literal) -> bool:
        if column.attribute.type is ValueType.OPTION:
            return self._is_option(column, part, str(literal))
        return not is_categories(column.attribute) or self._is_path(column, part, str(literal))

    def _is_option(self, column: Column, part: _Part, alias: str) -> bool:
        options = self._access.definition.options_of(column.attribute)
        if options.find(alias) is not None or self._was_there(column.attribute, alias):
            return True
        accepted = options.in_order()
        few = len(accepted) <= ALLOWED_MAX
        self._refuse(
            column,
            part,
            "dictionary",
            "is not in the dictionary",
            allowed=[option.alias for option in accepted] if few else None,
            nearest=self._suggestions.word(alias, (option.alias for option in accepted)),
        )
        return False

    def _is_path(self, column: Column, part: _Part, text: str) -> bool:
        tree, path = self._access.definition.categories, split_path(text)
        if tree.find(path) is not None or self._was_there(column.attribute, text):
            return True
        close = self._suggestions.path(path, tree)
        self._refuse(column, part, "unknown_category", "is no category", nearest=close)
        return False

    def _refuse(self, column: Column, part: _Part, code: str, complaint: str, **more: Any) -> None:
        close = more.get("nearest")
        hint = f' Did you mean "{close}"?' if close else ""
        self.faults.append(
            Fault(
                code,
                f'The filter value of "{column.name}" {complaint}!{hint}',
                attribute=column.name,
                pointer=part.pointer,
                value=part.raw,
                **more,
            )
        )


def _any_of(column: Column, parts: Sequence[Condition]) -> Condition:
    """Return one condition for all parts; plain values share one IN."""
    if len(parts) == 1:
        return parts[0]
    plain = tuple(one.literal for one in parts if _is_equal(one))
    others = [one for one in parts if not _is_equal(one)]
    shared = In(column.operand, plain)
    if not others:
        return shared
    return Or((shared, *others) if plain else tuple(others))


def _is_equal(part: Condition) -> TypeGuard[Comparison]:
    return isinstance(part, Comparison) and part.operator == "="
