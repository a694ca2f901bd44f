"""Streaming uploads: the field `file` of a form, or the body itself.

Nothing of it is kept here. Source: docs/api/pims.md, Import.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import chain
from typing import Any

import orjson
from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import (
    Data,
    Epilogue,
    Event,
    Field,
    File,
    MultipartDecoder,
    NeedData,
)

from pims_api.domain.values.text import has_control
from pims_api.errors import BadInput, Fault, TooLarge, pointer_to
from pims_api.services.transactions.answered_once import Answer, Once
from pims_api.transfer.tables.table import Format
from schemas.pims.transfer_requests import names_in_options
from views.errors import NotJson
from views.headers import digest_of, name_of

FORM = "multipart/form-data"
FILE_FIELD = "file"
FORMAT_OF_TYPE: dict[str, Format | None] = {
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "application/x-ndjson": "jsonl",
    "application/ndjson": "jsonl",
    "application/jsonl": "jsonl",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/octet-stream": None,  # detected from the file
}
FORM_BYTES_MAX = 1024 * 1024  # of a form beside its file
OPTION_BYTES_MAX = 64 * 1024
NAME_LENGTH_MAX = 255  # characters of the file's name
_CHUNK_BYTES = 64 * 1024
_FORM_PARTS_MAX = 5_000


class Upload:
    """The file of one request. options: of the query string; those of a form join them.

    name: what the sender calls the file, if anything. Raises NotJson (415) for any other body.
    """

    def __init__(self, request: Request, bytes_max: int) -> None:
        self._request = request
        self._bytes_max = bytes_max
        self.is_form = request.mimetype == FORM
        self.options = list(request.args.items(multi=True))
        self.name: str | None = None
        self._digest = sha256()
        if request.content_encoding not in (None, "", "identity"):
            raise NotJson("A compressed request body is not supported: send the file as it is!")
        if not self.is_form and request.mimetype not in FORMAT_OF_TYPE:
            known = ", ".join([FORM, *FORMAT_OF_TYPE])
            raise NotJson(f"The file is not declared: send a Content-Type of {known}!")
        request.max_content_length = bytes_max + (FORM_BYTES_MAX if self.is_form else 1)
        told = FORMAT_OF_TYPE.get(request.mimetype)
        if told is not None:
            self.options.insert(0, ("format", told))
        charset = request.mimetype_params.get("charset")
        if told == "csv" and charset:
            self.options.insert(0, ("encoding", charset))

    def chunks(self) -> Iterator[bytes]:
        """Yield the chunks of the file. Raises TooLarge, and BadInput when there is none."""
        size = 0
        for chunk in self._file_of_form() if self.is_form else self._body():
            size += len(chunk)
            if size > self._bytes_max:
                raise TooLarge(f"The file has more than {self._bytes_max} bytes!")
            self._digest.update(chunk)
            yield chunk

    def once(self, render: Callable[[Any], Answer]) -> Once | None:
        """Return the name of the request, whose file has come; None: it has none."""
        name = name_of(self._request, names_in_options(self.options))
        if name is None:
            return None
        parts = [orjson.dumps(self.options), self._digest.digest()]
        return Once(name, digest_of(self._request, parts), render)

    def _body(self) -> Iterator[bytes]:
        while chunk := self._request.stream.read(_CHUNK_BYTES):
            yield chunk

    def _file_of_form(self) -> Iterator[bytes]:
        """Yield the chunks of the field `file`; the other fields join the options."""
        field, text, has_file = "", bytearray(), False
        for event in self._events():
            if isinstance(event, Field | File):
                field = event.name or ""
                if field == FILE_FIELD and has_file:
                    raise _refusal("syntax", "A form holds one file: send one field `file`!")
                has_file = has_file or field == FILE_FIELD
                self.name = _file_name(event) if field == FILE_FIELD else self.name
            elif isinstance(event, Data) and field == FILE_FIELD:
                yield event.data
            elif isinstance(event, Data):
                text += event.data
                _check_options(len(text))
                if not event.more_data:
                    self.options.append((field, _text_of(field, text)))
                    text.clear()
        if not has_file:
            raise _refusal("required", "The form has no file: send it as the field `file`!")

    def _events(self) -> Iterator[Event]:
        boundary = self._request.mimetype_params.get("boundary", "")
        decoder = MultipartDecoder(
            boundary.encode("utf-8", "replace"), FORM_BYTES_MAX, max_parts=_FORM_PARTS_MAX
        )
        for chunk in chain(self._body(), [None]):
            found = _decoded(decoder, chunk)
            while not isinstance(found, NeedData):
                yield found
                if isinstance(found, Epilogue):
                    return
                found = _decoded(decoder, b"")


def _decoded(decoder: MultipartDecoder, chunk: bytes | None) -> Event:
    """Return the next event of a form after feeding a chunk. Raises BadInput."""
    try:
        decoder.receive_data(chunk)
        return decoder.next_event()
    except RequestEntityTooLarge as error:
        raise TooLarge("The form has too many or too long fields beside its file!") from error
    except ValueError as error:
        raise _refusal("syntax", "The form cannot be read: it is cut off or malformed!") from error


def _check_options(length: int) -> None:
    if length > OPTION_BYTES_MAX:
        raise TooLarge(f"An option of a form has at most {OPTION_BYTES_MAX} bytes!")


def _text_of(field: str, text: bytearray) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _refusal("syntax", "The form must be UTF-8 text!", pointer_to(field)) from error


def _file_name(event: Field | File) -> str | None:
    name = event.filename if isinstance(event, File) else ""
    shown = name.replace("\\", "/").rpartition("/")[2][:NAME_LENGTH_MAX]
    return None if not shown or has_control(shown) else shown


def _refusal(code: str, message: str, pointer: str = "/file") -> BadInput:
    return BadInput(faults=[Fault(code, message, pointer=pointer)])
