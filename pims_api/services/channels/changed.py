"""Which records changed since a sequence of the tenant.

Source: docs/channels.md, Pushing.
"""

from pims_api.services.products.lineages import lineages
from pims_api.storage.outlets.changed import changed_products
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import Snapshot

CHANGED_MAX = 20_000
"""Beyond so many changes every record is looked at instead."""


def changed_records(seen: Snapshot, since: int | None) -> set[int] | None:
    """Return the records that changed, or whose variants did; None: any may have."""
    if since is None or seen.definition.version > since:
        return None
    numbers = changed_products(seen, since, CHANGED_MAX)
    if numbers is None:
        return None
    found = lineages(seen, list(products_by_id(seen, numbers).values()))
    return {one[0].id for one in found}
