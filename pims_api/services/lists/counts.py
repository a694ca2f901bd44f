"""How many products, variants, brands and categories a caller sees, from the index alone.

Source: docs/core.md, Counts.
"""

from typing import NamedTuple

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import CATEGORIES, ValueType
from pims_api.domain.category import UNCATEGORIZED_ID
from pims_api.domain.definition import Definition
from pims_api.domain.flat.flat_product import BRAND
from pims_api.services.lists.population import population
from pims_api.storage.snapshot import Snapshot


class Counts(NamedTuple):
    """How many there are, without what is deleted."""

    products: int
    variants: int
    brands: int
    categories: int


def count_all(seen: Snapshot, access: Access) -> Counts:
    """Return the counts for a caller; of what its view hides there is none."""
    products, variants = (one.bit_count() for one in population(seen, access))
    categories = 0 if access.of(CATEGORIES) is None else seen.definition.derive(_categories)
    return Counts(products, variants, _brands(access), categories)


def _brands(access: Access) -> int:
    column = access.of(BRAND)
    if column is None or column.attribute.type is not ValueType.OPTION:
        return 0
    return len(access.definition.options_of(column.attribute).in_order())


def _categories(definition: Definition) -> int:
    return sum(one.id != UNCATEGORIZED_ID for one in definition.categories)
