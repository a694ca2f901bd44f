"""Addresses of images and other files, which are kept and never fetched.

Source: docs/api/tenant.md, Media.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError

from schemas.loading import complaint
from schemas.rest.fields import Data
from schemas.tenant.texts import LongText

_UNFIT = re.compile(r"[\s\x00-\x1f\x7f]")


def is_web_address(text: str) -> bool:
    """Return whether a text is an absolute address of the web.

    >>> is_web_address("https://cdn.example.com/a.jpg"), is_web_address("//cdn.example.com/a.jpg")
    (True, False)
    """
    if _UNFIT.search(text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a bad port or IPv6 address
        return False


class WebAddress(LongText):
    """An absolute http or https URL."""

    def _deserialize(self, value: Any, attr: str | None, data: Data, **_: Any) -> str:
        text = super()._deserialize(value, attr, data)
        if not is_web_address(text):
            message = f"{attr} must be an absolute http or https URL!"
            raise ValidationError(complaint("mask", message))
        return text
