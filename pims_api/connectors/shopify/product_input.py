"""What is sent to a shop for a product: mapped fields alone, and nothing of what others put there.

A list that is sent replaces the one in the shop, so what belongs to others is sent back with it.

Source: docs/channels.md, Pushing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from pims_api.connectors.base import Known as Known
from pims_api.connectors.shopify.client import ShopRefused
from pims_api.connectors.shopify.fields.mapping import SKU, FieldMapping, at_level
from pims_api.connectors.shopify.fields.targets import Kind, Level
from pims_api.connectors.shopify.media import noted_files, sent_files
from pims_api.connectors.shopify.product_form import (
    DEFAULT_OPTION,
    DEFAULT_VALUE,
    ProductForm,
    VariantForm,
)
from pims_api.connectors.shopify.remote_product import RemoteProduct, RemoteVariant

_METAFIELD_TYPES = {
    "number": "number_decimal",
    "boolean": "boolean",
    "datetime": "date_time",
    "option": "single_line_text_field",
    "complex": "json",
}
_TEXT_TYPE = "multi_line_text_field"


@dataclass(frozen=True, slots=True)
class ProductInput:
    """Makes the inputs of mutations.

    types: of attributes, by alias. weight_unit: of the numbers that are mapped to weights.
    """

    mappings: Sequence[FieldMapping]
    types: Mapping[str, str]
    weight_unit: str = "GRAMS"

    def fields(
        self, form: ProductForm, remote: RemoteProduct | None, known: Known
    ) -> dict[str, Any]:
        sent: dict[str, Any] = {}
        for one in at_level(self.mappings, Level.PRODUCT):
            value, name = form.fields[one.target.name], one.target.name
            if name.startswith("seo."):
                sent.setdefault("seo", {})[name.removeprefix("seo.")] = value or ""
            elif one.target.kind is Kind.TAGS:
                sent["tags"] = _tags(value or [], remote, known)
            elif one.target.kind is Kind.MEDIA:
                sent["files"] = sent_files(value or [], remote, known, form.id)
            elif one.target.kind is Kind.STATUS or name == "handle":
                # Neither can be empty in a shop.
                sent |= {} if value is None else {name: value}
            elif one.target.kind is not Kind.METAFIELD:
                sent[name] = value or ""
        return sent

    def noted(self, form: ProductForm, remote: RemoteProduct, known: Known) -> Known:
        """Return what is to be kept of a product before it is written."""
        names = [o.target.name for o in self.mappings if o.target.kind is Kind.MEDIA]
        if not names:
            return known
        ours = form.fields[names[0]] or []
        return replace(known, media=noted_files(ours, remote, known, form.id))

    def variants(
        self, form: ProductForm, remote: RemoteProduct | None, known: Known
    ) -> dict[str, Any]:
        """Return the options and the variants: ours, and those that others made."""
        held = _held_variants(form, remote, known)
        foreign = _foreign(remote, known, held)
        if not form.options and remote is not None and not remote.has_only_default:
            if held or foreign:
                return self._within_options(form, remote, held, foreign)
            remote = None  # all variants that the shop has are gone here
        options = {name: dict.fromkeys(values) for name, values in form.options.items()}
        options = options or {DEFAULT_OPTION: {DEFAULT_VALUE: None}}
        ours = [
            self._variant(one, one.choice or ((DEFAULT_OPTION, DEFAULT_VALUE),), held.get(one.id))
            for one in form.variants
        ]
        kept, names = [], _names_here(form, remote, known)
        for one in foreign:
            choice = _within(one, names, list(options))
            for name, value in choice:
                options[name][value] = None
            kept.append({"id": one.id, "optionValues": _chosen(choice)})
        return {"productOptions": _options(options, remote), "variants": ours + kept}

    def _within_options(
        self,
        form: ProductForm,
        remote: RemoteProduct,
        held: Mapping[str, RemoteVariant],
        foreign: Sequence[RemoteVariant],
    ) -> dict[str, Any]:
        """Return the variants of a record without any, in a product where others made some."""
        (one,) = form.variants
        mine = held.get(one.id)
        variants: list[dict[str, Any]] = []
        options: dict[str, dict[str, None]] = {}
        kept = {each.id for each in [*held.values(), *foreign]}
        for each in (each for each in remote.variants if each.id in kept):
            for name, value in each.choice:
                options.setdefault(name, {})[value] = None
            is_mine = mine is not None and each.id == mine.id
            same = {"id": each.id, "optionValues": _chosen(each.choice)}
            variants.append(self._variant(one, each.choice, each) if is_mine else same)
        return {"productOptions": _options(options, remote), "variants": variants}

    def _variant(
        self,
        form: VariantForm,
        choice: tuple[tuple[str, str], ...],
        held: RemoteVariant | None,
    ) -> dict[str, Any]:
        sent: dict[str, Any] = {"optionValues": _chosen(choice)}
        if held is not None:
            sent["id"] = held.id
        for one in at_level(self.mappings, Level.VARIANT):
            value, name = form.fields[one.target.name], one.target.name
            if one.target.kind is Kind.METAFIELD or _is_unsaid(one, value):
                continue
            if name.startswith("inventoryItem."):
                item = sent.setdefault("inventoryItem", {})
                self._put_item(item, name.removeprefix("inventoryItem."), value)
            elif value is not None or (
                one.target.kind is not Kind.FLAG and name != "inventoryPolicy"
            ):
                sent[name] = "0" if value is None and name == "price" else value
        return sent

    def _put_item(self, item: dict[str, Any], name: str, value: Any) -> None:
        if name == "measurement.weight":
            amount = orjson.Fragment(value or "0")  # exact, never a float
            item["measurement"] = {"weight": {"unit": self.weight_unit, "value": amount}}
        elif value is not None or name == "cost":
            item[name] = value

    def metafields(self, fields: Mapping[str, Any], level: Level) -> list[dict[str, Any]]:
        found = []
        for one in at_level(self.mappings, level):
            if one.target.kind is Kind.METAFIELD and fields[one.target.name] is not None:
                space, key = one.target.metafield
                kind = _METAFIELD_TYPES.get(self.types.get(one.source, ""), _TEXT_TYPE)
                value = fields[one.target.name]
                found.append({"namespace": space, "key": key, "type": kind, "value": value})
        return found


def _is_unsaid(one: FieldMapping, value: Any) -> bool:
    """Return whether there is nothing to say: no SKU here says nothing of the one there."""
    return value is None and one.source == SKU


def _tags(ours: list[str], remote: RemoteProduct | None, known: Known) -> list[str]:
    """Return our tags and those of others; what we sent before and have no longer is gone."""
    mine = {one.lower() for one in known.tags} | {one.lower() for one in ours}
    others = remote.node["tags"] if remote is not None else []
    return ours + [one for one in others if one.lower() not in mine]


def _held_variants(
    form: ProductForm, remote: RemoteProduct | None, known: Known
) -> dict[str, RemoteVariant]:
    """Return the variants of the shop that are ours, by leaf: known ones, and those alike."""
    if remote is None:
        return {}
    by_id = {one.id: one for one in remote.variants}
    found = {leaf: by_id[number] for leaf, number in known.variants.items() if number in by_id}
    found = {one.id: found[one.id] for one in form.variants if one.id in found}
    taken = {one.id for one in found.values()} | set(known.variants.values())
    free = [one for one in remote.variants if one.id not in taken]
    names = _names_here(form, remote, known)
    for one in form.variants:
        if one.id not in found:
            same = next((each for each in free if _is_same(one, each, remote, names)), None)
            if same is not None:
                found[one.id] = same
                free.remove(same)
    return found


def _is_same(
    one: VariantForm, other: RemoteVariant, remote: RemoteProduct, names: Mapping[str, str]
) -> bool:
    theirs = {(names.get(name.lower()), value) for name, value in other.choice}
    if one.choice and set(one.choice) == theirs:
        return True
    sku = one.fields.get("sku")
    return (sku is not None and sku == other.sku) or (not one.choice and remote.has_only_default)


def _foreign(
    remote: RemoteProduct | None, known: Known, held: Mapping[str, RemoteVariant]
) -> list[RemoteVariant]:
    """Return the variants that others made; those of ours that are gone are not among them."""
    if remote is None or remote.has_only_default:
        return []
    ours = {one.id for one in held.values()} | set(known.variants.values())
    return [one for one in remote.variants if one.id not in ours]


def _chosen(choice: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"optionName": name, "name": value} for name, value in choice]


def _names_here(form: ProductForm, remote: RemoteProduct | None, known: Known) -> dict[str, str]:
    """Return what options are called here, by their names in the shop in small letters.

    In a product with variants that we wrote, options that were renamed are ours all the same.
    """
    names = {name.lower(): name for name in form.options}
    ours = {there for here, there in known.variants.items() if here != form.id}
    if remote is not None and any(one.id in ours for one in remote.variants):
        here = dict(zip(_option_ids(list(form.options), remote), form.options, strict=True))
        there = {one["name"].lower(): here.get(one["id"]) for one in remote.node["options"]}
        names |= {name: found for name, found in there.items() if found is not None}
    return names


def _within(
    one: RemoteVariant, names_here: Mapping[str, str], names: Sequence[str]
) -> list[tuple[str, str]]:
    """Return the choice of a variant that others made, by our options. Raises ShopRefused."""
    choice = {names_here.get(name.lower()): value for name, value in one.choice}
    if set(choice) != set(names):
        theirs = ", ".join(name for name, _ in one.choice)
        raise ShopRefused(
            f"The product has variants that others made, which differ in {theirs}, not in "
            f"{', '.join(names)}: they would be lost. Nothing was written."
        )
    return [(name, choice[name]) for name in names]


def _options(
    options: Mapping[str, Mapping[str, None]], remote: RemoteProduct | None
) -> list[dict[str, Any]]:
    """Return the options; one that is there keeps its id, also when it is named anew."""
    sent = []
    for place, number in enumerate(_option_ids(list(options), remote)):
        name = list(options)[place]
        values = [{"name": one} for one in options[name]]
        told = {"name": name, "position": place + 1, "values": values}
        sent.append(told | ({} if number is None else {"id": number}))
    return sent


def _option_ids(names: Sequence[str], remote: RemoteProduct | None) -> list[str | None]:
    """Return the ids of options there: of the one with the name, or else at the place."""
    there = [] if remote is None or remote.has_only_default else remote.node["options"]
    ids = {one["name"].lower(): one["id"] for one in there}
    named = {name.lower() for name in names}
    free = [None if one["name"].lower() in named else one["id"] for one in there]
    return [
        ids.get(name.lower()) or next(iter(free[place : place + 1]), None)
        for place, name in enumerate(names)
    ]
