"""A trace of what reads cost and which access paths they took, while somebody asks for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(slots=True)
class Trace:
    """The number of rows that the database returned, and the access paths, each named once."""

    rows: int = 0
    access_paths: list[str] = field(default_factory=list)


_open: ContextVar[Trace | None] = ContextVar("trace", default=None)


@contextmanager
def traced() -> Iterator[Trace]:
    """Trace the reads of the block; of nested blocks only the innermost one counts them."""
    trace = Trace()
    token = _open.set(trace)
    try:
        yield trace
    finally:
        _open.reset(token)


def note_rows(count: int) -> None:
    """Add the number of rows that a statement returned to the trace."""
    trace = _open.get()
    if trace is not None:
        trace.rows += count


def note_access_path(access_path: str) -> None:
    """Add the access path by which a page is found to the trace."""
    trace = _open.get()
    if trace is not None and access_path not in trace.access_paths:
        trace.access_paths.append(access_path)
