"""Deleting a product together with its variants. Source: docs/core.md, Products."""

from pims_api.domain.attributes.attribute import STATUS
from pims_api.domain.product import Product
from pims_api.storage.products.store import products_below
from pims_api.storage.unit_of_work import UnitOfWork

DELETED = "deleted"


def delete_branch(work: UnitOfWork, product: Product) -> list[Product]:
    """Mark a product and all variants below it as deleted; return those that were not."""
    branch = work.know_products([product, *products_below(work, product.path)])
    left = [one for one in branch if one.values[STATUS] != DELETED]
    return [work.put_product(one._replace(values=one.values | {STATUS: DELETED})) for one in left]
