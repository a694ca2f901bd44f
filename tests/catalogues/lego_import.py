"""The LEGO catalogue as files for the import commands of `pims`: tables, as an ERP writes them.

products.csv  every part, element and set, each part before its elements
links.csv     the relations between parts, once all are there: some pairs name each other
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.catalogues.importing import (
    import_attributes,
    import_categories,
    import_products,
    write_csv,
    write_lines,
)
from tests.catalogues.mappings.lego import (
    RELATIONS,
    attribute_items,
    category_items,
    element_product,
    part_links,
    part_product,
    set_product,
)
from tests.catalogues.shop import Shop
from tests.catalogues.sources.lego import LegoSource, variants_of

Json = dict[str, Any]

BETWEEN_LINKS = "|"
LINK_OPTIONS = ("--separator", BETWEEN_LINKS)
PRODUCT_COLUMNS = (
    *("sku", "title", "kind", "variation_of", "categories.0", "variation_attributes.0"),
    *("part_number", "element_number", "color", "rgb", "transparent", "material"),
    *("year", "pieces", "image"),
)


@dataclass(frozen=True)
class LegoFiles:
    attributes: Path
    categories: Path
    products: Path
    links: Path


def write_files(source: LegoSource, to: Path) -> LegoFiles:
    """Write the files of a source or share and return where."""
    links = [name for name, _ in RELATIONS.values()]
    return LegoFiles(
        attributes=write_lines(to / "attributes.jsonl", attribute_items(source)),
        categories=write_csv(to / "categories.csv", ["path"], category_items(source)),
        products=write_csv(to / "products.csv", PRODUCT_COLUMNS, product_rows(source)),
        links=write_csv(to / "links.csv", ["sku", *links], link_rows(source)),
    )


def import_all(shop: Shop, files: LegoFiles) -> list[Json]:
    """Import the files and return the totals of each, in the order of LegoFiles."""
    return [
        import_attributes(shop, files.attributes),
        import_categories(shop, files.categories),
        import_products(shop, files.products),
        import_products(shop, files.links, *LINK_OPTIONS),
    ]


def product_rows(source: LegoSource) -> Iterator[Json]:
    """Yield the rows of products.csv."""
    for part in source.parts:
        yield _row(part_product(source, part))
        for variant in variants_of(part):
            yield _row(element_product(source, part, variant))
    for one in source.sets:
        yield _row(set_product(source, one))


def link_rows(source: LegoSource) -> Iterator[Json]:
    """Yield the rows of links.csv: links to parts that are not in the share are left out."""
    known = frozenset(part["part"] for part in source.parts)
    for part in source.parts:
        links = part_links(part, known)
        if links:
            cells = {name: BETWEEN_LINKS.join(skus) for name, skus in links.items()}
            yield {"sku": part["part"], **cells}


def _row(product: Json) -> Json:
    cells = {"sku": product["sku"]}
    for name, value in product["data"]["attributes"].items():
        if isinstance(value, list):
            cells |= {f"{name}.{place}": one for place, one in enumerate(value)}
        else:
            cells[name] = value
    return cells
