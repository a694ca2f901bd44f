"""The Saleor fixture as it is: objects by model and key; categories are a nested set."""

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Objects = dict[int, Json]

FILE = "populatedb_data.json"
BRAND_PAGES = "brand"  # the page type that products refer to
REFERENCE = "single-reference"


@dataclass(frozen=True)
class SaleorSource:
    """by_model: fields of every object, by model and key."""

    by_model: dict[str, Objects]

    def all(self, model: str) -> Objects:
        return self.by_model[model]

    @cached_property
    def products(self) -> Objects:
        return self.all("product.product")

    @cached_property
    def types(self) -> Objects:
        return self.all("product.producttype")

    @cached_property
    def attributes(self) -> Objects:
        return self.all("attribute.attribute")

    @cached_property
    def values(self) -> Objects:
        return self.all("attribute.attributevalue")

    @cached_property
    def brands(self) -> Objects:
        """The pages that attributes refer to."""
        types = self.all("page.pagetype")
        pages = self.all("page.page").items()
        return {key: one for key, one in pages if types[one["page_type"]]["slug"] == BRAND_PAGES}

    @cached_property
    def variants(self) -> dict[int, list[int]]:
        """The keys of variants by the key of their product, in their order."""
        found: dict[int, list[int]] = defaultdict(list)
        for key, one in self.all("product.productvariant").items():
            found[one["product"]].append(key)
        return found

    def has_variants(self, product: int) -> bool:
        """Return whether its type has variants; else the only one is the product itself."""
        return bool(self.types[self.products[product]["product_type"]]["has_variants"])

    def path(self, category: int) -> tuple[str, ...]:
        """Return the names from the root down, by the bounds of the nested set."""
        tree = self.all("product.category")
        own = tree[category]
        above = [one for one in tree.values() if holds(one, own)]
        return tuple(one["name"] for one in sorted(above, key=lambda one: one["lft"]))

    def below(self, category: int) -> set[int]:
        """Return the key of a category and those of all below it."""
        tree = self.all("product.category")
        return {key for key, one in tree.items() if holds(tree[category], one)}

    def own_values(self, product: int) -> dict[int, int]:
        """Return attribute → value of a product."""
        assigned = self.all("attribute.assignedproductattributevalue").values()
        return self._values(one["value"] for one in assigned if one["product"] == product)

    def variant_values(self, variant: int) -> dict[int, int]:
        """Return attribute → value of a variant."""
        links = self.all("attribute.assignedvariantattribute")
        assigned = self.all("attribute.assignedvariantattributevalue").values()
        return self._values(
            one["value"] for one in assigned if links[one["assignment"]]["variant"] == variant
        )

    def prices(self, variant: int) -> dict[str, str]:
        """Return currency → price."""
        listings = self.all("product.productvariantchannellisting").values()
        return {
            one["currency"]: one["price_amount"] for one in listings if one["variant"] == variant
        }

    def stock(self, variant: int) -> int | None:
        """Return how many there are in all warehouses, or None where nobody counted."""
        stocks = self.all("warehouse.stock").values()
        found = [one["quantity"] for one in stocks if one["product_variant"] == variant]
        return sum(found) if found else None

    def images(self, product: int) -> list[str]:
        media = self.all("product.productmedia").values()
        found = [one for one in media if one["product"] == product]
        return [one["image"] for one in sorted(found, key=lambda one: one["sort_order"])]

    def collections(self, product: int) -> list[str]:
        """Return the slugs of the collections that a product is in."""
        known = self.all("product.collection")
        links = self.all("product.collectionproduct").values()
        return [known[one["collection"]]["slug"] for one in links if one["product"] == product]

    def _values(self, keys: Any) -> dict[int, int]:
        return {self.values[key]["attribute"]: key for key in keys}


def holds(outer: Json, inner: Json) -> bool:
    """Return whether a category is another one or above it."""
    same_tree = outer["tree_id"] == inner["tree_id"]
    return bool(same_tree and outer["lft"] <= inner["lft"] and inner["rght"] <= outer["rght"])


def read(folder: Path) -> SaleorSource:
    """Return the source."""
    found: dict[str, Objects] = defaultdict(dict)
    for one in json.loads((folder / FILE).read_text(encoding="utf-8")):
        found[one["model"]][one["pk"]] = one["fields"]
    return SaleorSource(dict(found))


def text_of(blocks: Json | None) -> str:
    """Return what an editor's blocks say, as HTML.

    >>> text_of({"blocks": [{"type": "paragraph", "data": {"text": "<b>Light</b>"}}]})
    '<p><b>Light</b></p>'
    """
    found = blocks["blocks"] if blocks else []
    return "".join(f"<p>{one['data']['text']}</p>" for one in found)
