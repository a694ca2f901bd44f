"""Masks: patterns that a text must match as a whole. RE2, so matching is linear in the text.

Where RE2 has no wheel the standard library reads the same patterns; what only it understands is
refused there too, so that a mask means the same everywhere. The standard library tries one way
after the other to fit a text, so masks with too many ways are refused there, and no mask fits a
text of more than 256 characters: a trial takes a fraction of a second at most.
"""

import importlib
import re
from dataclasses import dataclass
from functools import lru_cache
from math import inf, log2
from types import ModuleType
from typing import Any

MASK_LENGTH_MAX = 1_000  # characters


def _re2() -> ModuleType | None:
    try:
        return importlib.import_module("re2")
    except ImportError:
        return None


_RE2 = _re2()
_NO_PATTERN: tuple[type[Exception], ...] = (
    (ValueError, re.error) if _RE2 is None else (ValueError, re.error, _RE2.error)
)
_MEMORY_BYTES = 1 << 20
_FALLBACK_TEXT_MAX = 256  # characters
_BEYOND_RE2 = re.compile(r"\(\?(?:=|!|<=|<!|>|P=|\()|\\[1-9]|[*+?}]\+")
_WAYS_BITS_MAX = 25.0  # three runs of any length, and a little more
_PART = re.compile(
    r"(?P<other>\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?[a-zA-Z-]+\))"
    r"|(?P<group>\((?:\?(?:P?<\w+>|[a-zA-Z-]*:))?)"
    r"|(?P<repeat>(?:[*+?]|\{(?P<least>\d*)(?P<comma>,?)(?P<most>\d*)\})\??)"
    r"|.",
    re.DOTALL,
)


class _TooManyWays(ValueError):
    """A pattern that the standard library could try for minutes."""


def check_mask(pattern: str) -> None:
    """Raise ValueError when the pattern is no mask: too long, or not RE2 (no look-around).

    Without RE2 also when the standard library could take too long over it.
    """
    if len(pattern) > MASK_LENGTH_MAX:
        raise ValueError(f"at most {MASK_LENGTH_MAX} characters")
    try:
        _compiled(pattern)
    except _TooManyWays:
        raise
    except _NO_PATTERN as error:
        raise ValueError("an RE2 pattern (no look-around, no back-references)") from error


def fits_mask(pattern: str, text: str) -> bool:
    """Return whether the whole text matches the pattern.

    >>> fits_mask("[0-9]{13}", "4012345000019"), fits_mask("[0-9]{13}", "x4012345000019")
    (True, False)
    """
    if _RE2 is None and len(text) > _FALLBACK_TEXT_MAX:
        return False
    try:
        return _compiled(pattern).fullmatch(text) is not None
    except _TooManyWays:  # stored where there was RE2
        return False


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    if _RE2 is None:
        if _BEYOND_RE2.search(pattern):
            raise ValueError(pattern)
        found = re.compile(pattern)
        if _ways_bits(pattern) > _WAYS_BITS_MAX:
            raise _TooManyWays(
                "without google-re2, one with no nested repetition and few open ends"
            )
        return found
    options = _RE2.Options()
    options.max_mem = _MEMORY_BYTES
    options.log_errors = False
    return _RE2.compile(pattern, options)


@dataclass(slots=True)
class _Group:
    """What is known of a group. bits: of the ways to go through one of its branches."""

    bits: float = 0.0
    branches: int = 1

    @property
    def all_bits(self) -> float:
        return self.bits + log2(self.branches)


def _ways_bits(pattern: str) -> float:
    """Return how many bits it takes to tell the ways in which a valid pattern may be tried.

    Infinite when something with several ways is repeated: `(a+)+`, `(a|b)*`.
    """
    open_groups = [_Group()]
    repeated = 0.0  # bits of the group that has just been closed
    for part in _PART.finditer(pattern):
        closed = 0.0
        if part["repeat"]:
            if repeated and _most(part) > 1:
                return inf
            open_groups[-1].bits += log2(max(1, _most(part) - _least(part) + 1))
        elif part["group"]:
            open_groups.append(_Group())
        elif part[0] == ")":
            closed = open_groups.pop().all_bits
            open_groups[-1].bits += closed
        elif part[0] == "|":
            open_groups[-1].branches += 1
        repeated = closed
    return open_groups[0].all_bits


def _least(repeat: re.Match[str]) -> int:
    return int(repeat["least"] or 0)


def _most(repeat: re.Match[str]) -> int:
    """Return how often a part may be repeated at most; without a limit, as long as a text is."""
    if repeat[0].startswith("?"):
        return 1
    if repeat["most"]:
        return int(repeat["most"])
    if repeat[0].startswith("{") and not repeat["comma"]:
        return _least(repeat)
    return _FALLBACK_TEXT_MAX
