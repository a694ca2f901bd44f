"""Validation of values before they are stored; every fault is found, not only the first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

from pims_api.domain.access.access import Access, Column
from pims_api.domain.attributes.attribute import (
    STATUS,
    VARIATION_ATTRIBUTES,
    VARIATION_OF,
    Attribute,
    ValueType,
)
from pims_api.domain.attributes.option_list import Option
from pims_api.domain.attributes.pattern import fits_mask
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.category import UNCATEGORIZED_ID, split_path
from pims_api.domain.definition import Definition
from pims_api.domain.product import Product
from pims_api.domain.suggestion import Suggestions
from pims_api.domain.values.scope import split_slot
from pims_api.domain.values.text import has_control
from pims_api.domain.values.value import elements, is_categories
from pims_api.domain.workflow import type_of
from pims_api.errors import BadInput, Fault, Subject
from pims_api.services.access import is_visible, visible
from pims_api.services.categories.write import make_category
from pims_api.storage.definitions.kinds import OptionEntry
from pims_api.storage.unit_of_work import UnitOfWork

TEXT_BYTES_MAX = 64 * 1024  # UTF-8
COLLECTION_LENGTH_MAX = 10_000  # elements
OPTION_LENGTH_MAX = 255  # characters
ALLOWED_SHOWN = 10  # values that an error names
VALUE_SHOWN = 200  # characters of a refused value that an error repeats

IGNORED = ": the value was ignored."  # how a warning ends of a value that was not stored

CATEGORIES_MISSING = "categories"
DICTIONARY_MISSING = "dictionary"

_NEVER = -1
_CONVERTED = (ValueType.OPTION, ValueType.RELATION)  # for callers, or masked
_SET_OUT = frozenset({ValueType.OPTION, ValueType.BOOLEAN, ValueType.RELATION})


class Assignment(NamedTuple):
    """A value of the right shape for an attribute, on its way in. None unsets.

    slot: where in the document it goes; several assignments of a write may go to several scopes of
    one attribute.
    Shapes: number and dates: text; boolean: bool; option: alias; categories: paths; relation: SKU;
    collections: lists of these.
    """

    column: Column
    value: Any
    pointer: str
    slot: str

    def fault(self, code: str, message: str, value: Any = None) -> Fault:
        """Return a fault of this value; the message goes on after the attribute's name."""
        shown = value[:VALUE_SHOWN] if isinstance(value, str) else value
        name = self.column.name
        return Fault(code, f"{name} {message}", name, self.pointer, shown)


def as_refusal(ignored: Fault) -> Fault:
    """Return what was ignored as the fault that a strict write makes of it.

    >>> as_refusal(Fault("read_only", f"price is read only{IGNORED}")).message
    'price is read only!'
    """
    return replace(ignored, message=f"{ignored.message.removesuffix(IGNORED)}!")


class ValueCheck:
    """Turns assignments into stored values.

    missing: what may be made when it is not there. promised: see `ProductWrite`.
    """

    def __init__(
        self,
        work: UnitOfWork,
        access: Access,
        missing: Iterable[str] = (),
        suggestions: Suggestions | None = None,
        promised: frozenset[str] = frozenset(),
    ) -> None:
        self.work = work
        self.access = access
        self.missing = frozenset(missing)
        self.faults: list[Fault] = []
        self._suggestions = suggestions or Suggestions()
        self._promised = promised
        self._rules = work.definition.derive(_rule_cache)

    def shown(self, attribute: Attribute, held: Any) -> Any:
        """Return a stored value as the caller sees it."""
        show = self._showing(attribute)
        if show is None:
            return held
        if not attribute.collection:
            return None if held is None else show(held)
        shown = [one for one in map(show, elements(attribute, held)) if one is not None]
        return shown or None

    def _showing(self, attribute: Attribute) -> Callable[[Any], Any] | None:
        """Return what makes an outward value of a stored one; None where they are the same."""
        if attribute.type is ValueType.OPTION:
            return self.work.definition.options_of(attribute).alias
        if is_categories(attribute):
            return self.work.definition.categories.path_text
        if _is_names(attribute):
            return self._outward_name
        if attribute.type is ValueType.RELATION and self.access.rows is not None:
            return self._visible_sku
        return None

    def _outward_name(self, key: str) -> str | None:
        attribute = self.work.definition.by_key.get(key)
        column = self.access.by_attribute.get(attribute.id) if attribute else None
        return column.name if column else None

    def _visible_sku(self, sku: str) -> str | None:
        found = self.work.find_product(sku)
        return sku if found is not None and is_visible(self.access, found) else None

    def stored(self, assignments: Iterable[Assignment], product: Product) -> dict[str, Any]:
        """Return slot → stored value (None: unset); what is wrong joins `faults`.

        What the caller sees already is left out. A caller who sends back what it was shown changes
        nothing: links that are hidden from it stay, and so does a value that would not be accepted
        any more.

        Source: docs/core.md, Values.
        """
        slots: dict[str, Any] = {}
        unique: list[tuple[Assignment, Any]] = []
        links: list[tuple[Assignment, str]] = []
        rules, values = self._rules, product.values
        for one in assignments:
            column, value, _, slot = one
            attribute = column.attribute
            if column.covering and slot == column.slot:
                slot = next((over for over in column.covering if over in values), slot)
            rule = rules.get(attribute.id)
            if rule is None or rule.attribute is not attribute:
                rule = rules[attribute.id] = _rule(attribute)
            if slot in values and self._shows(rule, values[slot], value):
                continue
            length = rule.unchecked_length
            if length != _NEVER and value is not None and len(value) <= length:
                slots[slot] = value
                continue
            value = slots[slot] = self._value(one, rule)
            if rule.is_unique:
                unique += [(one, e) for e in elements(attribute, value)]
            if rule.is_link:
                links += [(one, sku) for sku in elements(attribute, value)]
        self._check_unique(unique, product.id)
        self._check_links(links, product)
        return slots

    def _shows(self, rule: "_Rule", held: Any, value: Any) -> bool:
        """Return whether the caller sees a value as what is held."""
        shown = held if rule.is_shown_as_stored else self.shown(rule.attribute, held)
        return bool(shown == value)

    def _value(self, one: Assignment, rule: "_Rule") -> Any:
        if one.value is None:
            return self._unset(one)
        convert, attribute = rule.convert, one.column.attribute
        if not attribute.collection:
            return convert(self, one, one.value)
        found = elements(attribute, one.value)
        if len(found) > COLLECTION_LENGTH_MAX:
            self.faults.append(one.fault("limit", f"takes at most {COLLECTION_LENGTH_MAX} values!"))
            return None
        sure = rule.element_length
        if sure != _NEVER and max(map(len, found), default=0) <= sure:
            return found
        stored = [convert(self, one, element) for element in found]
        return list(dict.fromkeys(stored)) if is_categories(attribute) else stored

    def _unset(self, one: Assignment) -> Any:
        if one.column.attribute.name == STATUS and one.column.attribute.system:
            message = "cannot be empty! Send active, inactive or deleted."
            self.faults.append(one.fault("required", message))
        return [UNCATEGORIZED_ID] if is_categories(one.column.attribute) else None

    def _flag(self, _one: Assignment, value: bool) -> bool:
        return value

    def _text(self, one: Assignment, value: str) -> str:
        limit = one.column.attribute.max_length
        if len(value) * 4 > TEXT_BYTES_MAX and len(value.encode()) > TEXT_BYTES_MAX:
            message = f"takes at most {TEXT_BYTES_MAX // 1024} kB of text!"
            self.faults.append(one.fault("limit", message))
        elif limit is not None and len(value) > limit:
            message = f"takes at most {limit} characters, this value has {len(value)}!"
            self.faults.append(one.fault("range", message, value))
        return self._masked(one, value)

    def _number(self, one: Assignment, value: str) -> str:
        low, high = one.column.attribute.minimum, one.column.attribute.maximum
        if low is not None and Decimal(value) < Decimal(low):
            self.faults.append(one.fault("range", f"must be at least {low}!", value))
        if high is not None and Decimal(value) > Decimal(high):
            self.faults.append(one.fault("range", f"must be at most {high}!", value))
        return self._masked(one, value)

    def _masked(self, one: Assignment, value: str) -> str:
        mask = one.column.attribute.mask
        if mask and not fits_mask(mask, value):
            self.faults.append(one.fault("mask", f"must match the mask {mask} !", value))
        return value

    def _option_id(self, one: Assignment, value: str) -> str | None:
        list_id = one.column.attribute.option_list_id or 0
        options = self.work.definition.option_lists[list_id]
        known = options.find(value)
        if known is not None and not known.removed:
            return known.id
        grows = DICTIONARY_MISSING in self.missing if options.static is None else not options.static
        if not grows:
            self.faults.append(self._not_in_dictionary(one, value))
        elif len(value) > OPTION_LENGTH_MAX or has_control(value):
            limit = f"at most {OPTION_LENGTH_MAX} characters, no control characters"
            message = f"takes option values of {limit}!"
            fault = one.fault("limit", message, value)
            self.faults.append(replace(fault, subject=Subject.OPTION))
        else:
            known = replace(known, removed=False) if known else None
            option = known or Option(options.new_id(value), value, options.next_position())
            self.work.define(OptionEntry(list_id, option))
            return option.id
        return None

    def _not_in_dictionary(self, one: Assignment, value: str) -> Fault:
        options = self.work.definition.options_of(one.column.attribute).in_order()
        aliases = [option.alias for option in options]
        message = "must be one of the values of its option list!"
        return replace(
            one.fault("dictionary", message, value),
            subject=Subject.OPTION,
            allowed=aliases[:ALLOWED_SHOWN],
            nearest=self._suggestions.word(value, aliases),
        )

    def _category_id(self, one: Assignment, value: str) -> int | None:
        path, tree = split_path(value), self.work.definition.categories
        known = tree.find(path)
        if known is not None:
            return known.id
        if CATEGORIES_MISSING in self.missing:
            try:
                return make_category(self.work, path).id
            except BadInput as error:
                self.faults += [_of_value(f, one, value) for f in error.faults]
                return None
        message = "holds an unknown category! Add it first, or let it be made."
        hint = self._suggestions.path(path, tree)
        fault = one.fault("unknown_category", message, value)
        self.faults.append(replace(fault, nearest=hint, subject=Subject.MISSING_CATEGORY))
        return None

    def _attribute_key(self, one: Assignment, value: str) -> str | None:
        column = self.access.column(value)
        if column is not None:
            return column.attribute.key
        fault = one.fault("unknown_attribute", "holds a name that is no attribute!", value)
        self.faults.append(
            replace(fault, nearest=self._suggestions.word(value, self.access.by_name))
        )
        return None

    def _check_links(self, links: list[tuple[Assignment, str]], own: Product) -> None:
        """Refuse links to what is not there; a product may link to itself."""
        if not links:
            return
        skus = {sku for _, sku in links} - {own.sku} - self._promised
        found = visible(self.access, self.work.find_products(skus).values()) if skus else []
        types = {one.sku: type_of(self.access.definition, one.values) for one in [*found, own]}
        for one, sku in links:
            if sku not in types and sku not in self._promised:
                self.faults.append(one.fault("not_found", "must be the SKU of a product!", sku))
            elif sku in types:
                self._check_target(one, sku, types[sku])

    def _check_target(self, one: Assignment, sku: str, kind: ProductType) -> None:
        """Refuse a link to a product of another type than the one that the attribute names."""
        wanted = self.access.definition.type_ids.get(one.column.attribute.target_type_id or 0)
        if wanted is not None and wanted.id != kind.id:
            message = f"must be a product of the product type {wanted.name}!"
            self.faults.append(one.fault("range", message, sku))

    def _check_unique(self, unique: list[tuple[Assignment, Any]], product_id: int) -> None:
        if not unique:
            return
        wanted = [(a.column.attribute, split_slot(a.slot)[1], element) for a, element in unique]
        taken = self.work.reservations.clashes(self.work, wanted, product_id)
        for (one, element), place in zip(unique, wanted, strict=True):
            if place in taken:
                message = "must be unique: another product has this value!"
                self.faults.append(one.fault("not_unique", message, element))


def _of_value(fault: Fault, one: Assignment, value: str) -> Fault:
    """Return a fault that making a thing had, as one of the value that asked for it."""
    shown = value[:VALUE_SHOWN]
    return replace(fault, attribute=one.column.name, pointer=one.pointer, value=shown)


@dataclass(frozen=True, slots=True)  # its fields are read faster than those of a tuple
class _Rule:
    """How values of an attribute are checked; found once, for this very attribute.

    An attribute that is to be changed may be tried before it is: then it is another one of the same
    id. unchecked_length: up to how many characters a value is stored as it is, whatever it says;
    element_length: the same of each element of a collection. is_shown_as_stored: whether every
    caller sees values as they are stored.
    """

    attribute: Attribute
    unchecked_length: int
    element_length: int
    convert: Callable[[ValueCheck, Assignment, Any], Any]
    is_unique: bool
    is_link: bool
    is_shown_as_stored: bool


def _rule_cache(_: Definition) -> dict[int, _Rule]:
    """Return the cache of rules by attribute id, empty."""
    return {}


def _rule(attribute: Attribute) -> _Rule:
    length = _unchecked_length(attribute)
    return _Rule(
        attribute,
        _NEVER if attribute.collection else length,
        length,
        _converter(attribute),
        attribute.unique,
        attribute.type is ValueType.RELATION and attribute.key != VARIATION_OF,
        not (attribute.type in _CONVERTED or is_categories(attribute) or _is_names(attribute)),
    )


def _is_names(attribute: Attribute) -> bool:
    """Return whether its values are keys of attributes, which callers know by outward names."""
    return attribute.system and attribute.name == VARIATION_ATTRIBUTES


def _converter(attribute: Attribute) -> Callable[[ValueCheck, Assignment, Any], Any]:
    if _is_names(attribute):
        return ValueCheck._attribute_key
    if is_categories(attribute):
        return ValueCheck._category_id
    if attribute.type is ValueType.OPTION:
        return ValueCheck._option_id
    if attribute.type is ValueType.NUMBER:
        return ValueCheck._number
    return ValueCheck._text if attribute.type is not ValueType.BOOLEAN else ValueCheck._flag


def _unchecked_length(attribute: Attribute) -> int:
    """Return up to how many characters an element meets every rule; _NEVER: it is looked at."""
    converted = attribute.type in _SET_OUT or (attribute.system and attribute.collection)
    if converted or attribute.unique or attribute.mask:
        return _NEVER
    if attribute.type is ValueType.NUMBER:
        bounded = attribute.minimum is not None or attribute.maximum is not None
        return _NEVER if bounded else TEXT_BYTES_MAX
    sure = TEXT_BYTES_MAX // 4  # characters take up to four bytes
    return sure if attribute.max_length is None else min(sure, attribute.max_length)
