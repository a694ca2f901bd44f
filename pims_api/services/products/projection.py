"""Products as callers see them: which stored values a caller sees, and in which words.

A face gives them its shape (`schemas/`); what is hidden is hidden here.

Source: docs/core.md, Values.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from pims_api.domain.access.access import Access, Column
from pims_api.domain.attributes.attribute import (
    VARIATION_ATTRIBUTES,
    VARIATION_MATRIX,
    VARIATION_SKUS,
    Attribute,
    ValueType,
)
from pims_api.domain.attributes.completeness import completeness, typed_values
from pims_api.domain.definition import Definition
from pims_api.domain.product import Product, Values
from pims_api.domain.values.value import is_categories
from pims_api.services.products.families import Family, RelatedProducts, live_skus
from pims_api.services.products.history import as_seen, shown_type
from pims_api.storage.history.changes import product_history
from pims_api.storage.snapshot import Snapshot

Convert = Callable[[Any], Any]
OfFamily = Callable[[Product, Family, RelatedProducts], Any]

_ALONE = Family()
_OF_NOBODY: dict[str, Any] = {VARIATION_SKUS: [], VARIATION_MATRIX: {}, VARIATION_ATTRIBUTES: []}


class ProductWriter:
    """Turns products into outward values; made once per View and definition version.

    own: True for what a product has itself, so that writing it back changes nothing: no
    variation_attributes of its parents, no values of the locale that a locale falls back to.
    """

    def __init__(self, access: Access, *, own: bool = False) -> None:
        self._access = access
        self._stored: dict[str, tuple[int, Column]] = {}  # by slot, with the column's place
        self._empty: dict[str, Any] = {
            c.name: [] if c.attribute.collection else None for c in access.columns
        }
        self._of_family: list[tuple[str, OfFamily]] = []
        self._completeness: list[str] = []
        of_family: dict[str, OfFamily] = {
            VARIATION_SKUS: lambda _, family, __: family.skus,
            VARIATION_MATRIX: self._matrix,
            VARIATION_ATTRIBUTES: lambda _, family, __: [c.name for c in family.varying],
        }
        if own:
            del of_family[VARIATION_ATTRIBUTES]
        for column in access.columns:
            self._sort_in(replace(column, slots=(column.slot,)) if own else column, of_family)
        self._converters: dict[int, Convert | None] = {}  # by attribute
        self._direct = self._directly_shown()
        plainly = [shown for slot, shown in self._direct.items() if slot == shown[0]]
        self._under_own_names = {name for name, _ in plainly}
        self._converted = [(name, convert) for name, convert in plainly if convert is not None]

    def attributes(self, product: Product, around: RelatedProducts) -> dict[str, Any]:
        """Return outward name → outward value, of every attribute of the View."""
        values = product.values
        if values.keys() <= self._under_own_names:
            shown = {**self._empty, **values}
            for name, convert in self._converted:
                if name in values:
                    shown[name] = convert(values[name])
        else:
            shown = self._shown_one_by_one(product, around)
        family = around.families.get(product.id)
        if family is not None:
            self._add_family(shown, product, family, around)
        self._add_completeness(shown, product)
        return shown

    def _shown_one_by_one(self, product: Product, around: RelatedProducts) -> dict[str, Any]:
        shown, direct, places = self._empty.copy(), self._direct, self._stored
        others = {}
        for slot, value in product.values.items():
            known = direct.get(slot)
            if known is not None:
                name, convert = known
                shown[name] = value if convert is None else convert(value)
            elif slot in places:
                place, column = places[slot]
                others[place] = column
        for column in others.values():
            self._add_stored(shown, column, product, around)
        return shown

    def present(self, product: Product, around: RelatedProducts) -> dict[str, Any]:
        """Return outward name → outward value, of what is stored and of everything computed.

        A stored link that is not shown is null, or missing in its list.
        """
        shown: dict[str, Any] = {}
        for column in _touched(self._stored, product.values):
            self._add_stored(shown, column, product, around)
        self._add_family(shown, product, around.families.get(product.id, _ALONE), around)
        self._add_completeness(shown, product)
        return shown

    def changed(self, values: Values) -> dict[str, Any]:
        """Return the shown ones of some changed slots, by outward name; null stands for unset.

        What the View hides of them is hidden already, see `as_seen`.
        """
        changeable = self._changeable
        found = sorted(changeable[slot] for slot in values if slot in changeable)
        return {
            name: stored if (stored := values[slot]) is None or convert is None else convert(stored)
            for _, _, slot, name, convert in found
        }

    def before(
        self, before: Values, after: Values, around: RelatedProducts, then: Definition
    ) -> dict[str, Any]:
        """Return what attributes showed of a document that show something else of a later one.

        By outward name and as `attributes` shows it; only stored attributes. then: with the tree of
        categories that the earlier document had.
        """
        changed = {slot for slot in {**before, **after} if before.get(slot) != after.get(slot)}
        if then is not self._access.definition:
            changed |= {c.slot for c in self._access.columns if is_categories(c.attribute)}
        shown = {}
        for column in _touched(self._shown_slots, changed):
            was = self._one(column, before, around, then)
            if was != self._one(column, after, around, self._access.definition):
                shown[column.name] = was
        return shown

    def _one(
        self, column: Column, values: Values, around: RelatedProducts, then: Definition
    ) -> Any:
        stored = column.stored(values)
        if stored is None:
            return [] if column.attribute.collection else None
        if is_categories(column.attribute):
            return [then.categories.path_text(one) for one in stored]
        return self._outward(column, stored, around)

    def value(self, column: Column, stored: Any) -> Any:
        """Return one stored value as callers see it who see every product; None is unset."""
        convert = self._conversion_of_then(column)
        return stored if stored is None or convert is None else convert(stored)

    def _sort_in(self, column: Column, of_family: dict[str, OfFamily]) -> None:
        attribute = column.attribute
        if attribute.system and attribute.name in of_family:
            self._of_family.append((column.name, of_family[attribute.name]))
            self._empty[column.name] = _OF_NOBODY[attribute.name]
        elif attribute.type is ValueType.COMPLETENESS:
            self._completeness.append(column.name)
        else:
            place = len(self._stored)  # of columns that are there, the later one has the higher
            self._stored |= dict.fromkeys(column.slots, (place, column))

    @cached_property
    def _changeable(self) -> dict[str, tuple[int, int, str, str, Convert | None]]:
        """Slots whose changes are shown: two places to sort by, slot, name, conversion.

        Of several slots of a column the first one counts, so it comes last.
        """
        columns = _placed((*self._access.past, *self._access.columns))
        return {
            slot: (
                place,
                -column.slots.index(slot),
                slot,
                column.name,
                self._conversion_of_then(column),
            )
            for slot, (place, column) in columns.items()
        }

    @cached_property
    def _shown_slots(self) -> dict[str, tuple[int, Column]]:
        """The same without deleted attributes."""
        return _placed(self._access.columns)

    def _directly_shown(self) -> dict[str, tuple[str, Convert | None]]:
        """Return slots that are shown whatever else is there, each with its name and conversion."""
        return {
            column.slots[0]: (column.name, self._conversion(column))
            for _, column in self._stored.values()
            if len(column.slots) == 1 and not self._may_hide(column)
        }

    def _may_hide(self, column: Column) -> bool:
        """Return whether the View may hide a value of the column: a link to what it hides."""
        return column.attribute.type is ValueType.RELATION and self._access.rows is not None

    def _add_stored(
        self, shown: dict[str, Any], column: Column, product: Product, around: RelatedProducts
    ) -> None:
        value = column.stored(product.values)
        if value is not None:
            shown[column.name] = self._outward(column, value, around)

    def _add_family(
        self, shown: dict[str, Any], product: Product, family: Family, around: RelatedProducts
    ) -> None:
        for name, of_family in self._of_family:
            shown[name] = of_family(product, family, around)

    def _add_completeness(self, shown: dict[str, Any], product: Product) -> None:
        for name in self._completeness:
            shown[name] = completeness(typed_values(product), self._access.definition)

    def _conversion_of_then(self, column: Column) -> Convert | None:
        """Return how values of history become outward ones, which may be lists of any attribute."""
        convert = self._conversion(column)
        if convert is None or column.attribute.collection:
            return convert
        return lambda one: [*map(convert, one)] if isinstance(one, list) else convert(one)

    def _outward(self, column: Column, stored: Any, around: RelatedProducts) -> Any:
        """Return a stored value as callers see it."""
        if column.attribute.type is not ValueType.RELATION:
            convert = self._conversion(column)
            return stored if convert is None else convert(stored)
        if isinstance(stored, list) and column.attribute.collection:
            return [sku for sku in stored if around.shows(sku)]
        return stored if around.shows(stored) else None

    def _conversion(self, column: Column) -> Convert | None:
        """Return how stored values of a column become outward ones; None: they are shown as is."""
        number = column.attribute.id
        if number not in self._converters:
            self._converters[number] = self._converter(column)
        return self._converters[number]

    def _converter(self, column: Column) -> Convert | None:
        convert = self._element_converter(column)
        if convert is None or not column.attribute.collection:
            return convert

        def of_all(stored: Any) -> Any:
            if not isinstance(stored, list):
                return convert(stored)
            return [shown for one in stored if (shown := convert(one)) is not None]

        return of_all

    def _element_converter(self, column: Column) -> Convert | None:
        attribute, definition = column.attribute, self._access.definition
        if attribute.system and attribute.name == VARIATION_ATTRIBUTES:
            return self._attribute_name
        return _words(attribute, definition)

    def _attribute_name(self, key: str) -> str | None:
        attribute = self._access.definition.by_key.get(key)
        column = self._access.by_attribute.get(attribute.id) if attribute else None
        return column.name if column else None

    def _matrix(
        self, product: Product, family: Family, around: RelatedProducts
    ) -> dict[str, dict[str, list[Any]]]:
        if not family.variations:
            return {}
        members = [*family.variations, product]
        return {one.sku: self._combination(one, family, around) for one in members}

    def _combination(
        self, member: Product, family: Family, around: RelatedProducts
    ) -> dict[str, list[Any]]:
        found = ((c, c.stored(member.values)) for c in family.varying)
        return {
            c.name: [] if stored is None else _as_list(self._outward(c, stored, around))
            for c, stored in found
        }


class _Paths(dict[int, str]):
    """The paths of categories as text, each made when it is first asked for."""

    def __init__(self, path_text: Callable[[int], str]) -> None:
        super().__init__()
        self._path_text = path_text

    def __missing__(self, category_id: int) -> str:
        text = self[category_id] = self._path_text(category_id)
        return text


def _words(attribute: Attribute, definition: Definition) -> Convert | None:
    """Return what gives the words for the ids that an attribute stores; None: it stores none."""
    if is_categories(attribute):
        return _Paths(definition.categories.path_text).__getitem__
    if attribute.type is ValueType.OPTION:
        return definition.options_of(attribute).alias
    return None


def _placed(columns: Iterable[Column]) -> dict[str, tuple[int, Column]]:
    """Return slot → place and column of the columns that are stored."""
    return {
        slot: (place, column)
        for place, column in enumerate(columns)
        if not column.attribute.computed
        for slot in column.slots
    }


def _touched(columns: Mapping[str, tuple[int, Column]], slots: Collection[str]) -> list[Column]:
    """Return the columns that some slots belong to, each once, in their order."""
    found = dict(columns[slot] for slot in slots if slot in columns)
    return [found[place] for place in sorted(found)]


def product_writer(access: Access) -> ProductWriter:
    """Return the writer of an access, made once."""
    return access.derive(ProductWriter)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def plain_values(snapshot: Snapshot, access: Access, product: Product) -> dict[str, Any]:
    """Return what people at a terminal see of a product: the values that are set, by name."""
    shown = {}
    for column in access.columns:
        value = _computed(snapshot, access, column, product)
        stored = column.stored(product.values)
        if stored is not None and not column.attribute.computed:
            value = plain_value(access, column, stored)
        if value not in (None, []):
            shown[column.name] = value
    return shown


def plain_history(snapshot: Snapshot, access: Access, product: Product) -> list[dict[str, Any]]:
    """Return what happened to a product, oldest first: at (microseconds), user, old and new.

    And by which transaction, for which reason, by which document of another system.
    """
    return [
        {
            "at": entry.at,
            "user": entry.actor,
            "transaction": entry.sequence,
            "reason": entry.reason,
            "source_ref": entry.source_ref,
            "old": _plain_slots(access, entry.old) | shown_type(entry.old),
            "new": _plain_slots(access, entry.new) | shown_type(entry.new),
        }
        for entry in as_seen(
            snapshot, access, product_history(snapshot, product.id), with_type=True
        )
    ]


def plain_value(access: Access, column: Column, stored: Any) -> Any:
    """Return a stored value with words for the ids in it."""
    words = _words(column.attribute, access.definition)
    if words is None:
        return stored
    return [words(one) for one in stored] if isinstance(stored, list) else words(stored)


def _plain_slots(access: Access, values: Values) -> dict[str, Any]:
    shown = {}
    for column in (*access.past, *access.columns):
        for place in reversed(column.slots):
            if place in values:
                stored = values[place]
                shown[column.name] = stored and plain_value(access, column, stored)
    return shown


def _computed(snapshot: Snapshot, access: Access, column: Column, product: Product) -> Any:
    if column.attribute.type is ValueType.COMPLETENESS:
        return completeness(typed_values(product), access.definition)
    if column.attribute.name == VARIATION_SKUS:
        return [sku for _, sku in live_skus(snapshot, access, [product.id])]
    return None
