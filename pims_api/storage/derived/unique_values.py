"""Unique values: which product has each value of a unique attribute.

Each element of a collection is unique, each scope is separate, and deleted products keep their
values. SKUs are not here: the product table's own index keeps them apart.

Source: docs/core.md, Unique values.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, select

from pims_api.domain.attributes.attribute import SKU, Attribute
from pims_api.domain.definition import Definition
from pims_api.domain.product import ProductChange, Values
from pims_api.domain.values.scope import split_slot
from pims_api.domain.values.value import elements
from pims_api.storage.catalogue_index.bitmaps.terms import unique_term
from pims_api.storage.derived.rows import DerivedRows, Key
from pims_api.storage.engine.dialect import looked_up, upsert
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.products.documents import document_blocks
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import unique_value

CLASHES_MAX = 10  # values that a refusal names

_SLOTS = "unique values: slots"
_ANY = "unique values: any"
_columns = unique_value.c
_KEY = (_columns.attribute_id, _columns.scope, _columns.term)
_FORGET = delete(unique_value).where(
    _columns.tenant_id == bindparam("of_tenant"),
    _columns.attribute_id == bindparam("of_attribute"),
)

Wanted = tuple[Attribute, str, Any]
"""An attribute, a scope and one element that a product wants to have there."""


@dataclass(frozen=True, slots=True)
class UniqueClash:
    """A value in its stored form that several products have, with the SKUs of some of them."""

    value: Any
    scope: str
    skus: tuple[str, ...]


def maintain_unique(work: Snapshot, changes: Sequence[ProductChange]) -> None:
    """Update the unique values of the changed products.

    Raises sqlalchemy.exc.IntegrityError when another product has such a value, by the commit at
    the latest.
    """
    _ROWS.maintain(work, changes)


class UniqueReservations:
    """The holders of unique values in a write transaction, its own changes included.

    Each value is queried once; that holds good because the writer has locked the tenant.
    """

    def __init__(self) -> None:
        self._holders: dict[Key, int | None] = {}

    def note(self, change: ProductChange, definition: Definition) -> None:
        """Add the values that a change gives up and those that it takes."""
        before = _keys(change.old, definition)
        after = _keys(change.new, definition)
        self._holders |= dict.fromkeys(before - after)
        self._holders |= dict.fromkeys(after - before, change.after.id)

    def learn(self, snapshot: Snapshot, wanted: Sequence[Wanted]) -> None:
        """Load the holders of these values in one query."""
        keys = (_key_of(one) for one in wanted if not _is_sku(one[0]))
        unknown = [key for key in dict.fromkeys(keys) if key not in self._holders]
        if unknown:
            self._holders |= dict.fromkeys(unknown)
            self._holders |= dict(_holders(snapshot, [list(key) for key in unknown]))

    def clashes(
        self, snapshot: Snapshot, wanted: Sequence[Wanted], product_id: int
    ) -> list[Wanted]:
        """Return those of the wanted values that another product has.

        product_id: the product that wants them; 0 for one that is not created yet.
        """
        self.learn(snapshot, wanted)
        asked = [one for one in wanted if not _is_sku(one[0])]
        return [one for one in asked if self._holders[_key_of(one)] not in (None, product_id)]


def rebuild_unique(work: Snapshot, attribute: Attribute) -> list[UniqueClash]:
    """Replace all rows of an attribute; by none when it is not unique (any more).

    Returns the first values that several products have; then all rows stay as they were.
    """
    with work.connection.begin_nested() as attempt:
        mine = {"of_tenant": work.tenant_id, "of_attribute": attribute.id}
        work.connection.execute(_FORGET, mine)
        found = _enter_all(work, attribute) if _is_kept(attribute) else []
        if found:
            attempt.rollback()
    return found


def compare_unique(snapshot: Snapshot) -> Iterator[str]:
    """Yield a sentence for each difference between the stored values and the documents."""
    names = {number: one.name for number, one in snapshot.definition.attributes.items()}
    for product_id, key in _ROWS.missing(snapshot):
        yield f"Unique {names[key[0]]}: a value of product id {product_id} is not kept."
    for product_id, key in _ROWS.surplus(snapshot):
        attribute = snapshot.definition.attributes.get(key[0])
        if attribute is not None and _is_kept(attribute):  # else the rows are not used
            yield f"Unique {attribute.name}: product id {product_id} keeps a value it has not."


def _key_of(wanted: Wanted) -> Key:
    attribute, scope, element = wanted
    return attribute.id, scope, unique_term(attribute, element)


def _is_sku(attribute: Attribute) -> bool:
    return attribute.system and attribute.name == SKU


def _is_kept(attribute: Attribute) -> bool:
    return attribute.unique and not attribute.deleted and not _is_sku(attribute)


def _has_unique(definition: Definition) -> bool:
    """Return whether any attribute has values to keep apart; found once."""
    known: bool | None = definition.derived.get(_ANY)
    if known is None:
        known = definition.derived[_ANY] = any(map(_is_kept, definition.attributes.values()))
    return known


def _keys(values: Values, definition: Definition) -> set[Key]:
    keys: set[Key] = set()
    if not _has_unique(definition):
        return keys
    slots: dict[str, tuple[Attribute, str] | None] = definition.derived.setdefault(_SLOTS, {})
    for slot, value in values.items():
        if slot not in slots:
            key, scope = split_slot(slot)
            attribute = definition.by_key.get(key)
            is_kept = attribute is not None and _is_kept(attribute)
            slots[slot] = (attribute, scope) if attribute is not None and is_kept else None
        place = slots[slot]
        if place is not None:
            keys.update(key for key, _ in _entries(*place, value))
    return keys


_ROWS = DerivedRows(unique_value, _KEY, _keys)


def _entries(attribute: Attribute, scope: str, value: Any) -> Iterator[tuple[Key, Any]]:
    for element in elements(attribute, value):
        yield (attribute.id, scope, unique_term(attribute, element)), element


def _entries_of(attribute: Attribute, values: Values) -> dict[Key, Any]:
    """Return the elements that one document has of the attribute, in all scopes, by key."""
    entries: dict[Key, Any] = {}
    for slot, value in values.items():
        key, scope = split_slot(slot)
        if key == attribute.key:
            entries.update(_entries(attribute, scope, value))
    return entries


def _enter_all(work: Snapshot, attribute: Attribute) -> list[UniqueClash]:
    shared: dict[Key, tuple[Any, set[int]]] = {}
    for block in document_blocks(work):
        entries = {one: _entries_of(attribute, doc) for one, doc in block.documents.items()}
        holders = _enter(work, entries)
        for product_id, found in entries.items():
            for key, element in found.items():
                if holders[key] != product_id:
                    shared.setdefault(key, (element, {holders[key]}))[1].add(product_id)
        if len(shared) >= CLASHES_MAX:
            break
    return _clashes_of(work, dict(list(shared.items())[:CLASHES_MAX]))


def _enter(work: Snapshot, entries: dict[int, dict[Key, Any]]) -> dict[Key, int]:
    """Store the values of some documents, first come first served; return the holder of each."""
    rows = [
        {"tenant_id": work.tenant_id, "attribute_id": key[0], "scope": key[1], "term": key[2]}
        | {"product_id": product_id}
        for product_id, found in entries.items()
        for key in found
    ]
    if not rows:
        return {}
    work.connection.execute(upsert(work.connection, unique_value), rows)
    keys = [list(key) for found in entries.values() for key in found]
    return dict(_holders(work, keys))


def _clashes_of(work: Snapshot, shared: dict[Key, tuple[Any, set[int]]]) -> list[UniqueClash]:
    wanted = {number for _, numbers in shared.values() for number in numbers}
    products = products_by_id(work, wanted)
    return [
        UniqueClash(element, key[1], tuple(sorted(products[one].sku for one in numbers)))
        for key, (element, numbers) in shared.items()
    ]


def _holders(snapshot: Snapshot, keys: list[list[Any]]) -> Iterator[tuple[Key, int]]:
    parameters = {"tenant_id": snapshot.tenant_id, "keys": keys}
    for row in _WHO_HOLDS.all(snapshot.connection, parameters):
        yield tuple(row[:3]), row[3]


def _who_holds(connection: Connection) -> Select[Any]:
    mine = select(*_KEY, _columns.product_id).where(_columns.tenant_id == bindparam("tenant_id"))
    return looked_up(connection.dialect.name, mine, _KEY, "keys")


_WHO_HOLDS = PreparedStatement(_who_holds)
