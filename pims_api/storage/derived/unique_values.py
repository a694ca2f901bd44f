"""Values that one product only may have.

A collection's elements count one by one, each scope for itself, and deleted products keep what is
theirs. SKUs are not here: the product table's own index keeps them apart.

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

CLASHES_MAX = 10  # values that a refusal tells

_SLOTS = "unique values: slots"
_ANY = "unique values: any"
_columns = unique_value.c
_KEY = (_columns.attribute_id, _columns.scope, _columns.term)
_FORGET = delete(unique_value).where(
    _columns.tenant_id == bindparam("of_tenant"),
    _columns.attribute_id == bindparam("of_attribute"),
)

Wanted = tuple[Attribute, str, Any]
"""An attribute, a scope and one element that a product is to have there."""


@dataclass(frozen=True, slots=True)
class UniqueClash:
    """One value in its stored form that several products have, with the SKUs of some of them."""

    value: Any
    scope: str
    skus: tuple[str, ...]


def maintain_unique(work: Snapshot, changes: Sequence[ProductChange]) -> None:
    """Enter what these products have now, and let go of what they no longer have.

    Raises sqlalchemy.exc.IntegrityError when another product has such a value, by the commit at
    the latest.
    """
    _ROWS.maintain(work, changes)


class UniqueReservations:
    """Who has which unique values in a transaction: what is stored, and what it has changed since.

    Asks the database for a value once; only a writer, who has the tenant for itself, may keep it.
    """

    def __init__(self) -> None:
        self._holders: dict[Key, int | None] = {}

    def note(self, change: ProductChange, definition: Definition) -> None:
        """Take in what a change gives up and what it takes."""
        before = _keys(change.old, definition)
        after = _keys(change.new, definition)
        self._holders |= dict.fromkeys(before - after)
        self._holders |= dict.fromkeys(after - before, change.after.id)

    def learn(self, snapshot: Snapshot, wanted: Sequence[Wanted]) -> None:
        """Ask for these values together, so that no later question asks for each."""
        keys = (_key_of(one) for one in wanted if not _is_sku(one[0]))
        unknown = [key for key in dict.fromkeys(keys) if key not in self._holders]
        if unknown:
            self._holders |= dict.fromkeys(unknown)
            self._holders |= dict(_holders(snapshot, [list(key) for key in unknown]))

    def clashes(
        self, snapshot: Snapshot, wanted: Sequence[Wanted], product_id: int
    ) -> list[Wanted]:
        """Return those of the wanted values that another product has.

        product_id: the product that is to have them; 0 of one that is not there yet.
        """
        self.learn(snapshot, wanted)
        asked = [one for one in wanted if not _is_sku(one[0])]
        return [one for one in asked if self._holders[_key_of(one)] not in (None, product_id)]


def rebuild_unique(work: Snapshot, attribute: Attribute) -> list[UniqueClash]:
    """Enter the attribute's values of all products anew; none when it is not unique (any more).

    Returns the first values that several products have. Then nothing is entered and what was
    there stays.
    """
    with work.connection.begin_nested() as attempt:
        mine = {"of_tenant": work.tenant_id, "of_attribute": attribute.id}
        work.connection.execute(_FORGET, mine)
        found = _enter_all(work, attribute) if _is_cached(attribute) else []
        if found:
            attempt.rollback()
    return found


def compare_unique(snapshot: Snapshot) -> Iterator[str]:
    """Yield a sentence for each difference between the kept values and the documents."""
    names = {number: one.name for number, one in snapshot.definition.attributes.items()}
    for product_id, key in _ROWS.missing(snapshot):
        yield f"Unique {names[key[0]]}: a value of product id {product_id} is not kept."
    for product_id, key in _ROWS.surplus(snapshot):
        attribute = snapshot.definition.attributes.get(key[0])
        if attribute is not None and _is_cached(attribute):  # else nothing asks for these rows
            yield f"Unique {attribute.name}: product id {product_id} keeps a value it has not."


def _key_of(wanted: Wanted) -> Key:
    attribute, scope, element = wanted
    return attribute.id, scope, unique_term(attribute, element)


def _is_sku(attribute: Attribute) -> bool:
    return attribute.system and attribute.name == SKU


def _is_cached(attribute: Attribute) -> bool:
    return attribute.unique and not attribute.deleted and not _is_sku(attribute)


def _has_unique(definition: Definition) -> bool:
    """Return whether any attribute has values to keep apart; found once."""
    known: bool | None = definition.derived.get(_ANY)
    if known is None:
        known = definition.derived[_ANY] = any(map(_is_cached, definition.attributes.values()))
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
            kept = attribute is not None and _is_cached(attribute)
            slots[slot] = (attribute, scope) if attribute is not None and kept else None
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
    return _told(work, dict(list(shared.items())[:CLASHES_MAX]))


def _enter(work: Snapshot, entries: dict[int, dict[Key, Any]]) -> dict[Key, int]:
    """Store a block's values, whoever comes first, and return who holds each."""
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


def _told(work: Snapshot, shared: dict[Key, tuple[Any, set[int]]]) -> list[UniqueClash]:
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
