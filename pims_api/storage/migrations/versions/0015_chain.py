"""Transactions keep a digest of what they stored, and tell the job of which they were a step.

A column that nothing ever wrote goes, so that the digest covers all that a transaction keeps.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from pims_api.storage.engine.bulk_write import Updates
from pims_api.storage.engine.statement import wait_for_writes
from pims_api.storage.history import chain
from pims_api.storage.history.chain import LINK_COLUMNS, linked
from pims_api.storage.tables import transaction

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_tenants = sa.table("tenant", sa.column("id"))
_transactions = sa.table("transaction", sa.column("tenant_id"), *map(sa.column, LINK_COLUMNS),
                         sa.column("digest"))  # fmt: skip
_changes = sa.table(
    "change", *map(sa.column, ("tenant_id", "sequence", "entity", "entity_id", "old", "new"))
)
_DIGESTS = Updates(transaction, [transaction.c.digest])


def upgrade() -> None:
    """Add the columns, and the digests of the transactions that there are."""
    op.drop_column("transaction", "idempotency_key")
    op.add_column("transaction", sa.Column("job_id", sa.Integer))
    op.add_column("transaction", sa.Column("digest", sa.Text))
    op.create_index(
        "ix_transaction_job",
        "transaction",
        ["tenant_id", "job_id", "sequence"],
        sqlite_where=sa.text("job_id IS NOT NULL"),
        postgresql_where=sa.text("job_id IS NOT NULL"),
    )
    tell: Callable[[int, int], None] = context.config.attributes.get("tell", lambda *_: None)
    total = op.get_bind().scalar(sa.select(sa.func.count()).select_from(_transactions)) or 0
    done = 0
    for (tenant_id,) in op.get_bind().execute(sa.select(_tenants.c.id)).all():
        for part in _parts(tenant_id):
            _DIGESTS.run(op.get_bind(), part)
            wait_for_writes(op.get_bind())  # before more changes are read
            done += len(part["digest"])
            tell(done, total)


def _parts(tenant_id: int) -> Iterator[dict[str, list[Any]]]:
    """Yield the digests of the transactions of a tenant, some thousand at a time."""
    found = linked(_rows(tenant_id), _changes_of(tenant_id))
    there = (one for one in found if one.row is not None)
    while part := list(islice(there, chain.ROWS_READ)):
        yield {
            "of_tenant_id": [tenant_id] * len(part),
            "of_sequence": [one.sequence for one in part],
            "digest": [one.digest for one in part],
        }


def _rows(tenant_id: int) -> Iterator[Any]:
    """Yield the transactions of a tenant by sequence; none is read while others are changed."""
    last = 0
    mine = _transactions.c.tenant_id == tenant_id
    while True:
        wanted = mine & (_transactions.c.sequence > last)
        page = _transactions.select().where(wanted).order_by(_transactions.c.sequence)
        rows = op.get_bind().execute(page.limit(chain.ROWS_READ)).all()
        yield from rows
        if len(rows) < chain.ROWS_READ:
            return
        last = rows[-1].sequence


def _changes_of(tenant_id: int) -> Iterator[Any]:
    columns = (_changes.c[name] for name in ("sequence", "entity", "entity_id", "old", "new"))
    found = sa.select(*columns).where(_changes.c.tenant_id == tenant_id)
    found = found.order_by(_changes.c.sequence).execution_options(yield_per=chain.ROWS_READ)
    with op.get_bind().execute(found) as rows:
        yield from rows
