"""The reader of one sheet of an XLSX workbook as a table."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import BinaryIO

from pims_api.errors import BadInput
from pims_api.transfer.file_format import FileFormat
from pims_api.transfer.tables.header import SHOWN_CHARS, Header, refuse_unnamed
from pims_api.transfer.tables.table import Manner, Row, Table
from pims_api.transfer.xlsx.archive import STRINGS_BYTES_MAX, UNPACKED_BYTES_MAX, Archive
from pims_api.transfer.xlsx.cells.cell import CellReader
from pims_api.transfer.xlsx.cells.strings import read_strings
from pims_api.transfer.xlsx.cells.styles import read_styles
from pims_api.transfer.xlsx.sheet import SheetHandler, SheetRow
from pims_api.transfer.xlsx.workbook import SHEETS_SHOWN, Workbook, read_workbook
from pims_api.transfer.xlsx.xml_events import feed


@contextmanager
def open_xlsx(stream: BinaryIO, how: FileFormat) -> Iterator[Table]:
    """Open a seekable stream as a table. Raises BadInput as `open_table` does."""
    with closing(Archive(stream)) as archive:
        workbook = read_workbook(archive)
        part = workbook.sheet(how.sheet)
        progress = _Progress()
        sheet_rows = _sheet_rows(archive, part, _cell_reader(archive, workbook), progress)
        first = next(sheet_rows, SheetRow(0, {}, []))
        if first.faults:
            raise BadInput(faults=first.faults)
        header = Header(_laid_out(first, 0))
        rows = refuse_unnamed(_rows(header, sheet_rows))
        manner = Manner(notes=() if how.sheet is not None else _notes(list(workbook.sheets)))
        size = archive.size(part)
        yield Table("xlsx", header.columns, rows, size, lambda: progress.bytes_read, manner)


def _notes(sheets: list[str]) -> tuple[str, ...]:
    """Return a note about the sheet that is read, where there are several."""
    if len(sheets) < 2:
        return ()
    others = sheets[1:]
    listed = ", ".join(repr(name[:SHOWN_CHARS]) for name in others[:SHEETS_SHOWN])
    more = ", …" if len(others) > SHEETS_SHOWN else ""
    read = f"Sheet {sheets[0][:SHOWN_CHARS]!r} was read and no other"
    return (f"{read} ({listed}{more}): the option sheet names one.",)


class _Progress:
    bytes_read = 0


def _cell_reader(archive: Archive, workbook: Workbook) -> CellReader:
    strings, styles = workbook.strings, workbook.styles
    return CellReader(
        read_strings(archive.chunks(strings, STRINGS_BYTES_MAX)) if strings else [],
        read_styles(archive.chunks(styles)) if styles else [],
        since_1904=workbook.since_1904,
    )


def _sheet_rows(
    archive: Archive, part: str, reader: CellReader, progress: _Progress
) -> Iterator[SheetRow]:
    handler = SheetHandler(reader)
    for progress.bytes_read in feed(archive.chunks(part, UNPACKED_BYTES_MAX), handler):
        rows, handler.rows = handler.rows, []
        yield from rows


def _rows(header: Header, sheet_rows: Iterator[SheetRow]) -> Iterator[Row]:
    for row in sheet_rows:
        if row.faults or any(map(str.strip, row.cells.values())):
            yield header.row(row.number, _laid_out(row, header.width), row.faults)


def _laid_out(row: SheetRow, width: int) -> list[str]:
    """Return the cells from the first column on, at least `width` of them, "" where none is."""
    cells = [""] * max(width, max(row.cells, default=-1) + 1)
    for column, text in row.cells.items():
        cells[column] = text
    return cells
