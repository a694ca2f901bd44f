"""How the LEGO files become attributes, categories and products: pure functions, no network.

part      a product; SKU = its number                 categories  Parts > <part category>
element   a variation of its part by `color`;         categories  those of its part
          SKU = its number, see LegoSource.element_sku
set       a product; SKU = its number                 categories  Sets > <theme> > <theme> …
relation  a link between parts, one collection of SKUs per kind of relation
"""

from collections import defaultdict
from typing import Any

from tests.catalogues.mappings.attribute_definition import attribute, dictionary
from tests.catalogues.sources.lego import LegoSource, variants_of

Json = dict[str, Any]

KINDS = ("part", "element", "set")
MATERIALS = (
    "Cardboard/Paper",
    "Cloth",
    "Flexible Plastic",
    "Foam",
    "Metal",
    "Plastic",
    "Rubber",
)
RELATIONS = {
    "P": ("print_of", "Print of"),
    "R": ("pair_of", "Pair of"),
    "B": ("sub_part_of", "Sub-part of"),
    "M": ("mold_of", "Mould variant of"),
    "T": ("pattern_of", "Pattern of"),
    "A": ("alternate_of", "Alternate of"),
}


def attribute_items(source: LegoSource) -> list[Json]:
    """Return the items for `addAttribute`."""
    colors = [(one["name"], one["rgb"]) for one in source.colors.values()]
    listed = "filterable indexable"
    return [
        attribute("kind", "dropdown", "Kind", listed, **dictionary(["value"], zip(KINDS))),
        attribute("part_number", "string", "Part number", f"searchable {listed}"),
        attribute("element_number", "string", "Element number", f"unique searchable {listed}"),
        attribute("color", "dropdown", "Colour", listed, **dictionary(["value", "rgb"], colors)),
        attribute("rgb", "string", "RGB", validation="[0-9A-F]{6}"),
        attribute("transparent", "boolean", "Transparent", "filterable"),
        attribute(
            "material", "dropdown", "Material", listed, **dictionary(["value"], zip(MATERIALS))
        ),
        attribute("year", "number", "Year", listed, min="1900", max="2100"),
        attribute("pieces", "number", "Number of pieces", listed, min="0"),
        attribute("image", "media", "Image"),
        *(
            attribute(name, "relation", label, "collection filterable")
            for name, label in RELATIONS.values()
        ),
    ]


def category_items(source: LegoSource) -> list[Json]:
    """Return the items for `addCategory`, parents before their children."""
    paths = ["Parts", "Sets"]
    paths += [part_category(source, number) for number in source.part_categories]
    paths += [set_category(source, number) for number in source.themes]
    return [{"path": path} for path in sorted(paths, key=lambda path: path.split(" > "))]


def part_category(source: LegoSource, number: int) -> str:
    return f"Parts > {source.part_categories[number]}"


def set_category(source: LegoSource, theme: int) -> str:
    return f"Sets > {source.theme_path(theme)}"


def part_product(source: LegoSource, part: Json) -> Json:
    """Return SKU and attributes of a part."""
    attributes = {
        "title": part["name"],
        "kind": "part",
        "categories": [part_category(source, part["category"])],
        "part_number": part["part"],
        "material": part["material"],
    }
    if variants_of(part):
        attributes["variation_attributes"] = ["color"]
    return product(part["part"], attributes)


def element_product(source: LegoSource, part: Json, variant: Json) -> Json:
    """Return SKU and attributes of a part in one colour."""
    color = source.colors[variant["color"]]
    attributes = {
        "title": f"{part['name']}, {color['name']}",
        "kind": "element",
        "variation_of": part["part"],
        "categories": [part_category(source, part["category"])],
        "part_number": part["part"],
        "element_number": variant["element"],
        "color": color["name"],
        "rgb": color["rgb"],
        "transparent": color["transparent"],
        "material": part["material"],
    }
    return product(source.element_sku(variant["element"]), attributes)


def set_product(source: LegoSource, one: Json) -> Json:
    """Return SKU and attributes of a set."""
    attributes = {
        "title": one["name"],
        "kind": "set",
        "categories": [set_category(source, one["theme"])],
        "year": one["year"],
        "pieces": one["parts"],
        "image": one["image"],
    }
    return product(one["set"], attributes)


def part_links(part: Json, known: frozenset[str]) -> dict[str, list[str]]:
    """Return the links of a part to known parts, by attribute."""
    links: defaultdict[str, list[str]] = defaultdict(list)
    for kind, target in part.get("relations", []):
        if target in known:
            links[RELATIONS[kind][0]].append(target)
    return dict(links)


def product(sku: str, attributes: Json) -> Json:
    """Return the body of createProduct or editProduct."""
    return {"sku": sku, "data": {"attributes": attributes}}
