"""Several servers on one database, as an installation of more than one machine has them."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from threading import Lock

from tests.reliability.running_server import Caller, Server, serving


@dataclass(frozen=True)
class Nodes:
    """Servers on one database; callers get them in turn."""

    servers: Sequence[Server]
    _turns: Iterator[Server] = field(init=False)
    _lock: Lock = field(init=False, default_factory=Lock)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_turns", cycle(self.servers))

    def caller(self) -> AbstractContextManager[Caller]:
        """Open a connection to the next of them while the block lasts."""
        with self._lock:
            return next(self._turns).caller()


@contextmanager
def serving_nodes(database_url: str, key: str, count: int, *, workers: int) -> Iterator[Nodes]:
    """Serve a database by so many servers, each with its own port and workers."""
    with ExitStack() as stack:
        opened = [serving(database_url, key, workers=workers) for _ in range(count)]
        yield Nodes([stack.enter_context(one) for one in opened])
