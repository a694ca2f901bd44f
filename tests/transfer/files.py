"""Tables made and read in memory."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pims_api.transfer.file_format import FileFormat
from pims_api.transfer.read import open_table
from pims_api.transfer.tables.table import Format, Row
from pims_api.transfer.write import open_writer


def rows_of(content: bytes, **how: Any) -> list[Row]:
    """Return all rows of a file."""
    with open_table(io.BytesIO(content), FileFormat(**how)) as table:
        return list(table.rows)


def cells_of(content: bytes, **how: Any) -> list[dict[str, Any]]:
    """Return the cells of all rows of a file, none of which may have faults."""
    rows = rows_of(content, **how)
    assert [row.faults for row in rows if row.faults] == []
    return [row.cells for row in rows]


def columns_of(content: bytes, **how: Any) -> list[str] | None:
    """Return a file's columns."""
    with open_table(io.BytesIO(content), FileFormat(**how)) as table:
        return table.columns


def messages_of(row: Row) -> list[str]:
    """Return what is wrong with a row."""
    return [fault.message for fault in row.faults]


def written(
    kind: Format, columns: Sequence[str] | None, rows: Iterable[Mapping[str, Any] | Sequence[Any]]
) -> bytes:
    """Return a file with these rows."""
    stream = io.BytesIO()
    with open_writer(kind, stream, columns) as writer:
        for row in rows:
            writer.write(row)
    return stream.getvalue()


def with_part(workbook: bytes, name: str, content: bytes | None) -> bytes:
    """Return a workbook with one part replaced or added, or taken away."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
        if content is not None:
            new.writestr(name, content)
    return stream.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRINGS_RELATION = (
    b'<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'relationships/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>'
)


def sheet_with(rows: str, strings: str = "") -> bytes:
    """Return a workbook whose sheet has this XML for rows, and this for its shared strings."""
    relations = "xl/_rels/workbook.xml.rels"
    workbook = written("xlsx", ["sku"], [])
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        related = archive.read(relations).replace(b"</Relationships>", _STRINGS_RELATION)
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    for name, content in (
        (SHEET, sheet.encode()),
        (STRINGS, f'<sst xmlns="{_MAIN}">{strings}</sst>'.encode()),
        (relations, related),
    ):
        workbook = with_part(workbook, name, content)
    return workbook
