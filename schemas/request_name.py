"""The name that a request, or a row of one, may have in its body: its idempotency key."""

import re
from collections.abc import Mapping
from typing import Any

from pims_api.domain.attributes.setting_readers import is_text
from pims_api.errors import Fault

NAME_LENGTH_MAX = 255  # characters
IDEMPOTENCY_KEY = "idempotency_key"
RULE = f"must be text of 1 to {NAME_LENGTH_MAX} printable ASCII characters!"
SPELLINGS = (IDEMPOTENCY_KEY, "idempotencyKey")
_NAME = re.compile(r"[\x20-\x7e]{1,255}")


def is_name(value: Any) -> bool:
    """Return whether a value may be a name.

    >>> [is_name(one) for one in ("a-1", "", "ä", "x" * 256, None)]
    [True, False, False, False, False]
    """
    return is_text(value) and _NAME.fullmatch(value) is not None


def names_in(body: Mapping[str, Any]) -> list[Any]:
    """Return the names in a body, which has one in each spelling at most, as they were sent."""
    return [body[one] for one in SPELLINGS if one in body]


def name_faults(body: Mapping[str, Any]) -> list[Fault]:
    """Return a fault if a body has a name that is none."""
    if all(map(is_name, names_in(body))):
        return []
    return [Fault("type", f"{IDEMPOTENCY_KEY} {RULE}", pointer=f"/{IDEMPOTENCY_KEY}")]
