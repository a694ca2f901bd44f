"""A record as a shop is to show it: its fields, its options, and its variants.

Source: docs/channels.md, Records and products.
"""

from collections.abc import Sequence
from typing import Any

from pims_api.connectors.base import Attribute as Attribute
from pims_api.connectors.base import BadItem as BadItem
from pims_api.connectors.base import Item as Item
from pims_api.connectors.base import Leaf as Leaf
from pims_api.connectors.base import ProductForm as ProductForm
from pims_api.connectors.base import VariantForm as VariantForm
from pims_api.connectors.shopify.fields.mapping import BadValue, FieldMapping, at_level, sent_values
from pims_api.connectors.shopify.fields.targets import OPTIONS_MAX, Level

DEFAULT_OPTION, DEFAULT_VALUE = "Title", "Default Title"
_OPTION_TYPES = ("text", "option", "number", "boolean")


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
