"""The writer of one sheet of an XLSX workbook, streamed row by row into the archive."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from pims_api.transfer.tables.cell_text import cell_text, is_number
from pims_api.transfer.tables.row_cells import Cells, in_order
from pims_api.transfer.xlsx import CELL_UNITS_MAX
from pims_api.transfer.xlsx.archive import UNPACKED_BYTES_MAX, refuse
from pims_api.transfer.xlsx.cells.escapes import escape
from pims_api.transfer.xlsx.cells.number import is_exact
from pims_api.transfer.xlsx.parts import PARTS, SHEET_BEGIN, SHEET_END, SHEET_PART
from pims_api.transfer.xlsx.sheet import COLUMNS_MAX, ROWS_MAX, column_letters

_LEVEL = 3  # of packing: level 6 takes twice the time to save a tenth
_BUFFER_CHARS = 64 * 1024
_AMP_LT_GT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_SPECIAL = re.compile("[&<>_\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_OTHER_WAYS = "save it as CSV or JSON lines instead!"


@contextmanager
def open_xlsx_writer(stream: BinaryIO, columns: Sequence[str]) -> Iterator["_XlsxWriter"]:
    """Open a writer, as `open_writer` says."""
    if len(columns) > COLUMNS_MAX:
        message = f"A sheet has at most {COLUMNS_MAX} columns, these are {len(columns)}: "
        refuse(message + _OTHER_WAYS, "limit")
    with ZipFile(stream, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for name, content in PARTS.items():
            archive.writestr(name, content)
        with archive.open(SHEET_PART, "w") as part:
            writer = _XlsxWriter(part, columns)
            yield writer
            writer.finish()


class _XlsxWriter:
    def __init__(self, part: Any, columns: Sequence[str]) -> None:
        self._part = part
        self._columns = columns
        self._letters = [column_letters(number) for number in range(len(columns))]
        self._row = 0
        self._bytes_written = 0
        self._buffer = [SHEET_BEGIN.format(columns=max(1, len(columns)))]
        self._buffered = 0
        self.write(columns)

    def write(self, cells: Cells) -> None:
        self._row += 1
        if self._row > ROWS_MAX:
            refuse(f"A sheet has at most {ROWS_MAX} rows: {_OTHER_WAYS}", "limit")
        row = self._row
        ordered = in_order(cells, self._columns)
        while len(ordered) > len(self._letters):
            self._letters.append(column_letters(len(self._letters)))
        made = [
            self._cell(letters, cell)
            for letters, cell in zip(self._letters, ordered, strict=False)
            if cell is not None and cell != ""
        ]
        text = f'<row r="{row}">{"".join(made)}</row>'
        self._buffer.append(text)
        self._buffered += len(text)
        if self._buffered > _BUFFER_CHARS:
            self._flush()

    def finish(self) -> None:
        """Write the end of the sheet, without which it is not valid."""
        self._buffer.append(SHEET_END)
        self._flush()

    def _cell(self, letters: str, cell: Any) -> str:
        place = f"{letters}{self._row}"
        if type(cell) is not str:
            if isinstance(cell, bool):
                return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
            if is_number(cell) and is_exact(str(cell)):
                return f'<c r="{place}"><v>{cell}</v></c>'
        text = cell_text(cell)
        if len(text) > CELL_UNITS_MAX // 2:
            self._check_length(letters, text)
        if _SPECIAL.search(text):
            text = escape(text).translate(_AMP_LT_GT)
        return f'<c r="{place}" s="1" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'

    def _check_length(self, letters: str, text: str) -> None:
        units = len(text.encode("utf-16-le", "surrogatepass")) // 2
        if units > CELL_UNITS_MAX:
            names = dict(zip(self._letters, self._columns, strict=False))
            name = names.get(letters, letters)[:100]
            message = (
                f"Row {self._row}, column {name!r}: an XLSX cell holds at most "
                f"{CELL_UNITS_MAX} characters, this text has {units}: {_OTHER_WAYS}"
            )
            refuse(message, "limit")

    def _flush(self) -> None:
        data = "".join(self._buffer).encode()
        self._bytes_written += len(data)
        # Beyond it the archive would need ZIP64, which Excel does not take from a stream.
        if self._bytes_written >= UNPACKED_BYTES_MAX - 1024**2:
            refuse(f"The sheet exceeds {UNPACKED_BYTES_MAX // 1024**3} GB: {_OTHER_WAYS}", "limit")
        self._part.write(data)
        self._buffer.clear()
        self._buffered = 0
