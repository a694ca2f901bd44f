"""Waiting until a tenant's sequence moves, in this process or another one.

Who waits holds a thread, but neither a transaction nor a connection.
"""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection, bindparam, select

from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.tables import tenant

BELL = "pims_written"  # the transactions of a PostgreSQL database notify it, if anybody may listen
LISTENING = 5_001_973  # the advisory lock that is shared by those who listen
LOOK_EVERY_S = 0.05  # where nobody tells
LOOK_ANYWAY_S = 1.0  # where somebody tells, in case that what tells is lost

_SEQUENCE = PreparedStatement(
    select(tenant.c.sequence).where(tenant.c.id == bindparam("tenant_id"))
)


class Bell(Protocol):
    """Tells that something was written by anybody."""

    def listen(self) -> AbstractContextManager[Callable[[float], None]]:
        """Open the listening. Yields what waits for the next writes, so many seconds at most."""


class SequenceWatch:
    """The waiting threads of a process.

    reading: opens a read transaction. bell: None: there is nobody who tells of writes. places: how
    many threads may wait at a time.
    """

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[Connection]],
        bell: Bell | None,
        places: int,
    ) -> None:
        self._reading = reading
        self.bell = bell
        self._free = threading.BoundedSemaphore(places) if places > 0 else None

    def wait(self, tenant_id: int, sequence: int, seconds: float) -> bool:
        """Wait until the sequence of a tenant is another one, or the time is over.

        Return whether it is; at once when too many threads wait already.
        """
        if self._free is None or not self._free.acquire(blocking=False):
            return False
        try:
            end = time.monotonic() + seconds
            if self.bell is None:
                return self._looking(tenant_id, sequence, end, _sleep, LOOK_EVERY_S)
            with self.bell.listen() as wait:
                return self._looking(tenant_id, sequence, end, wait, LOOK_ANYWAY_S)
        finally:
            self._free.release()

    def _looking(
        self,
        tenant_id: int,
        sequence: int,
        end: float,
        wait: Callable[[float], None],
        every_s: float,
    ) -> bool:
        while self._sequence(tenant_id) == sequence:
            left = end - time.monotonic()
            if left <= 0:
                return False
            wait(min(left, every_s))
        return True

    def _sequence(self, tenant_id: int) -> int:
        with self._reading() as connection:
            return int(_SEQUENCE.first(connection, {"tenant_id": tenant_id})[0])


def _sleep(seconds: float) -> None:
    time.sleep(seconds)
