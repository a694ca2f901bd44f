"""Fields of PIMS requests, with the messages that PIMS gives."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from marshmallow import Schema, ValidationError, fields, missing

from pims_api.domain.attributes.setting_readers import is_text
from pims_api.domain.values.moment import Moment, read_time
from pims_api.domain.values.value import JsonNumber, read_boolean
from schemas.keys import KeyTable
from schemas.loading import Read, complaint, read_object, read_objects
from schemas.request_name import RULE, is_name

SKU_IS_EMPTY = complaint("required", "SKU cannot be empty!")

Kind = TypeVar("Kind")


class NullIsAbsent(fields.Field[Kind]):
    """A field that reads null as absent unless it is required.

    allow_none=False: null is refused as any other value that is none. So are those that guard or
    steer a change: whoever sends null for them would get what they wanted to prevent.
    """

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **_: Any
    ) -> Any:
        if value is None and not (self.allow_none or self.required):
            return self._deserialize(value, attr, data)
        return super().deserialize(_null_as_absent(self, value), attr, data)

    def compiled(self, name: str) -> Read:
        """Return the compiled reader of this field; with validators it is marshmallow's own."""
        whole, quick = self.deserialize, self._deserialize
        if self.validators:
            return lambda value: whole(value, name)
        return lambda value: whole(None, name) if value is None else quick(value, name, None)


class Text(NullIsAbsent[str]):
    """A JSON string, as it is. Unless it is required, null counts as absent."""

    def __init__(self, **settings: Any) -> None:
        absent: dict[str, Any] = (
            {} if settings.get("required") else {"load_default": "", "allow_none": True}
        )
        settings = absent | settings
        super().__init__(**settings)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> str:
        if not is_text(value):
            raise ValidationError(complaint("type", f"{attr} must be text!"))
        return value


class IdempotencyKey(Text):
    """The name of a request or of a row of one."""

    def __init__(self) -> None:
        super().__init__(load_default=missing, allow_none=False)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> str:
        if not is_name(value):
            raise ValidationError(complaint("type", f"{attr} {RULE}"))
        name: str = value
        return name


class OneOf(Text):
    """One of a few words."""

    def __init__(self, words: Sequence[str], **settings: Any) -> None:
        self.words = words
        super().__init__(**settings)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> str:
        text = super()._deserialize(value, attr, data)
        if text not in self.words:
            message = f"{attr} must be one of {', '.join(self.words)}!"
            raise ValidationError(complaint("range", message))
        return text


class ProductSku(Text):
    """A required SKU, without the spaces around it."""

    default_error_messages = {"required": SKU_IS_EMPTY, "null": SKU_IS_EMPTY}

    def __init__(self) -> None:
        super().__init__(required=True)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> str:
        if is_text(value) and (text := value.strip()):
            return text
        super()._deserialize(value, attr, data)
        raise ValidationError(SKU_IS_EMPTY)


class Flag(NullIsAbsent[bool]):
    """true or false in any of its spellings."""

    def __init__(self, **settings: Any) -> None:
        absent: dict[str, Any] = {"load_default": False, "allow_none": True}
        super().__init__(**absent | settings)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> bool:
        try:
            return read_boolean(value)
        except ValueError as error:
            message = f"{attr} must be {error}!"
            raise ValidationError(complaint("type", message)) from error


class PauseFlag(Flag):
    """A flag that callers also leave empty for false, as the documents of PIMS do."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> bool:
        return value != "" and super()._deserialize(value, attr, data)


class WholeNumber(NullIsAbsent[int]):
    """A JSON integer within a range."""

    def __init__(self, low: int, high: int, **settings: Any) -> None:
        self.low, self.high = low, high
        absent: dict[str, Any] = {"allow_none": True}
        super().__init__(**absent | settings)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> int:
        number = _whole(value)
        if number is None or not self.low <= number <= self.high:
            message = f"{attr} must be a whole number from {self.low} to {self.high}!"
            raise ValidationError(complaint("range", message))
        return number


class MomentOf(NullIsAbsent[Moment]):
    """The number of a transaction, a date or an ISO 8601 time with its zone."""

    def __init__(self, **settings: Any) -> None:
        absent: dict[str, Any] = {"load_default": None, "allow_none": True}
        super().__init__(**absent | settings)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> Moment:
        number = _whole(value)
        if number is not None and number >= 0:
            return Moment(transaction=number)
        try:
            if is_text(value):
                return read_time(value)
        except (ValueError, OverflowError):
            pass
        message = (
            f"{attr} must be the number of a transaction, a date, or a time with its zone, such as "
            "2026-03-01T10:00:00Z!"
        )
        raise ValidationError(complaint("range", message))


class Object(NullIsAbsent[dict[str, Any]]):
    """A JSON object. null counts as absent. keys: those that are known; without: any key may be."""

    def __init__(self, keys: KeyTable | None = None, **settings: Any) -> None:
        self.keys = keys
        absent: dict[str, Any] = {"load_default": dict, "allow_none": True}
        super().__init__(**absent | settings)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValidationError(complaint("type", f"{attr} must be an object!"))
        return value


class TextList(NullIsAbsent[list[str]]):
    """A JSON list of texts. Its length is checked before its elements are."""

    default_error_messages = {
        "invalid": complaint("type", "{name} must be a list of texts!"),
        "long": complaint("limit", "{name} has at most {most} elements!"),
        "element": complaint("type", "Every element of {name} must be text!"),
    }

    def __init__(self, most: int, **settings: Any) -> None:
        self.most = most
        absent: dict[str, Any] = {"allow_none": not settings.get("required")}
        super().__init__(**absent | settings)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> list[str]:
        if not isinstance(value, list):
            raise self.make_error("invalid", name=attr)
        if len(value) > self.most:
            raise self.make_error("long", name=attr, most=self.most)
        wrong = [place for place, one in enumerate(value) if not is_text(one)]
        if wrong:
            message = self.make_error("element", name=attr).messages
            raise ValidationError(dict.fromkeys(wrong, message))
        return value


class TextsByName(NullIsAbsent[dict[str, str]]):
    """A JSON object of texts, under any names. Its length is checked before its texts are."""

    def __init__(self, most: int, **settings: Any) -> None:
        self.most = most
        super().__init__(allow_none=True, **settings)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> dict[str, str]:
        if not isinstance(value, dict):
            raise ValidationError(complaint("type", f"{attr} must be an object!"))
        if len(value) > self.most:
            raise ValidationError(complaint("limit", f"{attr} has at most {self.most} keys!"))
        wrong = [name for name, one in value.items() if not is_text(one)]
        if wrong:
            message = complaint("type", f"Every value in {attr} must be text!")
            raise ValidationError({name: [message] for name in wrong})
        return value


class Part(fields.Nested):
    """An object within a body. Left out or null, it is what its own defaults make it."""

    def __init__(self, part: type[Schema], name: str) -> None:
        schema = part()
        wrong = complaint("type", f"{name} must be an object!")
        super().__init__(
            schema,
            load_default=lambda: read_object(schema, {}),
            allow_none=True,
            error_messages={"type": wrong},
        )

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **_: Any
    ) -> Any:
        return super().deserialize(_null_as_absent(self, value), attr, data)

    def compiled(self, name: str) -> Read:
        """Return what reads the values of this field."""
        schema = self.schema
        return lambda value: read_object(schema, {} if value is None else value)


class PartList(fields.Nested):
    """A list of objects within a body. Its length is checked before its elements are."""

    def __init__(self, part: type[Schema], name: str, most: int) -> None:
        self.most = most
        wrong = complaint("type", f"{name} must be a list of objects!")
        super().__init__(
            part(many=True), load_default=list, allow_none=True, error_messages={"type": wrong}
        )

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **_: Any
    ) -> Any:
        if isinstance(value, list) and len(value) > self.most:
            message = f"{attr} has at most {self.most} elements!"
            raise ValidationError(complaint("limit", message))
        return super().deserialize(_null_as_absent(self, value), attr, data)

    def compiled(self, name: str) -> Read:
        """Return what reads the values of this field."""
        schema, most = self.schema, self.most

        def read(value: Any) -> Any:
            if isinstance(value, list) and len(value) <= most:
                return read_objects(schema, value)
            return self.deserialize(value, name)  # it is null, or refused

        return read


def _null_as_absent(field: fields.Field[Any], value: Any) -> Any:
    absent = value is None and field.allow_none and field.load_default is not missing
    return missing if absent else value


def _whole(value: Any) -> int | None:
    if isinstance(value, JsonNumber) and value.removeprefix("-").isdigit():
        return int(value)
    return None
