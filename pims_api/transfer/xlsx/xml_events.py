"""A streaming XML parser without DTD and without entities but the five of XML itself."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol
from xml.parsers import expat

from pims_api.transfer.xlsx.archive import refuse

# What Excel writes, and what it writes as "Strict Open XML".
SPREADSHEET = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
PACKAGE_RELATIONS = ("http://schemas.openxmlformats.org/package/2006/relationships",)

TOKEN_BYTES_MAX = 4 * 1024**2  # of a tag or comment, which is held as a whole

Attributes = dict[str, str]


class Handler(Protocol):
    """A handler of events. Names are `namespace name`; attributes may have no namespace."""

    def start(self, name: str, attributes: Attributes) -> None: ...

    def end(self, name: str) -> None: ...

    def characters(self, text: str) -> None: ...


def named(local: str, namespaces: Iterable[str] = SPREADSHEET) -> frozenset[str]:
    """Return the full names under which an element may come."""
    return frozenset(f"{namespace} {local}" for namespace in namespaces)


def feed(chunks: Iterable[bytes], handler: Handler) -> Iterator[int]:
    """Parse the chunks; after each one, yield how many bytes have been parsed.

    Raises BadInput for what is no XML and for XML with a document type, which OOXML forbids.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.buffer_size = 64 * 1024
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.characters
    parser.StartDoctypeDeclHandler = _refuse_document_type
    fed = 0
    try:
        for chunk in chunks:
            parser.Parse(chunk)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > TOKEN_BYTES_MAX:
                refuse("The workbook is damaged: a part of it has a tag without end!")
            yield fed
        parser.Parse(b"", True)
    except expat.ExpatError:
        refuse("The workbook is damaged: a part of it is not XML!")
    yield fed


def _refuse_document_type(*_: object) -> None:
    refuse("The workbook declares a document type (DTD), which XLSX forbids!")


class Elements:
    """A handler that calls `take` with the attributes of each element of some names."""

    def __init__(self, take: Callable[[str, Attributes], None]) -> None:
        self.start = take

    def end(self, name: str) -> None: ...

    def characters(self, text: str) -> None: ...
