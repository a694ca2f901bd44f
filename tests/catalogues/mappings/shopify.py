"""How the Shopify taxonomy becomes categories, attributes and a few products.

category   read from the source file as it is, by the options of `pims category import`
attribute  a dropdown of many values; name = its handle, labels and comments in four languages
product    one per taken category: SKU = the category's id, title = its name in four languages,
           and a value of the first attributes that the category has
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.catalogues.mappings.attribute_definition import attribute, dictionary
from tests.catalogues.sources.shopify import LOCALES, OTHERS, ShopifySource, labels_of, path_of

Json = dict[str, Any]

CATEGORY_OPTIONS = (
    *("--at", "categories"),
    *("--map", "id=cat_data.shopify_id", "--map", "parent=parent_id", "--map", "name.en=name"),
    *(f"--map=name.{code}=label.{locale}" for code, locale in LOCALES.items()),
    *("--ignore", "path", "--ignore", "level", "--ignore", "leaf", "--ignore", "attributes"),
)
STEP = 100  # of the categories, every so many gets a product
FILLED = 2  # attributes of a product that get a value


def attribute_items(source: ShopifySource) -> Iterator[Json]:
    """Yield the entries for `pims attribute import`."""
    columns = ["value", *LOCALES.values()]
    for place, one in enumerate(source.attributes):
        rows = [
            [value["handle"], *(value["name"].get(code) or "" for code in LOCALES)]
            for value in source.values_of(one)
        ]
        comment = {LOCALES[c]: text for c, text in one["description"].items() if c in LOCALES}
        yield attribute(
            source.names[place],
            "dropdown",
            labels_of(one),
            "collection filterable",
            comment=comment,
            **dictionary(columns, rows),
        )


def write_attributes(source: ShopifySource, to: Path) -> Path:
    """Write the entries as one JSON list and return where."""
    path = to / "attributes.json"
    path.write_text(json.dumps(list(attribute_items(source))), encoding="utf-8")
    return path


def taken(source: ShopifySource) -> list[Json]:
    """Return the categories that get a product."""
    return source.categories[::STEP]


def product(source: ShopifySource, category: Json) -> Json:
    """Return the body of createProduct for the product of a category."""
    attributes = {"title": category["name"]["en"], "categories": [path_of(category)]}
    attributes |= values_of(source, category)
    return {"sku": category["id"], "data": {"attributes": attributes}}


def values_of(source: ShopifySource, category: Json) -> Json:
    """Return the values of the product of a category: the last of each attribute's dictionary."""
    found: Json = {}
    for handle in category["attributes"][:FILLED]:
        one = source.by_handle.get(handle)
        if one is not None:
            found[handle] = [source.values_of(one)[-1]["handle"]]
    return found


def translations(category: Json) -> Iterator[tuple[str, Json]]:
    """Yield locale and body of editProduct for every language in which the category has a name."""
    for code in OTHERS:
        title = category["name"].get(code)
        if title:
            attributes = {"attributes": {"title": title}}
            yield LOCALES[code], {"sku": category["id"], "data": attributes}
