"""Products as a shop has them, read whole: all variants, media and mapped metafields.

Source: docs/channels.md, How a shop is asked.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson

from pims_api.connectors.shopify.client import PAGE, ShopClient, ShopRefused
from pims_api.connectors.shopify.fields.mapping import FieldMapping, at_level
from pims_api.connectors.shopify.fields.targets import ID_METAFIELD, Kind, Level, Target
from pims_api.connectors.shopify.product_form import DEFAULT_OPTION, DEFAULT_VALUE

_IDS_AT_ONCE = 250
_METAFIELDS = "metafields(first: $%sMax, keys: $%s) { nodes { namespace key type value } }"
_MEDIUM = "id status ... on MediaImage { image { url } }"
_VARIANT = f"""
  id sku barcode price compareAtPrice taxable inventoryPolicy
  selectedOptions {{ name value }}
  inventoryItem {{ tracked requiresShipping measurement {{ weight {{ unit value }} }} }}
  {_METAFIELDS % ("variantKeys", "variantKeys")}
"""
_PRODUCT = f"""
  id handle title descriptionHtml vendor productType status tags updatedAt
  seo {{ title description }}
  options {{ id name optionValues {{ id name }} }}
  media(first: %(media)s) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ {_MEDIUM} }} }}
  variants(first: %(variants)s) {{
    pageInfo {{ hasNextPage endCursor }} nodes {{ {_VARIANT} }}
  }}
  {_METAFIELDS % ("keys", "keys")}
"""
_IDS = """
query Ids($first: Int!, $after: String, $filter: String) {
  products(first: $first, after: $after, query: $filter, sortKey: ID) {
    pageInfo { hasNextPage endCursor } nodes { id }
  }
}
"""
_BY_KEY = """
query ByKey($place: ProductIdentifierInput!) { productByIdentifier(identifier: $place) { id } }
"""
WINDOW = 24_000  # products that are paged through at a time; a shop stops after 25,000
NO_WINDOWS = "The shop does not tell its products by their ids, so not all of them can be read."
KEYS = "$keys: [String!], $keysMax: Int!, $variantKeys: [String!], $variantKeysMax: Int!"
WHOLE_SIZES = "$variants: Int!, $media: Int!"
PAGES = f"""
query Products($first: Int!, $after: String, $filter: String, {KEYS}) {{
  products(first: $first, after: $after, query: $filter, sortKey: ID) {{
    pageInfo {{ hasNextPage endCursor }} nodes {{ {_PRODUCT % {"media": 10, "variants": 10}} }}
  }}
}}
"""
WHOLE = _PRODUCT % {"media": "$media", "variants": "$variants"}
ONE = f"query Product($id: ID!, {WHOLE_SIZES}, {KEYS}) {{ product(id: $id) {{ {WHOLE} }} }}"
_MORE_VARIANTS = f"""
query Variants(
  $id: ID!, $variants: Int!, $after: String, $variantKeys: [String!], $variantKeysMax: Int!
) {{
  product(id: $id) {{ variants(first: $variants, after: $after) {{
    pageInfo {{ hasNextPage endCursor }} nodes {{ {_VARIANT} }} }} }}
}}
"""
_MORE_MEDIA = f"""
query Media($id: ID!, $media: Int!, $after: String) {{
  product(id: $id) {{ media(first: $media, after: $after) {{
    pageInfo {{ hasNextPage endCursor }} nodes {{ {_MEDIUM} }} }} }}
}}
"""
# What is not read: it can be written, and is no part of what is compared.
_UNREAD = ("inventoryItem.cost",)
GRAMS = {"GRAMS": 1.0, "KILOGRAMS": 1000.0, "OUNCES": 28.349523125, "POUNDS": 453.59237}


class ProductGone(ShopRefused):
    """A product that was deleted in the shop while it was read."""


@dataclass(frozen=True, slots=True)
class RemoteVariant:
    """A variant of the shop. choice: its value of each option. node: as the shop told it."""

    id: str
    sku: str | None
    choice: tuple[tuple[str, str], ...]
    node: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RemoteProduct:
    """A product of the shop, whole. media_names: of the files of its media, where it tells them."""

    id: str
    status: str
    variants: tuple[RemoteVariant, ...]
    node: dict[str, Any]
    media: tuple[str, ...]
    media_names: tuple[str, ...] = ()

    @property
    def record_id(self) -> str | None:
        """The id of the record that it says it is of."""
        return _metafield(self.node, ID_METAFIELD)

    @property
    def is_archived(self) -> bool:
        """Whether it is not sold any more."""
        return self.status == "ARCHIVED"

    @property
    def skus(self) -> list[str]:
        """The SKUs of its variants."""
        return [one.sku for one in self.variants if one.sku]

    @property
    def variant_ids(self) -> list[str]:
        """The ids of its variants, in its order."""
        return [one.id for one in self.variants]

    @property
    def has_only_default(self) -> bool:
        """Whether nothing can be chosen."""
        choices = [one.choice for one in self.variants]
        return choices == [((DEFAULT_OPTION, DEFAULT_VALUE),)]

    def fields(self, mappings: Iterable[FieldMapping]) -> dict[str, Any]:
        """Return what the mapped fields of the product hold, by their names."""
        return _fields(self.node, at_level(mappings, Level.PRODUCT), self.media)

    def checksum(self, mappings: Sequence[FieldMapping]) -> str:
        """Return 64 hexadecimal digits, the same as long as the mapped fields hold the same."""
        level = at_level(mappings, Level.VARIANT)
        told = [
            self.fields(mappings),
            [(one.id, one.choice, _fields(one.node, level, ())) for one in self.variants],
        ]
        return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def variant_fields(one: RemoteVariant, mappings: Iterable[FieldMapping]) -> dict[str, Any]:
    """Return what the mapped fields of a variant hold, by their names."""
    return _fields(one.node, at_level(mappings, Level.VARIANT), ())


def metafield_keys(mappings: Iterable[FieldMapping]) -> dict[str, Any]:
    """Return the variables that say which metafields are read: those that are mapped, and ours.

    No more are asked for, because a shop counts what might be there.
    """
    found: dict[Level, list[str]] = {Level.PRODUCT: [".".join(ID_METAFIELD)], Level.VARIANT: []}
    for one in mappings:
        if one.target.kind is Kind.METAFIELD:
            found[one.target.level].append(".".join(one.target.metafield))
    keys, of_variants = found[Level.PRODUCT], found[Level.VARIANT]
    most = {"keysMax": len(keys), "variantKeysMax": max(1, len(of_variants))}
    return {"keys": keys, "variantKeys": of_variants} | most


def read_pages(
    client: ShopClient, mappings: Sequence[FieldMapping]
) -> Iterator[list[RemoteProduct]]:
    """Yield the products of the shop, by pages, each of them whole."""
    for nodes in _windows(client, PAGES, metafield_keys(mappings), PAGE):
        found = []
        for node in nodes:
            with suppress(ProductGone):
                found.append(whole_product(client, node, mappings))
        yield found


def read_product(
    client: ShopClient, number: str, mappings: Sequence[FieldMapping]
) -> RemoteProduct | None:
    """Return a product by its id, None when the shop says that it is not there."""
    node = client.ask_whole(ONE, metafield_keys(mappings) | {"id": number})["product"]
    with suppress(ProductGone):
        return None if node is None else whole_product(client, node, mappings)
    return None


def whole_product(
    client: ShopClient, node: dict[str, Any], mappings: Sequence[FieldMapping]
) -> RemoteProduct:
    """Return the product of a node, after reading what its first pages lack.

    Raises ProductGone.
    """
    keys = metafield_keys(mappings)
    more = {name: keys[name] for name in ("variantKeys", "variantKeysMax")}
    variants = _all(client, node, "variants", _MORE_VARIANTS, more)
    media = _all(client, node, "media", _MORE_MEDIA, {})
    return RemoteProduct(
        node["id"],
        node["status"],
        tuple(_variant(one) for one in variants),
        node,
        tuple(one["id"] for one in media),
        tuple(_file_name(one) for one in media),
    )


def read_ids(client: ShopClient) -> Iterator[str]:
    """Yield the ids of all products of the shop."""
    for nodes in _windows(client, _IDS, {}, _IDS_AT_ONCE):
        yield from (one["id"] for one in nodes)


def find_by_record(client: ShopClient, record_id: str) -> str | None:
    """Return the id of the product that says it is of a record."""
    space, key = ID_METAFIELD
    place = {"namespace": space, "key": key, "value": record_id}
    found = client.ask(_BY_KEY, {"place": {"customId": place}})["productByIdentifier"]
    return None if found is None else str(found["id"])


def _windows(
    client: ShopClient, query: str, variables: dict[str, Any], first: int
) -> Iterator[list[Any]]:
    """Yield the pages of all products by their ids, however many there are.

    A shop stops after some thousand things, so the pages begin anew before, behind the last id.
    """
    behind = 0
    while True:
        told = variables | {"filter": f"id:>{behind}" if behind else None}
        count = 0
        for nodes in client.pages(query, "products", told, first):
            if nodes and _number(nodes[0]) <= behind:
                raise ShopRefused(NO_WINDOWS)
            yield nodes
            count += len(nodes)
            if count >= WINDOW:
                behind = _number(nodes[-1])
                break
        else:
            return


def _number(node: dict[str, Any]) -> int:
    return int(str(node["id"]).rpartition("/")[2])


def _all(
    client: ShopClient, node: dict[str, Any], name: str, query: str, variables: dict[str, Any]
) -> list[dict[str, Any]]:
    page = node[name]
    found: list[dict[str, Any]] = list(page["nodes"])
    while page["pageInfo"]["hasNextPage"]:
        place = {"id": node["id"], "after": page["pageInfo"]["endCursor"]}
        product = client.ask_whole(query, variables | place)["product"]
        if product is None:
            raise ProductGone(f"The product {node['id']} was deleted in the shop.")
        page = product[name]
        found += page["nodes"]
    return found


def file_name(address: str) -> str:
    """Return the name of the file that an address leads to, as a shop keeps it.

    >>> file_name("https://cdn.example/files/Front.JPG?v=2")
    'front.jpg'
    """
    return address.partition("?")[0].partition("#")[0].rpartition("/")[2].lower()


def _file_name(medium: dict[str, Any]) -> str:
    return file_name((medium.get("image") or {}).get("url") or "")


def _variant(node: dict[str, Any]) -> RemoteVariant:
    choice = tuple((one["name"], one["value"]) for one in node["selectedOptions"])
    return RemoteVariant(node["id"], node["sku"] or None, choice, node)


def _fields(
    node: dict[str, Any], mappings: Iterable[FieldMapping], media: Sequence[str]
) -> dict[str, Any]:
    return {
        one.target.name: _held(node, one.target, media)
        for one in mappings
        if one.target.name not in _UNREAD
    }


def _held(node: dict[str, Any], target: Target, media: Sequence[str]) -> Any:
    """Return what a field holds: text, a list of texts, or a boolean; None for nothing."""
    if target.kind is Kind.METAFIELD:
        return _metafield(node, target.metafield)
    if target.kind is Kind.MEDIA:
        return list(media) or None
    if target.kind is Kind.WEIGHT:
        return _grams(node["inventoryItem"]["measurement"]["weight"])
    held: Any = node
    for step in target.name.split("."):
        held = held[step]
    return None if held in ("", []) else held


def _grams(weight: dict[str, Any] | None) -> str | None:
    """Return a weight in grams, without needless zeros; Shopify has 0 for none."""
    if weight is None or not weight["value"]:
        return None
    return f"{weight['value'] * GRAMS[weight['unit']]:.6f}".rstrip("0").rstrip(".")


def _metafield(node: dict[str, Any], place: tuple[str, str]) -> str | None:
    for one in node["metafields"]["nodes"]:
        if (one["namespace"], one["key"]) == place:
            return str(one["value"])
    return None
