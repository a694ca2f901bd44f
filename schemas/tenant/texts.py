"""Texts of the tenant face: names, and those that may be as long as those of products."""

from typing import Any

from marshmallow import ValidationError

from schemas.loading import complaint
from schemas.rest.fields import Data, Line, Text

TEXT_BYTES_MAX = 64 * 1024  # UTF-8
NAME_LENGTH_MAX = 255  # characters


class LongText(Text):
    """A JSON string of at most TEXT_BYTES_MAX bytes."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(longest=TEXT_BYTES_MAX, **settings)

    def _deserialize(self, value: Any, attr: str | None, data: Data, **_: Any) -> str:
        text = super()._deserialize(value, attr, data)
        if len(text.encode()) > TEXT_BYTES_MAX:
            message = f"{attr} has at most {TEXT_BYTES_MAX} bytes!"
            raise ValidationError(complaint("limit", message))
        return text


class Name(Line):
    """What something is called: a line of text that is not blank."""

    def __init__(self) -> None:
        super().__init__(required=True, blank=False, longest=NAME_LENGTH_MAX)
