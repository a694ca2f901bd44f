"""The bell of a PostgreSQL database: transactions anywhere ring it when they are committed.

Commits with NOTIFY wait for each other, in the whole cluster of databases. So a transaction rings
only where it finds an advisory lock taken: by somebody who listens, or by another writer meanwhile.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from pims_api.storage.engine.watch.sequence_watch import BELL, LISTENING

_LISTENED_S = 0.5  # between two looks whether anybody listens still


class PostgresBell:
    """One connection of the process that listens while threads wait. url: of the database."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._changed = threading.Condition()
        self._listeners = 0
        self._rung = 0
        self._is_listening = False

    @contextmanager
    def listen(self) -> Iterator[Callable[[float], None]]:
        """Open the listening. Yields what waits for the next writes, so many seconds at most.

        It returns at once where there was a write since it was called last.
        """
        with self._changed:
            self._listeners += 1
            if not self._is_listening:
                self._is_listening = True
                threading.Thread(target=self._run, name="pims bell", daemon=True).start()
            heard = [self._rung]
        try:
            yield lambda seconds: self._wait(heard, seconds)
        finally:
            with self._changed:
                self._listeners -= 1

    def _wait(self, heard: list[int], seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._rung != heard[0], seconds)
            heard[0] = self._rung

    def _run(self) -> None:
        """Listen until nobody waits any more, on a new connection when one is lost."""
        while self._is_wanted():
            try:
                with psycopg.connect(self._url, autocommit=True) as connection:
                    connection.execute(f"LISTEN {BELL}")
                    # Waits for the commits of those who saw that nobody listened.
                    connection.execute("SELECT pg_advisory_lock_shared(%s)", [LISTENING])
                    self._ring()  # there may have been a write before
                    while self._is_wanted():
                        for _ in connection.notifies(timeout=_LISTENED_S, stop_after=1):
                            self._ring()
            except psycopg.Error:
                time.sleep(_LISTENED_S)

    def _ring(self) -> None:
        with self._changed:
            self._rung += 1
            self._changed.notify_all()

    def _is_wanted(self) -> bool:
        with self._changed:
            self._is_listening = self._listeners > 0
            return self._is_listening
