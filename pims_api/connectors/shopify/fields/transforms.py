"""What can be done to a value on its way to a field, and which of it can be undone on the way back.

Source: docs/channels.md, Field mappings.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

_SPACE = re.compile(r"\s+")
_BREAK = re.compile(r"(?i)<\s*(br|/p|/div|/li|/h[1-6]|/tr)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")
_DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?")


class BadTransform(ValueError):
    """A text that names no transform, or a value that one cannot take."""


def _each(change: Callable[[str], str]) -> Callable[[Any], Any]:
    """Return a change of a text that changes each element of a list."""

    def changed(value: Any) -> Any:
        return (
            [change(_text(one)) for one in value]
            if isinstance(value, list)
            else change(_text(value))
        )

    return changed


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _plain(text: str) -> str:
    """Return HTML as plain text, a line per block."""
    lines = html.unescape(_TAG.sub("", _BREAK.sub("\n", text))).split("\n")
    return "\n".join(filter(None, (_SPACE.sub(" ", line).strip() for line in lines)))


def _paragraphs(text: str) -> str:
    lines = filter(None, (line.strip() for line in text.splitlines()))
    return "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines)


def _split(value: Any) -> list[str]:
    texts = value if isinstance(value, list) else _text(value).split(",")
    return [one.strip() for one in map(_text, texts) if one.strip()]


def _join(value: Any) -> str:
    return ", ".join(map(_text, value)) if isinstance(value, list) else _text(value)


def _number(value: Any) -> str:
    text = _text(value).strip()
    if not _DECIMAL.fullmatch(text):
        raise BadTransform(f"{text[:100]!r} is no number")
    return text


TRANSFORMS: dict[str, Callable[[Any], Any]] = {
    "trim": _each(str.strip),
    "uppercase": _each(str.upper),
    "lowercase": _each(str.lower),
    "slug": _each(_slug),
    "text": _each(_plain),
    "html": _each(_paragraphs),
    "split": _split,
    "join": _join,
    "number": _number,
    "string": _each(str),
}
_BACK: dict[str, Callable[[Any], Any]] = {
    "split": _join,
    "join": _split,
    "number": TRANSFORMS["string"],
    "string": lambda one: one,
}


def read_transforms(text: str | None) -> tuple[str, ...]:
    """Return the transforms that a text chains with `|`. Raises BadTransform.

    >>> read_transforms("trim | uppercase")
    ('trim', 'uppercase')
    """
    names = tuple(one.strip() for one in text.split("|")) if text and text.strip() else ()
    for name in names:
        if name not in TRANSFORMS:
            raise BadTransform(
                f"There is no transform {name!r}. There are {', '.join(TRANSFORMS)}."
            )
    return names


def apply_transforms(names: Sequence[str], value: Any) -> Any:
    """Return a value after these transforms. Raises BadTransform."""
    for name in names:
        value = TRANSFORMS[name](value)
    return value


def can_undo(names: Sequence[str]) -> bool:
    """Return whether what comes back from the shop can be read as the value that was sent."""
    return all(name in _BACK for name in names)


def undo_transforms(names: Sequence[str], value: Any) -> Any:
    """Return the value that gives this one after the transforms, which can be undone."""
    for name in reversed(names):
        value = _BACK[name](value)
    return value
