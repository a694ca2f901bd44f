"""Locales on the wire of PIMS.

Source: docs/api/pims.md, Managing locales.
"""

from collections.abc import Mapping
from typing import Any

from pims_api.domain.values.scope import Dimension, Segment
from schemas.loading import complaint
from schemas.pims.body import Request, WritingBody, read_request
from schemas.pims.fields import Text

_CODE_MISSING = complaint("required", "A locale needs a code, such as de-de!")


class LocaleAddition(WritingBody):
    """Body of addLocale. name: for people, such as German."""

    code = Text(required=True, error_messages={"required": _CODE_MISSING, "null": _CODE_MISSING})
    name = Text()


_ADDITION = LocaleAddition()


def read_locale(body: Mapping[str, Any]) -> Request:
    """Return the request of a body that adds a locale. Raises BadInput with every fault."""
    request = read_request(_ADDITION, body)
    request.check()
    return request


def locale_object(language: Dimension, segment: Segment) -> dict[str, Any]:
    """Return a locale as callers see it."""
    is_default = segment.id == language.default_segment_id
    return {"code": segment.code, "name": segment.name, "default": "y" if is_default else "n"}
