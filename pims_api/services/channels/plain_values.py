"""Values as other systems take them, and back: plain ones, one for each attribute.

Source: docs/channels.md, Values.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson

from pims_api.connectors.base import Attribute as OutsideAttribute
from pims_api.domain.access.access import Access, Column
from pims_api.domain.access.scopes import searched_scopes
from pims_api.domain.attributes.attribute import (
    CATEGORIES,
    NUMERIC,
    VARIATION_ATTRIBUTES,
    VARIATION_MATRIX,
    VARIATION_OF,
    VARIATION_SKUS,
    Attribute,
    ValueType,
)
from pims_api.domain.attributes.option_list import OptionList
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.conditions.guards import is_guarded_out
from pims_api.domain.definition import Definition
from pims_api.domain.product import Values
from pims_api.domain.values.scope import Scope, slot
from pims_api.domain.values.value import elements

_STRUCTURE = (CATEGORIES, VARIATION_OF, VARIATION_ATTRIBUTES, VARIATION_SKUS, VARIATION_MATRIX)
_TYPES = {
    ValueType.NUMBER: "number",
    ValueType.COMPLETENESS: "number",
    ValueType.BOOLEAN: "boolean",
    ValueType.DATE: "datetime",
    ValueType.DATETIME: "datetime",
    ValueType.MEDIA: "media",
    ValueType.OPTION: "option",
    ValueType.RELATION: "relation",
    ValueType.COMPLEX: "complex",
}
_YES, _NO = ("true", "active", "1", "yes"), ("false", "draft", "archived", "0", "no", "unlisted")


class PlainValues:
    """The values of products of one schema in one scope.

    columns: those of the schema's attributes, by alias, in its order, then those of the system.
    attributes: those of the schema alone, as other systems know them.
    """

    def __init__(self, access: Access, kind: ProductType, scope: Scope) -> None:
        self.definition = definition = access.definition
        own = _columns(access, kind)
        self.columns = own | {
            one.attribute.name: one
            for one in access.columns
            if one.attribute.system and one.attribute.name not in (*own, *_STRUCTURE)
        }
        self.attributes = [
            OutsideAttribute(alias, _label(definition, c.attribute), _type(c.attribute))
            for alias, c in own.items()
        ]
        self._slots = {
            alias: [
                slot(c.attribute.key, one)
                for one in searched_scopes(definition, c.attribute, scope)
            ]
            for alias, c in self.columns.items()
        }

    def values(self, held: Values) -> dict[str, Any]:
        """Return the values of a product by alias. held: those that hold for it."""
        shown = {}
        for alias, slots in self._slots.items():
            attribute = self.columns[alias].attribute
            value = next((held[place] for place in slots if place in held), None)
            if value is not None and not is_guarded_out(self.definition, attribute, held):
                shown[alias] = _outward(self.definition, attribute, value)
        return shown


def place_for(column: Column, scope: Scope) -> str:
    """Return where a value goes that belongs into a scope."""
    return slot(column.attribute.key, scope.within(column.attribute.dimensions).text)


def inward(definition: Definition, attribute: Attribute, value: Any) -> Any:
    """Return a plain value in the shape in which it is assigned; the rules look at it then.

    value: text, a list of texts, a boolean, or None, which unsets.
    """
    if value is None:
        return None
    if attribute.collection:
        texts = value if isinstance(value, list) else [value]
        return [_single(definition, attribute, one) for one in texts] or None
    return _single(definition, attribute, value)


def is_same(attribute: Attribute, one: Any, other: Any) -> bool:
    """Return whether two plain values are the same: 1.50 and 1.5 are."""
    if attribute.type in NUMERIC and not (one is None or other is None):
        try:
            return _decimals(one) == _decimals(other)
        except ArithmeticError:
            return False
    return bool(one == other)


def _decimals(value: Any) -> list[Decimal]:
    return [Decimal(str(one)) for one in (value if isinstance(value, list) else [value])]


def _columns(access: Access, kind: ProductType) -> dict[str, Column]:
    if kind.attribute_ids is None:
        found: Sequence[Column] = access.columns
    else:
        numbers = [n for group in kind.groups for n in group.attribute_ids]
        ordered = dict.fromkeys(numbers or sorted(kind.attribute_ids))
        found = [access.by_attribute[one] for one in ordered if one in access.by_attribute]
    return {one.attribute.name: one for one in found if one.attribute.name not in _STRUCTURE}


def _label(definition: Definition, one: Attribute) -> str:
    labels = one.labels
    return labels.get(definition.default_locale) or next(iter(labels.values()), one.name)


def _type(one: Attribute) -> str:
    return _TYPES.get(one.type, "text")


def _outward(definition: Definition, attribute: Attribute, held: Any) -> Any:
    if not attribute.collection:
        return _outward_single(definition, attribute, held)
    return [_outward_single(definition, attribute, one) for one in elements(attribute, held)]


def _outward_single(definition: Definition, attribute: Attribute, held: Any) -> Any:
    if attribute.type is ValueType.OPTION:
        return _option_label(definition, definition.options_of(attribute), held)
    if attribute.type is ValueType.MEDIA and str(held).startswith("{"):
        return orjson.loads(held).get("url", "")
    if attribute.type is ValueType.NUMBER:
        return _decimal_text(held)
    return held


def _decimal_text(text: str) -> str:
    """Return a number as every system reads it, with the same digits.

    >>> _decimal_text("+.50")
    '0.50'
    """
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text.removeprefix("+"))
    digits = digits.removesuffix(".")
    return f"{sign}{'0' if digits.startswith('.') else ''}{digits}"


def _option_label(definition: Definition, options: OptionList, held: str) -> str:
    option = options.options.get(held)
    if option is None:
        return held
    labels: Mapping[str, str] = option.labels
    return labels.get(definition.default_locale) or next(iter(labels.values()), option.alias)


def _single(definition: Definition, attribute: Attribute, value: Any) -> Any:
    text = ("true" if value else "false") if isinstance(value, bool) else value
    if isinstance(text, list):
        text = ", ".join(map(str, text))
    if attribute.type is ValueType.BOOLEAN:
        word = str(text).strip().lower()
        return word in _YES if word in _YES + _NO else str(text)
    if attribute.type is ValueType.OPTION:
        return _option_alias(definition, definition.options_of(attribute), str(text))
    return str(text)


def _option_alias(definition: Definition, options: OptionList, text: str) -> str:
    wanted = text.strip().lower()
    for one in options.options.values():
        shown = _option_label(definition, options, one.id)
        if not one.removed and wanted in (shown.lower(), one.alias.lower()):
            return one.alias
    return text
