"""Prepared statements on a PostgreSQL connection, sent through libpq in pipeline mode.

What psycopg does around a statement (a generator for every wait, a cursor, a round trip of its own
for BEGIN) costs more than the server's work. Connections, types and errors are still psycopg's.
"""

import selectors
from collections.abc import Sequence
from typing import Any, NamedTuple

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import InFailedSqlTransaction, error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus

from pims_api.deadline import current_deadline

_BEGIN_READING = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_BEGIN_WRITING = b"BEGIN"
_COMMIT = b"COMMIT"
_POLL: Any = getattr(selectors, "PollSelector", selectors.SelectSelector)  # opens no file
_DONE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
_SENT_AS_THEY_ARE = (bytes, str)
_WAITING_MAX = 500  # buffered statements, so that what waits to be sent stays small
LATE_S = 0.5  # from here on each statement is told how much time is left
_LARGE = 512  # bytes of parameters: such a statement, as most documents are, is sent at once

Row = tuple[Any, ...]
Asked = tuple[str, Sequence[Any]]
"""A statement with $1, $2, … and their values. The types of parameters are in the statement."""


class _Bound(NamedTuple):
    """A prepared statement and its parameters, as libpq takes them."""

    sql: str
    name: bytes
    values: Sequence[Any]
    formats: Sequence[Format] | None


class Pipeline:
    """Transactions on one connection with as few round trips as possible.

    BEGIN is sent with the first statement. A statement whose rows nobody needs is buffered, and
    sent with the next one whose rows are needed or with COMMIT: after an error the server skips all
    the rest, COMMIT too. The result of ROLLBACK is read before the next transaction. A large
    statement is sent at once, so that the server executes it while the next one is made. psycopg's
    connection below is in autocommit mode. writes: whether the next transaction may write.
    """

    def __init__(self, driver: psycopg.Connection[Any]) -> None:
        self._libpq = driver.pgconn
        self._encoding = driver.info.encoding
        self._types = Transformer(driver)
        self._readable = _POLL()
        self._readable.register(self._libpq.socket, selectors.EVENT_READ)
        self._writable = _POLL()
        self._writable.register(self._libpq.socket, selectors.EVENT_READ | selectors.EVENT_WRITE)
        self._names: dict[str, bytes] = {}
        self._prefetched: dict[str, tuple[Sequence[Any], list[Row]]] = {}  # by statement
        self._waiting: list[_Bound] = []
        self._unanswered: list[str | None] = []  # statements sent whose results are not read yet
        self._begun = False
        self.writes = False

    def begin(self) -> None:
        """Open the transaction and send what is buffered, before SQLAlchemy sends a statement."""
        if self.writes:
            self._prefetched.clear()  # SQLAlchemy's statement may change the rows
        if self._libpq.transaction_status == TransactionStatus.INERROR:
            return  # after an error the server takes nothing but the way back to a savepoint
        if self._is_behind or _limit_ms() is not None:
            self._exchange([])

    def commit(self) -> None:
        """Commit, if there is a transaction. Raises psycopg.Error unless the server confirms it."""
        if not (self._begun or self._waiting):
            return
        (*_, result) = self._exchange([], closing=_COMMIT)
        if result.command_status != _COMMIT:
            raise InFailedSqlTransaction("The engine has undone the transaction.")
        self._prefetched.clear()
        self._begun = False

    def end(self) -> None:
        """Roll back without waiting for the server's answer."""
        self.forget()
        if self._begun and self._libpq.transaction_status != TransactionStatus.IDLE:
            self._libpq.send_query(b"ROLLBACK")
        self._begun = False

    def forget(self) -> None:
        """Drop buffered statements, results of sent ones, and prefetched rows."""
        self._waiting.clear()
        self._prefetched.clear()
        if self._unanswered:
            self._libpq.pipeline_sync()
            self._take_answers()

    @property
    def _is_behind(self) -> bool:
        """Whether there is anything to send or read before a statement without pipeline."""
        return bool(self._waiting or self._unanswered or not self._begun)

    def drain(self) -> None:
        """Read outstanding results, so that psycopg may use the connection."""
        while not self._begun and self._answer() is not None:
            pass

    def ping(self) -> None:
        """Make an empty round trip. Raises psycopg.Error when the connection is lost."""
        self.drain()
        result = self._libpq.exec_(b"")
        if result.status != ExecStatus.EMPTY_QUERY:
            raise self._failure(result)

    def rows(self, sql: str, values: Sequence[Any]) -> list[Row]:
        """Return the rows of a SELECT, prefetched or in one round trip. Raises psycopg.Error."""
        prefetched = self._prefetched.get(sql)
        if prefetched is not None and prefetched[0] == values:
            return prefetched[1]
        if self._is_behind or _limit_ms() is not None:
            return self.together([(sql, values)])[0]
        return self._loaded(self._exchange_one(self._bound(sql, values)))

    def run(self, sql: str, values: Sequence[Any]) -> None:
        """Buffer a statement whose rows nobody needs; in a read transaction, execute it at once.

        Raises psycopg.Error when it is executed, at the latest with COMMIT.
        """
        if not self.writes:
            self.rows(sql, values)
            return
        bound = self._bound(sql, values)
        self._prefetched.clear()
        self._waiting.append(bound)
        if len(self._waiting) >= _WAITING_MAX:
            self._exchange([])
        elif sum(map(len, filter(None, bound.values))) > _LARGE:
            self._send_ahead([])
            self._libpq.flush()  # what the socket does not take now is sent with the next one

    def prefetch(self, asked: Sequence[Asked]) -> None:
        """Read the rows of several statements in one round trip, for later calls of `rows`.

        They are dropped with the next statement that may change them.
        """
        for (sql, values), found in zip(asked, self.together(asked), strict=True):
            self._prefetched[sql] = (values, found)

    def together(self, asked: Sequence[Asked]) -> list[list[Row]]:
        """Return the rows of several statements in one round trip. Raises psycopg.Error."""
        bound = [self._bound(*one) for one in asked]
        return [self._loaded(one) for one in self._exchange(bound)]

    def _exchange(self, asked: Sequence[_Bound], closing: bytes | None = None) -> list[Any]:
        """Make one round trip: BEGIN if due, buffered statements, those asked, the closing command.

        Return the results of the last two. Raises psycopg.Error, that of the first that failed.
        """
        self._send_ahead(asked)
        if closing is not None:
            self._send(closing)
        self._libpq.pipeline_sync()
        results = self._answers()
        return results[len(results) - len(asked) - (closing is not None) :]

    def _send_ahead(self, asked: Sequence[_Bound]) -> None:
        """Send BEGIN if due, buffered statements and those asked, without reading results."""
        if not self._unanswered:
            self.drain()
            self._libpq.enter_pipeline_mode()
        if not self._begun:
            self._send(_BEGIN_WRITING if self.writes else _BEGIN_READING)
            self._begun = True
        limit = _limit_ms()
        if limit is not None:
            self._send(b"SET LOCAL statement_timeout = %d" % limit)
        sent = [*self._waiting, *asked]
        self._waiting.clear()
        for sql, name, values, formats in sent:
            self._libpq.send_query_prepared(name, values, formats, Format.BINARY)
            self._unanswered.append(sql)

    def _answers(self) -> list[Any]:
        """Return the result of each statement of a pipeline, or raise the first error."""
        asked = list(self._unanswered)
        results = self._take_answers()
        for sql, one in zip(asked, results, strict=False):
            self._checked(one, sql)
        if len(results) < len(asked):
            raise psycopg.OperationalError(self._libpq.get_error_message(self._encoding))
        return results

    def _take_answers(self) -> list[Any]:
        """Read the results of all sent statements; fewer when the connection is lost."""
        results: list[Any] = []
        while len(results) < len(self._unanswered) and (result := self._answer()) is not None:
            results.append(result)
            self._answer()  # None: the end of this statement's results
        if len(results) == len(self._unanswered):
            self._answer()  # the end of the pipeline
            self._libpq.exit_pipeline_mode()
        self._unanswered.clear()
        return results

    def _exchange_one(self, asked: _Bound) -> Any:
        """Return the result of a single statement, without the cost of a pipeline."""
        _, name, values, formats = asked
        return self._libpq.exec_prepared(name, values, formats, Format.BINARY)

    def _send(self, command: bytes) -> None:
        self._libpq.send_query_params(command, None)
        self._unanswered.append(None)

    def _bound(self, sql: str, values: Sequence[Any]) -> _Bound:
        """Return a statement with its parameters, prepared on the server. Raises psycopg.Error."""
        name = self._names.get(sql)
        if name is None:
            self.drain()
            if self.writes:
                self.begin()  # so that a failure to prepare fails the transaction
            name = b"pims_%d" % len(self._names)
            self._checked(self._libpq.prepare(name, sql.encode()), sql)
            self._names[sql] = name
        sent = self._types.dump_sequence(values, [_format(one) for one in values])
        return _Bound(sql, name, sent, self._types.formats)

    def _answer(self) -> Any:
        """Return the next result; None where there is none.

        libpq's own waiting would hold Python's global lock, so also the thread that may hold the
        row lock that the server waits for.
        """
        while self._libpq.is_busy():
            try:
                if self._libpq.flush():  # more is to be sent than the socket takes at a time
                    self._writable.select()
                else:
                    self._readable.select()
                self._libpq.consume_input()
            except psycopg.OperationalError:
                break  # the connection is lost, and the result says so
        return self._libpq.get_result()

    def _loaded(self, result: Any) -> list[Row]:
        self._types.set_pgresult(self._checked(result))
        return self._types.load_rows(0, result.ntuples, tuple)

    def _checked(self, result: Any, sql: str | None = None) -> Any:
        if result.status not in _DONE:
            error = self._failure(result)
            if sql is not None:
                error.add_note(sql)
            raise error
        return result

    def _failure(self, result: Any) -> psycopg.Error:
        error = error_from_result(result, self._encoding)
        if error.sqlstate is None and self._libpq.status == ConnStatus.BAD:
            return psycopg.OperationalError(str(error))
        return error


def _limit_ms() -> int | None:
    """Return how long the next statement may take, in milliseconds; None: as long as the first.

    The limit of the session is that of a whole request. A request that has run for a while sends
    what is left along with each statement, which costs the others nothing.
    """
    deadline = current_deadline()
    if deadline is None:
        return None
    left = deadline.left_s()
    return None if deadline.seconds - left < LATE_S else max(1, int(left * 1_000))


def _format(value: Any) -> PyFormat:
    """Return the format in which a value is sent: binary for bytes and lists of them or of texts.

    As text, bytes would be twice as long and lists be scanned for quotes. Everything else is sent
    as text, which the server reads as the type that the statement names.
    """
    if type(value) is list and value:
        return PyFormat.BINARY if type(value[0]) in _SENT_AS_THEY_ARE else PyFormat.TEXT
    return PyFormat.BINARY if type(value) is bytes else PyFormat.TEXT
