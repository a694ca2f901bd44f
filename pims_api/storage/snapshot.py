"""A snapshot: one transaction on one state of one tenant."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, select

from pims_api.domain.definition import Definition
from pims_api.domain.product import Product
from pims_api.storage.caches import Caches
from pims_api.storage.database import Database
from pims_api.storage.engine.statement import Asked, PreparedStatement, prefetch
from pims_api.storage.tables import tenant

_TENANT = PreparedStatement(
    select(
        tenant.c.sequence,
        tenant.c.definition_version,
        tenant.c.last_product_id,
        tenant.c.facet_sequence,
        tenant.c.keys_changed,
        tenant.c.indexed_id,
    ).where(tenant.c.id == bindparam("tenant_id"))
)


class Past(Protocol):
    """An earlier state of the products of a snapshot. See `history.past.state`."""

    @property
    def sequence(self) -> int:
        """The write after which the products were so."""

    @property
    def now(self) -> "Snapshot":
        """The snapshot as it is now."""

    @property
    def rows_are_of_then(self) -> bool:
        """Whether Views choose their rows by what products were, not by what they are."""

    @property
    def there(self) -> int:
        """The products that there were, as bits."""

    @property
    def changed(self) -> Any:
        """What changed since, of all products: a `history.past.taken_back.TakenBack`."""

    @property
    def paths(self) -> dict[int, str]:
        """The paths of the products that had another one."""

    def products(self, found: Iterable[Product]) -> list[Product]:
        """Return products as they were; those that were not there are left out."""

    def former_children(self, ids: Iterable[int]) -> list[int]:
        """Return the ids of products that had one of these as their parent, and have it no more."""


@dataclass(slots=True)
class Snapshot:
    """An open transaction of one tenant, with its counters and its definition.

    sequence: number of the tenant's last committed write; of a writer, its own.
    last_product_id: the highest product id. indexed_id: the highest one that is in the catalogue
    index and the full text. keys_changed: sequence of the last write that changed an API key.
    facet_sequence: sequence of the last write after which facets are counted anew; 0 in a writer,
    which counts none. childless: ids of products that are known to have no variants in the
    database. caches: those of the process. unindexed_max: how many products a writer may leave
    unindexed. past: the earlier state that all products are seen in; None: they are as they are.
    """

    connection: Connection
    tenant_id: int
    sequence: int
    last_product_id: int
    indexed_id: int
    definition: Definition
    keys_changed: int = 0
    facet_sequence: int = 0
    childless: set[int] = field(default_factory=set)
    caches: Caches = field(default_factory=Caches)
    unindexed_max: int = 0
    past: Past | None = None

    @property
    def moment(self) -> int:
        """The number of the last write that products are seen with."""
        return self.sequence if self.past is None else self.past.sequence

    @property
    def for_rows(self) -> "Snapshot":
        """The snapshot in which Views choose their rows: that of now, unless a feed looks back."""
        return self if self.past is None or self.past.rows_are_of_then else self.past.now

    @property
    def is_writing(self) -> bool:
        """Whether the transaction writes, so that nothing read in it may be cached."""
        return False


def take_snapshot(
    database: Database, connection: Connection, tenant_id: int, prefetched: Sequence[Asked] = ()
) -> Snapshot:
    """Return the snapshot of a tenant in an open transaction.

    prefetched: statements to execute in the same round trip, see `statement.prefetch`.
    """
    if prefetched:
        prefetch(connection, [(_TENANT, {"tenant_id": tenant_id}), *prefetched])
    row = _TENANT.first(connection, {"tenant_id": tenant_id})
    definition = database.definitions.get(connection, tenant_id, row.definition_version)
    return Snapshot(
        connection,
        tenant_id,
        row.sequence,
        row.last_product_id,
        row.indexed_id,
        definition,
        row.keys_changed,
        row.facet_sequence,
        caches=database.caches,
    )


@contextmanager
def snapshot(database: Database, tenant_id: int, *, deadline: bool = True) -> Iterator[Snapshot]:
    """Open a read transaction for a tenant. deadline: False for a read of a whole catalogue."""
    with database.reading(deadline=deadline) as connection:
        yield take_snapshot(database, connection, tenant_id)
