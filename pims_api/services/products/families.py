"""Related products: parents, variations and link targets, as one caller sees them.

A fixed number of queries for any number of products.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pims_api.domain.access.access import Access, Column
from pims_api.domain.attributes.attribute import (
    STATUS,
    VARIATION_ATTRIBUTES,
    VARIATION_MATRIX,
    VARIATION_OF,
    VARIATION_SKUS,
    Attribute,
    ValueType,
)
from pims_api.domain.product import PATH_SEPARATOR, Product, Values
from pims_api.errors import Fault
from pims_api.services.access import is_visible, visible, visible_skus
from pims_api.storage.products.store import (
    child_skus,
    children_of,
    products_by_id,
    products_by_sku,
)
from pims_api.storage.snapshot import Snapshot


@dataclass(slots=True)
class Family:
    """The parent and variations of a product.

    skus: of its direct variants, without deleted ones, in their order. variations: these, loaded
    only where the matrix is shown. varying: the attributes in which they differ, of the nearest
    ancestor that names some.
    """

    skus: list[str] = field(default_factory=list)
    variations: list[Product] = field(default_factory=list)
    varying: list[Column] = field(default_factory=list)


@dataclass(slots=True)
class RelatedProducts:
    """The related products of some products.

    families: of those that have one. known_skus: which linked SKUs exist for the caller; None: all.
    """

    families: dict[int, Family]
    known_skus: set[str] | None

    def shows(self, sku: str) -> bool:
        """Return whether a link to that SKU is shown."""
        return self.known_skus is None or sku in self.known_skus

    def masked(self, attribute: Attribute, stored: Any) -> Any:
        """Return a stored value without the links that are not shown; None when nothing is left."""
        if self.known_skus is None or attribute.type is not ValueType.RELATION:
            return stored
        kept = [sku for sku in _linked(stored) if sku in self.known_skus]
        if isinstance(stored, list):
            return kept or None
        return kept[0] if kept else None


def related_products(
    snapshot: Snapshot, access: Access, products: Sequence[Product]
) -> RelatedProducts:
    """Return the related products of these, as far as the View shows them."""
    families: defaultdict[int, Family] = defaultdict(Family)
    matrix = access.shows(VARIATION_MATRIX)
    ids = [one.id for one in products]
    if matrix:
        for child in live_variations(snapshot, access, ids):
            families[child.parent_id or 0].variations.append(child)
            families[child.parent_id or 0].skus.append(child.sku)
    elif access.shows(VARIATION_SKUS):
        for parent_id, sku in live_skus(snapshot, access, ids):
            families[parent_id].skus.append(sku)
    if matrix or access.shows(VARIATION_ATTRIBUTES):
        for one, names in _varying(snapshot, access, list(filter(_may_vary, products))).items():
            families[one].varying = _columns(access, names)
    documents = (one.values for one in products)
    return RelatedProducts(dict(families), link_targets(snapshot, access, documents).known_skus)


def _may_vary(product: Product) -> bool:
    """Return whether the family of the product may have varying attributes."""
    return product.parent_id is not None or VARIATION_ATTRIBUTES in product.values


def link_targets(
    snapshot: Snapshot, access: Access, documents: Iterable[Values]
) -> RelatedProducts:
    """Return the SKUs that these values link to and that exist for the caller."""
    if access.rows is None:
        return RelatedProducts({}, None)
    links = [c for c in access.columns if c.attribute.type is ValueType.RELATION]
    targets = {
        sku
        for values in documents
        for column in links
        for place in column.slots
        for sku in _linked(values.get(place))
    }
    return RelatedProducts({}, visible_skus(snapshot, access, targets))


def _linked(stored: Any) -> Sequence[str]:
    """Return the SKUs of a link or of several, as attributes may have held that hold one today."""
    if isinstance(stored, list):
        return stored
    return () if stored is None else (stored,)


def live_variations(snapshot: Snapshot, access: Access, ids: Iterable[int]) -> list[Product]:
    """Return the direct variants that exist for this caller and are not deleted, by SKU."""
    children = visible(access, children_of(snapshot, ids))
    return [one for one in children if one.values[STATUS] != "deleted"]


def live_skus(snapshot: Snapshot, access: Access, ids: Iterable[int]) -> list[tuple[int, str]]:
    """Return parent id and SKU of the variants that `live_variations` returns.

    Their documents are read only where the View chooses products by what is in them.
    """
    if access.rows is not None:
        found = live_variations(snapshot, access, ids)
        return [(one.parent_id or 0, one.sku) for one in found]
    rows = child_skus(snapshot, ids)
    return [(parent_id, sku) for parent_id, sku, status in rows if status != "deleted"]


def combination(product: Product, varying: Sequence[Column]) -> tuple[str, ...]:
    """Return the product's values of the varying attributes, comparable between members."""
    return tuple(repr(column.stored(product.values)) for column in varying)


def combination_warnings(
    snapshot: Snapshot, access: Access, product: Product, before: Product | None
) -> list[Fault]:
    """Return a warning when another member of the family has the same varying values.

    Source: docs/core.md, Variations.
    """
    return family_warnings(snapshot, access, [(product, before)]).get(product.sku, [])


def family_warnings(
    snapshot: Snapshot, access: Access, written: Sequence[tuple[Product, Product | None]]
) -> dict[str, list[Fault]]:
    """Return, by SKU, the warnings about products and what they were before (None: not there).

    A product is looked at only where its write can have made two members of a family alike.
    """
    alive = [one for one, _ in written if one.values[STATUS] != "deleted"]
    if not any(map(_may_vary, alive)):
        return {}
    names = _varying(snapshot, access, alive)
    columns = {one.id: _columns(access, names[one.id]) for one in alive}
    asked = [
        (one, before)
        for one, before in written
        if columns.get(one.id) and (before is None or _recombined(one, before, columns[one.id]))
    ]
    families = _families(snapshot, access, [one for one, _ in asked])
    warnings = (
        (one.sku, _duplicate_warning(one, before, families, columns)) for one, before in asked
    )
    return {sku: [fault] for sku, fault in warnings if fault is not None}


def _duplicate_warning(
    product: Product,
    before: Product | None,
    families: Mapping[int, "_Members"],
    columns: Mapping[int, Sequence[Column]],
) -> Fault | None:
    old_names = before.values.get(VARIATION_ATTRIBUTES) if before else None
    renamed = product.values.get(VARIATION_ATTRIBUTES) != old_names
    for head in (product.parent_id, product.id):
        members = families.get(head or 0)
        duplicates = (
            members.duplicates(columns[product.id], None if renamed else product)
            if members
            else None
        )
        if duplicates:
            first, second = duplicates[:2]
            message = f"{first} and {second} have the same combination of variation values."
            return Fault("not_unique", message, value=duplicates)
    return None


class _Members:
    """The members of a family: its head first, then its variations."""

    def __init__(self, head: Product) -> None:
        self.products = [head]
        self._alike: dict[tuple[int, ...], dict[tuple[str, ...], list[Product]]] = {}

    def duplicates(self, varying: Sequence[Column], one: Product | None) -> tuple[str, str] | None:
        """Return two SKUs with the same combination, if any: of one and another, or of any two.

        Members without any of the values have no combination yet.
        """
        holders = self._holders(varying)
        if one is not None:
            same = holders.get(combination(one, varying), [])
            groups = [same] if any(member.id == one.id for member in same) else []
        else:
            groups = list(holders.values())
        for same in groups:
            if len(same) > 1:
                own = one.id if one is not None else None
                place = next((at for at, member in enumerate(same) if member.id == own), 0)
                return same[0].sku, same[max(place, 1)].sku
        return None

    def _holders(self, varying: Sequence[Column]) -> dict[tuple[str, ...], list[Product]]:
        names = tuple(column.attribute.id for column in varying)
        if names not in self._alike:
            found = self._alike[names] = {}
            for member in self.products:
                if any(column.stored(member.values) is not None for column in varying):
                    found.setdefault(combination(member, varying), []).append(member)
        return self._alike[names]


def _families(
    snapshot: Snapshot, access: Access, products: Sequence[Product]
) -> dict[int, _Members]:
    """Return the families that products are in, by the id of their heads: parents' and own."""
    ids = {number for one in products for number in (one.parent_id, one.id) if number is not None}
    heads = products_by_id(snapshot, ids)
    families = {
        number: _Members(head)
        for number, head in heads.items()
        if is_visible(access, head) and head.values[STATUS] != "deleted"
    }
    for child in live_variations(snapshot, access, list(families)):
        families[child.parent_id or 0].products.append(child)
    return families


def _recombined(product: Product, before: Product, varying: Sequence[Column]) -> bool:
    """Return whether a write changed the product's place among the members of its family."""
    if combination(product, varying) != combination(before, varying):
        return True
    decisive = (STATUS, VARIATION_OF, VARIATION_ATTRIBUTES)
    return any(product.values.get(name) != before.values.get(name) for name in decisive)


def _varying(
    snapshot: Snapshot, access: Access, products: Sequence[Product]
) -> dict[int, list[str]]:
    """Return the variation attributes of each product: the nearest ancestor's, else its own.

    All ancestors are read in one go. Where a path is older than what this transaction did to it,
    what is missing is read one generation at a time.
    """
    found: dict[int, list[str]] = {}
    climbing = {one.id: one.parent_id for one in products}
    own = {one.id: one.values.get(VARIATION_ATTRIBUTES, []) for one in products}
    known = {one.id: one for one in [*_ancestors(snapshot, products), *products]}
    while climbing:
        wanted = {p for p in climbing.values() if p is not None and p not in known}
        known |= products_by_id(snapshot, wanted)
        for one, parent_id in list(climbing.items()):
            parent = known.get(parent_id) if parent_id is not None else None
            if parent is None or not is_visible(access, parent):
                found[one] = own[one]
                del climbing[one]
            elif parent.values.get(VARIATION_ATTRIBUTES):
                found[one] = parent.values[VARIATION_ATTRIBUTES]
                del climbing[one]
            else:
                climbing[one] = parent.parent_id
    return found


def _ancestors(snapshot: Snapshot, products: Sequence[Product]) -> Iterable[Product]:
    """Return the products above these that are not among them."""
    above = {sku for one in products for sku in one.path.split(PATH_SEPARATOR)[:-1]}
    return products_by_sku(snapshot, above - {one.sku for one in products}).values()


def _columns(access: Access, keys: Iterable[str]) -> list[Column]:
    attributes = (access.definition.by_key.get(key) for key in keys)
    columns = (access.by_attribute.get(one.id) for one in attributes if one is not None)
    return [column for column in columns if column is not None]
