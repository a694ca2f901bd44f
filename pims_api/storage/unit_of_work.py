"""The unit of work: one write transaction with all derived rows and its history.

Leaving the block of `unit_of_work` commits, any exception rolls everything back. Nothing is
committed when nothing changed, so a no-op leaves no trace.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import NestedTransaction

from pims_api.clock import now_us
from pims_api.deadline import check_deadline
from pims_api.domain.product import Product, ProductChange
from pims_api.errors import PimsError
from pims_api.storage.api_keys import KEY_ENTITY
from pims_api.storage.database import Database
from pims_api.storage.definitions.kinds import Defined
from pims_api.storage.derived.unique_values import UniqueReservations
from pims_api.storage.engine.statement import Asked, prefetch, wait_for_writes
from pims_api.storage.history.chain import FIRST_LINK, LAST_LINK, Link
from pims_api.storage.history.changes import (
    PRODUCT_ENTITY,
    Actor,
    EntityChange,
    product_entity_changes,
    write_changes,
    write_transaction,
)
from pims_api.storage.identity.kept_replies import KeptReply, Named, find_replies, store_replies
from pims_api.storage.identity.users import USER_ENTITY
from pims_api.storage.pending.definitions import PendingDefinitions
from pims_api.storage.pending.products import PendingProducts
from pims_api.storage.pending.tenant_row import (
    GIVE_BACK,
    LOCK_TENANT,
    LOCK_TENANT_PAUSED,
    last_link,
    update_tenant,
)
from pims_api.storage.products.store import longest_path_below, products_by_id
from pims_api.storage.snapshot import Snapshot

PRODUCTS_AT_ONCE = 1_000  # read in one statement


class UnitOfWork(Snapshot):
    """A write transaction of one tenant, with its pending products and definitions.

    dry_run: everything is written and checked, then rolled back. undone: so it is, though the
    request is answered, for one of its parts was refused. replies_kept_us: for how long replies are
    kept. products_max: how many products the tenant may have, without deleted ones; 0: any number.
    before: the transaction before it; the time of this one is never earlier, whatever the clock or
    whoever dates it says.
    """

    products_max: int = 0
    replies_kept_us: int = 0
    undone: bool = False

    def __init__(self, snapshot: Snapshot, actor: Actor, before: Link = FIRST_LINK) -> None:
        super().__init__(
            snapshot.connection,
            snapshot.tenant_id,
            snapshot.sequence,
            snapshot.last_product_id,
            snapshot.indexed_id,
            snapshot.definition,
            snapshot.keys_changed,
            caches=snapshot.caches,
        )
        self.actor = actor
        self.dry_run = False
        self._before = before
        self.date(now_us())
        self._first_ids = (snapshot.last_product_id, snapshot.indexed_id)
        self._products = PendingProducts()
        self._definitions = PendingDefinitions(snapshot.definition)
        self._entity_changes: list[EntityChange] = []
        self._digests: list[str] = []  # of the changes in history so far
        self._edits = False  # whether any of them is that of a product that was there before
        self._changed: bool | None = None
        self._replies: list[KeptReply] = []

    @property
    def is_writing(self) -> bool:
        return True

    @property
    def at(self) -> int:
        """The time of the transaction, in microseconds since 1970."""
        return self._at

    def date(self, at: int) -> None:
        """Give the transaction a time, or that of the one before it where that is later."""
        self._at = max(at, self._before.at)

    def find_product(self, sku: str) -> Product | None:
        """Return the product as this transaction has left it so far, if there is one."""
        return self._products.find(self, sku)

    def find_products(self, skus: Iterable[str]) -> dict[str, Product]:
        """Return the products that exist as this transaction has left them so far, in one query."""
        return self._products.find_all(self, skus)

    def know_products(self, found: Iterable[Product]) -> list[Product]:
        """Return products that were read already as this transaction has left them so far."""
        return list(self._products.know(found))

    def each_product(self, ids: Sequence[int]) -> Iterator[Product]:
        """Yield the products of these ids as this transaction has left them so far, in parts."""
        for start in range(0, len(ids), PRODUCTS_AT_ONCE):
            found = products_by_id(self, ids[start : start + PRODUCTS_AT_ONCE])
            yield from self._products.know(found.values())

    def new_product_id(self) -> int:
        self.last_product_id += 1
        self.childless.add(self.last_product_id)
        return self.last_product_id

    def put_product(self, product: Product) -> Product:
        """Add a new state of a product that was looked up before; return it with its version.

        When it moves to another parent, the products below it move along.
        """
        check_deadline()
        change = self._products.put(product, self, self.definition)
        before, after = change.before, change.after
        if before is not None and before.path != after.path:
            self._products.move_below(before.path, after.path)
            if longest_path_below(self, before.path):  # stored descendants are moved by SQL
                self.flush()
        return after

    @property
    def reservations(self) -> UniqueReservations:
        """The unique values of products, this transaction's changes included."""
        return self._products.reservations(self.definition)

    def step(self) -> "Step":
        """Return a block whose definitions are rolled back when a PimsError leaves it.

        For many requests in one transaction, each of which is met whole or not at all. Products are
        put last in a request, so a refused one has put none.
        """
        return Step(self, self._definitions)

    @contextmanager
    def attempt(self) -> Iterator[NestedTransaction]:
        """Open a savepoint; its rollback or an error undoes the whole block, pending or written.

        For requests that are met together or not at all, beside others in the same transaction.
        """
        products, definitions = self._products.save(), self._definitions.save()
        self.definition = self._definitions.current
        own = (self.last_product_id, self.indexed_id, list(self._entity_changes))
        digests = len(self._digests)
        stays = False
        try:
            with self.connection.begin_nested() as savepoint:
                yield savepoint
                wait_for_writes(self.connection)  # so that errors still find the savepoint
                stays = savepoint.is_active
        finally:
            if not stays:
                self.childless.clear()
                self._products.restore(products)
                self._definitions.restore(definitions)
                self.definition = self._definitions.current
                self.last_product_id, self.indexed_id = own[:2]
                self._entity_changes = own[2]
                del self._digests[digests:]
                self._changed = None

    def flush(self) -> None:
        """Write pending products and derived rows, but no history, so that queries see them."""
        changes = self._products.take_unwritten()
        self.childless.difference_update(change.after.parent_id or 0 for change in changes)
        if changes:
            # Commands that change no product would wait for this import.
            from pims_api.storage.maintainers import MAINTAINERS

            for maintain in MAINTAINERS:
                maintain(self, changes)

    def forget(self) -> None:
        """Flush, and drop all products from memory, without their history.

        For a dry run of a whole file, so that memory does not grow with the file.
        """
        self.flush()
        self._products = PendingProducts()

    def settle(self) -> None:
        """Flush, write history, and drop all products from memory; none may change again.

        For many products in one transaction, so that memory does not grow with them.
        """
        self._write_history(product_entity_changes(self.product_changes()))
        self.forget()

    def define(self, thing: Defined, *, deleted: bool = False) -> None:
        """Add or replace a thing that the tenant defines, such as an attribute."""
        self._definitions.define(thing, deleted=deleted)
        self.definition = self._definitions.current

    def made(self) -> Iterator[Defined]:
        """Yield the new things that this transaction has defined."""
        return self._definitions.made()

    def named(self) -> Iterator[Defined]:
        """Yield the things that this transaction has defined anew, renamed or moved."""
        return self._definitions.named()

    @property
    def redefines(self) -> bool:
        """Whether this transaction changed a definition or an API key, which processes cache."""
        return bool(self._definitions or self._entity_changes)

    def record(self, change: EntityChange) -> None:
        """Add the history of what is neither a product nor a definition, such as a key."""
        self._entity_changes.append(change)

    def product_changes(self) -> list[ProductChange]:
        """Return the products that this transaction leaves changed, before and after it."""
        return self._products.changes()

    def finish(self) -> bool:
        """Write all changes and their history, once. Return whether there were any.

        Callers who answer with the new state call it before they read that state.
        """
        if self._changed is None:
            self._changed = self._write()
        return self._changed

    @property
    def transaction(self) -> int | None:
        """The number of the transaction that is stored; None: nothing is, or a dry run is over."""
        return self.sequence if self.stores() else None

    def stores(self) -> bool:
        """Finish, and return whether what was written stays."""
        return self.finish() and not (self.dry_run or self.undone)

    def kept_replies(self, kind: Named, names: Iterable[str]) -> dict[str, KeptReply]:
        """Return what is kept for the author of these names, by name."""
        after = now_us() - self.replies_kept_us
        return find_replies(
            self.connection, self.tenant_id, self.actor.holder, kind, names, after=after
        )

    def keep(self, replies: Iterable[KeptReply]) -> None:
        """Keep replies for the author, also where the transaction changes nothing else."""
        self._replies += replies

    def close(self) -> bool:
        """Finish, and store the replies to be kept. Return whether there is anything to commit.

        A transaction without changes gives its number back.
        """
        stores = self.stores()
        if self.dry_run or not self._replies:
            return stores
        if not stores:
            GIVE_BACK.run(self.connection, {"tenant_id": self.tenant_id})
        store_replies(self.connection, self.tenant_id, self.actor.holder, self._replies, now_us())
        return True

    def _write(self) -> bool:
        history = [*product_entity_changes(self.product_changes()), *self._entity_changes]
        history += self._definitions.changes()
        if not (history or self._digests or self._products.reordered()):
            return False
        self.flush()
        self._definitions.write(self)
        self._write_history(history)
        write_transaction(self, self.actor, self.at, self._before.digest or "", self._digests)
        self._update_tenant()
        return True

    def _write_history(self, changes: Sequence[EntityChange]) -> None:
        self._edits |= any(one.entity == PRODUCT_ENTITY and one.old for one in changes)
        self._digests += write_changes(self, changes)

    def _update_tenant(self) -> None:
        # A process recognises users as long as `keys_changed` is the same, as it does keys.
        keyed = any(one.entity in (KEY_ENTITY, USER_ENTITY) for one in self._entity_changes)
        ids = (self.last_product_id, self.indexed_id)
        if self._definitions or keyed or ids != self._first_ids:
            closing = {
                "definition_version": self.sequence
                if self._definitions
                else self.definition.version,
                "last_product_id": self.last_product_id,
                "indexed_id": self.indexed_id,
                "keys_changed": self.sequence if keyed else self.keys_changed,
            }
            update_tenant(
                self.connection,
                self.tenant_id,
                self.sequence,
                closing,
                leaves_no_update=self.indexed_id == self.last_product_id and not self._edits,
            )


class Step:
    """A block of `UnitOfWork.step`; a generator as context manager takes three times as long."""

    __slots__ = ("_definitions", "_last_product_id", "_work")

    def __init__(self, work: UnitOfWork, definitions: PendingDefinitions) -> None:
        self._work = work
        self._definitions = definitions
        self._last_product_id = work.last_product_id

    def __enter__(self) -> None:
        self._definitions.begin_step()

    def __exit__(self, _kind: Any, error: BaseException | None, _where: Any) -> None:
        if isinstance(error, PimsError):
            self._work.last_product_id = self._last_product_id
            self._definitions.undo_step()
            self._work.definition = self._definitions.current


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
    """Open a unit of work, which commits at the end of the block and rolls back on exceptions.

    pause_facets: category filter values are not counted anew because of this write. group_commit:
    the write is short, and may be committed together with others. prefetched: statements that are
    executed in the same round trip as the one that locks the tenant.
    """
    with database.writing(group_commit=group_commit) as connection:
        lock_tenant = LOCK_TENANT_PAUSED if pause_facets else LOCK_TENANT
        mine = {"tenant_id": tenant_id}
        prefetch(connection, [(lock_tenant, mine), (LAST_LINK, mine), *prefetched])
        row = lock_tenant.first(connection, mine)
        before = last_link(connection, row, mine)
        definition = database.definitions.get(connection, tenant_id, row.definition_version)
        ids = (row.last_product_id, row.indexed_id)
        snapshot = Snapshot(
            connection,
            tenant_id,
            row.sequence,
            *ids,
            definition,
            row.keys_changed,
            caches=database.caches,
        )
        work = UnitOfWork(snapshot, actor, before)
        work.unindexed_max = database.settings.unindexed_max
        work.products_max = database.settings.products_max
        work.replies_kept_us = database.settings.replies_kept_us
        yield work
        if work.close():
            # What processes cache by version must be committed before anybody reads it.
            database.commit(connection, alone=work.redefines)
