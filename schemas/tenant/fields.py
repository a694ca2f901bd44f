"""Fields of the bodies of the tenant face, beside those of every REST face."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError, fields

from pims_api.domain.tenant_ids import uuid_of
from pims_api.domain.values.text import has_control
from pims_api.domain.values.value import JsonNumber
from schemas.loading import complaint
from schemas.rest.fields import Text

TEXT_BYTES_MAX = 64 * 1024  # UTF-8

Data = Mapping[str, Any] | None


class Words(Text):
    """A text of up to 64 kB."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(longest=TEXT_BYTES_MAX, **settings)

    def _deserialize(self, value: Any, attr: str | None, data: Data, **more: Any) -> str:
        text = super()._deserialize(value, attr, data, **more)
        if len(text) * 4 > TEXT_BYTES_MAX and len(text.encode()) > TEXT_BYTES_MAX:
            message = f"{attr} takes at most {TEXT_BYTES_MAX // 1024} kB of text!"
            raise ValidationError(complaint("limit", message))
        return text


class Uuid(Text):
    """A UUID, in lower case whatever it came in; "" counts as not sent."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(metadata={"format": "uuid"}, **settings)

    def _deserialize(self, value: Any, attr: str | None, data: Data, **more: Any) -> str:
        text = super()._deserialize(value, attr, data, **more)
        found = uuid_of(text) if text else ""
        if found is None:
            raise ValidationError(complaint("type", f"{attr} must be a UUID!"))
        return found


class WebAddress(Words):
    """An absolute address of http or https, which nobody asks; "" counts as not sent."""

    def _deserialize(self, value: Any, attr: str | None, data: Data, **more: Any) -> str:
        text = super()._deserialize(value, attr, data, **more)
        if text and not _is_web_address(text):
            message = f"{attr} must be an absolute address of http or https!"
            raise ValidationError(complaint("type", message))
        return text


class Checked(Text):
    """A text that a reader of the core understands. read: raises ValueError, saying what it is."""

    def __init__(self, read: Callable[[object], str], **settings: Any) -> None:
        self.read = read
        super().__init__(**settings)

    def _deserialize(self, value: Any, attr: str | None, data: Data, **more: Any) -> str:
        text = super()._deserialize(value, attr, data, **more)
        return _read(self.read, text, attr) if text else text


class DecimalText(fields.Raw):
    """A number, in JSON or as text, that a reader of the core understands; its text."""

    def __init__(self, read: Callable[[object], str]) -> None:
        self.read = read
        super().__init__(
            load_default=None, allow_none=True, metadata={"type": ["number", "string", "null"]}
        )

    def _deserialize(self, value: Any, attr: str | None, data: Data, **_: Any) -> str:
        if value == "":
            return ""
        if not isinstance(value, (str, JsonNumber)):
            raise ValidationError(complaint("type", f"{attr} must be a number, or its text!"))
        return _read(self.read, value, attr)


def _read(read: Callable[[object], str], value: str, attr: str | None) -> str:
    try:
        return str(read(value))
    except ValueError as error:
        raise ValidationError(complaint("type", f"{attr} must be {error}!")) from None


def _is_web_address(text: str) -> bool:
    if has_control(text) or any(sign.isspace() for sign in text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, brackets that do not fit
        return False
