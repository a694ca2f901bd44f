"""How the Magento sample files go through the import commands of `pims`.

As they are, by options alone: the tables of simple products, and those of links.
Written anew: the definitions, whose types have other names; the categories, whose paths have other
separators; and the configurable products, whose cells hold several attributes each. A variation
does not know its parent there, the parent names its variations.
"""

import html
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.catalogues.importing import (
    import_attributes,
    import_categories,
    import_products,
    mapped,
    write_csv,
    write_lines,
)
from tests.catalogues.mappings.attribute_definition import attribute
from tests.catalogues.shop import Shop
from tests.catalogues.sources.magento import (
    ROOT,
    SIMPLE,
    MagentoSource,
    lines,
    pairs,
    variations,
)

Json = dict[str, Any]

LISTED = "filterable indexable"
OWN_ATTRIBUTES = (
    attribute("attribute_set", "string", "Attribute set", LISTED),
    attribute("kind", "string", "Product type", LISTED),
    attribute("description", "html", "Description"),
    attribute("short_description", "html", "Short description"),
    attribute("meta_description", "text", "Meta description"),
    attribute("url_key", "string", "URL key", LISTED),
    attribute("visibility", "string", "Visibility", LISTED),
    attribute("tax_class", "string", "Tax class", LISTED),
    attribute("weight", "number", "Weight", LISTED),
    attribute("price", "number", "Price", LISTED),
    attribute("special_price", "number", "Special price", LISTED),
    attribute("qty", "number", "Quantity", LISTED),
    attribute("is_in_stock", "boolean", "In stock", LISTED),
    attribute("image", "media", "Image"),
    attribute("gallery", "media", "Gallery", "collection"),
    attribute("bundle_options", "text", "Bundle options"),
    attribute("associated_sku", "relation", "Associated products", "collection filterable"),
    attribute("related", "relation", "Related products", "collection filterable"),
    attribute("upsell", "relation", "Up-sells", "collection filterable"),
    attribute("crosssell", "relation", "Cross-sells", "collection filterable"),
    attribute("samples_title", "string", "Title of samples"),
    attribute("links_title", "string", "Title of downloads"),
    attribute("links_purchased_separately", "boolean", "Downloads sold one by one"),
)
TYPES = {"select": "dropdown", "multiselect": "dropdown", "boolean": "boolean"}
YES_NO = {"Yes": "Y", "No": "N"}

CATEGORY_OPTIONS = (
    *mapped(
        {"active": "cat_data.status", "url_key": "cat_data.url_key", "position": "cat_order"},
        ("name", "is_anchor", "include_in_menu", "display_mode", "custom_layout_update"),
    ),
    *("--ignore", "require_media", "--below", ROOT),
)
MEANING = {
    "name": "title",
    "attribute_set_code": "attribute_set",
    "product_type": "kind",
    "tax_class_name": "tax_class",
    "base_image": "image",
    "thumbnail_image": "thumbnail",
    "additional_images": "gallery",
}
KEPT = (
    *("sku", "categories", "description", "weight", "visibility", "price", "url_key", "qty"),
    *("is_in_stock", *MEANING),
)
SIMPLE_OPTIONS = ("--separator", "\n", "--map", "name=title", "--ignore", "category")
GROUPED = "GroupedProduct/yoga_grouped.csv"


def import_all(shop: Shop, source: MagentoSource, to: Path) -> dict[str, Json]:
    """Write what is to be written, import everything, and return the totals by file."""
    totals = {
        "attributes": import_attributes(shop, write_attributes(source, to)),
        "categories": import_categories(shop, write_categories(source, to), *CATEGORY_OPTIONS),
        "configurable": import_configurable(shop, source, to),
    }
    for name in SIMPLE:
        apart = ("--ignore", "associated_sku") if name == GROUPED else ()
        file = source.folder / name
        totals[name] = import_products(
            shop, file, *SIMPLE_OPTIONS, *apart, "--create-missing", "dictionary"
        )
    totals["grouped"] = import_grouped(shop, source)
    totals["places"] = import_products(shop, write_places(source, to), "--separator", ",")
    for name in source.links:
        totals[name] = import_links(shop, source, name)
    return totals


def import_configurable(shop: Shop, source: MagentoSource, to: Path) -> Json:
    ignored = [name for name in source.configurable[0] if name not in KEPT]
    options = ("--separator", ",", "--create-missing", "dictionary")
    file = write_configurable(source, to)
    return import_products(shop, file, *mapped(MEANING, ignored), *options)


def import_grouped(shop: Shop, source: MagentoSource) -> Json:
    """Import the one column whose lists have commas between them."""
    others = [name for name in source.tables[GROUPED][0] if name not in ("sku", "associated_sku")]
    options = mapped({}, others)
    return import_products(shop, source.folder / GROUPED, *options, "--separator", ",")


def import_links(shop: Shop, source: MagentoSource, name: str) -> Json:
    """Import a table of links as it is; the name of the file says what they are."""
    file = source.folder / name
    options = ("--map", f"linked_sku={file.stem}", "--separator", "\n")
    return import_products(shop, file, *options)


def write_attributes(source: MagentoSource, to: Path) -> Path:
    """Write the definitions; an attribute that stands in two tables has the options of both."""
    listed: dict[str, list[Json]] = {}
    for row in source.attributes:
        listed.setdefault(row["attribute_code"], []).append(row)
    items = (_attribute_item(name, rows) for name, rows in listed.items())
    return write_lines(to / "attributes.jsonl", [*items, *OWN_ATTRIBUTES])


def write_categories(source: MagentoSource, to: Path) -> Path:
    """Write the table of categories with whole paths."""
    rows = [row | {"path": " > ".join(names)} for names, row in source.categories.items()]
    columns = dict.fromkeys(name for row in rows for name in row)
    return write_csv(to / "categories.csv", list(columns), rows)


def write_configurable(source: MagentoSource, to: Path) -> Path:
    """Write the table of configurable products with a column for everything within its cells."""
    rows = list(configurable_rows(source))
    columns = dict.fromkeys(name for row in rows for name in row)
    return write_csv(to / "configurable.csv", list(columns), rows)


def configurable_rows(source: MagentoSource) -> Iterator[Json]:
    parents = source.parents()
    for row in source.configurable:
        cells = {
            name: ",".join(YES_NO.get(one, one) for one in values)
            for name, values in pairs(row).items()
        }
        varying = {name for one in variations(row) for name in one if name != "sku"}
        links = {
            "categories": ",".join(source.categories_of(row)),
            "variation_of": parents.get(row["sku"], ""),
            "variation_attributes": ",".join(sorted(varying, reverse=True)),
        }
        yield row | cells | links


def write_places(source: MagentoSource, to: Path) -> Path:
    """Write where the simple products are: their own tables name categories without paths."""
    rows = (
        {"sku": row["sku"], "categories": ",".join(source.categories_of(row))}
        for row in source.simple
    )
    return write_csv(to / "places.csv", ["sku", "categories"], rows)


def _attribute_item(name: str, rows: list[Json]) -> Json:
    first = rows[0]
    options = dict.fromkeys(option for row in rows for option in lines(row["option"]))
    flags = "collection filterable" if first["frontend_input"] == "multiselect" else LISTED
    label = lines(first["frontend_label"])[-1]  # the one for its shop comes last
    more: Json = {}
    if options:
        data = [[option, html.unescape(option)] for option in options]
        more["dictionary"] = {"columns": ["value", "en-us"], "data": data}
    return attribute(name, TYPES[first["frontend_input"]], label, flags, **more)
