"""Cell styles: whether a number is a date, a duration, or has leading zeros."""

import re
from collections.abc import Iterable
from typing import Literal

from pims_api.transfer.xlsx.xml_events import Attributes, Elements, feed, named

# "moment", "duration", the digits that a number is padded to (`00000`), or None: a plain number.
CellStyle = Literal["moment", "duration"] | int | None

STYLES_MAX = 65_490  # Excel's own limit

_NUMBER_FORMAT, _CELL_STYLES, _STYLE = named("numFmt"), named("cellXfs"), named("xf")
_OTHER_STYLES = named("cellStyleXfs") | named("dxfs") | named("cellStyles")

# ECMA-376, 18.8.30: formats that every program knows; 27 to 36 and 50 to 58 are East Asian dates.
_BUILTIN: dict[int, CellStyle] = dict.fromkeys(
    [*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)], "moment"
)
_BUILTIN[46] = "duration"

_NOT_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_ELAPSED = re.compile(r"\[[hms]+\]", re.IGNORECASE)


def read_styles(chunks: Iterable[bytes]) -> list[CellStyle]:
    """Return the meaning of each cell style (`s` of a cell) for numbers."""
    formats: dict[str, CellStyle] = {str(key): value for key, value in _BUILTIN.items()}
    found: list[CellStyle] = []
    inside = [False]

    def take(name: str, attributes: Attributes) -> None:
        if name in _NUMBER_FORMAT and len(formats) < STYLES_MAX:
            formats[attributes.get("numFmtId", "")] = style_of(attributes.get("formatCode", ""))
        elif name in _CELL_STYLES:
            inside[0] = True
        elif name in _OTHER_STYLES:
            inside[0] = False
        elif name in _STYLE and inside[0] and len(found) < STYLES_MAX:
            found.append(formats.get(attributes.get("numFmtId", "0")))

    for _ in feed(chunks, Elements(take)):
        pass
    return found


def style_of(code: str) -> CellStyle:
    """Return the meaning of a number format.

    >>> style_of("dd.mm.yyyy"), style_of("[h]:mm"), style_of("00000"), style_of('0.00 "mm"')
    ('moment', 'duration', 5, None)
    """
    bare = _NOT_CODE.sub("", code.partition(";")[0]).strip()
    if _ELAPSED.search(bare):
        return "duration"
    if bare.lower() != "general" and re.search("[dmyhs]", bare, re.IGNORECASE):
        return "moment"
    return len(bare) if 1 < len(bare) <= 40 and not bare.strip("0") else None
