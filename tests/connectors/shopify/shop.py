"""A shop that speaks Shopify's own schema. It is ours, not Shopify's: what it does is by the book.

`root` is what queries and mutations are executed on.
"""
# ruff: noqa: N802, N803 - the names are Shopify's

import os
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLError, GraphQLSchema, build_schema, extend_schema, parse

from tests.connectors.shopify.product_set import ProductSet, Refused, metafield_of, money
from tests.connectors.shopify.things import InventoryItem, Metafield, Product, Variant, connection

FOLDER = "PIMS_TEST_SHOPIFY"  # with Shopify's schema and queries
_ROOT = Path(__file__).parents[3]
# The root field that the cut of the schema lacks.
_MORE = "extend type QueryRoot { productsCount(query: String, limit: Int = 10000): Count }"


def material() -> Path:
    """Return the folder with Shopify's schema; without it the test is skipped."""
    folder = Path(os.environ.get(FOLDER, _ROOT.parent / "shared" / "shopify"))
    if not folder.is_dir():
        pytest.skip(f"Shopify's schema is not at {folder}: set {FOLDER}")
    return folder


@cache
def schema() -> GraphQLSchema:
    """Return Shopify's schema."""
    text = next(material().glob("*.graphql")).read_text()
    return extend_schema(build_schema(text), parse(_MORE))


class Shop:
    """The products of a shop, and what merchants do to them."""

    def __init__(self, name: str = "acme") -> None:
        self.name = name
        self.products: dict[str, Product] = {}
        self.definitions: dict[tuple[str, str], str] = {}
        self.uploads: list[str] = []
        self.mutations: list[str] = []
        self.scopes = ["read_products", "write_products"]
        self.knows_keys = True  # False: there is no such metafield, and to ask for it is an error
        self.lock = threading.RLock()
        self._places: dict[tuple[str, ...], dict[str, Product]] = {}
        self._numbers = count(1001)
        self._time = datetime(2026, 11, 1, tzinfo=UTC)

    # What merchants do

    def edit(self, product: Product, **values: Any) -> None:
        """Change fields of a product, as somebody does in the shop's own pages."""
        vars(product).update(values)
        product.updatedAt = self.now()
        self.note(product)

    def change(self, product: Product, **sent: Any) -> None:
        """Change lists of a product there: as `productSet` would."""
        ProductSet(self, {"id": product.id}, sent).run()

    def remove(self, product: Product) -> None:
        """Delete a product in the shop's own pages."""
        del self.products[product.id]

    def add(self, **sent: Any) -> Product:
        """Add a product in the shop's own pages: as `productSet` would."""
        return ProductSet(self, None, sent).run()

    def one(self, **wanted: Any) -> Product:
        """Return the one product with these attributes."""
        (found,) = [
            one
            for one in self.products.values()
            if all(getattr(one, name) == value for name, value in wanted.items())
        ]
        return found

    # What mutations need

    def now(self) -> str:
        """Return a time that is later each time."""
        self._time += timedelta(seconds=1)
        return self._time.strftime("%Y-%m-%dT%H:%M:%SZ")

    def gid(self, kind: str) -> str:
        return f"gid://shopify/{kind}/{next(self._numbers)}"

    def note(self, product: Product) -> None:
        """Remember by what a product may be found from now on."""
        places: list[tuple[str, ...]] = [("handle", product.handle)]
        places += [("key", m.namespace, m.key, m.value) for m in product.held]
        places += [("sku", one.sku.lower()) for one in product.all_variants if one.sku]
        for place in places:
            self._places.setdefault(place, {})[product.id] = product

    def noted(self, *place: str) -> list[Product]:
        """Return the products that may be found there; some may have left it."""
        found = self._places.get(place, {})
        return [one for number, one in found.items() if number in self.products]

    def by_handle(self, handle: str) -> Product | None:
        return next((one for one in self.noted("handle", handle) if one.handle == handle), None)

    def by_key(self, key: dict[str, str]) -> Product | None:
        wanted = (key.get("namespace") or "", key["key"], key["value"])
        for one in self.noted("key", *wanted):
            if any((m.namespace, m.key, m.value) == wanted for m in one.held):
                return one
        return None

    def free_handle(self, wanted: str) -> str:
        if self.by_handle(wanted) is None:
            return wanted
        return next(h for n in count(1) if self.by_handle(h := f"{wanted}-{n}") is None)

    def metafield(self, sent: dict[str, Any], known: list[Metafield]) -> Metafield:
        return metafield_of(self, sent, known)

    def new_variant(self, product: Product) -> Variant:
        item = InventoryItem(self.gid("InventoryItem"))
        number = self.gid("ProductVariant")
        return Variant(number, product, item, (("Title", "Default Title"),), updatedAt=self.now())

    def every(self) -> Iterator[Variant]:
        for product in self.products.values():
            yield from product.all_variants


class Root:
    """The root of queries and mutations."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def shop(self, info: Any) -> Any:
        return {
            "id": "gid://shopify/Shop/1",
            "name": self._shop.name.title(),
            "myshopifyDomain": f"{self._shop.name}.myshopify.com",
            "currencyCode": "EUR",
            "plan": {"publicDisplayName": "Basic"},
        }

    def currentAppInstallation(self, info: Any) -> Any:
        return {"id": "1", "accessScopes": [{"handle": one} for one in self._shop.scopes]}

    def product(self, info: Any, id: str) -> Product | None:
        return self._shop.products.get(id)

    def productByIdentifier(self, info: Any, identifier: dict[str, Any]) -> Product | None:
        if "id" in identifier:
            return self._shop.products.get(identifier["id"])
        if "handle" in identifier:
            return self._shop.by_handle(identifier["handle"])
        if not self._shop.knows_keys:
            raise GraphQLError("Metafield definition is not found for the custom id")
        return self._shop.by_key(identifier["customId"])

    def productsCount(self, info: Any, query: str | None = None, limit: int = 10_000) -> Any:
        found = len(searched(list(self._shop.products.values()), query))
        exact = "EXACT" if found <= limit else "AT_LEAST"
        return {"count": min(found, limit), "precision": exact}

    def products(
        self, info: Any, query: str | None = None, sortKey: str = "ID", **asked: Any
    ) -> Any:
        found = searched(list(self._shop.products.values()), query)
        if sortKey == "UPDATED_AT":
            found.sort(key=lambda one: one.updatedAt)
        if asked.get("reverse"):
            found.reverse()
        return connection(found, asked.get("first"), asked.get("after"), asked.get("last"))

    def productVariants(self, info: Any, query: str | None = None, **asked: Any) -> Any:
        sku = re.fullmatch(r"sku:([\w.-]+)", query or "")
        products = self._shop.noted("sku", sku[1].lower()) if sku else self._shop.products.values()
        found = searched([one for each in products for one in each.all_variants], query)
        return connection(found, asked.get("first"), asked.get("after"), asked.get("last"))

    def productSet(
        self,
        info: Any,
        input: dict[str, Any],
        identifier: dict[str, Any] | None = None,
        synchronous: bool = True,
    ) -> Any:
        self._shop.mutations.append("productSet")
        try:
            made = ProductSet(self._shop, identifier, input).run()
        except Refused as refused:
            return {"product": None, "productSetOperation": None, "userErrors": [refused.told]}
        return {"product": made, "productSetOperation": None, "userErrors": []}

    def productDelete(self, info: Any, input: dict[str, Any], **_: Any) -> Any:
        self._shop.mutations.append("productDelete")
        found = self._shop.products.pop(input["id"], None)
        errors = [] if found else [{"field": ["id"], "message": "Product does not exist"}]
        return {"deletedProductId": found and found.id, "userErrors": errors}

    def metafieldDefinitionCreate(self, info: Any, definition: dict[str, Any]) -> Any:
        self._shop.mutations.append("metafieldDefinitionCreate")
        place = (definition.get("namespace") or "app", definition["key"])
        if place in self._shop.definitions:
            told = {"code": "TAKEN", "field": ["definition", "key"], "message": "Key is in use"}
            return {"createdDefinition": None, "userErrors": [told]}
        self._shop.definitions[place] = definition["type"]
        made = {"id": self._shop.gid("MetafieldDefinition"), "name": definition["name"]}
        made |= {"namespace": place[0], "key": place[1], "type": {"name": definition["type"]}}
        return {"createdDefinition": made, "userErrors": []}

    def metafieldsSet(self, info: Any, metafields: list[dict[str, Any]]) -> Any:
        self._shop.mutations.append("metafieldsSet")
        made = []
        for place, sent in enumerate(metafields):
            owner: Any = self._shop.products.get(sent["ownerId"]) or next(
                (one for one in self._shop.every() if one.id == sent["ownerId"]), None
            )
            try:
                if owner is None:
                    raise Refused("INVALID", "Owner does not exist")
                one = self._shop.metafield(sent, owner.held)
            except Refused as refused:
                told = {"code": "INVALID_VALUE", "elementIndex": place}
                return {"metafields": None, "userErrors": [refused.told | told]}
            others = [m for m in owner.held if (m.namespace, m.key) != (one.namespace, one.key)]
            owner.held = [*others, one]
            made.append(one)
            if isinstance(owner, Product):
                self._shop.note(owner)
        return {"metafields": made, "userErrors": []}

    def productVariantsBulkUpdate(
        self, info: Any, productId: str, variants: list[dict[str, Any]], **_: Any
    ) -> Any:
        self._shop.mutations.append("productVariantsBulkUpdate")
        product = self._shop.products.get(productId)
        held = {one.id: one for one in product.all_variants} if product else {}
        if any(one["id"] not in held for one in variants):
            told = {"code": "PRODUCT_VARIANT_DOES_NOT_EXIST", "field": ["variants"]}
            errors = [told | {"message": "Product variant does not exist"}]
            return {"product": None, "productVariants": None, "userErrors": errors}
        for one in variants:
            held[one["id"]].price = money(one["price"])
        changed = [held[one["id"]] for one in variants]
        return {"product": product, "productVariants": changed, "userErrors": []}


def searched(found: list[Any], query: str | None) -> list[Any]:
    """Return the things that a search finds: `sku:`, `handle:`, `id:>`, `updated_at:>`."""
    for name, sign, quoted, bare in re.findall(
        r"(\w+):([<>]?=?)(?:[\"']([^\"']*)[\"']|(\S+))", query or ""
    ):
        found = [one for one in found if _fits(one, name, sign, quoted or bare)]
    return found


def _fits(one: Any, name: str, sign: str, value: str) -> bool:
    if name == "updated_at":
        at: str = one.updatedAt
        return {">": at > value, ">=": at >= value, "<": at < value, "<=": at <= value}[sign]
    if name == "id":
        number, least = int(one.id.rpartition("/")[2]), int(value)
        return {">": number > least, "": number == least}[sign]
    if name == "sku" and isinstance(one, Product):
        return any(_fits(each, name, sign, value) for each in one.all_variants)
    held = getattr(one, name, None)
    return held is not None and str(held).lower() == value.lower()
