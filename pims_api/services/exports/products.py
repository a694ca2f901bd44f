"""The export of products: a selection of products and attributes, streamed from one snapshot.

The order is the default one of lists, by the path of SKUs from the root product, so that parents
come before their variations. Memory does not grow with the catalogue.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pims_api.domain.access.access import Access, Column
from pims_api.domain.attributes.attribute import (
    DEFAULT_TYPE,
    PRODUCT_TYPE,
    VARIATION_MATRIX,
    VARIATION_SKUS,
    ValueType,
)
from pims_api.domain.conditions.condition import And
from pims_api.domain.conditions.language.parser import parse_condition
from pims_api.domain.product import Product
from pims_api.domain.suggestion import NAME_LENGTH_MAX, Suggestions
from pims_api.domain.values.value import elements
from pims_api.errors import Fault, place_of, refuse_if_any
from pims_api.services.lists.query import ListQuery, find_members
from pims_api.services.products.families import RelatedProducts, link_targets, related_products
from pims_api.services.products.projection import ProductWriter
from pims_api.storage.catalogue_index.order.by_sku import BY_PATH, walk
from pims_api.storage.products.store import deleted_skus, products_by_id
from pims_api.storage.snapshot import Snapshot

PRODUCTS_AT_ONCE = 250
NEEDED_SHOWN = 5  # products in a warning


@dataclass(frozen=True, slots=True)
class ExportedProduct:
    """A product and its exported values: outward name → outward value, unset ones left out."""

    product: Product
    shown: dict[str, Any]


class ProductExport:
    """A selection of products and attributes, which can be iterated over many times.

    columns: in the order of the View, sku first. with_type: whether the product type is exported,
    as `product_type`. sees_everything: whether it is made without a View. members: a set of
    products. total: how many these are. needed: SKUs of deleted products that it lacks and others
    name, each with one that does; complete when all blocks were read.
    """

    def __init__(
        self, snapshot: Snapshot, access: Access, query: ListQuery, names: Sequence[str] | None
    ) -> None:
        self.snapshot = snapshot
        self.sees_everything = access.policy.is_everything
        self.with_type = _with_type(access, names)
        self.members = find_members(snapshot, access, query).members
        self.needed: dict[str, str] = {}
        self._lacks_deleted = not query.include_deleted
        self._shown = access.narrowed(_default_names(access) if names is None else names)

    @property
    def columns(self) -> tuple[Column, ...]:
        return self._shown.columns

    @property
    def total(self) -> int:
        return self.members.bit_count()

    def blocks(self, names: Sequence[str] | None = None) -> Iterator[list[ExportedProduct]]:
        """Yield all products in blocks. names: of the columns, only these."""
        shown = self._shown if names is None else self._shown.narrowed(names)
        writer = ProductWriter(shown, own=True)
        for ids in walk(self.snapshot, BY_PATH, self.members):
            for start in range(0, len(ids), PRODUCTS_AT_ONCE):
                wanted = ids[start : start + PRODUCTS_AT_ONCE]
                found = products_by_id(self.snapshot, wanted)
                block = self._block(shown, writer, [found[number] for number in wanted])
                if names is None and self._lacks_deleted:
                    self._note_needed(block)
                yield block

    def warnings(self) -> list[Fault]:
        """Return a warning if products name others that are deleted, so the export lacks them."""
        if not self.needed:
            return []
        some = [f"{sku} needs {other}" for other, sku in islice(self.needed.items(), NEEDED_SHOWN)]
        more = ", …" if len(self.needed) > NEEDED_SHOWN else ""
        message = (
            f"The export lacks {len(self.needed)} deleted products that others name "
            f"({', '.join(some)}{more}): where they are not there, an import refuses these others. "
            "Export deleted products too."
        )
        return [Fault("deleted", message)]

    def _note_needed(self, block: list[ExportedProduct]) -> None:
        links = [one for one in self.columns if one.attribute.type is ValueType.RELATION]
        named = {
            sku: one.product.sku
            for one in block
            for column in links
            if column.name in one.shown
            for sku in elements(column.attribute, one.shown[column.name])
        }
        if named:
            for sku in sorted(deleted_skus(self.snapshot, named)):
                self.needed.setdefault(sku, named[sku])

    def _block(
        self, shown: Access, writer: ProductWriter, products: list[Product]
    ) -> list[ExportedProduct]:
        around = self._around(shown, products)
        block = []
        for one in products:
            values = writer.present(one, around)
            kept = {name: value for name, value in values.items() if value not in _NOTHING}
            if self.with_type:
                kept[PRODUCT_TYPE] = one.values.get(PRODUCT_TYPE, DEFAULT_TYPE)
            block.append(ExportedProduct(one, kept))
        return block

    def _around(self, shown: Access, products: list[Product]) -> RelatedProducts:
        if shown.shows(VARIATION_SKUS) or shown.shows(VARIATION_MATRIX):
            return related_products(self.snapshot, shown, products)
        return link_targets(self.snapshot, shown, (one.values for one in products))


_NOTHING: tuple[Any, ...] = (None, [], {})


def export_query(
    access: Access, condition: str = "", *, include_deleted: bool = False
) -> ListQuery:
    """Return the query for every product, variations included, that a condition_query lets through.

    Raises BadInput with every fault of the condition.
    Source: docs/core.md, Conditions.
    """
    parsed = parse_condition(condition, access, place="export/condition") if condition else And(())
    return ListQuery(condition=parsed, include_variants=True, include_deleted=include_deleted)


def plan_export(
    snapshot: Snapshot, access: Access, query: ListQuery, names: Sequence[str] | None = None
) -> ProductExport:
    """Return an export of the products that a query finds, before anything of them is read.

    names: outward ones, and `product_type`; sku is always there. Without names: everything but what
    is computed, since it cannot be written back. The product type is known to full access alone.

    Raises BadInput with every name that is no attribute of the View.
    """
    refuse_if_any(_unknown(access, names or ()))
    return ProductExport(snapshot, access, query, names)


def _default_names(access: Access) -> list[str]:
    return [column.name for column in access.columns if not column.attribute.computed]


def _with_type(access: Access, names: Sequence[str] | None) -> bool:
    if not access.policy.is_everything:
        return False
    return len(access.definition.types) > 1 if names is None else PRODUCT_TYPE in names


def _unknown(access: Access, names: Sequence[str]) -> list[Fault]:
    suggestions, faults = Suggestions(), []
    for place, name in enumerate(names):
        is_type = name == PRODUCT_TYPE and access.policy.is_everything
        if access.column(name) is None and not is_type:
            hint = suggestions.word(name, access.by_name)
            shown, more = name[:NAME_LENGTH_MAX], f" Did you mean {hint}?" if hint else ""
            message = f"There is no attribute {shown!r}!{more}"
            here = place_of("export", "attributes", place)
            faults.append(Fault("unknown_attribute", message, shown, nearest=hint, place=here))
    return faults
