"""The Magento sample files as they are: tables, cells of `k=v`, lists within cells, paths of names.

Its catalogue has one root, which its shop never shows; the tables of categories leave it out.
"""

import csv
import gzip
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Names = tuple[str, ...]

ROOT = "Default Category"
LINKS = ("related", "upsell", "crosssell")
CONFIGURABLE = "Configurable/products.csv"
SIMPLE = (
    "Catalog/SimpleProduct/products_gear_bags.csv",
    "Catalog/SimpleProduct/products_gear_fitness_equipment.csv",
    "Catalog/SimpleProduct/products_gear_fitness_equipment_ball.csv",
    "Catalog/SimpleProduct/products_gear_fitness_equipment_strap.csv",
    "Catalog/SimpleProduct/products_gear_watches.csv",
    "Downloadable/products_training_video_download.csv",
    "Bundle/yoga_bundle.csv",
    "GroupedProduct/yoga_grouped.csv",
)
OF_MAGENTO_ITSELF = ("has_options", "required_options")
PLACES = ("Catalog", "Configurable", "Downloadable")


@dataclass(frozen=True, slots=True)
class MagentoSource:
    """tables: rows by file. links: file → SKU → SKUs. categories: by path, without the root."""

    folder: Path
    tables: dict[str, list[Json]]
    attributes: list[Json]
    categories: dict[Names, Json]
    links: dict[str, dict[str, list[str]]]

    @property
    def configurable(self) -> list[Json]:
        """The products with variations, and these, which come before them."""
        return self.tables[CONFIGURABLE]

    @property
    def simple(self) -> list[Json]:
        """All other products."""
        return [row for name in SIMPLE for row in self.tables[name]]

    def skus(self) -> set[str]:
        return {row["sku"] for rows in self.tables.values() for row in rows}

    def parents(self) -> dict[str, str]:
        """Return SKU → parent of the variations."""
        rows = self.configurable
        return {one["sku"]: row["sku"] for row in rows for one in variations(row)}

    def walk(self, names: list[str]) -> list[Names]:
        """Return the categories of a product that names them one after the other.

        Each name is looked for below the one before it, else at the root. One is nowhere.
        """
        found: list[Names] = []
        for name in names:
            above = found[-1] if found else ()
            places = [path for path in ((*above, name), (name,)) if path in self.categories]
            found += places[:1]
        return found

    def categories_of(self, row: Json) -> list[str]:
        """Return the paths of a product, root first, joined with ` > `."""
        if "categories" in row:
            return [" > ".join(path.split("/")) for path in row["categories"].split(",")]
        return [" > ".join((ROOT, *names)) for names in self.walk(lines(row["category"]))]


def read(folder: Path) -> MagentoSource:
    """Return the source."""
    tables = {name: _table(folder / name) for name in SIMPLE}
    packed = gzip.decompress((folder / f"{CONFIGURABLE}.gz").read_bytes()).decode()
    tables[CONFIGURABLE] = list(csv.DictReader(io.StringIO(packed, newline="")))
    links = [f"{place}/Links/{kind}.csv" for place in PLACES[:2] for kind in LINKS]
    return MagentoSource(
        folder=folder,
        tables=tables,
        attributes=[row for place in PLACES for row in _table(folder / place / "attributes.csv")],
        categories=_categories(folder),
        links={
            name: {row["sku"]: lines(row["linked_sku"]) for row in _table(folder / name)}
            for name in links
        },
    )


def pairs(row: Json) -> dict[str, list[str]]:
    """Return what a cell says of attributes, `size=XS,climate=Cool|Windy`, those of its own apart.

    >>> pairs({"additional_attributes": "has_options=1,size=XS,climate=Cool|Windy"})
    {'size': ['XS'], 'climate': ['Cool', 'Windy']}
    """
    found = (pair.split("=", 1) for pair in row["additional_attributes"].split(","))
    return {key: value.split("|") for key, value in found if key not in OF_MAGENTO_ITSELF}


def variations(row: Json) -> list[Json]:
    """Return SKU and varying attributes of each variation that a row names.

    >>> variations({"configurable_variations": "sku=A-XS,size=XS|sku=A-S,size=S"})
    [{'sku': 'A-XS', 'size': 'XS'}, {'sku': 'A-S', 'size': 'S'}]
    """
    cells = [cell for cell in row["configurable_variations"].split("|") if cell]
    return [dict(pair.split("=", 1) for pair in cell.split(",")) for cell in cells]


def lines(cell: str) -> list[str]:
    """Return the lines of a cell that are not blank."""
    return [line.strip() for line in cell.split("\n") if line.strip()]


def _categories(folder: Path) -> dict[Names, Json]:
    found: dict[Names, Json] = {}
    for place in PLACES:
        for row in _table(folder / place / "categories.csv"):
            above = tuple(row["path"].split("/")) if row["path"] else ()
            found.setdefault((*above, row["name"]), row)
    return found


def _table(path: Path) -> list[Json]:
    with path.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))
