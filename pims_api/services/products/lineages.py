"""Lineages: products with what is above them, and the values that hold for them.

Nothing is stored of what is inherited: each reader lays the values of a lineage over each other, so
a change at any level shows at once. A page takes one query for all that is above its products.

Source: docs/core.md, Effective values.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import Attribute
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.definition import Definition
from pims_api.domain.product import PATH_SEPARATOR, Product, Values
from pims_api.domain.values.inheritance import effective, inherited
from pims_api.domain.workflow import type_of
from pims_api.services.access import is_visible
from pims_api.services.products.families import RelatedProducts
from pims_api.storage.products.store import products_by_sku
from pims_api.storage.snapshot import Snapshot

Lineage = tuple[Product, ...]
"""A product and what is above it, the product at the top first."""


def lineages(seen: Snapshot, products: Sequence[Product]) -> list[Lineage]:
    """Return each product with what is above it, in one query."""
    paths = [one.path.split(PATH_SEPARATOR)[:-1] for one in products]
    skus = {sku for path in paths for sku in path}
    above = products_by_sku(seen, skus) if skus else {}
    return [(*(above[sku] for sku in path), one) for path, one in zip(paths, products, strict=True)]


def effective_values(access: Access, lineage: Lineage, attributes: Iterable[Attribute]) -> Values:
    """Return the values that hold for the last of a lineage, own and inherited ones.

    attributes: those that may be inherited. A product that the caller does not see passes nothing
    on, neither its own values nor those from above it.
    """
    chain = [lineage[-1].values]
    for one in reversed(lineage[:-1]):
        if not is_visible(access, one):
            break
        chain.append(one.values)
    return effective(chain[::-1], attributes) if len(chain) > 1 else chain[0]


class Resolution:
    """The effective values of products of inheriting types, for one caller.

    products: with these values in place of their own, in the order in which they came.
    """

    def __init__(self, seen: Snapshot, access: Access, products: Sequence[Product]) -> None:
        self._access = access
        kinds = [type_of(access.definition, one.values) for one in products]
        wanted = [one for one, kind in zip(products, kinds, strict=True) if kind.inherits]
        found = {one[-1].id: one for one in lineages(seen, wanted)}
        self._lineages = {one.id: found.get(one.id, (one,)) for one in products}
        self.products = [self._resolved(self._lineages[one.id]) for one in products]

    def inherited(self, product: Product) -> set[str]:
        """Return the keys of the attributes whose values come from above, of one of `products`."""
        return inherited(self._lineages[product.id][-1].values, product.values)

    def variations(self, around: RelatedProducts) -> RelatedProducts:
        """Return what is around the products, their variations with effective values too."""
        families = {
            number: replace(family, variations=[*self._below(number, family.variations)])
            for number, family in around.families.items()
        }
        return replace(around, families=families)

    def _below(self, parent_id: int, children: Iterable[Product]) -> Iterator[Product]:
        for one in children:
            inherits = type_of(self._access.definition, one.values).inherits
            yield self._resolved((*self._lineages[parent_id], one)) if inherits else one

    def _resolved(self, lineage: Lineage) -> Product:
        product = lineage[-1]
        if len(lineage) == 1:
            return product
        passed_on = _of_type(type_of(self._access.definition, product.values), self._access)
        return product._replace(values=effective_values(self._access, lineage, passed_on))


def _of_type(kind: ProductType, access: Access) -> Sequence[Attribute]:
    """Return the attributes that products of a type have; cached."""
    cache = access.definition.derive(_by_type)
    if kind.id not in cache:
        held, known = kind.attribute_ids, access.definition.attributes.values()
        cache[kind.id] = [one for one in known if one.system or held is None or one.id in held]
    return cache[kind.id]


def _by_type(_: Definition) -> dict[int, Sequence[Attribute]]:
    """Return the cache of attributes by the ids of types, empty."""
    return {}
