"""What the steps of a run share: the channel, the other side of it, and what was done so far."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from pims_api.connectors.base import Outside
from pims_api.domain.outlets.outlet import Outlet
from pims_api.domain.outlets.sync_mapping import SyncMapping
from pims_api.jobs.channels.ledger import Ledger
from pims_api.jobs.channels.reach import Reach
from pims_api.services.channels.channel import ChannelPlan, owner_sight
from pims_api.services.channels.records import RecordReader
from pims_api.storage.database import Database
from pims_api.storage.snapshot import snapshot
from pims_api.storage.unit_of_work import UnitOfWork, unit_of_work

T = TypeVar("T")


def in_parts(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield things, at most so many at a time."""
    for start in range(0, len(things), size):
        yield things[start : start + size]


@dataclass
class Context:
    """One run of a channel.

    both: whether it goes both ways. is_prepared: whether products can be tied there already.
    has_written: whether the last record that was written changed. reach: whether the other side
    answers.
    """

    outlet: Outlet
    plan: ChannelPlan
    outside: Outside
    ledger: Ledger
    both: bool = False
    is_prepared: bool = False
    has_written: bool = False
    reach: Reach = field(default_factory=Reach)

    @property
    def database(self) -> Database:
        """The database."""
        return self.ledger.job.database

    @contextmanager
    def reading(self) -> Iterator[RecordReader]:
        """Open a read transaction on the records; nothing is sent while it is open."""
        with snapshot(self.database, self.outlet.tenant_id, deadline=False) as seen:
            yield RecordReader(seen, owner_sight(seen, self.outlet), self.plan)

    @contextmanager
    def writing(self) -> Iterator[tuple[UnitOfWork, RecordReader]]:
        """Open a write transaction, as whoever asked for the run."""
        actor = self.ledger.job.actor
        with unit_of_work(self.database, self.outlet.tenant_id, actor) as work:
            work.dry_run = self.ledger.dry
            yield work, RecordReader(work, owner_sight(work, self.outlet), self.plan)

    def new_mapping(self, record_id: int, external_id: str) -> SyncMapping:
        """Return the mapping of a record that has none."""
        return SyncMapping(self.outlet.tenant_id, self.outlet.id, record_id, external_id)

    def prepare(self) -> None:
        """Make what has to be there before the first product of the run is tied to its record."""
        if not self.is_prepared:
            self.outside.prepare()
            self.is_prepared = True
