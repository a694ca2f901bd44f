"""Reversible protection against formula injection into spreadsheets.

Excel and its like run what begins with = + - @, whatever the file says of quotes, and drop a tab
or a line break before it; some languages' editions take full-width signs too. A leading apostrophe,
which spreadsheets themselves read as "this is text", stops that.
"""

import re

MARK = "'"

# A negative number is no formula. What begins with marks before a formula is marked once more, so
# that taking one mark away always gives back what was written.
_RUNS = re.compile(r"'*+(?!-[0-9]+(?:\.[0-9]+)?\Z)[=+\-@\t\r\n＝＋－＠]")  # noqa: RUF001


def disarm(text: str) -> str:
    """Return the text with a leading apostrophe if a spreadsheet would run it.

    >>> disarm("=1+1"), disarm("-5"), disarm("'tis"), disarm("'=1+1")
    ("'=1+1", '-5', "'tis", "''=1+1")
    """
    return MARK + text if _RUNS.match(text) else text


def rearm(text: str) -> str:
    """Return what `disarm` was given.

    >>> rearm("'=1+1"), rearm("'tis"), rearm("''=1+1")
    ('=1+1', "'tis", "'=1+1")
    """
    return text[1:] if text.startswith(MARK) and _RUNS.match(text) else text
