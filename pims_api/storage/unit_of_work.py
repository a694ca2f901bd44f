"""One transaction and everything it owes: products, index, uniqueness, full text, links, history.

The entry point opens it; leaving the block commits, any exception undoes everything. Nothing is
committed when nothing changed, so a no-op leaves no trace.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any, NamedTuple

from sqlalchemy import NestedTransaction, bindparam, update

from pims_api.clock import now_us
from pims_api.domain.definition import Definition
from pims_api.domain.product import PATH_SEPARATOR, Product, ProductChange
from pims_api.errors import PimsError
from pims_api.storage.api_keys import KEY_ENTITY
from pims_api.storage.database import Database
from pims_api.storage.definitions.kinds import KIND_OF, Defined, Kind, find_defined
from pims_api.storage.derived.unique_values import UniqueReservations
from pims_api.storage.engine.dialect import upsert
from pims_api.storage.engine.statement import Asked, PreparedStatement, prefetch, wait_for_writes
from pims_api.storage.history.changes import (
    Actor,
    EntityChange,
    product_entity_changes,
    write_changes,
    write_transaction,
)
from pims_api.storage.history.definition_changes import definition_changes, present_history_values
from pims_api.storage.maintainers import MAINTAINERS
from pims_api.storage.products.store import find_product, longest_path_below, products_by_sku
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import definition as definition_table
from pims_api.storage.tables import tenant

_OF_TENANT = update(tenant).where(tenant.c.id == bindparam("tenant_id"))
_TENANT_STATE = (
    tenant.c.sequence,
    tenant.c.definition_version,
    tenant.c.last_product_id,
    tenant.c.indexed_id,
    tenant.c.keys_changed,
)
_NEXT = tenant.c.sequence + 1
_LOCK_TENANT = PreparedStatement(
    _OF_TENANT.values(sequence=_NEXT, facet_sequence=_NEXT).returning(*_TENANT_STATE)
)
_LOCK_TENANT_PAUSED = PreparedStatement(_OF_TENANT.values(sequence=_NEXT).returning(*_TENANT_STATE))
_UPDATE_TENANT = PreparedStatement(
    update(tenant)
    .where(tenant.c.id == bindparam("of_tenant"))
    .values(
        definition_version=bindparam("definition_version"),
        last_product_id=bindparam("last_product_id"),
        indexed_id=bindparam("indexed_id"),
        keys_changed=bindparam("keys_changed"),
    )
)


Place = tuple[str, str]
"""The kind and the id of something defined."""


class _Redefined(NamedTuple):
    """Something that a step defined. before, entry: what the definition and `_defined` had."""

    place: Place
    thing: Any
    before: Any
    entry: tuple[Any, Any] | None

    @property
    def kind(self) -> Kind:
        return KIND_OF[type(self.thing)]

    def undo(self, definition: Definition) -> None:
        if self.before is not None:
            self.kind.put(definition, self.before)
        elif self.kind.drop is not None:
            self.kind.drop(definition, self.thing)


class UnitOfWork(Snapshot):
    """A write transaction of one tenant. Holds the first sight and the last state of each product.

    dry_run: everything happens, nothing stays.
    """

    def __init__(self, seen: Snapshot, actor: Actor) -> None:
        super().__init__(
            seen.connection,
            seen.tenant_id,
            seen.sequence,
            seen.last_product_id,
            seen.indexed_id,
            seen.definition,
            seen.keys_changed,
            caches=seen.caches,
        )
        self.actor = actor
        self.at = now_us()
        self.dry_run = False
        self._shared_definition = seen.definition
        self._first_ids = (seen.last_product_id, seen.indexed_id)
        self._first: dict[str, Product | None] = {}
        self._last: dict[str, Product | None] = {}
        self._unwritten: dict[str, Product | None] = {}  # by SKU, what the database holds instead
        self._reservations: UniqueReservations | None = None
        self._defined: dict[Place, tuple[Any, Any]] = {}
        self._redefined: list[_Redefined] = []
        self._entity_changes: list[EntityChange] = []
        self._has_history = False
        self._changed: bool | None = None

    @property
    def is_writing(self) -> bool:
        return True

    def find_product(self, sku: str) -> Product | None:
        """Return the product as this transaction has left it so far, if there is one."""
        if sku not in self._last:
            self._last[sku] = self._first[sku] = find_product(self, sku)
        return self._last[sku]

    def find_products(self, skus: Iterable[str]) -> dict[str, Product]:
        """Return those that exist as this transaction has left them so far, in one query."""
        asked = dict.fromkeys(skus)
        unknown = [sku for sku in asked if sku not in self._last]
        found = products_by_sku(self, unknown) if unknown else {}
        for sku in unknown:
            self._last[sku] = self._first[sku] = found.get(sku)
        known = ((sku, self._last[sku]) for sku in asked)
        return {sku: one for sku, one in known if one is not None}

    def know_products(self, found: Iterable[Product]) -> list[Product]:
        """Return products that were read together as this transaction has left them so far."""
        known = []
        for one in found:
            self._first.setdefault(one.sku, one)
            known.append(self._last.setdefault(one.sku, one) or one)
        return known

    def new_product_id(self) -> int:
        self.last_product_id += 1
        self.childless.add(self.last_product_id)
        return self.last_product_id

    def put_product(self, product: Product) -> Product:
        """Remember a new state of a product that was looked for before; return it with its version.

        When it moves to another parent, the products below it move along.
        """
        before = self._last[product.sku]
        after = self._stamped(product)
        self._unwritten.setdefault(product.sku, before)
        self._last[product.sku] = after
        if self._reservations is not None:
            self._reservations.note(ProductChange(before, after), self.definition)
        if before is not None and before.path != after.path:
            self._move_below(before.path, after.path)
        return after

    @property
    def reservations(self) -> UniqueReservations:
        """Who has which unique values, this transaction's changes included."""
        if self._reservations is None:
            self._reservations = UniqueReservations()
            for sku, stored in self._unwritten.items():
                after = self._last[sku]
                if after is not None:
                    self._reservations.note(ProductChange(stored, after), self.definition)
        return self._reservations

    @contextmanager
    def step(self) -> Iterator[None]:
        """Undo what the block defined when it is refused; products are put last, so none is left.

        For many wishes in one transaction, each of which is met whole or not at all.
        """
        self._redefined, last_product_id = [], self.last_product_id
        try:
            yield
        except PimsError:
            self.last_product_id = last_product_id
            if self._redefined:
                self._undefine()
            raise

    @contextmanager
    def attempt(self) -> Iterator[NestedTransaction]:
        """Undo whatever the block did, written or not, when it rolls back or is left by an error.

        For wishes that are met together or not at all, beside others in the same transaction.
        """
        own = {name: copy(one) if isinstance(one, dict | list) else one
               for name, one in vars(self).items()}  # fmt: skip
        seen = (self.definition, self.last_product_id, self.indexed_id)
        if self.definition is not self._shared_definition:
            self.definition = self.definition.copy()  # the kept one is changed no further
        stays = False
        try:
            with self.connection.begin_nested() as savepoint:
                yield savepoint
                wait_for_writes(self.connection)  # past the block nothing undoes it alone
                stays = savepoint.is_active
        finally:
            if not stays:
                self.childless.clear()
                vars(self).update(own, _reservations=None)
                self.definition, self.last_product_id, self.indexed_id = seen

    def flush(self) -> None:
        """Write what products owe so far, history excepted, so that queries tell it."""
        changes = [
            ProductChange(stored, after)
            for sku, stored in self._unwritten.items()
            if (after := self._last[sku]) is not None and after != stored
        ]
        self._unwritten = {}
        self.childless.difference_update(change.after.parent_id or 0 for change in changes)
        if changes:
            for maintain in MAINTAINERS:
                maintain(self, changes)

    def forget(self) -> None:
        """Write what is left and let go of every product. Only where no history will be asked for.

        A trial of a whole file uses it, so that memory does not grow with the file.
        """
        self.flush()
        self._first, self._last, self._reservations = {}, {}, None

    def settle(self) -> None:
        """Write what is left, history too, and let go of every product; none may change again.

        Many products that have to be stored together use it, so that memory does not grow.
        """
        self._write_history(product_entity_changes(self.product_changes()))
        self.forget()

    def define(self, thing: Defined, *, deleted: bool = False) -> None:
        """Add or replace something that the tenant has defined."""
        kind = KIND_OF[type(thing)]
        if self.definition is self._shared_definition:
            self.definition = self.definition.copy()
        place = (kind.name, kind.id_of(thing))
        before, entry = find_defined(self.definition, thing), self._defined.get(place)
        self._redefined.append(_Redefined(place, thing, before, entry))
        self._defined[place] = (
            entry[0] if entry else present_history_values(before),
            (thing, deleted),
        )
        kind.put(self.definition, thing)

    def made(self) -> Iterator[Defined]:
        """Yield what this transaction has defined that was not there before."""
        return (thing for first, (thing, _) in self._defined.values() if first is None)

    @property
    def redefines(self) -> bool:
        """Whether this transaction changed something that processes remember: defined, or a key."""
        return bool(self._defined or self._entity_changes)

    def record(self, change: EntityChange) -> None:
        """Enter a change of something that is neither a product nor defined, such as a key."""
        self._entity_changes.append(change)

    def product_changes(self) -> list[ProductChange]:
        """Return the products that this transaction leaves changed."""
        changes = []
        for sku, after in self._last.items():
            before = self._first[sku]
            if after is None or after is before:
                continue
            if before is None or before.values != after.values:
                changes.append(ProductChange(before, after))
        return changes

    def finish(self) -> bool:
        """Write everything that follows from the changes, once. Return whether there were any.

        Callers who answer with the new state call it before they read that state.
        """
        if self._changed is None:
            self._changed = self._write()
        return self._changed

    def _write(self) -> bool:
        products = self.product_changes()
        history = [*product_entity_changes(products), *self._entity_changes]
        history += definition_changes((b, *last) for b, last in self._defined.values())
        if not (history or self._has_history):
            return False
        self.flush()
        self._write_definitions()
        self._write_history(history)
        self._update_tenant()
        return True

    def _write_history(self, rows: Sequence[EntityChange]) -> None:
        if rows and not self._has_history:
            write_transaction(self, self.actor, self.at)
            self._has_history = True
        write_changes(self, rows)

    def _stamped(self, product: Product) -> Product:
        first = self._first[product.sku]
        if first is not None and first.values == product.values:  # back where it was
            version, at, by = first.version, first.updated_at, first.updated_by
        else:
            version, at, by = (first.version if first else 0) + 1, self.at, self.actor.name
        made = (at, by) if first is None else (product.created_at, product.created_by)
        place = (product.parent_id, product.path)
        return Product(product.id, product.sku, product.values, *place, version, *made, at, by)

    def _move_below(self, old: str, new: str) -> None:
        """Have everything below a path that changed where it now belongs, stored or not."""
        below = old + PATH_SEPARATOR
        for sku, one in self._last.items():
            if one is not None and one.path.startswith(below):
                self._last[sku] = one._replace(path=new + one.path[len(old) :])
        if longest_path_below(self, old):
            self.flush()

    def _undefine(self) -> None:
        is_simple = all(one.before is not None or one.kind.drop for one in self._redefined)
        for one in reversed(self._redefined):
            if one.entry is None:
                del self._defined[one.place]
            else:
                self._defined[one.place] = one.entry
            if is_simple:
                one.undo(self.definition)
        if not self._defined:
            self.definition = self._shared_definition
        elif not is_simple:
            self.definition = self._shared_definition.copy()
            for thing, _ in (last for _, last in self._defined.values()):
                KIND_OF[type(thing)].put(self.definition, thing)

    def _write_definitions(self) -> None:
        rows = []
        for (kind_name, row_id), (_, (thing, deleted)) in self._defined.items():
            rows.append(
                {
                    "tenant_id": self.tenant_id,
                    "kind": kind_name,
                    "id": row_id,
                    "body": KIND_OF[type(thing)].write(thing),
                    "deleted": deleted,
                    "changed": self.sequence,
                }
            )
        if rows:
            statement = upsert(self.connection, definition_table, "body", "deleted", "changed")
            self.connection.execute(statement, rows)

    def _update_tenant(self) -> None:
        keyed = any(one.entity == KEY_ENTITY for one in self._entity_changes)
        ids = (self.last_product_id, self.indexed_id)
        if self._defined or keyed or ids != self._first_ids:
            closing = {
                "definition_version": self.sequence if self._defined else self.definition.version,
                "last_product_id": self.last_product_id,
                "indexed_id": self.indexed_id,
                "keys_changed": self.sequence if keyed else self.keys_changed,
            }
            _UPDATE_TENANT.run(self.connection, {"of_tenant": self.tenant_id, **closing})


@contextmanager
def unit_of_work(
    database: Database,
    tenant_id: int,
    actor: Actor,
    *,
    pause_facets: bool = False,
    group_commit: bool = False,
    prefetched: Sequence[Asked] = (),
) -> Iterator[UnitOfWork]:
    """Open a transaction. Leaving the block commits; any exception undoes everything.

    pause_facets: category filter values are not counted anew because of this write. brief: it
    writes few rows, and may be committed together with others. foreseen: what it will ask first,
    which is asked as soon as its turn has come.
    """
    with database.writing(group_commit=group_commit) as connection:
        lock_tenant = _LOCK_TENANT_PAUSED if pause_facets else _LOCK_TENANT
        mine = {"tenant_id": tenant_id}
        if prefetched:
            prefetch(connection, [(lock_tenant, mine), *prefetched])
        row = lock_tenant.first(connection, mine)
        definition = database.definitions.get(connection, tenant_id, row.definition_version)
        ids = (row.last_product_id, row.indexed_id)
        seen = Snapshot(
            connection,
            tenant_id,
            row.sequence,
            *ids,
            definition,
            row.keys_changed,
            caches=database.caches,
        )
        work = UnitOfWork(seen, actor)
        work.unindexed_max = database.settings.unindexed_max
        yield work
        if work.finish() and not work.dry_run:
            # What processes remember by its number must not be seen before it is there to stay.
            database.commit(connection, alone=work.redefines)
