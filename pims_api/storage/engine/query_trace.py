"""What reading cost, and by which ways things were found; kept only while somebody asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(slots=True)
class Trace:
    """rows: how many the database returned. ways: how pages were found, each told once."""

    rows: int = 0
    ways: list[str] = field(default_factory=list)


_open: ContextVar[Trace | None] = ContextVar("trace", default=None)


@contextmanager
def traced() -> Iterator[Trace]:
    """Collect what the block reads; of blocks within each other the innermost one learns of it."""
    trace = Trace()
    token = _open.set(trace)
    try:
        yield trace
    finally:
        _open.reset(token)


def note_rows(count: int) -> None:
    """Tell how many rows a statement returned."""
    trace = _open.get()
    if trace is not None:
        trace.rows += count


def note_way(way: str) -> None:
    """Tell by which way a page is looked for."""
    trace = _open.get()
    if trace is not None and way not in trace.ways:
        trace.ways.append(way)
