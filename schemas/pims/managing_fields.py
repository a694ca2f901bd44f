"""Fields of the requests that manage attributes and categories."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from marshmallow import ValidationError, fields, missing

from pims_api.domain.definition import Definition
from pims_api.domain.scope import is_locale
from pims_api.domain.text import has_control
from pims_api.domain.value import JsonNumber, read_number
from schemas.loading import complaint
from schemas.pims.fields import Flag, is_text

TEXT_LENGTH_MAX = 1_000  # characters of a text that has no shorter limit
LOCALES_MAX = 100  # that one text may have
_LENGTH_DIGITS_MAX = 9
_DATA_KEY_LENGTH_MAX = 255  # characters
_LINES = str.maketrans("", "", "\n\r\t")

LocaleTextsSent = Mapping[str, str]
"""Text by locale; "" stands for the default locale, empty text for "take it away"."""


class LocaleTexts(fields.Field[LocaleTextsSent]):
    """A text per locale, or one text, which is that of the default locale.

    length_max: in characters. lines: whether a text may have several lines.
    """

    def __init__(self, length_max: int = TEXT_LENGTH_MAX, *, lines: bool = False) -> None:
        self.length_max, self.lines = length_max, lines
        super().__init__(load_default=missing, allow_none=True)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> LocaleTextsSent:
        texts = _by_locale(attr, value)
        check_texts(attr, texts.values(), self.length_max, lines=self.lines)
        return texts


class DecimalText(fields.Field[str | None]):
    """A number as text, or a JSON number by its own text; "" and null take it away."""

    def __init__(self) -> None:
        super().__init__(load_default=missing, allow_none=True)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> str | None:
        if value == "":
            return None
        try:
            return str(read_number(value))
        except ValueError as error:
            raise ValidationError(complaint("type", f"{attr} must be {error}!")) from error


class Length(fields.Field[int | None]):
    """A whole number, as JSON number or as text; "" and null take it away."""

    def __init__(self) -> None:
        super().__init__(load_default=missing, allow_none=True)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> int | None:
        if value == "":
            return None
        digits = value if isinstance(value, str) and len(value) <= _LENGTH_DIGITS_MAX else ""
        if not (digits.isascii() and digits.isdigit()):
            raise ValidationError(complaint("type", f"{attr} must be a whole number!"))
        return int(digits)


class Growth(Flag):
    """Whether a dictionary is closed: a flag, or "" for "grows when a write asks for it"."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any
    ) -> Any:
        return None if value == "" else super()._deserialize(value, attr, data, **more)


class FreeData(fields.Field[dict[str, Any]]):
    """A JSON object that is kept as it is; null takes an entry away."""

    def __init__(self) -> None:
        super().__init__(load_default=dict, allow_none=True)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValidationError(complaint("type", f"{attr} must be an object!"))
        if any(not 1 <= len(name) <= _DATA_KEY_LENGTH_MAX for name in value):
            message = f"{attr} takes keys of 1 to {_DATA_KEY_LENGTH_MAX} characters!"
            raise ValidationError(complaint("range", message))
        return {name: plain_json(one) for name, one in value.items()}


def check_texts(name: str | None, texts: Iterable[str], length_max: int, *, lines: bool) -> None:
    """Raise ValidationError where a text is longer or holds control characters.

    lines: whether a text may have several lines.
    """
    for text in texts:
        if len(text) > length_max:
            message = f"{name} has at most {length_max} characters!"
            raise ValidationError(complaint("limit", message))
        if has_control(text.translate(_LINES) if lines else text):
            message = f"{name} cannot hold control characters!"
            raise ValidationError(complaint("limit", message))


def check_locales(name: str | None, locales: Collection[str]) -> None:
    """Raise ValidationError where there are very many locales, or one that cannot be."""
    if len(locales) > LOCALES_MAX:
        raise ValidationError(complaint("limit", f"{name} takes at most {LOCALES_MAX} locales!"))
    for locale in locales:
        if not is_locale(locale):
            message = f"{name} takes locales such as en-us, not {locale[:32]!r}!"
            raise ValidationError(complaint("type", message))


def locale_texts(sent: LocaleTextsSent | None, definition: Definition) -> dict[str, str]:
    """Return texts by the tenant's own spelling of each locale; other locales stay as they are."""
    found = {}
    for locale, text in (sent or {}).items():
        segment = definition.language.segment(locale or definition.default_locale)
        found[segment.code if segment else locale] = text.strip()
    return found


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


def _by_locale(name: str | None, value: Any) -> LocaleTextsSent:
    if is_text(value):
        return {"": value}
    if not isinstance(value, dict):
        message = f"{name} must be an object with a text per locale, or one text!"
        raise ValidationError(complaint("type", message))
    check_locales(name, value)
    for locale, text in value.items():
        if text is not None and not is_text(text):
            raise ValidationError(complaint("type", f"{name} of {locale} must be text!"))
    return {locale: text or "" for locale, text in value.items()}
