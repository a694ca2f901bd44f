"""The export of a catalogue to a plain SQLite file for datasette, sqlite-utils and other tools.

Tables: `products`, one row each, one column per attribute; `categories` and `product_categories`;
`attributes`, which says what the columns are; and `product_values` with everything that a cell of
products cannot hold as it is: the elements of collections one by one, numbers that SQLite would
write otherwise (12.90), links to products that are not in the file, and values of attributes
without a column. Its values are the exact text.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

from pims_api.domain.access.access import Column
from pims_api.domain.attributes.attribute import NUMERIC, PRODUCT_TYPE, SKU, ValueType
from pims_api.domain.values.value import is_categories
from pims_api.services.exports.products import ExportedProduct, ProductExport
from pims_api.storage.catalogue_index.bitmaps.blocks import is_in, to_bytes
from pims_api.storage.products.store import ids_of_skus
from pims_api.transfer.sqlite_file import (
    COLUMNS_MAX,
    INTEGER,
    NUMBER,
    TEXT,
    SqliteFile,
    SqliteTable,
    column_names,
    new_sqlite_file,
)

PRODUCTS = "products"
ATTRIBUTES = "attributes"
CATEGORIES = "categories"
PRODUCT_CATEGORIES = "product_categories"
PRODUCT_VALUES = "product_values"

_INTEGER_MAX = 2**63 - 1

_PRODUCT_CATEGORIES = SqliteTable(
    PRODUCT_CATEGORIES,
    {"sku": TEXT, "category_id": INTEGER, "position": INTEGER},
    ("sku", "category_id"),
    {"sku": (PRODUCTS, SKU), "category_id": (CATEGORIES, "id")},
)
_PRODUCT_VALUES = SqliteTable(
    PRODUCT_VALUES,
    {"sku": TEXT, "attribute": TEXT, "position": INTEGER, "value": TEXT},
    ("sku", "attribute", "position"),
    {"sku": (PRODUCTS, SKU), "attribute": (ATTRIBUTES, "name")},
)
_CATEGORIES = SqliteTable(
    CATEGORIES,
    {"id": INTEGER, "name": TEXT, "path": TEXT, "parent_id": INTEGER},
    "id",
    {"parent_id": (CATEGORIES, "id")},
)
_ATTRIBUTES = SqliteTable(
    ATTRIBUTES,
    {
        "name": TEXT,
        "label": TEXT,
        "type": TEXT,
        "collection": INTEGER,
        "filterable": INTEGER,
        "searchable": INTEGER,
        "product_column": TEXT,
    },
    "name",
)


class CatalogueSnapshot:
    """A writer of an export to a file. steps: how many products are read until it is complete.

    A table takes only so many columns. A wider catalogue is walked over first: attributes that no
    product uses get no column, and if those in use are still too many, the most used ones do.
    """

    def __init__(self, export: ProductExport) -> None:
        self.export = export
        self.without_column: list[str] = []  # attributes in use whose values got no column
        self._is_wide = len(export.columns) > COLUMNS_MAX

    @property
    def steps(self) -> int:
        return self.export.total * (2 if self._is_wide else 1)

    def write(self, path: Path) -> Iterator[int]:
        """Make the file and yield, time and again, how many products were passed since.

        Raises OSError when it cannot be written.
        """
        columns: Sequence[Column] = self.export.columns
        if self._is_wide:
            uses = Counter[str]()
            for block in self.export.blocks():
                for one in block:
                    uses.update(one.shown.keys())
                yield len(block)
            columns = self._most_used(uses)
        with new_sqlite_file(path) as file:
            yield from _Filling(file, self.export, columns).fill()

    def _most_used(self, uses: Counter[str]) -> list[Column]:
        """Return the columns that fit, in the order of the View; system attributes come first."""
        used = [c for c in self.export.columns if uses[c.name] or c.attribute.system]
        by_use = sorted(used, key=lambda c: (not c.attribute.system, -uses[c.name]))
        kept = {column.name for column in by_use[:COLUMNS_MAX]}
        self.without_column = [column.name for column in used if column.name not in kept]
        return [column for column in used if column.name in kept]


@dataclass(slots=True)
class _Rows:
    """The rows of each table for a block of products."""

    products: list[list[Any]]
    values: list[tuple[Any, ...]]
    categories: list[tuple[Any, ...]]


class _Filling:
    """A writer of the tables of one file. columns: those of the table products."""

    def __init__(self, file: SqliteFile, export: ProductExport, columns: Sequence[Column]) -> None:
        self._file = file
        self._export = export
        self._definition = export.snapshot.definition
        self._columns = columns
        self._shown = {column.name: column for column in export.columns}
        names = [column.name for column in columns]
        if export.with_type:
            names.insert(1, PRODUCT_TYPE)
        self._names = column_names(names, PRODUCTS)
        self._places = {name: place for place, name in enumerate(names)}
        self._members = to_bytes(export.members)
        self._categories = next((c for c in export.columns if is_categories(c.attribute)), None)
        self._used_categories: set[int] = set()

    def fill(self) -> Iterator[int]:
        """Make and fill everything; yield how many products were passed since."""
        self._create()
        for block in self._export.blocks():
            rows = self._rows(block)
            self._file.insert(PRODUCTS, rows.products)
            self._file.insert(PRODUCT_VALUES, rows.values)
            if self._categories:
                self._file.insert(PRODUCT_CATEGORIES, rows.categories)
            yield len(block)
        self._finish()

    def _create(self) -> None:
        self._file.create(_ATTRIBUTES)
        self._file.insert(ATTRIBUTES, map(self._attribute_row, self._export.columns))
        self._file.create(
            SqliteTable(
                PRODUCTS,
                {column: self._kind(name) for name, column in self._names.items()},
                SKU,
                {self._names[c.name]: (PRODUCTS, SKU) for c in self._columns if _is_link(c)},
            )
        )
        self._file.create(_PRODUCT_VALUES)
        if self._categories:
            self._file.create(_CATEGORIES)
            self._file.create(_PRODUCT_CATEGORIES)

    def _finish(self) -> None:
        if self._categories:
            self._file.insert(CATEGORIES, self._category_rows())
            self._file.index(PRODUCT_CATEGORIES, "category_id")
        for column in self._columns:
            attribute = column.attribute
            is_indexed = attribute.filterable and not attribute.collection
            if (is_indexed or _is_link(column)) and column.name != SKU:
                self._file.index(PRODUCTS, self._names[column.name])
        self._file.index(PRODUCT_VALUES, "attribute", "value")
        searchable = [self._names[c.name] for c in self._columns if c.attribute.searchable]
        if searchable:
            self._file.search_in(PRODUCTS, searchable)

    def _rows(self, block: list[ExportedProduct]) -> _Rows:
        rows = _Rows([], [], [])
        inside = self._targets_inside(block)
        for one in block:
            row: list[Any] = [None] * len(self._names)
            for name, value in one.shown.items():
                cell = self._cell(name, value, inside)
                if name in self._places:
                    row[self._places[name]] = cell
                rows.values += self._value_rows(one.product.sku, name, value, cell)
            rows.products.append(row)
            if self._categories:
                rows.categories += self._category_links(one)
        return rows

    def _targets_inside(self, block: list[ExportedProduct]) -> set[str]:
        """Return the SKUs that the products link to and that are in the file."""
        names = [c.name for c in self._columns if _is_link(c)]
        targets = {one.shown[name] for one in block for name in names if name in one.shown}
        found = ids_of_skus(self._export.snapshot, targets)
        return {sku for sku, number in found.items() if is_in(self._members, number)}

    def _cell(self, name: str, value: Any, inside: set[str]) -> Any:
        column = self._shown.get(name)
        if isinstance(value, list | dict):
            return orjson.dumps(value).decode()
        if column is None:  # the product type
            return value
        if _is_link(column) and value not in inside:
            return None
        return _number(value) if column.attribute.type is ValueType.NUMBER else value

    def _value_rows(self, sku: str, name: str, value: Any, cell: Any) -> list[tuple[Any, ...]]:
        if self._categories is not None and name == self._categories.name:
            return []
        if isinstance(value, list):
            return [(sku, name, place, _text(one)) for place, one in enumerate(value)]
        text = _text(value)
        if name in self._places and cell is not None and _text(cell) == text:
            return []
        return [(sku, name, 0, text)]

    def _category_links(self, one: ExportedProduct) -> list[tuple[Any, ...]]:
        column = self._categories
        ids = (column.stored(one.product.values) or []) if column else []
        self._used_categories.update(ids)
        return [(one.product.sku, number, place) for place, number in enumerate(ids)]

    def _category_rows(self) -> list[tuple[Any, ...]]:
        """Return the whole tree, for a View only categories of its products and their ancestors."""
        tree = self._definition.categories
        numbers = {above for one in self._used_categories for above in tree.ids_above(one)}
        if self._export.sees_everything:
            numbers |= {category.id for category in tree}
        known = [tree.by_id[number] for number in sorted(numbers)]
        return [(c.id, c.name, tree.path_text(c.id), c.parent_id or None) for c in known]

    def _attribute_row(self, column: Column) -> tuple[Any, ...]:
        attribute = column.attribute
        is_option = attribute.type is ValueType.OPTION
        return (
            column.name,
            attribute.labels.get(self._definition.default_locale, column.name),
            "dropdown" if is_option else attribute.type.value,
            attribute.collection,
            attribute.filterable,
            attribute.searchable,
            self._names.get(column.name),
        )

    def _kind(self, name: str) -> str:
        column = self._shown.get(name)
        if column is None or column.attribute.collection:
            return TEXT
        if column.attribute.type in NUMERIC:
            return NUMBER
        return INTEGER if column.attribute.type is ValueType.BOOLEAN else TEXT


def _is_link(column: Column) -> bool:
    return column.attribute.type is ValueType.RELATION and not column.attribute.collection


def _number(text: str) -> int | float:
    """Return the number as SQLite can sort and add it: exact where it is whole and not too large.

    >>> _number("12.90"), _number("007"), _number("-0.5")
    (12.9, 7, -0.5)
    """
    number = Decimal(text)
    whole = number.to_integral_value()
    return int(whole) if number == whole and abs(whole) <= _INTEGER_MAX else float(number)


def _text(value: Any) -> str:
    """Return the exact text of a single value."""
    if isinstance(value, str):
        return value
    return orjson.dumps(value).decode()
