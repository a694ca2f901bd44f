"""The shared strings of a workbook, the one part that is held in memory."""

from collections.abc import Iterable

from pims_api.transfer.tables.table import CELL_CHARS_MAX
from pims_api.transfer.xlsx.archive import refuse
from pims_api.transfer.xlsx.cells.escapes import unescape
from pims_api.transfer.xlsx.xml_events import Attributes, feed, named

STRINGS_MAX = 4_000_000

_ITEM, _TEXT, _PHONETIC = named("si"), named("t"), named("rPh")


class CellText:
    """A collector of the text of `si` and `is`, from the `t` of each of their runs (`r`).

    No more is kept than a cell may have, plus one character by which that is seen. Phonetic hints
    (`rPh`) are no part of the text.
    """

    __slots__ = ("_length", "_open", "_parts", "_phonetic")

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._open = self._phonetic = False

    def start(self, name: str) -> None:
        if name in _TEXT:
            self._open = not self._phonetic
        elif name in _PHONETIC:
            self._phonetic = True

    def end(self, name: str) -> None:
        self._open = False
        if name in _PHONETIC:
            self._phonetic = False

    def characters(self, text: str) -> None:
        if self._open and self._length <= CELL_CHARS_MAX:
            self._parts.append(text)
            self._length += len(text)

    def whole(self) -> str:
        return unescape("".join(self._parts)[: CELL_CHARS_MAX + 1])


class _Strings:
    def __init__(self) -> None:
        self.found: list[str] = []
        self._text = CellText()
        self.characters = self._text.characters

    def start(self, name: str, _: Attributes) -> None:
        if name in _ITEM:
            self._text.begin()
        else:
            self._text.start(name)

    def end(self, name: str) -> None:
        if name not in _ITEM:
            self._text.end(name)
            return
        if len(self.found) >= STRINGS_MAX:
            refuse(
                f"The workbook has more than {STRINGS_MAX} different texts: save it as CSV!",
                "limit",
            )
        self.found.append(self._text.whole())


def read_strings(chunks: Iterable[bytes]) -> list[str]:
    """Return the shared strings. Raises BadInput when there are too many."""
    strings = _Strings()
    for _ in feed(chunks, strings):
        pass
    return strings.found
