"""What a run has done so far: counts of items, failures, and where each record's product is.

Everything is stored with proof that the job is still this worker's, and only after the other
system answered.
"""

import time
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Connection

from pims_api.clock import now_us
from pims_api.domain.outlets.outlet import Run, RunState
from pims_api.domain.outlets.sync_mapping import SyncMapping
from pims_api.errors import PimsError
from pims_api.jobs.job_run import JobRun
from pims_api.services.channels.runs import PULL, PUSH
from pims_api.storage.jobs.queue import hold_job
from pims_api.storage.outlets.mappings import drop_mapping, store_mapping
from pims_api.storage.outlets.runs import change_run
from pims_api.wording import worded

ERRORS_MAX = 1_000
_TOLD_EVERY_S = 1.0
_MESSAGE_MAX = 1_000


class Plan(NamedTuple):
    """What a run would do to a product or a record. deed: such as `create`."""

    deed: str
    record: str | None
    product: str | None
    fields: Mapping[str, tuple[Any, Any]]


@dataclass
class Ledger:
    """Counts the items of one run. dry: nothing is stored, and plans are collected instead."""

    job: JobRun
    run: Run
    dry: bool = False
    total: int = 0
    plans: list[Plan] = field(default_factory=list)
    seen: set[Hashable] = field(default_factory=set)
    pushed: set[Hashable] = field(default_factory=set)
    pulled: set[Hashable] = field(default_factory=set)
    failed: set[Hashable] = field(default_factory=set)
    errors: list[dict[str, Any]] = field(default_factory=list)
    _told_at: float = 0.0

    def push(self, item: Hashable) -> None:
        """Note an item that was sent."""
        self.seen.add(item)
        self.pushed.add(item)

    def pull(self, item: Hashable) -> None:
        """Note an item that was received."""
        self.seen.add(item)
        self.pulled.add(item)

    def skip(self, items: Iterable[Hashable]) -> None:
        """Note items that need nothing, unless the other direction has something for them."""
        self.seen.update(items)

    def note(self, message: str, record: str | None = None, product: str | None = None) -> None:
        """Note what somebody should know about an item."""
        if len(self.errors) < ERRORS_MAX:
            places = {"record": record, "product": product}
            told = {name: text for name, text in places.items() if text is not None}
            self.errors.append(told | {"message": message[:_MESSAGE_MAX]})

    def fail(
        self,
        item: Hashable,
        error: Exception | str,
        record: str | None = None,
        product: str | None = None,
    ) -> None:
        """Note an item that failed."""
        self.seen.add(item)
        self.failed.add(item)
        self.note(message_of(error), record, product)

    def plan(
        self,
        deed: str,
        record: str | None,
        product: str | None,
        fields: Mapping[str, tuple[Any, Any]] = MappingProxyType({}),
    ) -> None:
        """Note what a run would do, when it is a dry one.

        fields: the first that change, each with what it holds before and after.
        """
        self.plans.append(Plan(deed, record, product, fields))

    def keep(self, mapping: SyncMapping) -> None:
        """Store where a record's product is, and how both stand."""
        if not self.dry:
            with self.job.database.writing() as connection:
                self.keep_in(connection, mapping)
                connection.commit()

    def keep_in(self, connection: Connection, mapping: SyncMapping) -> None:
        """Store it in a transaction that somebody else commits."""
        self._hold(connection)
        store_mapping(connection, mapping)

    def drop(self, mapping: SyncMapping) -> None:
        """Forget where a record's product was."""
        if not self.dry:
            with self.job.database.writing() as connection:
                self._hold(connection)
                drop_mapping(connection, mapping)
                connection.commit()

    def tell(self) -> None:
        """Store how far the run is, now and then. Raises Interrupted when it is to stop."""
        self.job.check_stop()
        if not self.dry and time.monotonic() - self._told_at > _TOLD_EVERY_S:
            with self.job.database.writing() as connection:
                self._hold(connection)
                connection.commit()

    def close(self, state: RunState) -> Run:
        """Store how the run ended, and return it."""
        over = replace(self.run, state=state, completed_at=now_us(), result=self.result)
        if not self.dry:
            with self.job.database.writing() as connection:
                self.job.hold(connection, self._progress())
                change_run(connection, over)
                connection.commit()
        return over

    def abandon(self) -> Run:
        """Store that the run failed, whatever whoever asked for it may do by now."""
        now = now_us()
        over = replace(self.run, state=RunState.FAILED, completed_at=now, result=self.result)
        lease_us = int(self.job.database.settings.job_lease_s * 1_000_000)
        with self.job.database.writing() as connection:
            hold_job(connection, self.job.job, now + lease_us)
            change_run(connection, over)
            connection.commit()
        return over

    @property
    def result(self) -> dict[str, Any]:
        """The counts and what went wrong, as the log of the run tells them."""
        done = self.pushed | self.pulled
        return {
            "pushed": len(self.pushed),
            "pulled": len(self.pulled),
            "skipped": len(self.seen - done - self.failed),
            "failed": len(self.failed),
            "errors": self.errors,
        }

    @property
    def state(self) -> RunState:
        """How the run ended, when nothing stopped it."""
        told = self.result
        if not told["failed"]:
            return RunState.SUCCESS
        good = told["pushed"] or told["pulled"] or told["skipped"]
        return RunState.PARTIAL if good else RunState.FAILED

    def _hold(self, connection: Connection) -> None:
        self.job.hold(connection, self._progress())
        now = time.monotonic()
        if now - self._told_at > _TOLD_EVERY_S:
            self._told_at = now
            change_run(connection, replace(self.run, result=self.result))

    def _progress(self) -> dict[str, Any]:
        done = len(self.seen)
        totals = {PUSH: len(self.pushed), PULL: len(self.pulled), "failed": len(self.failed)}
        return {"done": done, "total": max(self.total, done), "position": {}, "totals": totals}


def message_of(error: Exception | str) -> str:
    """Return what the log of a run tells of an error."""
    if isinstance(error, PimsError):
        return " ".join(dict.fromkeys(worded(one).message for one in error.faults[:10]))
    return str(error)
