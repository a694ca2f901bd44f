"""Warm-up lists: they compile statements and grammars before the first request."""

from typing import Any

from pims_api.domain.access.api_key import ApiKey
from pims_api.storage.snapshot import Snapshot
from views.pims.actions.get_list import get_list
from views.pims.caller import Caller

# SKUs are always filterable, and hardly any begins so.
_LISTS: tuple[dict[str, Any], ...] = (
    {},
    {"params": {"condition_query": "NOT [[sku]] LIKE 'x%' AND [[sku]] = 'x'", "search": "x y"}},
)


def rehearse_lists(seen: Snapshot) -> None:
    """Answer lists of a tenant's products, so that statements and grammars are compiled."""
    nobody = ApiKey(seen.tenant_id, 0, "", "", "", "", ())
    for body in _LISTS:
        get_list(seen, Caller(nobody, None, None, None), body)
