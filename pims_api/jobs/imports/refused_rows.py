"""The refused rows of an import, stored with its job as JSON lines and turned into a file later.

The first line holds the format, the columns and the manner of the imported file.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO, cast

from pims_api.domain.values.value import JsonNumber
from pims_api.errors import Fault
from pims_api.jobs.chunk_buffer import Pieces
from pims_api.services.imports.products import fault_text
from pims_api.services.products.batch import RowOutcome
from pims_api.transfer.errors_file import open_errors_file
from pims_api.transfer.tables.table import PLAIN, Format, Manner, Row, Table

Words = Callable[[Fault], Fault]
"""Returns a fault with the message that a face has for it."""

_NUMBER = "\0number"  # no key of a file holds NUL
_STORED_FIELDS = ("code", "message", "attribute", "pointer", "value", "nearest", "subject")
"""The fields of a fault that are kept."""

_VALUE_CHARS_MAX = 200


def first_line(table: Table) -> bytes:
    """Return the first line, which describes the imported file."""
    manner = {"encoding": table.manner.encoding, "delimiter": table.manner.delimiter}
    return _line({"format": table.format, "columns": table.columns, **manner})


def refused_line(row: Row, outcome: RowOutcome) -> bytes:
    """Return the line of a row that was refused."""
    faults = [{name: getattr(one, name) for name in _STORED_FIELDS} for one in outcome.faults]
    for one in faults:
        one["value"] = _short(one["value"])
    return _line({"row": [row.line, _kept(row.cells), row.rest], "faults": faults})


def errors_file(lines: Iterable[bytes], worded: Words) -> tuple[Format, Iterator[bytes]]:
    """Return the format of an errors file, and its chunks, with the messages of a face."""
    found = iter(lines)
    head = _read(next(found))
    manner = Manner(
        encoding=head.get("encoding", PLAIN.encoding),
        delimiter=head.get("delimiter", PLAIN.delimiter),
    )
    rows = (_row(_read(line), worded) for line in found)
    return head["format"], _pieces(head["format"], head["columns"], manner, rows)


def refused_rows(lines: Iterable[bytes]) -> Iterator[tuple[Row, list[Fault]]]:
    """Yield each refused row with its faults, in the core's words."""
    found = iter(lines)
    next(found)
    for line in found:
        refused = _read(line)
        number, cells, rest = refused["row"]
        faults = [Fault(**one) for one in refused.get("faults", ())]
        faults += [Fault("type", one) for one in refused.get("messages", ())]  # of older versions
        yield Row(number, cells, rest=tuple(rest)), faults


def _pieces(
    kind: Format,
    columns: Sequence[str] | None,
    manner: Manner,
    rows: Iterable[tuple[Row, list[str]]],
) -> Iterator[bytes]:
    stream = Pieces()
    with open_errors_file(kind, cast(BinaryIO, stream), columns, manner) as file:
        for row, messages in rows:
            file.write(row, messages)
            yield stream.take()
    yield stream.take()


def _row(found: dict[str, Any], worded: Words) -> tuple[Row, list[str]]:
    number, cells, rest = found["row"]
    messages = found.get("messages")  # of a job of an older version
    if messages is None:
        messages = [fault_text(worded(Fault(**one))) for one in found["faults"]]
    return Row(number, cells, rest=tuple(rest)), messages


def _short(value: Any) -> Any:
    text = str(value) if isinstance(value, str) else value
    return text[:_VALUE_CHARS_MAX] if isinstance(text, str | list) else text


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
