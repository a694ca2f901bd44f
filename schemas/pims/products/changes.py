"""The params and the cursors of changes, and what is told of a product that changed.

A cursor is JSON in base64, for URLs: a mark of what it belongs to, and four numbers. Nothing signs
it, so it is read as strictly as any other input.

Source: docs/api/pims.md, changes.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import astuple
from hashlib import sha256
from typing import Any

import orjson

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.setting_readers import is_text
from pims_api.domain.cursor import ALL_OF_IT, ChangeCursor, settled
from pims_api.domain.values.value import JsonNumber
from pims_api.errors import BadInput, Fault
from pims_api.services.changes.feed import Change

POINTER = "/params/since"
_FORMAT = 1
_MARK_LENGTH = 12
_SELECTING = ("condition_query", "filter_values", "cat_id", "includeChildren", "includeDeleted")
_BEGIN_AGAIN = "send the next of a reply as it came, or 0 to begin anew"


class ChangeCursors:
    """The encoder and decoder of the cursors of one selection of one caller."""

    def __init__(self, tenant_id: int, key_id: int, access: Access, params: Mapping[str, Any]):
        selection = [params.get(name) or None for name in _SELECTING]
        told = [_FORMAT, tenant_id, key_id, access.policy.key, access.locale, selection]
        text = orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
        self._mark = sha256(text).hexdigest()[:_MARK_LENGTH]

    def text(self, cursor: ChangeCursor) -> str:
        """Return a cursor as callers see it."""
        return _encoded([self._mark, *astuple(cursor)])

    def read(self, sent: Any) -> ChangeCursor | None:
        """Return where a reader is; None: at the end. A number means right after that transaction.

        Raises BadInput: `range` for the cursor of something else and what is no number of a
        transaction, `syntax` for what is no cursor.
        """
        if sent is None:
            return None
        if isinstance(sent, JsonNumber):
            return settled(_whole(sent))
        if not is_text(sent):
            raise _refusal("range", "must be a cursor or the number of a transaction")
        mark, numbers = _decoded(sent)
        if mark != self._mark:
            raise _refusal("range", "belongs to another key, View, locale or selection")
        return ChangeCursor(*numbers)


def change_object(change: Change) -> dict[str, Any]:
    """Return what every entry tells: which product, what became of it, and when."""
    return {
        "sku": change.product.sku,
        "kind": change.kind.value,
        "transaction": change.sequence,
        "date": change.at // 1_000_000,
    }


def _whole(sent: str) -> int:
    if not sent.isdigit() or len(sent) > len(str(ALL_OF_IT)):
        raise _refusal("range", "must be a cursor or the number of a transaction")
    return int(sent)


def _encoded(content: list[Any]) -> str:
    return urlsafe_b64encode(orjson.dumps(content)).decode().rstrip("=")


def _decoded(text: str) -> tuple[str, list[int]]:
    try:
        found = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        is_ours = isinstance(found, list) and len(found) == 5 and _encoded(found) == text
    except (ValueError, TypeError):  # not base64, not JSON, not text
        is_ours = False
    if not is_ours or not all(type(one) is int and 0 <= one <= ALL_OF_IT for one in found[1:]):
        raise _refusal("syntax", "is no cursor of this server")
    mark, *numbers = found
    return mark, numbers


def _refusal(code: str, complaint: str) -> BadInput:
    return BadInput(faults=[Fault(code, f"since {complaint}: {_BEGIN_AGAIN}!", pointer=POINTER)])
