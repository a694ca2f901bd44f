"""The writer of JSON lines."""

from collections.abc import Sequence
from typing import BinaryIO

from pims_api.transfer.tables.cell_text import to_json
from pims_api.transfer.tables.row_cells import Cells, by_name


class JsonlWriter:
    """A writer of rows as `open_writer` specifies."""

    def __init__(self, stream: BinaryIO, columns: Sequence[str] | None) -> None:
        self._stream = stream
        self._columns = columns

    def write(self, cells: Cells) -> None:
        self._stream.write(to_json(by_name(cells, self._columns)) + b"\n")
