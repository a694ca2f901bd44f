"""What a shop holds, as Shopify's schema names it: GraphQL reads attributes and calls methods."""
# ruff: noqa: N802, N815 - the names are Shopify's

import hashlib
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError

PAGE_MAX, DEPTH_MAX = 250, 25_000


def connection(
    nodes: list[Any], first: int | None, after: str | None, last: int | None = None
) -> Any:
    """Return a page of things. `first` or `last` is compulsory, as on Shopify's servers.

    No page goes beyond the first 25,000 things that are found.
    """
    if (first or last) is None:
        raise GraphQLError("you must provide one of first or last")
    if (first or last or 0) > PAGE_MAX:
        raise GraphQLError(f"first cannot exceed {PAGE_MAX}", extensions={"code": "MAX_SIZE"})
    begin = 0
    if after is not None:
        begin = next((n + 1 for n, one in enumerate(nodes) if cursor(one) == after), -1)
        if begin < 0:
            raise GraphQLError("Invalid cursor for current pagination sort.")
    if begin + (first or 0) > DEPTH_MAX and len(nodes) > DEPTH_MAX:
        raise GraphQLError(f"Exceeded the pagination limit of {DEPTH_MAX} objects.")
    page = nodes[begin : begin + (first or 0)] if first is not None else nodes[-(last or 0) :]
    more = first is not None and begin + first < len(nodes)
    return {
        "nodes": page,
        "edges": [{"node": one, "cursor": cursor(one)} for one in page],
        "pageInfo": {
            "hasNextPage": more,
            "hasPreviousPage": begin > 0,
            "endCursor": cursor(page[-1]) if page else None,
            "startCursor": cursor(page[0]) if page else None,
        },
    }


def cursor(one: Any) -> str:
    """Return an opaque place in a list."""
    return b64encode(one.id.encode()).decode()


@dataclass
class Metafield:
    id: str
    namespace: str
    key: str
    type: str
    value: str

    def compareDigest(self, info: Any) -> str:
        return hashlib.sha256(f"{self.type}{self.value}".encode()).hexdigest()


class HasMetafields:
    """What metafields can be set on."""

    held: list[Metafield]

    def metafields(
        self,
        info: Any,
        first: int | None = None,
        after: str | None = None,
        namespace: str | None = None,
        keys: list[str] | None = None,
        **other: Any,
    ) -> Any:
        found = [
            one
            for one in self.held
            if namespace in (None, one.namespace)
            and (keys is None or f"{one.namespace}.{one.key}" in keys)
        ]
        return connection(found, first, after, other.get("last"))

    def metafield(self, info: Any, key: str, namespace: str | None = None) -> Metafield | None:
        return next((m for m in self.held if (m.namespace, m.key) == (namespace, key)), None)


@dataclass
class Media:
    id: str
    alt: str
    source: str
    status: str = "READY"
    named: bool = True  # whether the shop has looked at it, so that it tells its name
    mediaContentType: str = "IMAGE"
    __typename = "MediaImage"

    def image(self, info: Any) -> Any:
        if not self.named:
            return None
        url = f"https://cdn.shopify.example/files/{self.source.rpartition('/')[2]}?v=1"
        return {"url": lambda info, **_: url, "width": 1, "height": 1}


@dataclass
class OptionValue:
    id: str
    name: str


@dataclass
class Option:
    id: str
    name: str
    position: int
    optionValues: list[OptionValue]

    def values(self, info: Any) -> list[str]:
        return [one.name for one in self.optionValues]


@dataclass
class InventoryItem:
    id: str
    tracked: bool = False
    requiresShipping: bool = True
    cost: str | None = None
    weight: dict[str, Any] | None = None

    def measurement(self, info: Any) -> Any:
        return {"id": self.id, "weight": self.weight}


@dataclass(eq=False)
class Variant(HasMetafields):
    id: str
    product: "Product"
    inventoryItem: InventoryItem
    chosen: tuple[tuple[str, str], ...]
    position: int = 1
    sku: str | None = None
    barcode: str | None = None
    price: str = "0.00"
    compareAtPrice: str | None = None
    taxable: bool = True
    inventoryPolicy: str = "DENY"
    updatedAt: str = ""
    held: list[Metafield] = field(default_factory=list)

    def selectedOptions(self, info: Any) -> list[Any]:
        found = []
        for name, value in self.chosen:
            option = next(one for one in self.product.all_options if one.name == name)
            held = next(one for one in option.optionValues if one.name == value)
            found.append({"name": name, "value": value, "optionValue": held})
        return found

    def media(self, info: Any, **asked: Any) -> Any:
        return connection([], asked.get("first"), None, asked.get("last"))


@dataclass(eq=False)
class Product(HasMetafields):
    id: str
    title: str
    handle: str
    descriptionHtml: str = ""
    vendor: str = ""
    productType: str = ""
    status: str = "ACTIVE"
    tags: list[str] = field(default_factory=list)
    seo: dict[str, Any] = field(default_factory=lambda: {"title": None, "description": None})
    category: Any = None
    createdAt: str = ""
    updatedAt: str = ""
    all_options: list[Option] = field(default_factory=list)
    all_variants: list[Variant] = field(default_factory=list)
    all_media: list[Media] = field(default_factory=list)
    held: list[Metafield] = field(default_factory=list)

    def options(self, info: Any, first: int | None = None) -> list[Option]:
        return self.all_options[:first]

    def variants(self, info: Any, **asked: Any) -> Any:
        return connection(
            self.all_variants, asked.get("first"), asked.get("after"), asked.get("last")
        )

    def variantsCount(self, info: Any) -> Any:
        return {"count": len(self.all_variants), "precision": "EXACT"}

    def media(self, info: Any, **asked: Any) -> Any:
        return connection(self.all_media, asked.get("first"), asked.get("after"), asked.get("last"))
