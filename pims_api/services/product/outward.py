"""Products as callers see them: the one place where stored values become outward ones.

Source: docs/api/pims.md, Values.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import orjson

from pims_api.domain.access import Access, Column
from pims_api.domain.attribute import (
    VARIATION_ATTRIBUTES,
    VARIATION_MATRIX,
    VARIATION_SKUS,
    ValueType,
)
from pims_api.domain.completeness import completeness
from pims_api.domain.product import Product, Values
from pims_api.domain.value import is_categories
from pims_api.services.product.variations import Family, Surroundings

Convert = Callable[[Any], Any]
Compute = Callable[[Product, Surroundings], Any]

_COMPUTED = (VARIATION_SKUS, VARIATION_MATRIX, VARIATION_ATTRIBUTES)
_NOT_PLAIN = frozenset({ValueType.OPTION, ValueType.RELATION, ValueType.COMPLEX})


class ProductWriter:
    """Turns products into outward values; made once per View and definition version.

    own: True for what a product has itself, so that writing it back changes nothing: no
    variation_attributes of its parents, no values of the locale that a locale falls back to.
    """

    def __init__(self, access: Access, *, own: bool = False) -> None:
        self._access = access
        self._empty: dict[str, Any] = {
            c.name: [] if c.attribute.collection else None for c in access.columns
        }
        self._stored: list[tuple[Column, bool]] = []  # and whether it is converted
        self._computed: list[tuple[str, Compute]] = []
        compute: dict[str, Compute] = {
            VARIATION_SKUS: lambda p, around: around.families[p.id].skus,
            VARIATION_MATRIX: self._matrix,
            VARIATION_ATTRIBUTES: lambda p, around: [c.name for c in around.families[p.id].varying],
        }
        if own:
            del compute[VARIATION_ATTRIBUTES]
        for column in access.columns:
            self._sort_in(replace(column, slots=column.slots[:1]) if own else column, compute)
        self._places = {
            slot: place for place, (c, _) in enumerate(self._stored) for slot in c.slots
        }
        self._plain = {  # slots that are shown as they are, whatever else is there
            c.slots[0]: c.name
            for c, is_converted in self._stored
            if len(c.slots) == 1 and not is_converted
        }

    def _sort_in(self, column: Column, compute: dict[str, Compute]) -> None:
        attribute = column.attribute
        if attribute.system and attribute.name in compute:
            self._computed.append((column.name, compute[attribute.name]))
        elif attribute.type is ValueType.COMPLETENESS:
            definition = self._access.definition
            self._computed.append((column.name, lambda p, _: completeness(p.values, definition)))
        else:
            self._stored.append((column, _is_converted(column)))

    def attributes(self, product: Product, around: Surroundings) -> dict[str, Any]:
        """Return outward name → outward value, of every attribute of the View."""
        shown, plain, places = self._empty.copy(), self._plain, self._places
        others = set()
        for slot, value in product.values.items():
            name = plain.get(slot)
            if name is not None:
                shown[name] = value
            elif slot in places:
                others.add(places[slot])
        self._add_stored(shown, others, product, around)
        return shown

    def present(self, product: Product, around: Surroundings) -> dict[str, Any]:
        """Return outward name → outward value, of what is stored and of everything computed.

        A stored link that is not shown is null, or missing in its list.
        """
        shown: dict[str, Any] = {}
        places = self._places
        found = sorted({places[slot] for slot in product.values if slot in places})
        self._add_stored(shown, found, product, around)
        return shown

    def _add_stored(
        self, shown: dict[str, Any], places: Iterable[int], product: Product, around: Surroundings
    ) -> None:
        """Add the columns at these places that have a value, and everything computed."""
        for place in places:
            column, is_converted = self._stored[place]
            value = column.stored(product.values)
            if value is not None:
                shown[column.name] = self.outward(column, value, around) if is_converted else value
        for name, compute in self._computed:
            shown[name] = compute(product, around)

    def changed(self, values: Values, around: Surroundings) -> dict[str, Any]:
        """Return the shown ones of some changed slots, by outward name; null stands for unset."""
        shown: dict[str, Any] = {}
        for column in (*self._access.past, *self._access.columns):
            for place in reversed(column.slots):
                if place in values and not column.attribute.computed:
                    stored = values[place]
                    outward = None if stored is None else self.outward(column, stored, around)
                    shown[column.name] = outward
        return shown

    def outward(self, column: Column, stored: Any, around: Surroundings) -> Any:
        """Return a stored value as callers see it."""
        convert = self._converter(column, around)
        if isinstance(stored, list) and column.attribute.collection:
            elements = [convert(element) for element in stored]
            return [element for element in elements if element is not None]
        return convert(stored)

    def _converter(self, column: Column, around: Surroundings) -> Convert:
        attribute, definition = column.attribute, self._access.definition
        if is_categories(attribute):
            return definition.categories.path_text
        if attribute.system and attribute.name == VARIATION_ATTRIBUTES:
            return self._attribute_name
        if attribute.type is ValueType.OPTION:
            return definition.options_of(attribute).alias
        by_type: dict[ValueType, Convert] = {
            ValueType.RELATION: lambda sku: sku if around.shows(sku) else None,
            ValueType.COMPLEX: lambda value: orjson.dumps(value).decode(),
        }
        return by_type.get(attribute.type, lambda value: value)

    def _attribute_name(self, key: str) -> str | None:
        attribute = self._access.definition.by_key.get(key)
        column = self._access.by_attribute.get(attribute.id) if attribute else None
        return column.name if column else None

    def _matrix(self, product: Product, around: Surroundings) -> dict[str, dict[str, list[Any]]]:
        family = around.families[product.id]
        if not family.variations:
            return {}
        members = [*family.variations, product]
        return {one.sku: self._combination(one, family, around) for one in members}

    def _combination(
        self, member: Product, family: Family, around: Surroundings
    ) -> dict[str, list[Any]]:
        found = ((c, c.stored(member.values)) for c in family.varying)
        return {
            c.name: [] if stored is None else _as_list(self.outward(c, stored, around))
            for c, stored in found
        }


def product_writer(access: Access) -> ProductWriter:
    """Return the writer of an access, made once."""
    known: ProductWriter | None = access.derived.get("writer")
    if known is None:
        known = access.derived["writer"] = ProductWriter(access)
    return known


def _is_converted(column: Column) -> bool:
    attribute = column.attribute
    is_own_list = attribute.system and attribute.name == VARIATION_ATTRIBUTES
    return attribute.type in _NOT_PLAIN or is_categories(attribute) or is_own_list


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
