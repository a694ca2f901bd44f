"""Locales on the wire of PIMS.

Source: docs/api/pims.md, Managing locales.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from marshmallow import EXCLUDE, Schema

from pims_api.domain.values.scope import Dimension, Segment
from pims_api.errors import refuse_if_any
from schemas.loading import complaint, load
from schemas.pims.fields import Flag, Text

_CODE_MISSING = complaint("required", "A locale needs a code, such as de-de!")


class LocaleAddition(Schema):
    """Body of addLocale. name: for people, such as German."""

    code = Text(required=True, error_messages={"required": _CODE_MISSING, "null": _CODE_MISSING})
    name = Text()
    dry_run = Flag()

    class Meta:
        unknown = EXCLUDE


_ADDITION = LocaleAddition()


class LocaleRequest(NamedTuple):
    """The locale that addLocale asks for."""

    code: str
    name: str
    dry_run: bool


def read_locale(body: Mapping[str, Any]) -> LocaleRequest:
    """Return the locale that a body wants. Raises BadInput with every fault."""
    values, faults = load(_ADDITION, body)
    refuse_if_any(faults)
    return LocaleRequest(values["code"].strip(), values["name"].strip(), values["dry_run"])


def locale_object(language: Dimension, segment: Segment) -> dict[str, Any]:
    """Return a locale as callers see it."""
    is_default = segment.id == language.default_segment_id
    return {"code": segment.code, "name": segment.name, "default": "y" if is_default else "n"}
