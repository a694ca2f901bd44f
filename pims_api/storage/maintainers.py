"""The maintainers: functions that write everything that follows from changes of products.

They run in this order. A new derived table is a new row here, one function per file.
"""

from collections.abc import Callable, Sequence

from pims_api.domain.product import ProductChange
from pims_api.storage.deferred_indexing import maintain_lookups
from pims_api.storage.derived.category_links import maintain_links
from pims_api.storage.derived.unique_values import maintain_unique
from pims_api.storage.products.store import write_products
from pims_api.storage.snapshot import Snapshot

Maintainer = Callable[[Snapshot, Sequence[ProductChange]], None]

MAINTAINERS: tuple[Maintainer, ...] = (
    maintain_lookups,
    write_products,
    maintain_unique,
    maintain_links,
)
