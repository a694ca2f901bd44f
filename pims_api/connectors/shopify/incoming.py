"""A product of the shop in attributes: what a pull may write.

Source: docs/channels.md, Pulling.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pims_api.connectors.base import Incoming, IncomingVariant, option_names, option_values
from pims_api.connectors.shopify.fields.mapping import FieldMapping, at_level
from pims_api.connectors.shopify.fields.targets import Kind, Level
from pims_api.connectors.shopify.remote_product import GRAMS, RemoteProduct, variant_fields

_NOTHING: tuple[Any, ...] = (None, "", [])


def incoming_product(
    remote: RemoteProduct, mappings: Sequence[FieldMapping], weight_unit: str
) -> Incoming:
    """Return a product in the attributes that its mapped fields show.

    weight_unit: of the numbers that are mapped to weights.
    """
    held = remote.fields(mappings)
    fields = {str(one.target): held.get(one.target.name) for one in _read(mappings, Level.PRODUCT)}
    if not remote.has_only_default:
        fields |= option_names(one["name"] for one in remote.node["options"])
    variants = []
    for each in remote.variants:
        of_variant = variant_fields(each, mappings)
        read = _read(mappings, Level.VARIANT)
        fields |= {f"{one.target} {each.id}": of_variant[one.target.name] for one in read}
        fields |= {} if remote.has_only_default else option_values(each.choice, each.id)
        values = _values(read, of_variant, weight_unit)
        variants.append(IncomingVariant(each.id, each.sku, each.choice, values))
    return Incoming(
        remote.id,
        remote.checksum(mappings),
        remote.has_only_default,
        _values(_read(mappings, Level.PRODUCT), held, weight_unit),
        variants,
        [one.source for one in at_level(mappings, Level.OPTION)],
        fields,
    )


def _read(mappings: Sequence[FieldMapping], level: Level) -> list[FieldMapping]:
    """Return the mappings to fields that can be read: what a variant costs is only written."""
    return [one for one in at_level(mappings, level) if one.target.name != "inventoryItem.cost"]


def _values(
    mappings: Sequence[FieldMapping], held: Mapping[str, Any], weight_unit: str
) -> dict[str, tuple[str, Any]]:
    """Return what can be written back; files of a shop are none of the catalogue's media."""
    return {
        str(one.target): (one.source, _received(one, held[one.target.name], weight_unit))
        for one in mappings
        if one.comes_back and one.target.kind is not Kind.MEDIA
    }


def _received(one: FieldMapping, value: Any, weight_unit: str) -> Any:
    if value in _NOTHING:
        return None
    if one.target.kind is Kind.WEIGHT:
        value = f"{float(value) / GRAMS[weight_unit]:.6f}".rstrip("0").rstrip(".")
    return one.received(value)
