"""Writers of one SQLite file that wait in the same process are committed together.

A commit takes as long as all the rest of a small write. So a brief writer whose work is done does
not commit while another one waits: it leaves its transaction open to that one, which works behind
a savepoint, and is told when the last of them has committed for all. Whoever is refused undoes its
own work alone. Nobody is answered before the commit, not even those who changed nothing: what they
saw may be the work of those before them, and must not be told before it is there to stay.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from pims_api.errors import Busy
from pims_api.storage.engine.write_lock import WriteLock

_OTHERS_TURN_S = 0.0003  # in which another process, which asks again and again, gets its turn
TOGETHER_MAX = 16  # writers that one commit is for, so that the first of them is answered soon


@dataclass(slots=True, eq=False)
class _Writer:
    """Somebody who waits: for the turn, and when the work is done for the commit."""

    group_commit: bool
    deadline: float
    is_done: bool = False
    turn: threading.Event = field(default_factory=threading.Event)
    told: threading.Event = field(default_factory=threading.Event)
    waits: bool = False
    error: Exception | None = None


class GroupCommit:
    """The line of a process, before the line of all processes.

    connect: opens the connection that writes; it stays open, for whoever has the turn is alone
    with it. lost: what writers are told whose commit failed.
    """

    def __init__(
        self, queue: WriteLock, connect: Callable[[], Connection], wait_s: float, lost: str
    ) -> None:
        self._queue = queue
        self._connect = connect
        self._wait_s = wait_s
        self._lost = lost
        self._mutex = threading.Lock()
        self._line: deque[_Writer] = deque()
        self._is_taken = False
        # The rest belongs to whoever has the turn.
        self._connection: Connection | None = None
        self._holds_file = False
        self._current: _Writer | None = None
        self._is_closed = False  # nobody may come after it in this transaction
        self._done: list[_Writer] = []  # who worked in the open transaction, if any of it stays

    @contextmanager
    def writing(self, *, group_commit: bool) -> Iterator[Connection]:
        """Lend the connection that writes. Raises Busy when the turn does not come in time.

        brief: this one is soon done, and may be committed with others like it.
        """
        me = _Writer(group_commit, time.monotonic() + self._wait_s)
        self._wait_for_turn(me)
        try:
            yield self._begin(me)
        except BaseException:
            self._leave(me, undo=True)
            self._wait_for_commit(me)
            raise
        self._leave(me, undo=not me.is_done)
        self._wait_for_commit(me)

    @property
    def waiting(self) -> int:
        """How many of this process wait for their turn."""
        return len(self._line)

    def commit(self, *, alone: bool) -> None:
        """Commit what the one with the turn has done: a brief one's when it leaves.

        alone: nobody may come after it in the same transaction.
        """
        if self._current is not None and self._current.group_commit:
            self._current.is_done, self._is_closed = True, alone
        elif self._connection is not None:
            self._connection.commit()

    def close(self) -> None:
        """Close the connection; the next writer opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._queue.close()

    def _wait_for_turn(self, me: _Writer) -> None:
        with self._mutex:
            if not self._is_taken:
                self._is_taken = True
                return
            self._line.append(me)
        if me.turn.wait(me.deadline - time.monotonic()):
            return
        with self._mutex:
            if not me.turn.is_set():  # it may have come at the last moment
                self._line.remove(me)
                raise Busy

    def _wait_for_commit(self, me: _Writer) -> None:
        if me.waits:
            me.told.wait()
        if me.error is not None:
            raise Busy(self._lost) from me.error

    def _begin(self, me: _Writer) -> Connection:
        self._current = me
        if self._done:
            self._driver.execute("SAVEPOINT pims_writer")
        else:
            self._queue.take(me.deadline)
            self._holds_file = True
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _leave(self, me: _Writer, *, undo: bool) -> None:
        """Pass the turn on, with the transaction open or after a commit."""
        self._current = None
        handed_over = False
        try:
            if undo:
                self._undo()
            if self._done or not undo:
                self._done.append(me)
                me.waits = True
            handed_over = bool(self._done) and self._hand_over()
            if self._done and not handed_over:
                self._commit_all()
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
            self._fail(error)
        finally:
            if not handed_over:
                self._give_back()

    def _undo(self) -> None:
        if self._connection is None:
            return
        if self._done and self._driver.in_transaction:
            self._driver.execute("ROLLBACK TO pims_writer")
        elif not self._done:
            self._connection.rollback()

    def _hand_over(self) -> bool:
        """Leave the transaction to the next one, if it is brief too."""
        with self._mutex:
            nobody = self._is_closed or not self._line or not self._line[0].group_commit
            if nobody or len(self._done) >= TOGETHER_MAX or not self._driver.in_transaction:
                return False
            self._line.popleft().turn.set()
            return True

    def _commit_all(self) -> None:
        if self._connection is None or not self._driver.in_transaction:
            raise ConnectionError("The engine has undone the transaction.")
        self._connection.commit()
        self._tell(None)

    def _fail(self, error: Exception) -> None:
        """Tell everybody whose work was not committed, and let go of the connection."""
        connection, self._connection = self._connection, None
        self._tell(error)
        if connection is not None:
            connection.invalidate()
            connection.close()

    def _tell(self, error: Exception | None) -> None:
        done, self._done = self._done, []
        for one in done:
            one.error = error
            one.told.set()

    def _give_back(self) -> None:
        if self._holds_file:
            self._holds_file = self._is_closed = False
            self._queue.give_back()
            if self._line:
                time.sleep(_OTHERS_TURN_S)
        with self._mutex:
            if self._line:
                self._line.popleft().turn.set()
            else:
                self._is_taken = False

    @property
    def _driver(self) -> Any:
        if self._connection is None:
            raise ConnectionError("There is no connection.")
        return self._connection.connection.driver_connection
