"""Checks of a line of text."""

import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def has_control(text: str) -> bool:
    r"""Return whether a text holds control characters, which a line of text has none of.

    >>> has_control("M5 x 20"), has_control("M5\t20")
    (False, True)
    """
    return _CONTROL.search(text) is not None
