"""The reader of a file of rows in any of the formats."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import BinaryIO

from pims_api.errors import BadInput, Fault
from pims_api.transfer.csv.read import open_csv
from pims_api.transfer.file_format import FileFormat, find_format
from pims_api.transfer.jsonl.read import open_jsonl
from pims_api.transfer.tables.table import Format, Table

FOUND_OUT = FileFormat()
_HEAD_BYTES = 4096


@contextmanager
def open_table(source: str | Path | BinaryIO, how: FileFormat = FOUND_OUT) -> Iterator[Table]:
    """Open a file, or a binary stream that stays open, as a table.

    A stream is read from its beginning; one that cannot go back is copied to a temporary file
    first. What is wrong with one row is among that row's faults, and the rows after it follow.
    Memory does not grow with the file (an XLSX file's shared strings excepted, up to a limit).

    Raises BadInput, now or while the rows are walked, for what makes the whole file unusable: it is
    empty or of another kind, a column name is missing or there twice, a quote is never closed, an
    archive would unpack into far too much. Raises OSError when the file cannot be read.
    """
    with _seekable(source) as stream:
        size = stream.seek(0, 2)
        stream.seek(0)
        head = stream.read(_HEAD_BYTES)
        if not head:
            raise BadInput(faults=[Fault("required", "The file is empty!")])
        kind = how.format or find_format(head, str(getattr(source, "name", source)))
        if kind == "csv":
            opened = open_csv(stream, size, how)
        elif kind == "xlsx":
            # Commands that read no sheet would wait for this import.
            from pims_api.transfer.xlsx.read import open_xlsx

            opened = open_xlsx(stream, how)
        else:
            opened = open_jsonl(stream, size)
        with opened as table:
            yield table


def format_of(path: Path, how: FileFormat = FOUND_OUT) -> Format:
    """Return the format of a file from its first bytes. Raises as `open_table`."""
    with path.open("rb") as stream:
        return how.format or find_format(stream.read(_HEAD_BYTES), str(path))


@contextmanager
def _seekable(source: str | Path | BinaryIO) -> Iterator[BinaryIO]:
    if isinstance(source, str | Path):
        with Path(source).open("rb") as stream:
            yield stream
    elif source.seekable():
        yield source
    else:
        with TemporaryFile() as copy:
            copyfileobj(source, copy)
            yield copy
