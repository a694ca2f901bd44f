"""Group commit for the writers of one SQLite file that wait in the same process.

A commit takes as long as all the rest of a small write. So a writer with `group_commit` whose work
is done does not commit while another one waits. It hands its open transaction over to the next,
which works behind a savepoint; the last one commits for all. A writer that is refused rolls back
to its own savepoint. No writer returns before the commit, not even one that changed nothing: what
it read may be the uncommitted work of those before it. After an error of the engine, which may have
undone the transaction, a writer must leave its block.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from pims_api.deadline import wait_at_most
from pims_api.errors import Busy
from pims_api.storage.engine.driver_errors import as_sqlalchemy_error
from pims_api.storage.engine.write_lock import WriteLock

_YIELD_S = 0.0003  # in which another process, which polls the write lock, may take it
GROUP_MAX = 16  # writers of one commit, so that the first of them does not wait long


class _Undone(Exception):
    """The engine undid the transaction before its COMMIT, for one of its writers failed."""


@dataclass(slots=True, eq=False)
class _Writer:
    """A writer that waits for the lock and, when its work is done, for the commit.

    has_begun: whether there may be anything to undo. granted, committed: there when it has to wait
    for that.
    """

    group_commit: bool
    deadline: float
    has_begun: bool = False
    is_done: bool = False
    granted: threading.Event | None = None
    committed: threading.Event | None = None
    error: Exception | None = None

    def grant(self) -> None:
        """Wake the writer, which waits for the lock: it has it now."""
        if self.granted is not None:
            self.granted.set()


class GroupCommit:
    """A queue of the process's writers, before the write lock of all processes.

    connect: opens the connection that writes; it stays open, and only the writer that holds the
    lock uses it. failure_message: of the Busy that is raised when the commit failed.
    """

    def __init__(
        self,
        write_lock: WriteLock,
        connect: Callable[[], Connection],
        wait_s: float,
        failure_message: str,
    ) -> None:
        self._write_lock = write_lock
        self._connect = connect
        self._wait_s = wait_s
        self._failure_message = failure_message
        self._mutex = threading.Lock()
        self._queue: deque[_Writer] = deque()
        self._is_taken = False
        # The rest belongs to the writer that holds the lock.
        self._connection: Connection | None = None
        self._holds_file = False
        self._current: _Writer | None = None
        self._is_closed = False  # no further writer may join this transaction
        self._done: list[_Writer] = []  # writers whose work the open transaction holds

    @contextmanager
    def writing(self, *, group_commit: bool) -> Iterator[Connection]:
        """Lend the connection that writes. Raises Busy when the lock is not free in time.

        group_commit: this writer is soon done, and may be committed together with others.
        """
        writer = _Writer(group_commit, time.monotonic() + wait_at_most(self._wait_s))
        self._wait_for_lock(writer)
        try:
            yield self._begin(writer)
        except DBAPIError:  # whatever becomes of the others, this one was not done
            self._leave(writer, undo=True)
            raise
        except BaseException:
            self._leave(writer, undo=True)
            self._wait_for_commit(writer)
            raise
        self._leave(writer, undo=not writer.is_done)
        self._wait_for_commit(writer)

    @property
    def waiting(self) -> int:
        """The number of writers of this process that wait for the lock."""
        return len(self._queue)

    def commit(self, *, alone: bool) -> None:
        """Commit the work of the current writer; with `group_commit`, when it leaves its block.

        alone: no further writer may join the same transaction.
        """
        if self._current is not None and self._current.group_commit:
            self._current.is_done, self._is_closed = True, alone
        elif self._connection is not None:
            if self._is_undone:
                raise Busy
            self._connection.commit()

    def close(self) -> None:
        """Close the connection; the next writer opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._write_lock.close()

    def _wait_for_lock(self, writer: _Writer) -> None:
        with self._mutex:
            if not self._is_taken:
                self._is_taken = True
                return
            granted = writer.granted = threading.Event()
            self._queue.append(writer)
        if granted.wait(writer.deadline - time.monotonic()):
            return
        with self._mutex:
            if not granted.is_set():  # it may have been granted at the last moment
                self._queue.remove(writer)
                raise Busy

    def _wait_for_commit(self, writer: _Writer) -> None:
        if writer.committed is not None:
            writer.committed.wait()
        if isinstance(writer.error, _Undone):
            raise Busy from writer.error
        if writer.error is not None:
            raise Busy(self._failure_message) from writer.error

    def _begin(self, writer: _Writer) -> Connection:
        self._current = writer
        if self._done:
            with as_sqlalchemy_error(self._opened):
                self._driver.execute("SAVEPOINT pims_writer")
        else:
            self._write_lock.acquire(writer.deadline)
            self._holds_file = True
        if self._connection is None:
            self._connection = self._connect()
        writer.has_begun = True
        return self._connection

    def _leave(self, writer: _Writer, *, undo: bool) -> None:
        """Let the next writer go on: in the same transaction, or after a commit."""
        self._current = None
        handed_over, is_joined = False, bool(self._done)
        try:
            if is_joined or not undo:
                self._done.append(writer)
            if undo and writer.has_begun:  # else the last savepoint is that of another one
                self._undo(is_joined=is_joined)
            handed_over = bool(self._done) and self._hand_over()
            if self._done and not handed_over:
                self._commit_all()
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must be woken
            self._fail(error)
        finally:
            if not handed_over:
                self._release()

    def _undo(self, *, is_joined: bool) -> None:
        """Undo the work of a writer. is_joined: the transaction holds that of others, too."""
        if self._connection is None:
            return
        if is_joined and self._driver.in_transaction:
            self._driver.execute("ROLLBACK TO pims_writer")
        elif not is_joined:
            self._connection.rollback()
            self._driver.rollback()  # SQLAlchemy has forgotten one whose COMMIT failed

    def _hand_over(self) -> bool:
        """Hand the open transaction over, if the next writer takes part. Return whether it was."""
        with self._mutex:
            nobody = self._is_closed or not self._queue or not self._queue[0].group_commit
            if nobody or len(self._done) >= GROUP_MAX or not self._driver.in_transaction:
                return False
            self._done[-1].committed = threading.Event()
            self._queue.popleft().grant()
            return True

    def _commit_all(self) -> None:
        if self._is_undone:
            raise _Undone
        self._opened.commit()
        self._notify(None)

    @property
    def _is_undone(self) -> bool:
        """Whether SQLAlchemy has begun a transaction that the engine has no more."""
        return self._opened.in_transaction() and not self._driver.in_transaction

    def _fail(self, error: Exception) -> None:
        """Wake every writer whose work was not committed with an error, and drop the connection."""
        connection, self._connection = self._connection, None
        self._notify(error)
        if connection is not None:
            connection.invalidate()
            connection.close()

    def _notify(self, error: Exception | None) -> None:
        done, self._done = self._done, []
        for one in done:
            one.error = error
            if one.committed is not None:
                one.committed.set()

    def _release(self) -> None:
        if self._holds_file:
            self._holds_file = self._is_closed = False
            self._write_lock.release()
            if self._queue:
                time.sleep(_YIELD_S)
        with self._mutex:
            if self._queue:
                self._queue.popleft().grant()
            else:
                self._is_taken = False

    @property
    def _opened(self) -> Connection:
        if self._connection is None:
            raise ConnectionError("There is no connection.")
        return self._connection

    @property
    def _driver(self) -> Any:
        return self._opened.connection.driver_connection
