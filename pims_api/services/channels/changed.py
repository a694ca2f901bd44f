"""Which records changed since a sequence of the tenant.

Source: docs/channels.md, Pushing.
"""

from collections.abc import Iterable

from pims_api.domain.conditions.condition import In, Operand, Or
from pims_api.services.access import full_access
from pims_api.services.lists.query import ListQuery, find_members
from pims_api.services.products.lineages import lineages
from pims_api.services.products.live_links import relations_of
from pims_api.storage.catalogue_index.order.by_sku import BY_PATH, walk
from pims_api.storage.outlets.changed import changed_products
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import Snapshot

CHANGED_MAX = 20_000
"""Beyond so many changes every record is looked at instead."""


def changed_records(seen: Snapshot, since: int | None) -> set[int] | None:
    """Return the records that changed, or whose variants or links did; None: any may have.

    What links to a product may change with it: when it is deleted, the link is none any more.
    """
    if since is None or seen.definition.version > since:
        return None
    numbers = changed_products(seen, since, CHANGED_MAX)
    if numbers is None:
        return None
    changed = products_by_id(seen, numbers)
    linking = _linking(seen, [one.sku for one in changed.values()]) - set(changed)
    found = lineages(seen, [*changed.values(), *products_by_id(seen, linking).values()])
    return {one[0].id for one in found}


def _linking(seen: Snapshot, skus: Iterable[str]) -> set[int]:
    """Return the products with links to these."""
    definition, literals = seen.definition, tuple(skus)
    relations = [one for one in relations_of(definition).values() if not one.system]
    if not (relations and literals):
        return set()
    condition = Or(tuple(In(Operand(one), literals) for one in relations))
    access = full_access(definition, definition.default_locale)
    found = find_members(seen, access, ListQuery(condition, include_variants=True))
    return {number for ids in walk(seen, BY_PATH, found.members) for number in ids}
