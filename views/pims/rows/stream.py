"""A batch as a stream: one JSON object a line in, one line per row out, one transaction per chunk.

Source: docs/api/pims.md, Streams of rows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import orjson
from flask import Response, request

from pims_api.domain.access.permission import Permission
from pims_api.domain.values.json_text import read_object
from pims_api.errors import BadInput, Busy, Fault, PimsError
from pims_api.services.products.batch import BatchRow, Mode, RowOutcome, RowStatus
from pims_api.storage.database import Database
from schemas.pims.faults import error_object, fault_objects, faults_of
from schemas.pims.products.batch import (
    BatchTerms,
    RowReader,
    Totals,
    read_stream_terms,
    refuse_misspelt_head,
    refused_row,
    row_object,
)
from schemas.request_name import names_in
from views.errors import NotJson
from views.pims.caller import Credentials
from views.pims.rows.chunk import row_reader, write_chunk
from views.running import admit, writing_as

STREAM_TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl")
CHUNK_ROWS = 500
LINE_BYTES_MAX = 8 * 1024 * 1024
CHUNK_BYTES = 4 * 1024 * 1024
EAGER_BYTES = 64 * 1024  # of replies, sent while rows still come in
_BATCH = "batch"
_SPOOL_BYTES = 1024 * 1024  # of replies that wait in memory; the rest waits in a file

Line = tuple[int, bytes]
"""The place of a row, from 0, and its text."""


def answer_stream(database: Database, sent: Credentials) -> Response:
    """Answer a stream of rows with a stream. What is wrong with its head is refused at once."""
    if request.content_encoding not in (None, "", "identity"):
        raise NotJson("A compressed request body is not supported: send plain lines!")
    sent.exchange.action = _BATCH
    request.max_content_length = None  # a stream has no limit, its lines and chunks have
    lines = _lines(request.stream)
    first = list(islice(lines, 1))
    head = _head(first[0]) if first else None
    _refuse_name(head or {})
    stream = RowStream(database, sent, read_stream_terms(head or {}))
    stream.admit()
    rows = enumerate(chain(first if head is None else (), lines))
    return Response(_promptly(stream.answer(rows)), content_type="application/x-ndjson")


@dataclass
class RowStream:
    """The rows of one request: read, written and answered chunk by chunk.

    transaction: the last one that stored any.
    """

    database: Database
    sent: Credentials
    terms: BatchTerms
    totals: Totals = field(default_factory=Totals)
    stopped: bool = False
    transaction: int | None = None

    def admit(self) -> None:
        """Refuse callers and terms before any row is read. Raises PimsError."""
        if self.terms.mode is Mode.ATOMIC:
            message = "A stream is written in chunks: atomic needs a JSON batch with its list."
            raise BadInput(faults=[Fault("range", message, pointer="/mode")])
        admit(self.database, self.sent, Permission.EDIT_PRODUCTS)

    def answer(self, rows: Iterator[Line]) -> Iterator[tuple[bytes, bool]]:
        """Yield the lines of the answer, each with whether it is the last.

        Chunks that were answered are stored, whatever becomes of later ones.
        """
        warnings: list[Fault] = list(self.terms.request.warnings)
        try:
            for chunk in _chunks(rows):
                told, more = self._write(chunk)
                warnings += [one for one in more if one not in warnings]
                yield b"".join(orjson.dumps(row) + b"\n" for row in told), False
            end: dict[str, Any] = {"status": "OK", "totals": self.totals.as_object()}
            if warnings:
                end["warnings"] = fault_objects(warnings)
        except PimsError as refused:
            warnings += [one for one in refused.warnings if one not in warnings]
            end = error_object(faults_of(refused), warnings)
            end["totals"] = self.totals.as_object()
            if isinstance(refused, Busy):  # no fault of the rows
                end["request_id"] = self.sent.exchange.request_id
        if self.terms.dry_run:
            end["dry_run"] = True
        if self.transaction is not None:
            end["transaction"] = self.transaction
        yield orjson.dumps(end) + b"\n", True

    def _write(self, chunk: list[Line]) -> tuple[list[dict[str, Any]], list[Fault]]:
        first = chunk[0][0]
        if self.stopped:
            return self._skip(chunk), []
        paused = bool(self.terms.request.values["pauseReIndexing"])
        with writing_as(
            self.database, self.sent, Permission.EDIT_PRODUCTS, pause_facets=paused
        ) as (caller, work):
            work.actor = replace(work.actor, note=self.terms.note)
            reader = row_reader(work, caller, self.terms)
            sent = [_sent_row(line) for _, line in chunk]
            rows = [_read_row(reader, row) for row in sent]
            written = write_chunk(work, caller, self.terms, rows, sent, first)
            transaction = work.transaction
        self.totals.add(written.outcomes)  # uncommitted rows do not count
        self.transaction = transaction or self.transaction
        self.stopped = self.terms.mode is Mode.STOP_ON_ERROR and self.totals.rejected > 0
        return written.shown, caller.warnings

    def _skip(self, chunk: list[Line]) -> list[dict[str, Any]]:
        skipped = RowOutcome(RowStatus.SKIPPED, "")
        self.totals.add([skipped] * len(chunk))
        return [row_object(number, skipped) for number, _ in chunk]


def _sent_row(line: bytes) -> dict[str, Any] | Fault:
    """Return the object of a line, or what is wrong with it."""
    if len(line) > LINE_BYTES_MAX:
        return Fault("limit", f"A row has at most {LINE_BYTES_MAX} bytes!")
    try:
        return read_object(line)
    except BadInput as refused:
        return refused.faults[0]


def _read_row(reader: RowReader, row: dict[str, Any] | Fault) -> BatchRow:
    if isinstance(row, Fault):
        return refused_row(row)
    try:
        return reader.read(row)
    except BadInput as refused:
        return refused_row(refused.faults[0])


def _head(line: bytes) -> dict[str, Any] | None:
    """Return the first line if it holds the parameters of the batch, None if it is a row.

    Raises BadInput for a line that was meant to be the former: without it the rows would be stored
    otherwise than they should.
    """
    try:
        found = read_object(line)
    except BadInput:
        if _BATCH.encode() in line:
            raise
        return None
    if found.get("action") == _BATCH:
        return found
    refuse_misspelt_head(found)
    return None


def _refuse_name(head: Mapping[str, Any]) -> None:
    """Raise BadInput where the head of a stream has a name, which its rows need each."""
    if names_in(head):
        message = "A stream has no idempotency_key, for it is many transactions: give its rows one!"
        raise BadInput(faults=[Fault("range", message, pointer="/idempotency_key")])


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield lines that are not blank, one that is too long by its beginning."""
    while line := stream.readline(LINE_BYTES_MAX + 1):
        if len(line) > LINE_BYTES_MAX and not line.endswith(b"\n"):
            _pass_over_line(stream)
        if line.strip():
            yield line


def _pass_over_line(stream: IO[bytes]) -> None:
    while (rest := stream.readline(LINE_BYTES_MAX)) and not rest.endswith(b"\n"):
        pass


def _chunks(rows: Iterator[Line]) -> Iterator[list[Line]]:
    chunk: list[Line] = []
    size = 0
    for row in rows:
        chunk.append(row)
        size += len(row[1])
        if len(chunk) >= CHUNK_ROWS or size >= CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _promptly(answer: Iterator[tuple[bytes, bool]]) -> Iterator[bytes]:
    """Yield an answer as it comes, but bounded while the client is still sending.

    Most clients read nothing before they have sent everything. Were more sent to them than the
    connection holds, both sides would wait for ever; so the rest waits for the end of the rows.
    """
    sent = 0
    with SpooledTemporaryFile(_SPOOL_BYTES) as waiting:
        for part, last in answer:
            if not last and (sent + len(part) > EAGER_BYTES):
                sent = EAGER_BYTES + 1
                waiting.write(part)
                continue
            if last:
                waiting.seek(0)
                yield from iter(lambda: waiting.read(_SPOOL_BYTES), b"")
            sent += len(part)
            yield part
