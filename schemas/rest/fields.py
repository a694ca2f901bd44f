"""Strict fields of REST bodies, with messages that name the field and what would do.

A number keeps the text in which it came, so a JSON number is no text and no text is a number here.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, ValidationError, fields, missing

from pims_api.domain.attributes.setting_readers import is_text
from pims_api.domain.values.text import has_control
from pims_api.domain.values.value import JsonNumber
from schemas.loading import Keyed, complaint, keys_of, read_object, read_objects
from schemas.rest.numbers import without_exponent

TEXT_LENGTH_MAX = 4_000  # characters of a text that says nothing else
ID_LENGTH_MAX = 128  # characters

_WHOLE = re.compile(r"-?[0-9]{1,18}\Z")

Data = Mapping[str, Any] | None


class Body(Keyed):
    """A JSON object: unknown keys are ignored, and null counts as not sent."""

    error_messages = {"type": complaint("type", "This must be an object!")}


class _Strict(fields.Field[Any]):
    """A field whose null counts as not sent, and which names itself when it is required."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        if not settings.get("required"):
            settings = {"load_default": None, "allow_none": True} | settings
        super().__init__(*args, **settings)

    def deserialize(self, value: Any, *args: Any, **context: Any) -> Any:
        """Return what a value means; of null, what its absence means."""
        is_absent = value is None and not self.required
        return super().deserialize(missing if is_absent else value, *args, **context)

    def _bind_to_schema(self, name: str, parent: Any) -> None:
        super()._bind_to_schema(name, parent)
        absent = complaint("required", f"{name} is required!")
        self.error_messages |= {"required": absent, "null": absent}


class Text(_Strict, fields.String):
    """A JSON string. blank: whether white space alone will do. longest: in characters."""

    def __init__(
        self, *, blank: bool = True, longest: int = TEXT_LENGTH_MAX, **settings: Any
    ) -> None:
        self.blank, self.longest = blank, longest
        super().__init__(**settings)

    def _deserialize(self, value: Any, attr: str | None, data: Data, **_: Any) -> str:
        if not is_text(value):
            raise ValidationError(complaint("type", f"{attr} must be text!"))
        if not (self.blank or value.strip()):
            raise ValidationError(complaint("required", f"{attr} cannot be empty!"))
        if len(value) > self.longest:
            message = f"{attr} has at most {self.longest} characters!"
            raise ValidationError(complaint("limit", message))
        return value


class Line(Text):
    """A JSON string without control characters: a name, or another line of text for people."""

    def _deserialize(self, value: Any, attr: str | None, data: Data, **more: Any) -> str:
        text = super()._deserialize(value, attr, data, **more)
        if has_control(text):
            raise ValidationError(complaint("limit", f"{attr} cannot hold control characters!"))
        return text


class Id(Text):
    """An id that a client chooses: what an address can hold, for that is where it will stand."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(blank=False, longest=ID_LENGTH_MAX, **settings)

    def _deserialize(self, value: Any, attr: str | None, data: Data, **_: Any) -> str:
        text = super()._deserialize(value, attr, data)
        if text != text.strip() or text in (".", "..") or "/" in text or has_control(text):
            message = f"{attr} cannot hold / or control characters, or begin or end with a space!"
            raise ValidationError(complaint("range", message))
        return text


class Word(Text):
    """One of a few words."""

    def __init__(self, words: Sequence[str], **settings: Any) -> None:
        self.words = words
        may_be_null = not settings.get("required") and "load_default" not in settings
        known = [*words, None] if may_be_null else list(words)
        super().__init__(metadata={"enum": known}, **settings)

    def _deserialize(self, value: Any, attr: str | None, data: Data, **_: Any) -> str:
        text = super()._deserialize(value, attr, data)
        if text not in self.words:
            message = f"{attr} must be one of {', '.join(self.words)}!"
            raise ValidationError(complaint("range", message))
        return text


class Flag(_Strict, fields.Boolean):
    """true or false."""

    def _deserialize(self, value: Any, attr: str | None, data: Data, **_: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError(complaint("type", f"{attr} must be true or false!"))
        return value


class Whole(_Strict, fields.Integer):
    """A whole number within a range: a JSON number, or text where `in_query`."""

    def __init__(self, low: int, high: int, *, in_query: bool = False, **settings: Any) -> None:
        self.low, self.high, self.in_query = low, high, in_query
        super().__init__(metadata={"minimum": low, "maximum": high}, **settings)

    def _deserialize(self, value: Any, attr: str | None, data: Data, **_: Any) -> int:
        is_number = isinstance(value, str if self.in_query else JsonNumber)
        if not (is_number and _WHOLE.match(value) and self.low <= int(value) <= self.high):
            message = f"{attr} must be a whole number from {self.low} to {self.high}!"
            raise ValidationError(complaint("range", message))
        return int(value)


class Decimal(_Strict, fields.Number[str]):
    """A JSON number, as its text."""

    num_type = str

    def _deserialize(self, value: Any, attr: str | None, data: Data, **_: Any) -> str:
        if not isinstance(value, JsonNumber):
            raise ValidationError(complaint("type", f"{attr} must be a number!"))
        return without_exponent(value)


class Texts(_Strict, fields.List[Any]):
    """A JSON list of strings."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(fields.String(), **settings)

    def _deserialize(self, value: Any, attr: str | None, data: Data, **_: Any) -> Any:
        if not isinstance(value, list) or not all(map(is_text, value)):
            raise ValidationError(complaint("type", f"{attr} must be a list of texts!"))
        return value


class Anything(_Strict, fields.Raw):
    """Any JSON value, which somebody else reads."""


class Object(_Strict, fields.Dict):
    """A JSON object of any keys."""

    def _deserialize(self, value: Any, attr: str | None, data: Data, **_: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValidationError(complaint("type", f"{attr} must be an object!"))
        return value


class Part(_Strict, fields.Nested):
    """A JSON object with a schema of its own."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Data, partial: Any = None, **_: Any
    ) -> Any:
        return read_object(self.schema, value)


class Parts(_Strict, fields.List[Any]):
    """A JSON list of objects with a schema."""

    def __init__(self, schema: Schema, **settings: Any) -> None:
        self.part = schema
        self.keys = keys_of(schema)
        super().__init__(fields.Nested(schema), **settings)

    def _deserialize(self, value: Any, attr: str | None, data: Data, **_: Any) -> Any:
        if not isinstance(value, list):
            raise ValidationError(complaint("type", f"{attr} must be a list of objects!"))
        return read_objects(self.part, value)


class Objects(_Strict, fields.List[Any]):
    """A JSON list of objects of any keys, at most so many."""

    def __init__(self, most: int, **settings: Any) -> None:
        self.most = most
        super().__init__(fields.Dict(), **settings)

    def _deserialize(self, value: Any, attr: str | None, data: Data, **_: Any) -> Any:
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise ValidationError(complaint("type", f"{attr} must be a list of objects!"))
        if len(value) > self.most:
            raise ValidationError(complaint("limit", f"{attr} has at most {self.most} objects!"))
        return value
