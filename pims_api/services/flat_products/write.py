"""Writes to flat products and their variants.

Source: docs/core.md, Flat products.
"""

from collections.abc import Callable

from pims_api.domain.access.access import Access, global_column
from pims_api.domain.access.sight import Sight
from pims_api.domain.attributes.attribute import DEFAULT_TYPE, STATUS, VARIATION_OF
from pims_api.domain.definition import Definition
from pims_api.domain.product import Product
from pims_api.domain.tenant_ids import Numbered
from pims_api.domain.workflow import workflow_of
from pims_api.errors import Forbidden
from pims_api.services.access import is_visible
from pims_api.services.flat_products.fields import (
    FlatWrite,
    assignments,
    make_fields,
    writable_column,
)
from pims_api.services.products.removal import delete_branch
from pims_api.services.products.value_rules import DICTIONARY_MISSING, Assignment
from pims_api.services.products.write import (
    OUTSIDE_VIEW,
    ProductWrite,
    create_product,
    edit_product,
)
from pims_api.storage.identity.tenants import tenant_ids
from pims_api.storage.unit_of_work import UnitOfWork

_GROWS = frozenset({DICTIONARY_MISSING})  # as far as `assignments` let values through

See = Callable[[Definition], Sight]
"""From a definition to what the caller sees by it: a write may add attributes and options."""


def create_flat(work: UnitOfWork, see: See, wanted: FlatWrite) -> Product:
    """Create a product. Raises what `create_product` and `assignments` do."""
    make_fields(work, wanted.texts)
    access = _access_to_new(work, see)
    return _created(work, access, wanted, assignments(access, wanted, None))


def add_variant(work: UnitOfWork, see: See, parent: Product, wanted: FlatWrite) -> Product:
    """Create a variant of a product. Raises what `create_flat` does."""
    make_fields(work, wanted.texts)
    access = see(work.definition).of_product({}, parent.values)
    work.know_products([parent])
    link = global_column(work.definition.by_name[VARIATION_OF])
    values = assignments(access, wanted, None)
    values.append(Assignment(link, parent.sku, "", link.slot))
    return _created(work, access, wanted, values)


def edit_flat(
    work: UnitOfWork, see: See, product: Product, wanted: FlatWrite, root: Product | None = None
) -> Product:
    """Change a product or variant that the caller sees.

    root: the product that a variant is of. Raises what `edit_product` and `assignments` do.
    """
    make_fields(work, wanted.texts)
    access = see(work.definition).of_product(product.values, (root or product).values)
    work.know_products([product])
    values = assignments(access, wanted, product)
    return edit_product(
        work, access, ProductWrite(product.sku, values, strict=True, missing=_GROWS)
    ).product


def delete_flat(
    work: UnitOfWork, sight: Sight, product: Product, root: Product | None = None
) -> None:
    """Delete a product or variant with those of its variants that the caller sees.

    root: the product that a variant is of. Raises Forbidden when the caller may not write the
    status, or would not see what is left.
    """
    writable_column(sight.of_product(product.values, (root or product).values), STATUS)
    left = delete_branch(work, product, lambda one: is_visible(sight.overall, one))
    if not all(is_visible(sight.overall, one) for one in left):
        raise Forbidden(OUTSIDE_VIEW)


def _access_to_new(work: UnitOfWork, see: See) -> Access:
    kind = work.definition.types[DEFAULT_TYPE]
    workflow = workflow_of(work.definition, kind)
    return see(work.definition).of(kind, None if workflow is None else workflow.default)


def _created(
    work: UnitOfWork, access: Access, wanted: FlatWrite, values: list[Assignment]
) -> Product:
    ids = tenant_ids(work)
    write = ProductWrite(
        wanted.sku,
        values,
        strict=True,
        missing=_GROWS,
        made_sku=lambda number: ids.of_number(Numbered.PRODUCT, number),
    )
    return create_product(work, access, write).product
