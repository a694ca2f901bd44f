"""Products and variants of an address, and as replies."""

from collections.abc import Sequence
from typing import Any

from pims_api.domain.access.access import Access
from pims_api.domain.access.sight import Sight
from pims_api.domain.product import Product
from pims_api.domain.tenant_ids import Numbered, claimed_number, uuid_of
from pims_api.services.products.removal import exists
from pims_api.storage.engine.statement import Asked
from pims_api.storage.identity.tenants import tenant_ids
from pims_api.storage.products.store import product_of_id_asked, products_by_id
from pims_api.storage.snapshot import Snapshot
from schemas.tenant.ids import absent, number_in
from schemas.tenant.products import product_object
from views.running import Body


def find_product(seen: Snapshot, sight: Sight, text: str) -> Product:
    """Return the product of a UUID in an address. Raises BadInput, NotFound."""
    number = number_in(tenant_ids(seen), Numbered.PRODUCT, text, "The id of a product")
    found = products_by_id(seen, [number]).get(number) if number else None
    if found is None or found.parent_id is not None or not exists(sight, found):
        raise absent("product")
    return found


def prefetches_product(asked: Body, tenant_id: int) -> Sequence[Asked]:
    """Return what will be asked for, as far as a glance at the address tells."""
    uuid = uuid_of(asked["path"]["product_id"])
    return [product_of_id_asked(tenant_id, claimed_number(uuid))] if uuid else []


def access_to(sight: Sight, one: Product) -> Access:
    """Return what a caller sees and may change of a product without a parent."""
    return sight.of_product(one.values, one.values)


def product_shown(seen: Snapshot, sight: Sight, one: Product) -> dict[str, Any]:
    """Return a product as a reply."""
    return product_object(tenant_ids(seen), access_to(sight, one), one)
