"""A record as a shop is to show it: its fields, its options, and its variants.

Source: docs/channels.md, Records and products.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from pims_api.connectors.shopify.mapping import BadValue, FieldMapping, at_level, sent_values
from pims_api.connectors.shopify.targets import OPTIONS_MAX, Level

DEFAULT_OPTION, DEFAULT_VALUE = "Title", "Default Title"
_OPTION_TYPES = ("text", "option", "number", "boolean")


class BadItem(ValueError):
    """A record that cannot be a product. Its message says why."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """What a schema says of an attribute. type: one of the types of the API of records."""

    alias: str
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A variant without variants.

    values: as they hold for it. own: the attributes that it, or a variant above it, overrides.
    """

    id: str
    values: Mapping[str, Any]
    own: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Item:
    """A record with its leaves, in the order in which they were made.

    values: plain ones, by alias: text, decimal text of numbers, booleans, lists. option_aliases:
    the attributes that tell its variants apart, where the record says so.
    """

    id: str
    values: Mapping[str, Any]
    leaves: Sequence[Leaf] = ()
    option_aliases: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class VariantForm:
    """A variant as it is sent. id: of the leaf, or of the record that has none."""

    id: str
    choice: tuple[tuple[str, str], ...]
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ProductForm:
    """A product as it is sent, with the fields that are mapped and no others.

    options: the names, with their values in the order of the variants; empty for a product with
    nothing but its default variant.
    """

    id: str
    fields: dict[str, Any]
    options: dict[str, list[str]] = field(default_factory=dict)
    variants: tuple[VariantForm, ...] = ()

    @property
    def checksum(self) -> str:
        """64 hexadecimal digits, the same as long as the same is to be sent."""
        told = [self.fields, self.options, [(v.id, v.choice, v.fields) for v in self.variants]]
        return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()

    @property
    def skus(self) -> list[str]:
        """The SKUs of its variants."""
        return [one.fields["sku"] for one in self.variants if one.fields.get("sku")]


def product_form(
    item: Item, mappings: Sequence[FieldMapping], attributes: Sequence[Attribute]
) -> ProductForm:
    """Return a record as a product. Raises BadItem.

    attributes: those of its schema, in its order.
    """
    try:
        fields = sent_values(at_level(mappings, Level.PRODUCT), item.values)
        if not fields.get("title"):
            raise BadItem("It has no title: a product needs one.")
        of_variants = at_level(mappings, Level.VARIANT)
        if not item.leaves:
            one = VariantForm(item.id, (), sent_values(of_variants, item.values))
            return ProductForm(item.id, fields, {}, (one,))
        chosen = _option_attributes(item, mappings, attributes)
        variants = tuple(
            VariantForm(leaf.id, _choice(leaf, chosen), sent_values(of_variants, leaf.values))
            for leaf in item.leaves
        )
    except BadValue as error:
        raise BadItem(str(error)) from None
    _check_choices(variants)
    return ProductForm(item.id, fields, _values_of(chosen, variants), variants)


def _option_attributes(
    item: Item, mappings: Sequence[FieldMapping], attributes: Sequence[Attribute]
) -> list[Attribute]:
    """Return the attributes that are the options of a product. Raises BadItem."""
    known = {one.alias: one for one in attributes}
    mapped = [one.source for one in at_level(mappings, Level.OPTION)]
    aliases = mapped or list(item.option_aliases) or _differing(item, mappings, attributes)
    found = [known[alias] for alias in aliases if alias in known]
    if not found:
        raise BadItem("Nothing tells its variants apart: map an attribute to options[0].")
    if len(found) > OPTIONS_MAX:
        names = ", ".join(one.name for one in found)
        raise BadItem(f"Its variants differ in more than {OPTIONS_MAX} attributes: {names}.")
    return found


def _differing(
    item: Item, mappings: Sequence[FieldMapping], attributes: Sequence[Attribute]
) -> list[str]:
    taken = {one.source for one in mappings}
    held = [leaf.values for leaf in item.leaves]
    compared = held if len(held) > 1 else [*held, item.values]  # one alone differs from its record
    return [
        one.alias
        for one in attributes
        if one.type in _OPTION_TYPES
        and one.alias not in taken
        and any(one.alias in leaf.own for leaf in item.leaves)
        and len({_option_text(values.get(one.alias)) for values in compared}) > 1
    ]


def _choice(leaf: Leaf, chosen: Sequence[Attribute]) -> tuple[tuple[str, str], ...]:
    choice = []
    for one in chosen:
        text = _option_text(leaf.values.get(one.alias))
        if not text:
            raise BadItem(f"Its variant {leaf.id} has no {one.name}, which tells variants apart.")
        choice.append((one.name, text))
    return tuple(choice)


def _option_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value).strip()


def _check_choices(variants: Sequence[VariantForm]) -> None:
    seen: dict[tuple[tuple[str, str], ...], str] = {}
    for one in variants:
        other = seen.setdefault(one.choice, one.id)
        if other != one.id:
            told = ", ".join(f"{name} {value}" for name, value in one.choice)
            raise BadItem(f"Its variants {other} and {one.id} are alike: {told}.")


def _values_of(
    chosen: Sequence[Attribute], variants: Sequence[VariantForm]
) -> dict[str, list[str]]:
    values: dict[str, dict[str, None]] = {one.name: {} for one in chosen}
    for one in variants:
        for name, value in one.choice:
            values[name][value] = None
    return {name: list(found) for name, found in values.items()}
