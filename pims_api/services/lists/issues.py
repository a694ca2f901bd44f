"""The issues of a catalogue, computed when they are asked for.

Which products may have some is read from the catalogue index; the documents of those that are shown
decide. Nothing is stored, so an issue is there exactly as long as its cause.

Source: docs/core.md, Issues.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from operator import or_

from pims_api.domain.access.access import Access
from pims_api.domain.access.scopes import searched_scopes
from pims_api.domain.access.sight import Sight
from pims_api.domain.attributes.attribute import (
    CATEGORIES,
    PRODUCT_TYPE_ATTRIBUTE,
    SKU,
    THUMBNAIL,
    TITLE,
    UPDATED_ATTRIBUTE,
    Attribute,
)
from pims_api.domain.attributes.completeness import missing_ids
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.category import UNCATEGORIZED, UNCATEGORIZED_ID
from pims_api.domain.conditions.condition import And, Condition, In, IsNull, Operand, Or
from pims_api.domain.flat.issue import Cause, Issue
from pims_api.domain.product import Product
from pims_api.domain.values.scope import Scope
from pims_api.domain.workflow import type_of
from pims_api.services.lists.population import population
from pims_api.storage.catalogue_index.bitmaps.blocks import from_ids, is_in, to_bytes
from pims_api.storage.catalogue_index.filter.evaluate import match
from pims_api.storage.catalogue_index.filter.variants import variants_by_parent
from pims_api.storage.catalogue_index.order.pages import OrderKey, page_of
from pims_api.storage.media import products_with_media
from pims_api.storage.products.odd_skus import odd_skus
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import Snapshot

ISSUES_MAX = 1_000
_PRODUCTS_AT_ONCE = 500
_NEWEST_FIRST = (OrderKey(Operand(UPDATED_ATTRIBUTE), descending=True),)


@dataclass(frozen=True, slots=True)
class _Suspects:
    """The products that may have issues, by cause. variants: bad ones by the id of the product."""

    by_cause: Mapping[Cause, int]
    variants: Mapping[int, Sequence[int]]

    @property
    def products(self) -> int:
        """All products that may have an issue of their own or of a variant."""
        return reduce(or_, self.by_cause.values(), from_ids(self.variants))


def find_issues(seen: Snapshot, sight: Sight) -> list[Issue]:
    """Return the issues that a caller sees, at most ISSUES_MAX, those of new changes first.

    What the caller's view hides causes none.
    """
    suspects = _suspects(seen, sight.overall)
    products, finder = suspects.products, _Finder(sight, suspects)
    found: list[Issue] = []
    for start in range(0, products.bit_count(), _PRODUCTS_AT_ONCE):
        ids = page_of(seen, products, _NEWEST_FIRST, start, _PRODUCTS_AT_ONCE)
        found += finder.find(seen, ids)
        if len(found) >= ISSUES_MAX:
            break
    return found[:ISSUES_MAX]


def _suspects(seen: Snapshot, access: Access) -> _Suspects:
    here, odd = population(seen, access), odd_skus(seen)
    bad_variants = here.variants & (odd.spaced | odd.made)
    found = {
        cause: here.products & match(seen, condition) for cause, condition in _conditions(access)
    }
    if found.get(Cause.NO_IMAGE):
        found[Cause.NO_IMAGE] &= ~products_with_media(seen)
    found[Cause.BAD_SKU] = here.products & odd.spaced
    return _Suspects(found, variants_by_parent(seen, bad_variants) if bad_variants else {})


def _conditions(access: Access) -> Iterator[tuple[Cause, Condition]]:
    """Yield the causes that values have, each with the condition of products that may have it."""
    categories, thumbnail = access.of(CATEGORIES), access.of(THUMBNAIL)
    if categories is not None:
        yield Cause.NO_CATEGORY, In(categories.operand, (UNCATEGORIZED,))
    if thumbnail is not None:
        yield Cause.NO_IMAGE, IsNull(thumbnail.operand)
    yield Cause.NOT_COMPLETE, Or(tuple(access.derive(_incomplete)))


def _incomplete(access: Access) -> list[Condition]:
    title = access.of(TITLE)
    found: list[Condition] = [] if title is None else [IsNull(title.operand)]
    for kind in access.definition.type_ids.values():
        unset = tuple(IsNull(_operand(access, one)) for one in _required(access, kind))
        if unset:
            of_kind = In(Operand(PRODUCT_TYPE_ATTRIBUTE), (kind.name,))
            found.append(And((of_kind, Or(unset))))
    return found


def _required(access: Access, kind: ProductType) -> list[Attribute]:
    """Return what a type requires and the caller sees, where the index tells who has it."""
    found = (access.by_attribute.get(number) for number in kind.required_ids)
    attributes = (column.attribute for column in found if column is not None)
    return [one for one in attributes if one.can_tell_presence and one.name != SKU]


def _operand(access: Access, attribute: Attribute) -> Operand:
    return Operand(attribute, searched_scopes(access.definition, attribute, Scope()))


class _Finder:
    """Finds the issues of suspects in their documents."""

    def __init__(self, sight: Sight, suspects: _Suspects) -> None:
        self._sight = sight
        self._variants = suspects.variants
        self._sets = {cause: to_bytes(those) for cause, those in suspects.by_cause.items()}

    def find(self, seen: Snapshot, ids: Sequence[int]) -> Iterator[Issue]:
        """Yield the issues of products and of their variants: of these the first ISSUES_MAX."""
        bad = (number for one in ids for number in self._variants.get(one, ()))
        found = products_by_id(seen, [*ids, *islice(bad, ISSUES_MAX)])
        for number in ids:
            product = found[number]
            yield from self._of_its_own(product)
            for variant in self._variants.get(number, ()):
                if variant in found:
                    yield Issue(Cause.BAD_SKU, product, found[variant])

    def _of_its_own(self, product: Product) -> Iterator[Issue]:
        access = self._sight.of_product(product.values, product.values)
        for cause, those in self._sets.items():
            if not is_in(those, product.id) or _hides(access, cause):
                continue
            missing = _missing(access, product) if cause is Cause.NOT_COMPLETE else ()
            if _holds(cause, product, missing):
                yield Issue(cause, product, product, missing)


def _hides(access: Access, cause: Cause) -> bool:
    attribute = _ABOUT.get(cause)
    return attribute is not None and access.of(attribute) is None


_ABOUT = {Cause.NO_CATEGORY: CATEGORIES, Cause.NO_IMAGE: THUMBNAIL}


def _holds(cause: Cause, product: Product, missing: Sequence[str]) -> bool:
    if cause is Cause.NO_CATEGORY:
        return bool(product.values[CATEGORIES][0] == UNCATEGORIZED_ID)
    return cause is not Cause.NOT_COMPLETE or bool(missing)


def _missing(access: Access, product: Product) -> tuple[str, ...]:
    """Return the names of what a product needs and lacks, its title first."""
    title, ids = access.of(TITLE), missing_ids(product.values, access.definition)
    lacks_title = title is not None and title.stored(product.values) is None
    required = _required(access, type_of(access.definition, product.values)) if ids else ()
    names = (one.name for one in required if one.id in ids)
    return tuple(dict.fromkeys([*([TITLE] if lacks_title else []), *names]))
