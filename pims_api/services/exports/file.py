"""The export of products to a file: columns, and the cells of each row.

Collections lie flat: one column per element, `name.0`, `name.1`, …, as many as the longest needs;
or one column, in whose cells a separator parts the elements. JSON lines keep their lists.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO

from pims_api.domain.access.access import Column
from pims_api.domain.attributes.attribute import NUMERIC, PRODUCT_TYPE
from pims_api.domain.values.value import JsonNumber
from pims_api.errors import BadInput, Fault
from pims_api.services.exports.products import ExportedProduct, ProductExport
from pims_api.transfer.tables.table import COLUMNS_MAX, Format
from pims_api.transfer.write import open_writer

JSON_LINES: Format = "jsonl"


class ExportFile:
    """A file to be written: an export in a format. separator: between elements that share a cell.

    A flat file without a separator takes two walks over the products: the first finds out how
    many columns it has.
    """

    def __init__(self, export: ProductExport, kind: Format, separator: str | None = None) -> None:
        self.export = export
        self.format = kind
        self.separator = separator
        lies_flat = kind != JSON_LINES and separator is None
        self._flat = [c.name for c in export.columns if c.attribute.collection and lies_flat]

    @property
    def steps(self) -> int:
        """The number of products read until the file is written, for a progress bar."""
        return self.export.total * (2 if self._flat else 1)

    def write(self, stream: BinaryIO) -> Iterator[int]:
        """Write the file and yield, time and again, how many products were passed since.

        Raises BadInput when the format cannot hold the products: too many columns or rows, a cell
        too long, two columns of one name, an element that holds the separator.
        """
        if self.format == JSON_LINES:
            yield from self._write_lines(stream)
            return
        lengths = Counter[str]()
        if self._flat:
            for block in self.export.blocks(self._flat):
                _measure(block, self._flat, lengths)
                yield len(block)
        yield from self._write_rows(stream, FlatColumns(self.export, lengths, self.separator))

    def _write_lines(self, stream: BinaryIO) -> Iterator[int]:
        defaults = [one for one in self.export.columns if _has_default(one)]
        with open_writer(JSON_LINES, stream, None) as writer:
            for block in self.export.blocks():
                for one in block:
                    writer.write(_line(one, defaults))
                yield len(block)

    def _write_rows(self, stream: BinaryIO, columns: "FlatColumns") -> Iterator[int]:
        with open_writer(self.format, stream, columns.names) as writer:
            for block in self.export.blocks():
                for one in block:
                    writer.write(columns.cells(one.shown))
                yield len(block)


class FlatColumns:
    """The columns of a flat file. names: its header.

    lengths: by collection, how many elements the longest has. Raises BadInput when two columns
    would have one name, or when there are more columns than a file can have.
    """

    def __init__(self, export: ProductExport, lengths: Counter[str], separator: str | None) -> None:
        self.names: list[str] = []
        self._separator = separator
        self._places: dict[str, int] = {}
        self._collections = {c.name for c in export.columns if c.attribute.collection}
        self._numbers = {c.name for c in export.columns if c.attribute.type in NUMERIC}
        for column in export.columns:
            name = column.name
            is_flat = name in self._collections and separator is None
            self._add(
                name, [f"{name}.{n}" for n in range(lengths[name] or 1)] if is_flat else [name]
            )
            if export.with_type and len(self._places) == 1:
                self._add(PRODUCT_TYPE, [PRODUCT_TYPE])
        self._check()

    def cells(self, shown: dict[str, Any]) -> list[Any]:
        """Return the cells of a product in the order of the columns."""
        row: list[Any] = [None] * len(self.names)
        for name, value in shown.items():
            place = self._places[name]
            if name not in self._collections:
                row[place] = JsonNumber(value) if name in self._numbers else value
            elif self._separator is not None:
                row[place] = self._joined(shown, name)
            else:
                row[place : place + len(value)] = self._elements(name, value)
        return row

    def _elements(self, name: str, elements: list[Any]) -> list[Any]:
        return [JsonNumber(one) for one in elements] if name in self._numbers else elements

    def _joined(self, shown: dict[str, Any], name: str) -> str:
        separator = self._separator or ""
        texts = [_text(element) for element in shown[name]]
        for text in texts:
            if separator in text or text.strip() != text:
                message = (
                    f"{name} of {shown['sku']} has a value that holds {separator!r}, or space at "
                    "an end: choose another separator, or none for a column per value!"
                )
                raise BadInput(faults=[Fault("syntax", message, name, place="export/separator")])
        return separator.join(texts)

    def _add(self, name: str, columns: list[str]) -> None:
        self._places[name] = len(self.names)
        self.names += columns

    def _check(self) -> None:
        if len(self.names) > COLUMNS_MAX:
            message = (
                f"The file would have {len(self.names)} columns, and {COLUMNS_MAX} are possible: "
                "choose attributes, give a separator for collections, or export JSON lines!"
            )
            raise BadInput(faults=[Fault("limit", message, place="export/attributes")])
        if len(set(self.names)) < len(self.names):
            duplicate = Counter(self.names).most_common(1)[0][0]
            message = (
                f"Two columns of the file would be called {duplicate!r}: "
                "choose attributes, give a separator for collections, or export JSON lines!"
            )
            raise BadInput(faults=[Fault("exists", message, duplicate, place="export/attributes")])


def _measure(block: list[ExportedProduct], names: list[str], lengths: Counter[str]) -> None:
    for one in block:
        for name in names:
            lengths[name] = max(lengths[name], len(one.shown.get(name, ())))


def _line(one: ExportedProduct, defaults: list[Column]) -> dict[str, Any]:
    """Return a JSON line, with null for unset attributes so that an import sets no default.

    A link that is not shown is left out, since it is not unset.
    """
    unset = {c.name: None for c in defaults if c.stored(one.product.values) is None}
    return {**one.shown, **unset}


def _has_default(column: Column) -> bool:
    return column.default is not None or column.attribute.default is not None


def _text(element: Any) -> str:
    return str(element).lower() if isinstance(element, bool) else str(element)
