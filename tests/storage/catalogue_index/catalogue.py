"""Small catalogues for the tests of the index: a definition with every type, and products."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any

from sqlalchemy import insert, update

from pims_api.domain.attributes.attribute import SYSTEM_ATTRIBUTES, Attribute, ValueType
from pims_api.domain.attributes.option_list import Option, OptionList
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.category import Category
from pims_api.domain.conditions.condition import Operand
from pims_api.domain.definition import LANGUAGE_ID, Definition
from pims_api.domain.product import Product, ProductChange, Values
from pims_api.domain.values.scope import Dimension, Segment, scope_text, split_slot
from pims_api.storage.catalogue_index.bitmaps.document_terms import seen_values
from pims_api.storage.database import Database
from pims_api.storage.deferred_indexing import maintain_lookups
from pims_api.storage.history.changes import (
    Actor,
    product_entity_changes,
    write_changes,
    write_transaction,
)
from pims_api.storage.products.store import write_products
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import tenant

GERMAN = scope_text({LANGUAGE_ID: 2})
SWISS = scope_text({LANGUAGE_ID: 3})
STATUSES = {"active": "active", "deleted": "deleted"}
OPTIONS = {"o1": "red", "o2": "green", "o3": "Éclair", "o4": "100%", "o5": "red"}
CATEGORIES = (
    Category(1, "Uncategorized"),
    Category(2, "Rods"),
    Category(3, "Steel", parent_id=2),
    Category(4, "Thin", parent_id=3),
    Category(5, "Gone", deleted=True),
)
COLOR_LIST = 2

MOMENTS = 6  # of which `moment_of` returns one

_numbers = count(1)


def _attributes() -> Iterator[Attribute]:
    kinds = ValueType
    rows: list[tuple[str, ValueType, dict[str, Any]]] = [
        ("name", kinds.STRING, {"dimensions": (LANGUAGE_ID,)}),
        ("color", kinds.OPTION, {"option_list_id": COLOR_LIST, "dimensions": (LANGUAGE_ID,)}),
        ("colors", kinds.OPTION, {"option_list_id": COLOR_LIST, "collection": True}),
        ("price", kinds.NUMBER, {"dimensions": (LANGUAGE_ID,)}),
        ("sizes", kinds.NUMBER, {"collection": True}),
        ("released", kinds.DATE, {}),
        ("days", kinds.DATE, {"collection": True}),
        ("new", kinds.BOOLEAN, {}),
        ("moment", kinds.DATETIME, {}),
        ("page", kinds.URL, {}),
        ("related", kinds.RELATION, {"collection": True}),
        ("successor", kinds.RELATION, {}),
        ("tags", kinds.STRING, {"collection": True}),
        ("done", kinds.COMPLETENESS, {"computed": True}),
    ]
    for number, (name, kind, more) in enumerate(rows, 100):
        yield Attribute(number, name, name, kind, filterable=True, indexable=True, **more)
    unindexed: list[tuple[str, ValueType, dict[str, Any]]] = [
        ("story", kinds.TEXT, {"dimensions": (LANGUAGE_ID,)}),
        ("picture", kinds.MEDIA, {}),
        ("weight", kinds.NUMBER, {}),
        ("notes", kinds.STRING, {"collection": True}),
    ]
    for number, (name, kind, more) in enumerate(unindexed, 200):
        yield Attribute(number, name, name, kind, **more)


def definition() -> Definition:
    """Return a definition with attributes of every type that the index keeps."""
    made = Definition(1, 1)
    segments = (Segment(1, "en", ""), Segment(2, "de", ""), Segment(3, "de-ch", ""))
    made.put_dimension(Dimension(LANGUAGE_ID, "language", "Language", 1, segments))
    for list_id, options in (
        (1, {"active": "active", "deleted": "deleted"}),
        (COLOR_LIST, OPTIONS),
    ):
        made.put_option_list(OptionList(list_id))
        for place, (option_id, alias) in enumerate(options.items()):
            made.put_option(list_id, Option(option_id, alias, place))
    for category in CATEGORIES:
        made.put_category(category)
    for attribute in (*SYSTEM_ATTRIBUTES, *_attributes()):
        made.put_attribute(attribute)
    made.put_type(ProductType(1, "default", required_ids=frozenset({2, 100, 103})))
    made.put_type(ProductType(2, "bare"))
    return made


def moment_of(number: int) -> int:
    """Return one of a few moments: some days, and a microsecond after each."""
    return 86_400_000_000 * (19_000 + number % 3) + number % 2


class Catalogue:
    """A tenant of its own in a database that tests share. Products get ids from first_id on.

    first_id: greater than 1 lets the products lie in several blocks; then ids below it are free.
    """

    def __init__(
        self, database: Database, documents: list[Values] | None = None, first_id: int = 1
    ) -> None:
        self.database = database
        self.definition = definition()
        self.tenant_id = next(_numbers)
        self.first_id = first_id
        self.sequence = 1
        self.indexed_id = first_id - 1
        self.products: dict[int, Product] = {}
        with database.writing() as connection:
            row = {"id": self.tenant_id, "name": str(self.tenant_id), "sequence": 1}
            counters = {"definition_version": 1, "facet_sequence": 1, "created_at": 0}
            products = {"last_product_id": 0, "indexed_id": 0}
            connection.execute(insert(tenant), row | counters | products)
            connection.commit()
        self._fill(documents or [])

    def _fill(self, documents: list[Values]) -> None:
        """Add products in a few transactions, so that not all were changed at the same time."""
        size = -(-len(documents) // MOMENTS) or 1
        for start in range(0, len(documents), size):
            self.add(*documents[start : start + size])

    @property
    def last_id(self) -> int:
        return max(self.products, default=self.first_id - 1)

    @property
    def everything(self) -> int:
        return sum(1 << number for number in self.products)

    def attribute(self, name: str) -> Attribute:
        return self.definition.by_name[name]

    def operand(self, name: str, *scopes: str) -> Operand:
        return Operand(self.attribute(name), scopes or ("",))

    def document(self, number: int, values: Mapping[str, Any]) -> Values:
        """Return the values with what every product has; a SKU made of its place."""
        return {
            "sku": f"S{number - self.first_id + 1}",
            "status": "active",
            "categories": [1],
        } | dict(values)

    def seen(self, number: int, visible: int | None = None) -> Values:
        """Return a product's values as conditions see them; None: every product is visible."""
        values = seen_values(self.products[number], self.definition)
        if visible is None:
            return values
        skus = {one.sku for one in self.products.values() if visible >> one.id & 1}
        return {slot: self._narrowed(slot, stored, skus) for slot, stored in values.items()}

    def _narrowed(self, slot: str, stored: Any, skus: set[str]) -> Any:
        attribute = self.definition.by_key.get(split_slot(slot)[0])
        if attribute is None or attribute.type is not ValueType.RELATION:
            return stored
        if isinstance(stored, list):
            return [sku for sku in stored if sku in skus]
        return stored if stored in skus else None

    @contextmanager
    def reading(self) -> Iterator[Snapshot]:
        with self.database.reading() as connection:
            yield self._snapshot(connection)

    @contextmanager
    def writing(self) -> Iterator[Snapshot]:
        with self.database.writing() as connection:
            self.sequence += 1
            seen = self._snapshot(connection)
            seen.unindexed_max = self.database.settings.unindexed_max
            yield seen
            connection.commit()

    def add(self, *documents: Mapping[str, Any]) -> None:
        """Store further products, and what they put into the index."""
        self.change(dict(enumerate(documents, self.last_id + 1)))

    def change(self, documents: Mapping[int, Mapping[str, Any]], *, index: bool = True) -> None:
        """Store documents by product id. index: whether the index learns of it."""
        if not index:
            self._end_waiting()
        changes = []
        at = moment_of(self.sequence + 1)
        for number, values in documents.items():
            document = self.document(number, values)
            path = document.pop("path", document["sku"])
            version = self.sequence + 1
            product = Product(number, document["sku"], document, path=path, version=version)
            before = self.products.get(number)
            made = before.created_at if before else moment_of(number)
            product = product._replace(created_at=made, updated_at=at)
            changes.append(ProductChange(before, product))
        with self.writing() as work:
            work.last_product_id = max([self.last_id, *documents])
            if index:
                maintain_lookups(work, changes)
            write_products(work, changes)
            if index:
                digests = write_changes(work, product_entity_changes(changes))
                write_transaction(work, Actor("tests"), at, "", digests)
            self.indexed_id = work.indexed_id if index else work.last_product_id
        self.products.update((one.after.id, one.after) for one in changes)

    def _end_waiting(self) -> None:
        """Let no time of a change wait: the index has those of new products from the beginning."""
        with self.database.writing() as connection:
            mine = update(tenant).where(tenant.c.id == self.tenant_id)
            connection.execute(mine.values(updates_indexed=self.sequence))
            connection.commit()

    def _snapshot(self, connection: Any) -> Snapshot:
        ids = (self.last_id, self.indexed_id)
        return Snapshot(connection, self.tenant_id, self.sequence, *ids, self.definition)
