"""What a criterion compares values with. Source: docs/api/sigma.md, Search."""

from collections.abc import Callable, Mapping
from typing import Any

from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.attributes.option_list import Option, OptionList
from pims_api.domain.conditions.condition import Comparison, Contains, In, Literal, Operand, Test
from pims_api.domain.conditions.criterion import Operator
from pims_api.domain.definition import Definition
from pims_api.domain.values.value import JsonNumber, point_in_time, read_datetime, read_literal
from schemas.rest.numbers import exact_json, without_exponent
from schemas.sigma.ids import option_id
from schemas.sigma.model.attributes import TYPES
from schemas.sigma.records.shapes import Linked, Mismatch

_SIGNS = {Operator.ABOVE: ">", Operator.BELOW: "<"}
_ORDERED = frozenset({"number", "datetime"})
_MIDNIGHT = "T00:00:00"


def read_test(
    definition: Definition, attribute: Attribute, operator: Operator, value: Any, links: Linked
) -> Test:
    """Return the test of a criterion with an operand. Raises Mismatch.

    links: the SKUs of the records and variants that criteria name, by id.
    """
    if value is None or value in ("", []):
        raise Mismatch("a value: ask isEmpty or isNotEmpty without one")
    if operator in _SIGNS:
        return _compared(attribute, operator, value)
    if operator is Operator.CONTAINS:
        return _contains(definition, attribute, _text(value))
    operand = Operand(attribute)
    read = _EQUALS.get(attribute.type)
    if read is not None:
        return In(operand, read(definition, attribute, value))
    if attribute.type is ValueType.RELATION:
        return In(operand, _linked(value, links))
    return In(operand, (_literal(attribute, value),))


def _compared(attribute: Attribute, operator: Operator, value: Any) -> Test:
    if TYPES[attribute.type] not in _ORDERED:
        raise Mismatch("an operand of a number or a datetime, which have an order")
    operand, sign = Operand(attribute), _SIGNS[operator]
    if attribute.type is not ValueType.DATE:
        return Comparison(operand, sign, _literal(attribute, value))
    day, is_midnight = _day_of(value)
    # A day begins before a later time of that day, and so is below it.
    after_midnight = operator is Operator.BELOW and not is_midnight
    return Comparison(operand, "<=" if after_midnight else sign, day)


def _contains(definition: Definition, attribute: Attribute, text: str) -> Test:
    if attribute.type is ValueType.OPTION:
        wanted = text.casefold()
        options = definition.options_of(attribute).options.values()
        found = (o.alias for o in options if any(wanted in n.casefold() for n in _names(o)))
        return In(Operand(attribute), tuple(dict.fromkeys(found)))
    return Contains(Operand(attribute), text)


def _options(definition: Definition, attribute: Attribute, value: Any) -> tuple[Literal, ...]:
    options = definition.options_of(attribute)
    known = definition.derive(_option_words)
    if options.id not in known:
        known[options.id] = _words_of(options)
    return tuple(known[options.id].get(_text(value), ()))


def _option_words(_: Definition) -> dict[int, dict[str, dict[str, None]]]:
    """Return the cache of `_words_of` by option list, empty."""
    return {}


def _words_of(options: OptionList) -> dict[str, dict[str, None]]:
    """Return the aliases of options, each once, by every word that means them."""
    found: dict[str, dict[str, None]] = {}
    for one in options.options.values():
        for word in (option_id(one), *_names(one)):
            found.setdefault(word, {})[one.alias] = None
    return found


def _names(one: Option) -> tuple[str, ...]:
    return (one.alias, *one.labels.values())


def _day(_: Definition, __: Attribute, value: Any) -> tuple[Literal, ...]:
    day, is_midnight = _day_of(value)
    return (day,) if is_midnight else ()


def _day_of(value: Any) -> tuple[str, bool]:
    """Return the day in UTC of a date or a time, and whether it is the day's first moment."""
    moment = point_in_time(_checked(read_datetime, value))
    return moment[:10], moment[10:] == _MIDNIGHT


def _json(_: Definition, __: Attribute, value: Any) -> tuple[Literal, ...]:
    return (exact_json(value) if isinstance(value, dict | list) else _text(value),)


def _linked(value: Any, links: Linked) -> tuple[Literal, ...]:
    text = _text(value)
    if not text.startswith(("ent-", "var-")):
        raise Mismatch("the id of a record or variant")
    return (links[text],) if text in links else ()


def _literal(attribute: Attribute, value: Any) -> Literal:
    if TYPES[attribute.type] == "text":
        return _text(value)
    if isinstance(value, JsonNumber):
        value = JsonNumber(without_exponent(value))
    found: Literal = _checked(lambda raw: read_literal(attribute, raw), value)
    return found


def _checked(read: Callable[[Any], Any], value: Any) -> Any:
    try:
        return read(value)
    except ValueError as error:
        raise Mismatch(str(error)) from error


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        raise Mismatch("a text, a number or a flag")
    return str(value)


_EQUALS: Mapping[ValueType, Callable[[Definition, Attribute, Any], tuple[Literal, ...]]] = {
    ValueType.OPTION: _options,
    ValueType.DATE: _day,
    ValueType.MEDIA: _json,
    ValueType.COMPLEX: _json,
}
