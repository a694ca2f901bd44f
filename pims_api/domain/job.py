"""Jobs: work that is queued now and run later by a worker."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any

from pims_api.errors import Fault

INPUT = "input"
RESULT = "result"
ERRORS = "errors"
FILES = (INPUT, RESULT, ERRORS)
"""The files that a job may have: what came with it, what it made, which rows it refused."""

USER = "user"
"""The parameter of a job that names the user, by e-mail address, who asked for it without a key."""

ATTEMPTS_MAX = 3
FAULTS_MAX = 100  # that a failed job stores
GAVE_UP = (
    f"The job was given up after {ATTEMPTS_MAX} attempts, in each of which its worker ended "
    "before it was done. The log of the server may say why."
)


class JobState(StrEnum):
    """The state of a job. RECEIVING: its file is being uploaded, so no worker takes it."""

    RECEIVING = "receiving"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it is stored. Times in microseconds since 1970.

    payload: the parameters. progress: `done` and `total` in units of the kind (total may be None),
    `position` to go on from, `totals` of units by outcome. result: a JSON object, made at its
    end. errors: the faults of a failure, as objects. created_by, key_id: who asked for
    it; key_id is None for the command line. lease: the token of the worker that has it until
    lease_until. attempts: how often a worker began, times it was given back excepted. run_after:
    until then it waits.
    """

    tenant_id: int
    id: int
    kind: str
    created_at: int
    created_by: str
    key_id: int | None = None
    state: JobState = JobState.QUEUED
    payload: dict[str, Any] = field(default_factory=dict)
    progress: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    started_at: int | None = None
    finished_at: int | None = None
    lease: str | None = None
    lease_until: int | None = None
    attempts: int = 0
    run_after: int | None = None

    @property
    def is_over(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED)


def stored_faults(faults: Iterable[Fault]) -> list[dict[str, Any]]:
    """Return faults as a job stores them: without the fields that are None."""
    kept = islice(faults, FAULTS_MAX)
    return [{k: v for k, v in asdict(one).items() if v is not None} for one in kept]
