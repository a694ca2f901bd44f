"""Deferred indexing: new products enter the catalogue index and the full text in batches.

A change of an indexed product updates both at once. A new product stays unindexed until there are
more than `unindexed_max` of them; until then readers take its document, see `unindexed_products`.
"""

from collections.abc import Iterable, Sequence

from pims_api.domain.product import Product, ProductChange
from pims_api.storage.catalogue_index.update import maintain_index
from pims_api.storage.products.store import products_by_id
from pims_api.storage.search.index import maintain_search
from pims_api.storage.snapshot import Snapshot

# Every process tokenizes the documents of unindexed products once. So there are few of them, see
# `unindexed_max` among the settings, and none is large.
SLOTS_MAX = 100
LENGTH_MAX = 10_000  # characters or elements, of all values together


def maintain_lookups(work: Snapshot, changes: Sequence[ProductChange]) -> None:
    """Update catalogue index and full text; a product comes at most once among the changes."""
    due = [one for one in changes if one.after.id <= work.indexed_id]
    unindexed = {one.after.id: one.after for one in changes if one.after.id > work.indexed_id}
    if unindexed and _is_due(work, unindexed.values()):
        due += _all_new(work, unindexed)
        work.indexed_id = due[-1].after.id
    maintain_index(work, due)
    maintain_search(work, due)


def _is_due(work: Snapshot, unindexed: Iterable[Product]) -> bool:
    waiting = work.last_product_id - work.indexed_id
    return waiting > work.unindexed_max or any(map(_is_large, unindexed))


def _is_large(product: Product) -> bool:
    values = product.values.values()
    length = sum(len(one) for one in values if isinstance(one, str | list | dict))
    return len(product.values) > SLOTS_MAX or length > LENGTH_MAX


def _all_new(work: Snapshot, changed: dict[int, Product]) -> list[ProductChange]:
    """Return every unindexed product as new, by id. changed: those already in memory."""
    waiting = range(work.indexed_id + 1, work.last_product_id + 1)
    stored = products_by_id(work, [one for one in waiting if one not in changed])
    found = stored | changed
    return [ProductChange(None, found[number]) for number in sorted(found)]
