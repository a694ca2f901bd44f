"""The rows of the export of flat products: one of each variant, or of a product without variants.

Source: docs/core.md, Flat products.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pims_api.domain.access.sight import Sight
from pims_api.domain.attributes.attribute import TITLE
from pims_api.domain.flat.category_slugs import slugs_of
from pims_api.domain.flat.flat_product import BARCODE, BRAND, DESCRIPTION, PRICE, reader_of
from pims_api.domain.generated_sku import is_generated
from pims_api.domain.product import Product
from pims_api.domain.tenant_ids import TenantIds
from pims_api.services.lists.population import population
from pims_api.storage.catalogue_index.bitmaps.blocks import is_in, members, to_bytes
from pims_api.storage.identity.tenants import tenant_ids
from pims_api.storage.products.store import children_of, products_by_id
from pims_api.storage.snapshot import Snapshot

PRODUCTS_AT_ONCE = 250


class FlatRow(NamedTuple):
    """What the file tells of a variant, or of a product without variants; None: nothing."""

    title: str | None
    description: str | None
    category: str | None
    brand: str | None
    status: str | None
    sku: str | None
    barcode: str | None
    price: str | None
    cost: str | None = None


class FlatExport:
    """The products of one snapshot that a caller sees, as rows. total: how many products."""

    def __init__(self, seen: Snapshot, sight: Sight) -> None:
        self._seen = seen
        self._sight = sight
        self._ids: TenantIds = tenant_ids(seen)
        here = population(seen, sight.overall)
        self._products = here.products
        self._variants = to_bytes(here.variants)

    @property
    def total(self) -> int:
        return self._products.bit_count()

    def blocks(self) -> Iterator[tuple[int, list[FlatRow]]]:
        """Yield the rows of some products at a time, with how many products these are."""
        for ids in _batched(members(self._products), PRODUCTS_AT_ONCE):
            found, variants = products_by_id(self._seen, ids), self._variants_of(ids)
            rows = [
                self._row(found[number], one)
                for number in ids
                for one in variants.get(number) or [found[number]]
            ]
            yield len(ids), rows

    def _variants_of(self, ids: Sequence[int]) -> dict[int | None, list[Product]]:
        variants: defaultdict[int | None, list[Product]] = defaultdict(list)
        for one in children_of(self._seen, ids):
            if is_in(self._variants, one.id):
                variants[one.parent_id].append(one)
        return variants

    def _row(self, product: Product, one: Product) -> FlatRow:
        reader = reader_of(self._sight.of_product(product.values, product.values))
        own = reader_of(self._sight.of_product(one.values, product.values))
        category = slugs_of(self._seen.definition).of.get(reader.category(product.values) or 0)
        return FlatRow(
            reader.text(TITLE, product.values),
            reader.text(DESCRIPTION, product.values),
            category,
            reader.text(BRAND, product.values),
            reader.lifecycle(product.values),
            None if is_generated(self._ids, one.id, one.sku) else one.sku,
            own.text(BARCODE, one.values),
            own.text(PRICE, one.values),
        )


def _batched(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
