"""Outlets: what a tenant set up to be sent to others, again and again.

Source: docs/core.md, Outlets.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class OutletKind(StrEnum):
    """What an outlet is."""

    WEBHOOK = "webhook"
    EXPORT_JOB = "export_job"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Outlet:
    """Something that is sent to others. Times in microseconds since 1970.

    client_id: the id that an integrator chose, or "". settings: what the kind needs, without
    secrets. secrets: credentials of the other side, by name; they are sealed where they are kept.
    active: whether anything is sent. key_id, user: who set it up, by whose rights it sends; the
    user by e-mail address. state: how far it came, which no change of settings touches. due_at:
    when there is something to do by the clock.
    """

    tenant_id: int
    id: int
    kind: OutletKind
    name: str
    settings: dict[str, Any]
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    client_id: str = ""
    active: bool = True
    key_id: int | None = None
    user: str | None = None
    created_at: int = 0
    updated_at: int = 0
    state: dict[str, Any] = field(default_factory=dict)
    due_at: int | None = None


class RunState(StrEnum):
    """How a run of an outlet stands. WAITING: until the one before it is over."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCESS = "success"
    PARTIAL = "partial"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of an outlet. kind: what it does, in words of the outlet's kind.

    job_id: of the job that does it; None for one that was only recorded. result: what came of it.
    """

    tenant_id: int
    outlet_id: int
    id: int
    kind: str
    state: RunState
    started_at: int
    completed_at: int | None = None
    job_id: int | None = None
    result: dict[str, Any] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        return self.state not in (RunState.WAITING, RunState.RUNNING)
