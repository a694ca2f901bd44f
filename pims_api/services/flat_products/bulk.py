"""Bulk changes of flat products: each entry is met whole or not at all, whatever others do.

Source: docs/core.md, Bulk changes.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from typing import Any

from pims_api.domain.attributes.attribute import STATUS, TITLE
from pims_api.domain.product import Product
from pims_api.domain.tenant_ids import Numbered, TenantIds
from pims_api.errors import BadInput, Busy, Conflict, Fault, NotFound, PimsError
from pims_api.services.access import is_visible
from pims_api.services.flat_products.entries import Entry, EntryReader, text_in
from pims_api.services.flat_products.write import See, create_flat, delete_flat, edit_flat
from pims_api.services.products.write import DELETED
from pims_api.storage.identity.tenants import tenant_ids
from pims_api.storage.products.store import products_by_id
from pims_api.storage.unit_of_work import UnitOfWork

_NO_TARGET = "There is no such product or variant!"


class BulkKind(StrEnum):
    """What the entries of a bulk change do."""

    IMPORT = "import"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class EntryError:
    """Why an entry changed nothing. row: which one, from 0."""

    row: int
    message: str


def apply_entries(
    work: UnitOfWork, see: See, kind: BulkKind, entries: Sequence[Any], first_row: int
) -> list[EntryError]:
    """Apply entries in their order and return the errors of those that were refused.

    entries: objects, or UUIDs where they are to be deleted. first_row: the row of the first one.
    The caller commits. Raises Busy, by which all of them are undone.
    """
    bulk = _Bulk(work, see)
    bulk.look_ahead(kind, entries)
    errors = []
    for row, entry in enumerate(entries, first_row):
        try:
            _apply(work, bulk, kind, entry)
        except Busy:
            raise
        except PimsError as refused:
            messages = dict.fromkeys(one.message for one in refused.faults)
            errors.append(EntryError(row, " ".join(messages)))
    return errors


def _apply(work: UnitOfWork, bulk: "_Bulk", kind: BulkKind, entry: Any) -> None:
    if kind is BulkKind.DELETE:  # which is refused when products are changed already
        with work.attempt():
            bulk.delete({"id": entry})
        return
    with work.step():
        bulk.verbs[kind](entry)


class _Bulk:
    """The entries of one transaction: the products that they name, and what they do to them."""

    def __init__(self, work: UnitOfWork, see: See) -> None:
        self._work = work
        self._see = see
        self._ids: TenantIds = tenant_ids(work)
        self._skus: dict[int, str] = {}
        self.verbs: dict[BulkKind, Callable[[Entry], None]] = {
            BulkKind.IMPORT: self.bring,
            BulkKind.UPDATE: self.update,
        }

    def look_ahead(self, kind: BulkKind, entries: Sequence[Any]) -> None:
        """Read the products that the entries name, in a fixed number of queries."""
        named = [{"id": one} for one in entries] if kind is BulkKind.DELETE else entries
        numbers = set(filter(None, map(self._quiet(self._reader.number_in), named)))
        found = products_by_id(self._work, numbers)
        skus = [sku for sku in map(self._quiet(_sku_in), named) if sku]
        if kind is BulkKind.IMPORT:
            skus += self._made(len(entries))
        by_sku = self._work.find_products(skus)
        known = list(chain(found.values(), by_sku.values()))
        parents = {one.parent_id for one in known if one.parent_id} - found.keys()
        known += products_by_id(self._work, parents).values()
        self._know(known)

    def update(self, entry: Entry) -> None:
        """Change a product or variant."""
        product, root = self._target(entry)
        edit_flat(self._work, self._see, product, self._reader.write_of(entry), root)

    def delete(self, entry: Entry) -> None:
        """Delete a variant, or a product with its variants."""
        product, root = self._target(entry)
        delete_flat(self._work, self._see(self._work.definition), product, root)

    def bring(self, entry: Entry) -> None:
        """Create a product, or change the one that has the SKU."""
        title = text_in(entry, TITLE)
        if title is None or not title.strip():
            raise BadInput(faults=[Fault("required", "title is required!")])
        sku, wanted = _sku_in(entry), self._reader.write_of(entry)
        known = None if sku is None else self._work.find_product(sku)
        if known is None:
            create_flat(self._work, self._see, replace(wanted, sku=sku or ""))
        elif known.parent_id is not None or not self._exists(known):
            message = f"The SKU {known.sku} belongs to something that is no product here!"
            raise Conflict(faults=[Fault("exists", message)])
        else:
            edit_flat(self._work, self._see, known, wanted)

    @property
    def _reader(self) -> EntryReader:
        return EntryReader(self._work.definition, self._ids)

    def _target(self, entry: Entry) -> tuple[Product, Product]:
        """Return the product or variant that an entry names, and the product it is of.

        Raises NotFound, BadInput.
        """
        number, sku = self._reader.number_in(entry), _sku_in(entry)
        if number is not None:
            sku = self._skus.get(number)
        elif sku is None:
            raise BadInput(faults=[Fault("required", "id or sku is required!")])
        product = None if sku is None else self._work.find_product(sku)
        root = product if product is None or not product.parent_id else self._parent(product)
        if product is None or root is None or root.parent_id:
            raise NotFound(_NO_TARGET)
        if not (self._exists(product) and self._exists(root)):
            raise NotFound(_NO_TARGET)
        return product, root

    def _parent(self, product: Product) -> Product | None:
        number = product.parent_id or 0
        if number not in self._skus:
            self._know(products_by_id(self._work, [number]).values())
        return self._work.find_product(self._skus[number])

    def _know(self, products: Iterable[Product]) -> None:
        known = self._work.know_products(products)
        self._skus |= {one.id: one.sku for one in known}

    def _exists(self, one: Product) -> bool:
        sight = self._see(self._work.definition)
        return one.values[STATUS] != DELETED and is_visible(sight.overall, one)

    def _made(self, count: int) -> list[str]:
        """Return the SKUs that the next products get which come without one."""
        first = self._work.last_product_id + 1
        numbers = range(first, first + count)
        return [self._ids.of_number(Numbered.PRODUCT, number) for number in numbers]

    @staticmethod
    def _quiet(read: Callable[[Entry], Any]) -> Callable[[Entry], Any]:
        """Return a reader that finds nothing where it would be refused, which is told later."""

        def reading(entry: Entry) -> Any:
            try:
                return read(entry)
            except BadInput:
                return None

        return reading


def _sku_in(entry: Entry) -> str | None:
    """Return the SKU in an entry, if there is one. Raises BadInput."""
    text = text_in(entry, "sku")
    return None if text is None else text.strip() or None
