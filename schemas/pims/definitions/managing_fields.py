"""Fields of the requests that manage categories and Views."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from marshmallow import ValidationError, fields, missing

from pims_api.domain.attributes import setting_readers
from pims_api.domain.attributes.setting_readers import (
    SettingError,
    SettingReader,
    locale_texts_reader,
)
from schemas.loading import complaint


class _Setting(fields.Field[Any]):
    """A field whose value a reader of the core reads."""

    def __init__(self, read: SettingReader, load_default: Any) -> None:
        self._read = read
        super().__init__(load_default=load_default, allow_none=True)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> Any:
        with _complained():
            return self._read(attr or "", value)


class LocaleTexts(_Setting):
    """A text per locale, or one text, which is that of the default locale."""

    def __init__(self) -> None:
        super().__init__(locale_texts_reader(setting_readers.TEXT_LENGTH_MAX), missing)


class FreeData(_Setting):
    """A JSON object that is kept as it is; null takes an entry away."""

    def __init__(self) -> None:
        super().__init__(setting_readers.read_free_data, dict)


def check_texts(name: str | None, texts: Iterable[str], length_max: int, *, lines: bool) -> None:
    """Raise ValidationError where a text is longer or holds control characters.

    lines: whether a text may have several lines.
    """
    with _complained():
        setting_readers.check_texts(name, texts, length_max, lines=lines)


def check_locales(name: str | None, locales: Collection[str]) -> None:
    """Raise ValidationError where there are very many locales, or one that cannot be."""
    with _complained():
        setting_readers.check_locales(name, locales)


@contextmanager
def _complained() -> Iterator[None]:
    try:
        yield
    except SettingError as error:
        raise ValidationError(complaint(error.code, error.message)) from error
