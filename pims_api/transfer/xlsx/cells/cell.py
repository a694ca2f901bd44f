"""The value of a cell from its raw text, type and style."""

from collections.abc import Callable, Sequence

from pims_api.transfer.tables.formula import rearm
from pims_api.transfer.xlsx.cells.escapes import unescape
from pims_api.transfer.xlsx.cells.moment import duration_text, moment_text
from pims_api.transfer.xlsx.cells.number import number_text
from pims_api.transfer.xlsx.cells.styles import CellStyle

_MIDNIGHT = "T00:00:00"


class CellError(ValueError):
    """The cell has no readable value. The message ends the sentence `Cell B7 …`."""


class CellReader:
    """The reader of the cells of one workbook."""

    def __init__(
        self, strings: Sequence[str], styles: Sequence[CellStyle], *, since_1904: bool
    ) -> None:
        self._strings = strings
        self._styles = styles
        self._since_1904 = since_1904
        self._kinds: dict[str | None, Callable[[str], str]] = {
            "s": self._shared,
            "inlineStr": rearm,
            "str": lambda raw: rearm(unescape(raw)),
            "b": _boolean,
            "d": _iso_date,
            "e": _spreadsheet_error,
        }

    def read(self, kind: str | None, style: str | None, raw: str) -> str:
        """Return the cell as text. Raises CellError."""
        reader = self._kinds.get(kind)
        if reader is not None:
            return reader(raw)
        try:
            return self._number(style, raw) if raw else ""
        except ValueError:
            raise CellError(f"holds {raw[:40]!r}, which is no number or date!") from None

    def _shared(self, raw: str) -> str:
        number = int(raw[:9]) if raw.isdecimal() else len(self._strings)
        if number >= len(self._strings):
            raise CellError("refers to a text that the workbook lacks!")
        return rearm(self._strings[number])

    def _number(self, style: str | None, raw: str) -> str:
        means = self._style(style) if style else None
        raw = raw.strip()
        if means is None:
            return number_text(raw)
        if means == "moment":
            return moment_text(raw, since_1904=self._since_1904)
        if means == "duration":
            return duration_text(raw)
        number = number_text(raw)
        return number.zfill(int(means)) if number.isdecimal() else number

    def _style(self, style: str) -> CellStyle:
        number = int(style[:9]) if style.isdecimal() else -1
        return self._styles[number] if 0 <= number < len(self._styles) else None


def _boolean(raw: str) -> str:
    return "true" if raw.strip() in ("1", "true") else "false"


def _iso_date(raw: str) -> str:
    return raw.strip().removesuffix(_MIDNIGHT)


def _spreadsheet_error(raw: str) -> str:
    raise CellError(f"holds the spreadsheet error {raw[:20]}!")
