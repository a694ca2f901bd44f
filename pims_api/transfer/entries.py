"""The reader of files of definitions: a table in any format, or a JSON document with a list.

A file is read whole, since its definitions are stored in one transaction.
"""

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn

from pims_api.domain.values.json_text import read_value
from pims_api.errors import BadInput, Fault
from pims_api.transfer.file_format import FileFormat
from pims_api.transfer.read import FOUND_OUT, open_table
from pims_api.transfer.tables.table import PLAIN, Format, Manner, Row

DOCUMENT_BYTES_MAX = 512 * 1024 * 1024
ELEMENTS_MAX = 10_000_000  # values of one document

_HEAD_BYTES = 65_536
_WHITE = b" \t\r\n"
_SHOWN_MAX = 10  # keys that a message names

Unit = Literal["line", "entry"]


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of a file. In a table, a cell that is empty is absent.

    unit: what the lines of its rows count, from 1: lines of the file, or entries of a list.
    format, columns, manner: as in Table; a JSON document counts as JSON lines.
    """

    rows: Sequence[Row]
    unit: Unit
    format: Format
    columns: list[str] | None = None
    manner: Manner = PLAIN


def read_entries(path: Path, at: str | None = None, how: FileFormat = FOUND_OUT) -> Entries:
    """Return the entries of a file: CSV, XLSX, JSON lines, or a JSON document.

    at: where in a JSON object the list stands, `data.categories`. Raises BadInput for what makes
    the whole file unusable, OSError when it cannot be read.
    """
    if at is not None or (how.format is None and _begins_with_list(path)):
        return Entries(_document_rows(path, at), "entry", "jsonl")
    with open_table(path, how) as table:
        if table.format == "jsonl":
            return Entries(list(table.rows), "line", table.format)
        rows = [row._replace(cells=_filled(row.cells)) for row in table.rows]
        return Entries(rows, "line", table.format, table.columns, table.manner)


def _begins_with_list(path: Path) -> bool:
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    return head.removeprefix(codecs.BOM_UTF8).lstrip(_WHITE).startswith(b"[")


def _filled(cells: dict[str, Any]) -> dict[str, Any]:
    return {name: cell for name, cell in cells.items() if cell != ""}


def _document_rows(path: Path, at: str | None) -> list[Row]:
    if path.stat().st_size > DOCUMENT_BYTES_MAX:
        _refuse(f"A JSON document has at most {DOCUMENT_BYTES_MAX >> 20} MB: use JSON lines!")
    text = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    found = read_value(text, what="file", elements_max=ELEMENTS_MAX)
    for step in at.split(".") if at is not None else ():
        found = _inside(found, step)
    if not isinstance(found, list):
        _refuse("There is no list of entries there!" + _lists_of(found))
    return [row_of(number, one) for number, one in enumerate(found, start=1)]


def row_of(number: int, entry: Any) -> Row:
    """Return the element at a number of a JSON list as a row."""
    if isinstance(entry, dict):
        return Row(number, entry)
    return Row(number, {}, (Fault("type", "It must be a JSON object!"),))


def _inside(found: Any, step: str) -> Any:
    if not isinstance(found, dict) or step not in found:
        _refuse(f"There is no key {step[:_HEAD_BYTES]!r} there!" + _lists_of(found))
    return found[step]


def _lists_of(found: Any) -> str:
    """Return, for a message, which keys hold lists."""
    if not isinstance(found, dict):
        return ""
    names = [name for name, value in found.items() if isinstance(value, list)][:_SHOWN_MAX]
    return f" Keys with lists: {', '.join(names)}." if names else ""


def _refuse(message: str) -> NoReturn:
    raise BadInput(faults=[Fault("type", message)])
