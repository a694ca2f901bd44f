"""The JSON bodies of product actions. Source: docs/api/pims.md, Replies."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson

from pims_api.deadline import checking_deadline
from pims_api.domain.access.access import Access
from pims_api.domain.product import Product, ProductChange, Values, differences
from pims_api.errors import Fault
from pims_api.services.changes.feed import Change, ChangeKind, seen_links
from pims_api.services.lists.query import Listing, listed_products
from pims_api.services.products.batch import RowOutcome
from pims_api.services.products.families import RelatedProducts, related_products
from pims_api.services.products.history import History, seen_change, shown_type
from pims_api.services.products.lineages import Resolution
from pims_api.services.products.projection import ProductWriter
from pims_api.services.products.write import Written
from pims_api.services.reverts.by_locale import by_locale
from pims_api.storage.history.changes import HistoryEntry
from pims_api.storage.history.moments import Applied
from pims_api.storage.snapshot import Snapshot
from schemas.pims.definitions.definition import definition_bytes
from schemas.pims.faults import fault_objects
from schemas.pims.note import note_object
from schemas.pims.products.batch import BatchTerms, row_object
from schemas.pims.products.changes import change_object
from schemas.pims.products.product import (
    as_of_object,
    checksum,
    inherited_names,
    missing_names,
    product_writer,
    system_values,
    with_type_change,
    without_empty,
)
from schemas.pims.products.values import unknown_columns
from views.row_cache import json_rows

Reply = dict[str, Any]

_DAY_S = 86_400


class Replies:
    """Makes the replies of one request. shown: what its caller sees, as its params narrow it.

    as_of: the transaction that the products are shown after; None: the last one.
    """

    def __init__(
        self,
        seen: Snapshot,
        access: Access,
        params: dict[str, Any],
        as_of: Applied | None = None,
    ) -> None:
        self._seen = seen
        self._access = access
        names = params.get("attributes")
        self.shown = access if names is None else access.narrowed(names)
        self._unknown = unknown_columns(names, access)
        self._omit_empty = params.get("omitEmpty", False)
        self._with_definition = params.get("definition", True) is not False
        self._with_system = bool(params.get("system"))
        self._with_missing = bool(params.get("missing"))
        self._with_resolved = bool(params.get("resolved"))
        self._with_checksum = bool(params.get("checksum"))
        self._with_more = self._with_system or self._with_missing or self._with_checksum
        self._covered = access if self._with_checksum else self.shown
        self._narrows = self._omit_empty or self._covered is not self.shown
        self._as_of: Reply = {} if as_of is None else {"as_of": as_of_object(as_of)}

    def product(self, product: Product, warnings: Sequence[Fault] = ()) -> Reply:
        """Return the reply about one product."""
        (row,) = self._rows([product])
        row["data"] |= self._definition()
        return {"status": "OK"} | row | self._as_of | self._warned(warnings)

    def no_product(self, warnings: Sequence[Fault] = ()) -> Reply:
        """Return the reply when no product was named: the definition alone."""
        data: Reply = {"attributes": {}}
        data |= self._definition()
        return {"status": "OK", "data": data} | self._as_of | self._warned(warnings)

    def products(
        self,
        listing: Listing,
        warnings: Sequence[Fault] = (),
        more: Mapping[str, Any] | None = None,
    ) -> Reply:
        """Return the reply with a list of products. more: what stands after their number."""
        reply: Reply = {"status": "OK", "products": self._listed(listing)}
        reply |= self._definition() | {"sku_count": listing.total} | dict(more or {})
        return reply | self._as_of | self._warned(warnings)

    def products_asked(self, products: Sequence[Product], warnings: Sequence[Fault]) -> Reply:
        """Return the reply with products that are at hand."""
        reply: Reply = {"status": "OK", "products": self._rows(products)}
        reply |= self._definition() | {"sku_count": len(products)}
        return reply | self._as_of | self._warned(warnings)

    def products_unlike(self, products: Sequence[Product], known: Mapping[str, str]) -> list[Reply]:
        """Return those whose checksum is not the known one of their SKU; it has to be shown."""
        return [one for one in self._rows(products) if one["checksum"] != known[one["sku"]]]

    def products_compared(
        self, unlike: Sequence[Reply], told: Reply, warnings: Sequence[Fault]
    ) -> Reply:
        """Return the reply with the products that differ. told: what became of the others."""
        reply: Reply = {"status": "OK", "products": unlike}
        reply |= self._definition() | {"sku_count": len(unlike)} | told
        return reply | self._as_of | self._warned(warnings)

    def changes(self, changes: Sequence[Change]) -> list[Reply]:
        """Return what became of products: those that changed, and those that are gone."""
        there = [one.product for one in changes if one.kind is ChangeKind.CHANGED]
        around = related_products(self._seen, self._covered, there)
        whole = dict(zip((one.id for one in there), self._whole(there, around), strict=True))
        links = seen_links(self._seen, self.shown, changes)
        return [self._change(one, whole.get(one.product.id), links) for one in changes]

    def _change(self, change: Change, whole: Reply | None, links: RelatedProducts) -> Reply:
        told = change_object(change)
        if whole is None:
            return told
        told |= {"version": change.product.version, **self._checksum(whole)}
        told["data"] = {"attributes": self._narrowed(whole)}
        if change.before is not None:
            before, then = change.before
            writer, now = product_writer(self.shown), change.product.values
            told["old"] = writer.before(before, now, links, then)
        return told

    def about_changes(self, told: Reply, warnings: Sequence[Fault]) -> Reply:
        """Return the reply with changes."""
        return {"status": "OK", **told} | self._warned(warnings)

    def history(self, history: History, warnings: Sequence[Fault] = ()) -> Reply:
        """Return the reply with what happened to a product."""
        writer = product_writer(self.shown)
        entries = [_entry(one, writer) for one in history.entries]
        reply: Reply = {"status": "OK", "total_count": history.total, "history": entries}
        return reply | self._definition() | self._warned(warnings)

    def written(self, written: Written, warnings: Sequence[Fault], *, dry_run: bool) -> Reply:
        """Return the reply about a product that was created or edited."""
        reply = self.product(written.product)
        if dry_run:
            before = written.before.values if written.before else {}
            reply |= {"dry_run": True, "changes": self._changes(written.product, before)}
        return reply | self._warned(warnings)

    def changed(self, change: ProductChange) -> list[Reply]:
        """Return what a transaction changed of a product: an entry, and one for each language."""
        product, before = change.after, change.old
        told: Reply = {"sku": product.sku, "version": product.version}
        entries: list[Reply] = []
        for locale, (old, new) in by_locale(self._access.definition, before, product.values):
            sides = self._sides(*seen_change(self._seen, self.shown, old, new))
            if not entries:
                sides = with_type_change(sides, self._access, before, product.values)
            named = {} if locale is None else {"locale": locale}
            entries.append({**told, **named, "changes": sides})
        return [one for one in entries if one["changes"]["new"]] or entries[:1]

    def rows(
        self,
        outcomes: Sequence[RowOutcome],
        numbers: Sequence[int],
        terms: BatchTerms,
        transaction: int | None,
    ) -> list[dict[str, Any]]:
        """Return what became of the rows of a batch. numbers: the place of each, from 0."""
        told = [
            row_object(number, one, transaction)
            for number, one in zip(numbers, outcomes, strict=True)
        ]
        written = [
            (row, one.product, one.before)
            for row, one in zip(told, outcomes, strict=True)
            if one.product is not None
        ]
        if terms.dry_run:
            for row, product, before in written:
                row["changes"] = self._changes(product, before.values if before else {})
        if terms.full:
            bodies = self._attributes([product for _, product, _ in written])
            for (row, _, _), attributes in zip(written, bodies, strict=True):
                row["data"] = {"attributes": attributes}
        return told

    def about_batch(self, full: bool, warnings: Sequence[Fault]) -> Reply:
        """Return what a reply says of a whole batch beside its rows."""
        return (self._definition() if full else {}) | self._warned(warnings)

    def _changes(self, product: Product, before: Values) -> Reply:
        old, new = differences(before, product.values)
        sides = self._sides(*seen_change(self._seen, self.shown, old, new))
        return with_type_change(sides, self._access, before, product.values) if before else sides

    def _listed(self, listing: Listing) -> Sequence[Any]:
        """Return products as JSON, those that are known without a look at them."""
        is_special = self._omit_empty or self._with_system or self._with_missing
        dress = (self._with_resolved, self._with_checksum)
        if is_special or self.shown is not self._access or self._seen.past is not None:
            return self._rows(listed_products(self._seen, listing))
        return json_rows(
            self._seen,
            self._access.derive(_list_rows)[dress],
            listing.ids,
            lambda ids: self._rows(listed_products(self._seen, listing, ids)),
        )

    def _rows(self, products: Sequence[Product]) -> list[Reply]:
        if self._with_resolved:
            return self._resolved_rows(products)
        whole = self._whole(products, related_products(self._seen, self._covered, products))
        return [self._row(one, each) for one, each in zip(products, whole, strict=True)]

    def _resolved_rows(self, products: Sequence[Product]) -> list[Reply]:
        """Return products with their effective values, and which of these are inherited."""
        resolution = Resolution(self._seen, self._access, products)
        held = resolution.products
        around = resolution.variations(related_products(self._seen, self._covered, held))
        rows = []
        for one, whole in zip(held, self._whole(held, around), strict=True):
            names = inherited_names(self.shown, resolution.inherited(one), whole)
            rows.append(self._row(one, whole, {"inherited": names}))
        return rows

    def _row(self, product: Product, whole: Reply, more: Reply | None = None) -> Reply:
        row: Reply = {"sku": product.sku, "version": product.version}
        if self._with_more:
            row |= self._beside(product, whole)
        if more:
            row |= more
        row["data"] = {"attributes": self._narrowed(whole) if self._narrows else whole}
        return row

    def _beside(self, product: Product, whole: Reply) -> Reply:
        """Return what is shown of a product beside its version, as far as it was asked for."""
        beside = self._checksum(whole)
        if self._with_system:
            beside |= system_values(product)
        if self._with_missing:
            beside["missing"] = missing_names(self._access, product)
        return beside

    def _attributes(self, products: Sequence[Product]) -> list[Reply]:
        around = related_products(self._seen, self._covered, products)
        whole = self._whole(products, around)
        return list(map(self._narrowed, whole)) if self._narrows else whole

    def _whole(self, products: Sequence[Product], around: RelatedProducts) -> list[Reply]:
        """Return the attributes of products that are shown, or covered by their checksums."""
        writer = product_writer(self._covered)
        return [writer.attributes(one, around) for one in checking_deadline(products)]

    def _checksum(self, whole: Reply) -> Reply:
        return {"checksum": checksum(whole)} if self._with_checksum else {}

    def _narrowed(self, whole: Reply) -> Reply:
        """Return those attributes of a product that are shown."""
        if self._covered is not self.shown:
            whole = {column.name: whole[column.name] for column in self.shown.columns}
        return without_empty(whole) if self._omit_empty else whole

    def _definition(self) -> Reply:
        if not self._with_definition:
            return {}
        return {"definition": orjson.Fragment(definition_bytes(self._access))}

    def _sides(self, old: Values, new: Values) -> Reply:
        writer = product_writer(self.shown)
        return {"old": writer.changed(old), "new": writer.changed(new)}

    def _warned(self, warnings: Sequence[Fault]) -> Reply:
        told = [*warnings, *self._unknown]
        return {"warnings": fault_objects(told)} if told else {}


def _entry(entry: HistoryEntry, writer: ProductWriter) -> Reply:
    second = entry.at // 1_000_000
    return {
        "user": entry.actor,
        "date": second,
        "formatted_date_round": _midnight(second // _DAY_S),
        "transaction": entry.sequence,
        **note_object(entry.reason, entry.source_ref),
        "old": writer.changed(entry.old) | shown_type(entry.old),
        "new": writer.changed(entry.new) | shown_type(entry.new),
    }


def _list_rows(_: Access) -> defaultdict[tuple[bool, bool], object]:
    """Return the owners of the cached rows of lists of an access, by how rows are dressed."""
    return defaultdict(object)


@lru_cache(maxsize=512)
def _midnight(day: int) -> str:
    """Return the beginning of a day, counted from 1970."""
    return datetime.fromtimestamp(day * _DAY_S, UTC).strftime("%Y-%m-%d 00:00:00")
