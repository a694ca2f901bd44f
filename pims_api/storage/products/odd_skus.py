"""Products whose SKU has white space in it, or was made for them.

SKU and id of a product never change, so only those of new products are ever read.
"""

from collections.abc import Iterable
from threading import Lock
from typing import ClassVar, NamedTuple

from pims_api.domain.generated_sku import number_in
from pims_api.domain.tenant_ids import TenantIds
from pims_api.settings import Settings
from pims_api.storage.identity.tenants import tenant_ids
from pims_api.storage.products.store import skus_after
from pims_api.storage.snapshot import Snapshot


class OddSkus(NamedTuple):
    """Sets of products, up to the one with the id `last`.

    spaced: their SKU has white space in it. made: nobody gave them a SKU, so it is an id of theirs.
    alike: the few SKUs that look so, but were chosen; perhaps also of products after the last one.
    """

    last: int = 0
    spaced: int = 0
    made: int = 0
    alike: frozenset[str] = frozenset()

    def upto(self, last: int) -> "OddSkus":
        """Return the sets without products after an id."""
        if self.last <= last:
            return self
        known = (1 << (last + 1)) - 1
        return OddSkus(last, self.spaced & known, self.made & known, self.alike)


class OddSkuCache:
    """The sets of each tenant, of its first products."""

    unit: ClassVar[str] = "tenants"

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[int, OddSkus] = {}
        self._lock = Lock()

    @classmethod
    def sized(cls, settings: Settings) -> "OddSkuCache":
        """Return an empty cache."""
        return cls(settings.definition_cache_tenants)

    @property
    def size(self) -> int:
        """The number of tenants cached."""
        return len(self._known)

    def of(self, tenant_id: int) -> OddSkus:
        """Return what is known of a tenant."""
        return self._known.get(tenant_id, OddSkus())

    def put(self, tenant_id: int, found: OddSkus) -> None:
        """Cache sets, unless those of more products are there."""
        with self._lock:
            if tenant_id not in self._known and len(self._known) >= self._most:
                self._known.clear()
            if self.of(tenant_id).last < found.last:
                self._known[tenant_id] = found


def odd_skus(seen: Snapshot) -> OddSkus:
    """Return the sets of all products of a snapshot."""
    cache, last = seen.caches.of(OddSkuCache), seen.last_product_id
    known = cache.of(seen.tenant_id).upto(last)
    if known.last < last:
        known = _with_new(known, tenant_ids(seen), skus_after(seen, known.last))
        if not seen.is_writing:
            cache.put(seen.tenant_id, known)
    return known


def has_space(sku: str) -> bool:
    """Return whether there is white space in a SKU.

    >>> has_space("M5 x 20"), has_space("M5x20")
    (True, False)
    """
    return len(sku.split()) > 1


def _with_new(known: OddSkus, ids: TenantIds, new: Iterable[tuple[int, str]]) -> OddSkus:
    last, spaced, made, alike = known.last, bytearray(), bytearray(), set[str]()
    base = last + 1
    for number, sku in new:
        last, claimed = number, number_in(ids, sku)
        if has_space(sku):
            _add(spaced, number - base)
        elif claimed == number:
            _add(made, number - base)
        elif claimed is not None:
            alike.add(sku)
    added = [int.from_bytes(one, "little") << base for one in (spaced, made)]
    return OddSkus(last, known.spaced | added[0], known.made | added[1], known.alike | alike)


def _add(flags: bytearray, place: int) -> None:
    missing = (place >> 3) + 1 - len(flags)
    if missing > 0:
        flags.extend(bytes(missing))
    flags[place >> 3] |= 1 << (place & 7)
