"""The detection of a CSV file's delimiter and quote from its first records.

The header line decides: a delimiter is a character that stands in it outside quotes. When several
do (`SKU;Price, EUR`), the one that splits the records below into as many cells as the header.
"""

import csv
import re
from dataclasses import dataclass
from itertools import islice

from pims_api.errors import BadInput, Fault

DELIMITERS = (",", ";", "\t", "|")  # the first one wins a tie
RECORDS_COMPARED = 100

# Excel's own way to say it, as a line before the header.
_SEPARATOR_LINE = re.compile(r"sep=(.)(?:\r\n|\r|\n)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """delimiter and quote: one character each. first_line: where the file's header may begin."""

    delimiter: str
    quote: str
    first_line: int = 1


def find_dialect(sample: str, delimiter: str | None, quote: str | None) -> Dialect:
    """Return the dialect of a file that begins with this text; what is given is taken as it is.

    Raises BadInput when a given delimiter or quote cannot be one.
    """
    _check_given("delimiter", delimiter)
    _check_given("quote", quote)
    told = _SEPARATOR_LINE.match(sample)
    if told is not None:
        found = find_dialect(sample[told.end() :], delimiter or told[1], quote)
        return Dialect(found.delimiter, found.quote, found.first_line + 1)
    sample = _whole_lines(sample)
    quote = quote or _quote_of(sample, delimiter)
    return Dialect(delimiter or _delimiter_of(sample, quote), quote)


def _check_given(what: str, given: str | None) -> None:
    if given is not None and (len(given) != 1 or given in "\r\n\0 "):
        message = f"The {what} must be one character, such as {_EXAMPLES[what]}!"
        raise BadInput(faults=[Fault("type", message)])


_EXAMPLES = {"delimiter": '";" or a tab', "quote": "\" or '"}


def _whole_lines(sample: str) -> str:
    """Leave out the last line, which the sample may have cut, unless it is the only one."""
    end = max(sample.rfind("\n"), sample.rfind("\r"))
    return sample[: end + 1] if end >= 0 else sample


def _quote_of(sample: str, delimiter: str | None) -> str:
    """Return the apostrophe only where the header's names are all in apostrophes."""
    header = "".join(_lines(sample.lstrip("\r\n"))[:1]).rstrip("\r\n")
    names = re.split(f"[{re.escape(delimiter or ''.join(DELIMITERS))}]", header)
    quoted = [name for name in names if len(name) > 2 and name[0] == name[-1] == "'"]
    return "'" if quoted and len(quoted) == len([name for name in names if name]) else '"'


def _delimiter_of(sample: str, quote: str) -> str:
    widths = {each: _widths(sample, each, quote) for each in DELIMITERS}
    return max(DELIMITERS, key=lambda each: _likelihood(widths[each]))


def _widths(sample: str, delimiter: str, quote: str) -> list[int]:
    """Return how many cells each of the first records has, were this the delimiter."""
    records = csv.reader(_lines(sample), delimiter=delimiter, quotechar=quote)
    return [len(record) for record in islice(records, RECORDS_COMPARED) if record]


def _lines(sample: str) -> list[str]:
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", sample)


def _likelihood(widths: list[int]) -> tuple[bool, float, int]:
    """Return the sort key of a delimiter: splits the header, fits the records, is frequent."""
    if not widths:
        return False, 0.0, 0
    fitting = sum(width == widths[0] for width in widths) / len(widths)
    return widths[0] > 1, fitting, widths[0]
