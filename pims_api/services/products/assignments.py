"""Products put into categories of any catalog, and taken out of them.

Source: docs/core.md, Catalogs.
"""

from collections.abc import Iterable

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import CATEGORIES
from pims_api.domain.catalog import with_category, without_categories
from pims_api.domain.category import DEFAULT_CATALOG_ID, Category
from pims_api.domain.product import Product, Values
from pims_api.errors import Forbidden
from pims_api.services.access import is_visible
from pims_api.services.products.write import OUTSIDE_VIEW
from pims_api.storage.unit_of_work import UnitOfWork


def assign(work: UnitOfWork, access: Access, category: Category, products: list[Product]) -> None:
    """Put products into a category; those that are in it stay as they are. Raises Forbidden."""
    _refuse_read_only(access, category)
    known = work.know_products(products)
    _put(work, access, ((one, with_category(one.values, category)) for one in known))


def unassign(work: UnitOfWork, access: Access, category: Category, products: list[Product]) -> None:
    """Take products out of a category. Raises Forbidden.

    One that leaves its last category of the default catalog is in Uncategorized then.
    """
    _refuse_read_only(access, category)
    known = work.know_products(products)
    _put(work, access, ((one, without_categories(one.values, {category.id})) for one in known))


def _refuse_read_only(access: Access, category: Category) -> None:
    column = access.of(CATEGORIES)
    if category.catalog_id == DEFAULT_CATALOG_ID and not (column and column.writable):
        raise Forbidden("You may not change the categories of products!")


def _put(work: UnitOfWork, access: Access, changed: Iterable[tuple[Product, Values]]) -> None:
    for product, values in changed:
        if values != product.values:
            after = product._replace(values=values)
            if not is_visible(access, after):
                raise Forbidden(OUTSIDE_VIEW)
            work.put_product(after)
