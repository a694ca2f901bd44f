"""How the Saleor fixture goes through the import commands of `pims`.

attribute    name = its slug; a reference becomes a relation to the product that its page becomes
type         a product type of the same slug; it has the attributes of its products and variants
category     an object of the fixture as it is, its fields told by options
product      SKU = its slug; one whose type has no variants takes in the only one
variant      SKU = its own; a variation of its product
brand page   a product of the type `brand`, SKU = `brand-<slug>`
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.catalogues.importing import (
    import_attributes,
    import_categories,
    import_products,
    mapped,
    write_lines,
)
from tests.catalogues.mappings.attribute_definition import attribute, dictionary
from tests.catalogues.shop import Shop
from tests.catalogues.sources.saleor import FILE, REFERENCE, SaleorSource, text_of

Json = dict[str, Any]

BRAND = "brand"
CURRENCIES = ("USD", "PLN")
LISTED = "filterable indexable"
COMMON = ("variant_name", "description", "price_usd", "price_pln", "stock", "images", "collections")
CATEGORY_OPTIONS = (
    *mapped(
        {
            "pk": "id",
            "fields.parent": "parent_id",
            "fields.name": "name",
            "fields.lft": "cat_order",
            "fields.slug": "cat_data.slug",
        },
        ("model",),
    ),
)


def import_all(shop: Shop, source: SaleorSource, folder: Path, to: Path) -> list[Json]:
    """Import attributes, categories and products, with the types between; return the totals."""
    attributes = write_lines(to / "attributes.jsonl", attribute_items(source))
    categories = write_lines(to / "categories.jsonl", category_objects(folder))
    products = write_lines(to / "products.jsonl", products_of(source))
    totals = [
        import_attributes(shop, attributes),
        import_categories(shop, categories, *CATEGORY_OPTIONS),
    ]
    for name, names in product_types(source).items():
        words = ("--attributes", ",".join(names), "--inherit", "n")
        shop.run_pims("product-type", "add", name, *words)
    return [*totals, import_products(shop, products)]


def attribute_items(source: SaleorSource) -> Iterator[Json]:
    """Yield the entries for `pims attribute import`."""
    for key, one in source.attributes.items():
        if one["input_type"] == REFERENCE:
            yield attribute(one["slug"], "relation", one["name"], "filterable")
        else:
            rows = [(value["slug"], value["name"]) for value in _values_of(source, key)]
            listed = dictionary(["value", "en-us"], rows)
            yield attribute(one["slug"], "dropdown", one["name"], LISTED, **listed)
    found = source.all("product.collection").values()
    collections = dictionary(["value", "en-us"], [(one["slug"], one["name"]) for one in found])
    yield attribute(
        "collections", "dropdown", "Collections", "collection filterable", **collections
    )
    yield attribute("variant_name", "string", "Name of the variant", f"searchable {LISTED}")
    yield attribute("description", "html", "Description")
    yield attribute("images", "media", "Images", "collection")
    for name in (*(f"price_{one.lower()}" for one in CURRENCIES), "stock"):
        yield attribute(name, "number", name, LISTED, min="0")


def product_types(source: SaleorSource) -> dict[str, list[str]]:
    """Return the names of product types with their attributes."""
    found: dict[str, list[str]] = {BRAND: ["description"]}
    for key, one in source.types.items():
        own = [
            source.attributes[link["attribute"]]["slug"]
            for model in ("attribute.attributeproduct", "attribute.attributevariant")
            for link in source.all(model).values()
            if link["product_type"] == key
        ]
        found[one["slug"]] = [*COMMON, *own]
    return found


def category_objects(folder: Path) -> list[Json]:
    """Return the objects of the fixture that are categories."""
    objects: list[Json] = json.loads((folder / FILE).read_text(encoding="utf-8"))
    return [one for one in objects if one["model"] == "product.category"]


def products_of(source: SaleorSource) -> Iterator[Json]:
    """Yield the lines of products: variants before their product, brands last."""
    for key, one in source.products.items():
        own = _product(source, key, one)
        if source.has_variants(key):
            yield from (_variant(source, one["slug"], variant) for variant in source.variants[key])
            axes = _axes(source, one["product_type"])
            yield own | {"variation_attributes": axes}
        else:
            yield own | _sold(source, source.variants[key][0])
    for page in source.brands.values():
        line = {"sku": brand_sku(page), "title": page["title"], "product_type": BRAND}
        yield line | {"description": text_of(page["content"])}


def brand_sku(page: Json) -> str:
    return f"brand-{page['slug']}"


def _product(source: SaleorSource, key: int, one: Json) -> Json:
    return {
        "sku": one["slug"],
        "title": one["name"],
        "product_type": source.types[one["product_type"]]["slug"],
        "categories": [" > ".join(source.path(one["category"]))],
        "description": text_of(one["description"]) or None,
        "images": source.images(key),
        "collections": source.collections(key),
        **_told(source, source.own_values(key)),
    }


def _variant(source: SaleorSource, parent: str, key: int) -> Json:
    one = source.all("product.productvariant")[key]
    product = source.products[one["product"]]
    return {
        "sku": one["sku"],
        "title": f"{product['name']}, {one['name']}",
        "variant_name": one["name"],
        "product_type": source.types[product["product_type"]]["slug"],
        "variation_of": parent,
        "categories": [" > ".join(source.path(product["category"]))],
        **_sold(source, key),
        **_told(source, source.variant_values(key)),
    }


def _sold(source: SaleorSource, variant: int) -> Json:
    prices = source.prices(variant)
    amounts = {f"price_{one.lower()}": prices.get(one) for one in CURRENCIES}
    return {**amounts, "stock": source.stock(variant)}


def _told(source: SaleorSource, values: dict[int, int]) -> Json:
    """Return slug of the attribute → slug of the value, or SKU of what it refers to."""
    found = {}
    for attribute_key, value_key in values.items():
        value = source.values[value_key]
        page = source.brands.get(value.get("reference_page_id") or 0)
        name = source.attributes[attribute_key]["slug"]
        found[name] = brand_sku(page) if page else value["slug"]
    return found


def _axes(source: SaleorSource, product_type: int) -> list[str]:
    links = source.all("attribute.attributevariant").values()
    own = [one for one in links if one["product_type"] == product_type and one["variant_selection"]]
    return [source.attributes[one["attribute"]]["slug"] for one in own]


def _values_of(source: SaleorSource, attribute_key: int) -> list[Json]:
    found = [one for one in source.values.values() if one["attribute"] == attribute_key]
    return sorted(found, key=lambda one: one["sort_order"])
