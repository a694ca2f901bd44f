"""Readers of the settings of attributes and categories, from JSON values and from cells.

Every reader takes the name of the setting and its JSON value, and raises SettingError with a
message that names it. A cell of a file is text, which every reader understands.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeGuard

from pims_api.domain.definition import Definition
from pims_api.domain.values.json_text import read_value
from pims_api.domain.values.scope import is_locale
from pims_api.domain.values.text import has_control
from pims_api.domain.values.value import JsonNumber, read_boolean, read_number
from pims_api.errors import BadInput

TEXT_LENGTH_MAX = 1_000  # characters of a text that has no shorter limit
LOCALES_MAX = 100  # that one text may have
DATA_KEY_LENGTH_MAX = 255  # characters
_LENGTH_DIGITS_MAX = 9
_WHOLE_DIGITS_MAX = 18
_LINES = str.maketrans("", "", "\n\r\t")

LocaleTextsSent = Mapping[str, str]
"""Text by locale; "" stands for the default locale, empty text for "take it away"."""

SettingReader = Callable[[str, Any], Any]


class SettingError(ValueError):
    """A setting that cannot be read. code: of the fault."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def is_text(value: Any) -> TypeGuard[str]:
    """Return whether a JSON value is text; a number is not."""
    return isinstance(value, str) and not isinstance(value, JsonNumber)


def read_text(name: str, value: Any) -> str:
    """Return the text as it is."""
    if not is_text(value):
        raise SettingError("type", f"{name} must be text!")
    return value


def read_flag(name: str, value: Any) -> bool:
    """Return the flag; empty text is "off"."""
    if value == "":
        return False
    try:
        return read_boolean(value)
    except ValueError as error:
        raise SettingError("type", f"{name} must be {error}!") from error


def read_growth(name: str, value: Any) -> bool | None:
    """Return whether an option list is closed; None for "": it grows when a write asks for it."""
    return None if value == "" else read_flag(name, value)


def read_decimal(name: str, value: Any) -> str | None:
    """Return a number as text, None for ""."""
    if value == "":
        return None
    try:
        return str(read_number(value))
    except ValueError as error:
        raise SettingError("type", f"{name} must be {error}!") from error


def read_length(name: str, value: Any) -> int | None:
    """Return a whole number that is not negative, None for ""."""
    if value == "":
        return None
    digits = value if isinstance(value, str) and len(value) <= _LENGTH_DIGITS_MAX else ""
    if not (digits.isascii() and digits.isdigit()):
        raise SettingError("type", f"{name} must be a whole number!")
    return int(digits)


def read_whole(name: str, value: Any, low: int, high: int) -> int:
    """Return a whole number within a range."""
    text = str(value) if isinstance(value, str) else ""
    digits = text.removeprefix("-")
    is_whole = digits.isascii() and digits.isdigit() and len(digits) <= _WHOLE_DIGITS_MAX
    if not (is_whole and low <= int(text) <= high):
        raise SettingError("range", f"{name} must be a whole number from {low} to {high}!")
    return int(text)


def read_free_data(name: str, value: Any) -> dict[str, Any]:
    """Return a JSON object that is kept as it is, its numbers as numbers."""
    if not isinstance(value, dict):
        raise SettingError("type", f"{name} must be an object!")
    if any(not 1 <= len(key) <= DATA_KEY_LENGTH_MAX for key in value):
        message = f"{name} takes keys of 1 to {DATA_KEY_LENGTH_MAX} characters!"
        raise SettingError("range", message)
    return {key: plain_json(one) for key, one in value.items()}


def locale_texts_reader(length_max: int, *, lines: bool = False) -> SettingReader:
    """Return a reader of a text per locale, or of one text, which is that of the default locale.

    length_max: in characters. lines: whether a text may have several lines.
    """

    def read(name: str, value: Any) -> LocaleTextsSent:
        texts = _by_locale(name, value)
        check_texts(name, texts.values(), length_max, lines=lines)
        return texts

    return read


def check_texts(name: str | None, texts: Iterable[str], length_max: int, *, lines: bool) -> None:
    """Raise SettingError where a text is longer or holds control characters.

    lines: whether a text may have several lines.
    """
    for text in texts:
        if len(text) > length_max:
            raise SettingError("limit", f"{name} has at most {length_max} characters!")
        if has_control(text.translate(_LINES) if lines else text):
            raise SettingError("limit", f"{name} cannot hold control characters!")


def check_locales(name: str | None, locales: Collection[str]) -> None:
    """Raise SettingError where there are very many locales, or one that cannot be."""
    if len(locales) > LOCALES_MAX:
        raise SettingError("limit", f"{name} takes at most {LOCALES_MAX} locales!")
    for locale in locales:
        if not is_locale(locale):
            message = f"{name} takes locales such as en-us, not {locale[:32]!r}!"
            raise SettingError("type", message)


def locale_texts(sent: LocaleTextsSent | None, definition: Definition) -> dict[str, str]:
    """Return texts by the tenant's own spelling of each locale; other locales stay as they are."""
    found = {}
    for locale, text in (sent or {}).items():
        segment = definition.language.segment(locale or definition.default_locale)
        found[segment.code if segment else locale] = text.strip()
    return found


def json_list(raw: Any) -> Any:
    """Return the list that a text spells: a default goes out as text and may come back so."""
    if not (isinstance(raw, str) and raw.startswith("[")):
        return raw
    try:
        return read_value(raw.encode("utf-8", "surrogatepass"))
    except BadInput:
        return raw


def plain_json(value: Any) -> Any:
    """Return a JSON value with its numbers as numbers; one that would lose digits stays text.

    >>> plain_json([JsonNumber("7"), JsonNumber("0.10"), JsonNumber("0.5")])
    [7, '0.10', 0.5]
    """
    if isinstance(value, JsonNumber):
        return _plain_number(value)
    if isinstance(value, dict):
        return {name: plain_json(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain_json(one) for one in value]
    return value


def _plain_number(text: JsonNumber) -> int | float | str:
    if text.removeprefix("-").isdigit():
        number = int(text)
        return number if -(2**63) <= number < 2**63 else str(text)
    return float(text) if repr(float(text)) == text else str(text)


def _by_locale(name: str, value: Any) -> LocaleTextsSent:
    if is_text(value):
        return {"": value}
    if not isinstance(value, dict):
        message = f"{name} must be an object with a text per locale, or one text!"
        raise SettingError("type", message)
    check_locales(name, value)
    for locale, text in value.items():
        if text is not None and not is_text(text):
            raise SettingError("type", f"{name} of {locale} must be text!")
    return {locale: text or "" for locale, text in value.items()}
