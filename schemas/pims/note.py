"""The reason of a change, from any body that changes something.

Source: docs/api/pims.md, Reasons.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import validate

from pims_api.errors import refuse_if_any
from pims_api.storage.history.changes import (
    NO_NOTE,
    REASON_LENGTH_MAX,
    SOURCE_REF_LENGTH_MAX,
    Note,
)
from schemas.loading import Keyed, complaint, keys_of, load
from schemas.pims.fields import Text


def _at_most(name: str, length_max: int) -> validate.Length:
    message = f"{name} has at most {length_max} characters!"
    return validate.Length(max=length_max, error=complaint("limit", message))


class _NotePart(Keyed):
    reason = Text(load_default=None, validate=_at_most("reason", REASON_LENGTH_MAX))
    source_ref = Text(load_default=None, validate=_at_most("source_ref", SOURCE_REF_LENGTH_MAX))


def note_object(reason: str | None, source_ref: str | None) -> dict[str, str]:
    """Return the reason of a change as callers see it: what there is of it.

    >>> note_object("Price dispute", None)
    {'reason': 'Price dispute'}
    """
    told = {} if reason is None else {"reason": reason}
    if source_ref is not None:
        told["source_ref"] = source_ref
    return told


_NOTE = _NotePart()
_KEYS = tuple(keys_of(_NOTE).spelled)


def note_of(body: Mapping[str, Any]) -> Note:
    """Return the reason of a change and its document. Raises BadInput for what cannot be kept."""
    if not any(key in body for key in _KEYS):
        return NO_NOTE
    values, faults = load(_NOTE, dict(body))
    refuse_if_any(faults)
    return Note(values["reason"] or None, values["source_ref"] or None)
