"""The products that a caller sees and their direct variants, counted without reading any of them.

Source: docs/core.md, Counts.
"""

from typing import NamedTuple

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import VARIATION_OF
from pims_api.domain.conditions.condition import IsNull, Operand
from pims_api.services.lists.query import ListQuery, find_members
from pims_api.storage.catalogue_index.filter.evaluate import match
from pims_api.storage.catalogue_index.filter.variants import direct_variants
from pims_api.storage.snapshot import Snapshot


class Population(NamedTuple):
    """Two sets of products that are not deleted.

    products: those without a parent. variants: those whose parent is one of these.
    """

    products: int
    variants: int


def population(seen: Snapshot, access: Access) -> Population:
    """Return the products and variants that a caller sees."""
    present = find_members(seen, access, ListQuery(include_variants=True)).members
    parentless = match(seen, IsNull(Operand(seen.definition.by_name[VARIATION_OF])))
    products = present & parentless
    children = present ^ products
    return Population(products, direct_variants(seen, children, products) if children else 0)
