"""Fields of the bodies of the tenant face, beside those of every REST face."""

from collections.abc import Callable
from typing import Any

from marshmallow import ValidationError, fields

from pims_api.domain.tenant_ids import uuid_of
from pims_api.domain.values.value import JsonNumber
from schemas.loading import complaint
from schemas.rest.fields import Data, Text


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
            load_default=None, allow_none=True, metadata={"type": ["number", "string"]}
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
