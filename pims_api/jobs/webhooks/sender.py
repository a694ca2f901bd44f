"""The sender of webhooks: looks who is to be told something, and has a thread tell it.

Each webhook has a thread while it is told, so a receiver that hangs delays no other one. Those
that failed last share threads of their own.
"""

import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from pims_api.clock import now_us
from pims_api.domain.outlets.outlet import Outlet
from pims_api.domain.outlets.webhook import FeedPlace, Reader
from pims_api.errors import Busy
from pims_api.jobs.webhooks.serving import Sending, serve
from pims_api.storage.outlets.readers import find_reader, has_readers, waiting_readers

LOOK_EVERY_S = 0.1  # where nobody tells of writes
LOOK_ANYWAY_S = 1.0  # where somebody does
LOOK_FOR_FIRST_S = 0.5  # where there is no webhook
_STILL_ANY_EVERY_S = 5.0  # between two looks whether there are webhooks still
_PAUSE_S = 0.02  # between two looks, however much is written
_AGAIN_AFTER_S = 5.0  # when the server itself failed

_LOG = logging.getLogger("pims")

Key = tuple[int, int]
"""A tenant and the number of its webhook."""


class WebhookSender:
    """Tells the webhooks of all tenants of a database what happened."""

    def __init__(self, sending: Sending) -> None:
        self._sending = sending
        self._busy: set[Key] = set()
        self._looked: dict[Key, tuple[int, FeedPlace]] = {}  # with the revision
        self._not_before: dict[Key, float] = {}
        self._wake = threading.Event()

    def run(self) -> None:
        """Tell webhooks until it is time to stop."""
        threads = self._sending.database.settings.webhook_threads
        with (
            ThreadPoolExecutor(threads, "webhooks") as well,
            ThreadPoolExecutor(threads, "failing webhooks") as failing,
        ):
            while not self._sending.stop.asked:
                if self._has_webhooks(otherwise=False):
                    self._follow(well, failing)
                else:
                    self._sending.stop.wait(LOOK_FOR_FIRST_S)

    def _follow(self, well: ThreadPoolExecutor, failing: ThreadPoolExecutor) -> None:
        """Tell webhooks soon after each write, as long as there are any.

        Where there are none nobody listens, and so no commit has to tell.
        """
        with self._listening() as every_s:
            checked = time.monotonic()
            while not self._sending.stop.asked:
                self._wake.clear()
                self._look(well, failing)
                if time.monotonic() - checked > _STILL_ANY_EVERY_S:
                    if not self._has_webhooks(otherwise=True):
                        return
                    checked = time.monotonic()
                self._wake.wait(every_s)
                time.sleep(_PAUSE_S)

    def _has_webhooks(self, *, otherwise: bool) -> bool:
        """Return whether there are webhooks. otherwise: where the database does not tell now."""
        try:
            with self._sending.database.reading() as connection:
                return has_readers(connection)
        except Busy:
            return otherwise

    def run_until_idle(self) -> None:
        """Tell webhooks until none has anything to be told now, or it is time to stop."""
        threads = self._sending.database.settings.webhook_threads
        with ThreadPoolExecutor(threads, "webhooks") as pool:
            while not self._sending.stop.asked and (there := self._waiting()):
                list(pool.map(lambda each: self._serve(*each[:2], asked=each[2]), there))

    def run_asked(self, one: Outlet) -> None:
        """Make the deliveries of one webhook that somebody asked for, unless a worker does."""
        with self._sending.database.reading() as connection:
            reader = find_reader(connection, one.tenant_id, one.id)
        if reader is not None:
            serve(self._sending, reader, reader.place, asked=True, feed=False)

    def _look(self, well: ThreadPoolExecutor, failing: ThreadPoolExecutor) -> None:
        try:
            there = self._waiting()
        except Busy:
            return
        for reader, place, asked in there:
            self._busy.add((reader.tenant_id, reader.outlet_id))
            pool = failing if reader.attempts or reader.dead_in_a_row else well
            pool.submit(self._serve, reader, place, asked=asked)

    def _waiting(self) -> list[tuple[Reader, FeedPlace, bool]]:
        """Return who is to be told something as far as is known, and from where to look."""
        with self._sending.database.reading() as connection:
            rows = waiting_readers(connection, now_us())
        found = []
        for reader, last, asked in rows:
            key = (reader.tenant_id, reader.outlet_id)
            place = self._place(key, reader)
            is_paused = self._not_before.get(key, 0.0) > time.monotonic()
            if key not in self._busy and not is_paused and (asked or place.sequence < last):
                found.append((reader, place, asked))
        return found

    def _place(self, key: Key, reader: Reader) -> FeedPlace:
        revision, place = self._looked.get(key, (reader.revision, reader.place))
        return max(place, reader.place) if revision == reader.revision else reader.place

    def _serve(self, reader: Reader, place: FeedPlace, *, asked: bool) -> None:
        key = (reader.tenant_id, reader.outlet_id)
        try:
            end = serve(self._sending, reader, place, asked=asked)
            if end is not None:
                self._looked[key] = (reader.revision, end)
        except Busy:
            self._not_before[key] = time.monotonic() + _AGAIN_AFTER_S
        except Exception as error:  # noqa: BLE001 - no webhook may end the others
            self._not_before[key] = time.monotonic() + _AGAIN_AFTER_S
            _LOG.exception("Webhook %s of tenant %s failed", key[1], key[0], exc_info=error)
        finally:
            self._busy.discard(key)
            self._wake.set()

    @contextmanager
    def _listening(self) -> Iterator[float]:
        """Be woken by writes while the block lasts. Yields how often to look all the same."""
        bell = self._sending.database.watch.bell
        if bell is None:
            yield LOOK_EVERY_S
            return
        over = threading.Event()

        def listen() -> None:
            with bell.listen() as wait:
                while not over.is_set():
                    wait(LOOK_ANYWAY_S)
                    self._wake.set()

        thread = threading.Thread(target=listen, name="webhooks' bell", daemon=True)
        thread.start()
        try:
            yield LOOK_ANYWAY_S
        finally:
            over.set()
            thread.join()
