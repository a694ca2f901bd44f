"""When products enter the catalogue index and the full text.

A product that is there changes them with its document. A new one waits until it may enter together
with others, see `unindexed_products`; until then its document alone says what it is.
"""

from collections.abc import Iterable, Sequence

from pims_api.domain.product import Product, ProductChange
from pims_api.storage.catalogue_index.update import maintain_index
from pims_api.storage.products.store import products_by_id
from pims_api.storage.search.index import maintain_search
from pims_api.storage.snapshot import Snapshot

# Readers take the documents of those that wait apart, each process once. So only few wait, see
# `unindexed_max` among the settings, and none that is large.
SLOTS_MAX = 100
LENGTH_MAX = 10_000  # characters or elements, of all values together


def maintain_lookups(work: Snapshot, changes: Sequence[ProductChange]) -> None:
    """Bring index and full text up to date with these changes; a product comes once among them."""
    due = [one for one in changes if one.after.id <= work.indexed_id]
    unindexed = {one.after.id: one.after for one in changes if one.after.id > work.indexed_id}
    if unindexed and _is_time(work, unindexed.values()):
        due += _all_unindexed(work, unindexed)
        work.indexed_id = due[-1].after.id
    maintain_index(work, due)
    maintain_search(work, due)


def _is_time(work: Snapshot, unindexed: Iterable[Product]) -> bool:
    waiting = work.last_product_id - work.indexed_id
    return waiting > work.unindexed_max or any(map(_is_large, unindexed))


def _is_large(product: Product) -> bool:
    values = product.values.values()
    length = sum(len(one) for one in values if isinstance(one, str | list | dict))
    return len(product.values) > SLOTS_MAX or length > LENGTH_MAX


def _all_unindexed(work: Snapshot, changed: dict[int, Product]) -> list[ProductChange]:
    """Return every product that waits, in the order of the ids. changed: those at hand."""
    waiting = range(work.indexed_id + 1, work.last_product_id + 1)
    stored = products_by_id(work, [one for one in waiting if one not in changed])
    found = stored | changed
    return [ProductChange(None, found[number]) for number in sorted(found)]
