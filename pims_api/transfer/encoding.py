"""The detection of a text file's encoding, and of bytes that it cannot decode."""

import codecs
from dataclasses import dataclass
from typing import BinaryIO

from pims_api.errors import BadInput, Fault

UNREADABLE = "\udcff"  # stands in decoded text for bytes that are invalid in the encoding
UNREADABLE_ERRORS = "pims.unreadable"  # the name under which `codecs` knows that

_CHUNK_BYTES = 1 << 20
_NOT_OF_FILES = ("idna", "iso2022", "punycode", "raw_unicode", "unicode_escape", "utf-7")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LONG_MARKS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"))


def _mark_unreadable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return UNREADABLE, error.end


codecs.register_error(UNREADABLE_ERRORS, _mark_unreadable)


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """name: what `codecs` calls it. clean: the file holds neither NUL nor unreadable bytes.

    guessed: chosen only because the file is not UTF-8. mixed: the file is UTF-8 but for
    some bytes.
    """

    name: str
    clean: bool
    guessed: bool = False
    mixed: bool = False


def find_encoding(stream: BinaryIO, given: str | None) -> TextEncoding:
    """Return the encoding of a seekable stream, which is read once from end to end.

    It is the given one, else by its byte order mark, else UTF-8 when all of it is or most of what
    is not ASCII, else cp1252, in which Western Windows programs write. A UTF-8 mark counts for more
    than what is given: no text of another encoding begins so. Raises BadInput when the given name
    is unknown.
    """
    stream.seek(0)
    head = stream.read(4)
    if given is not None and _known_name(given, head) and not head.startswith(codecs.BOM_UTF8):
        return _looked_over(stream, _known_name(given, head))
    for mark, name in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return _looked_over(stream, name)
    try:
        return TextEncoding("utf-8", clean=not _has_nul(stream, "utf-8"))
    except UnicodeError:
        if _is_mostly_utf8(stream):
            return TextEncoding("utf-8", clean=False, mixed=True)
    return TextEncoding("cp1252", clean=_looked_over(stream, "cp1252").clean, guessed=True)


def _known_name(given: str, head: bytes) -> str:
    try:
        name: str | None = codecs.lookup(given).name
        "".encode(given)  # refuses the codecs that are not of text
    except (LookupError, ValueError):
        name = None
    if name is None or name.startswith(_NOT_OF_FILES):
        message = (
            f"The encoding {given[:40]!r} is unknown: use utf-8, utf-16, cp1252 or "
            "another name that Python knows!"
        )
        raise BadInput(faults=[Fault("type", message)])
    return _with_its_mark(name, head)


def _with_its_mark(name: str, head: bytes) -> str:
    """Return the codec that strips the byte order mark, or the plain one where there is none."""
    for mark, marked in (*_BYTE_ORDER_MARKS, *_LONG_MARKS):
        if head.startswith(mark) and name.startswith(marked.removesuffix("-sig")):
            return marked
    return f"{name}-le" if name in ("utf-16", "utf-32") else name


def _looked_over(stream: BinaryIO, name: str) -> TextEncoding:
    try:
        return TextEncoding(name, clean=not _has_nul(stream, name))
    except UnicodeError:
        return TextEncoding(name, clean=False)


def _has_nul(stream: BinaryIO, name: str) -> bool:
    """Return whether the text holds NUL. Raises UnicodeError when it cannot all be read."""
    decoder = codecs.getincrementaldecoder(name)("strict")
    stream.seek(0)
    found = False
    while chunk := stream.read(_CHUNK_BYTES):
        found |= "\0" in decoder.decode(chunk)
    decoder.decode(b"", final=True)
    return found


def _is_mostly_utf8(stream: BinaryIO) -> bool:
    """Return whether non-ASCII characters outnumber the unreadable bytes.

    Text of another encoding hardly ever makes a UTF-8 character of several bytes.
    """
    decoder = codecs.getincrementaldecoder("utf-8")(UNREADABLE_ERRORS)
    stream.seek(0)
    readable = unreadable = 0
    more = True
    while more:
        chunk = stream.read(_CHUNK_BYTES)
        more = bool(chunk)
        text = decoder.decode(chunk, final=not more)
        if not text.isascii():
            bad = text.count(UNREADABLE)
            unreadable += bad
            readable += len(text) - len(text.encode("ascii", "ignore")) - bad
    return readable > unreadable
