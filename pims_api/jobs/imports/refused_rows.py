"""Rows that an import refused, as its job keeps them: lines of JSON, of which a file is made later.

The first line has the format, the columns and the manner of the file that was imported.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO, cast

from pims_api.domain.values.value import JsonNumber
from pims_api.jobs.chunk_buffer import Pieces
from pims_api.services.imports.products import told
from pims_api.services.products.batch import RowOutcome
from pims_api.transfer.errors_file import open_errors_file
from pims_api.transfer.tables.table import PLAIN, Format, Manner, Row, Table

_NUMBER = "\0number"  # no key of a file holds NUL


def first_line(table: Table) -> bytes:
    """Return the line with what the file was like."""
    manner = {"encoding": table.manner.encoding, "delimiter": table.manner.delimiter}
    return _line({"format": table.format, "columns": table.columns, **manner})


def refused_line(row: Row, outcome: RowOutcome) -> bytes:
    """Return the line of a row that was refused."""
    messages = [told(one) for one in outcome.faults]
    return _line({"row": [row.line, _kept(row.cells), row.rest], "messages": messages})


def errors_file(lines: Iterable[bytes]) -> tuple[Format, Iterator[bytes]]:
    """Return the format of an errors file, and the file piece by piece."""
    found = iter(lines)
    head = _read(next(found))
    manner = Manner(
        encoding=head.get("encoding", PLAIN.encoding),
        delimiter=head.get("delimiter", PLAIN.delimiter),
    )
    return head["format"], _pieces(head["format"], head["columns"], manner, found)


def _pieces(
    kind: Format, columns: Sequence[str] | None, manner: Manner, lines: Iterator[bytes]
) -> Iterator[bytes]:
    stream = Pieces()
    with open_errors_file(kind, cast(BinaryIO, stream), columns, manner) as file:
        for line in lines:
            found = _read(line)
            number, cells, rest = found["row"]
            file.write(Row(number, cells, rest=tuple(rest)), found["messages"])
            yield stream.take()
    yield stream.take()


def _line(content: Any) -> bytes:
    return json.dumps(content).encode() + b"\n"  # ASCII, so that even half a character gets through


def _read(line: bytes) -> Any:
    return json.loads(line, object_hook=_as_it_was)


def _kept(value: Any) -> Any:
    if isinstance(value, JsonNumber):
        return {_NUMBER: str(value)}
    if isinstance(value, dict):
        return {name: _kept(one) for name, one in value.items()}
    return [_kept(one) for one in value] if isinstance(value, list) else value


def _as_it_was(found: dict[str, Any]) -> Any:
    return JsonNumber(found[_NUMBER]) if _NUMBER in found else found
