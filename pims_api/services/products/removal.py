"""Which products are there, and deleting one together with its variants.

Source: docs/core.md, Products.
"""

from collections.abc import Callable

from pims_api.domain.access.sight import Sight
from pims_api.domain.attributes.attribute import ARCHIVED, STATUS
from pims_api.domain.product import Product, Values
from pims_api.services.access import is_visible
from pims_api.storage.products.store import products_below
from pims_api.storage.unit_of_work import UnitOfWork

DELETED = "deleted"


def exists(sight: Sight, product: Product) -> bool:
    """Return whether a product is there for a caller: not deleted, and among what it sees."""
    return product.values[STATUS] != DELETED and is_visible(sight.overall, product)


def delete_branch(
    work: UnitOfWork, product: Product, chosen: Callable[[Product], bool] = lambda _: True
) -> list[Product]:
    """Mark a product and all variants below it as deleted; return those that were not.

    chosen: says of each whether it goes.
    """
    branch = work.know_products([product, *products_below(work, product.path)])
    left = [one for one in branch if one.values[STATUS] != DELETED and chosen(one)]
    return [work.put_product(one._replace(values=_deleted(one))) for one in left]


def _deleted(one: Product) -> Values:
    kept = {place: value for place, value in one.values.items() if place != ARCHIVED}
    return kept | {STATUS: DELETED}
