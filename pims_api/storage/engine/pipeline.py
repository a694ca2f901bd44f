"""PostgreSQL without detours: what is prepared goes through libpq itself.

What psycopg does around a statement (a generator for every wait, a cursor, BEGIN on a way of its
own) costs more than the engine does. Connections, types and errors are still psycopg's.
"""

import selectors
from collections.abc import Sequence
from typing import Any, NamedTuple

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import InFailedSqlTransaction, error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus

_BEGIN_READING = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_BEGIN_WRITING = b"BEGIN"
_COMMIT = b"COMMIT"
_POLL: Any = getattr(selectors, "PollSelector", selectors.SelectSelector)  # opens no file
_DONE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
_SENT_AS_THEY_ARE = (bytes, str)
_WAITING_MAX = 500  # statements, so that what waits to be sent stays small
_LARGE = 16_384  # bytes of a statement that is sent at once

Row = tuple[Any, ...]
Asked = tuple[str, Sequence[Any]]
"""A statement with $1, $2, … and the values for these. It says by itself of what types they are."""


class _Ready(NamedTuple):
    """A statement as libpq takes it."""

    sql: str
    name: bytes
    values: Sequence[Any]
    formats: Sequence[Format] | None


class Pipeline:
    """A connection, one transaction after the other; psycopg's own is in autocommit mode.

    BEGIN travels with the first statement. What finds no rows waits, for the next statement that
    does or for COMMIT, and travels with that: after an error the engine skips all the rest, COMMIT
    too. The answer to ROLLBACK is taken before the next transaction. A large statement is sent at
    once: the engine works at it while we make the next one.
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
        self._waiting: list[_Ready] = []
        self._unanswered: list[str | None] = []  # statements that were sent
        self._begun = False
        self.writes = False  # how the next transaction begins

    def begin(self) -> None:
        """Have the transaction open and nothing waiting, for whoever asks by another way."""
        if self.writes:
            self._prefetched.clear()  # the other way may change it
        if self._is_behind:
            self._exchange([])

    def commit(self) -> None:
        """Commit, if there is a transaction. Raises psycopg.Error unless the engine says it did."""
        if not (self._begun or self._waiting):
            return
        (*_, told) = self._exchange([], closing=_COMMIT)
        if told.command_status != _COMMIT:
            raise InFailedSqlTransaction("The engine has undone the transaction.")
        self._prefetched.clear()
        self._begun = False

    def end(self) -> None:
        """Leave the transaction. What was asked is forgotten, and nobody waits for that."""
        self.forget()
        if self._begun and self._libpq.transaction_status != TransactionStatus.IDLE:
            self._libpq.send_query(b"ROLLBACK")
        self._begun = False

    def forget(self) -> None:
        """Forget what waits, what was sent and not answered, and what was foreseen."""
        self._waiting.clear()
        self._prefetched.clear()
        if self._unanswered:
            self._libpq.pipeline_sync()
            self._take_answers()

    @property
    def _is_behind(self) -> bool:
        """Whether the engine has to hear or to say something before it is asked alone."""
        return bool(self._waiting or self._unanswered or not self._begun)

    def rest(self) -> None:
        """Take what is left of the last transaction, so that psycopg may have the connection."""
        while not self._begun and self._answer() is not None:
            pass

    def ping(self) -> None:
        """Raise psycopg.Error when nobody answers."""
        self.rest()
        result = self._libpq.exec_(b"")
        if result.status != ExecStatus.EMPTY_QUERY:
            raise self._failure(result)

    def rows(self, sql: str, values: Sequence[Any]) -> list[Row]:
        """Return what a statement finds, or found when it was foreseen. Raises psycopg.Error."""
        prefetched = self._prefetched.get(sql)
        if prefetched is not None and prefetched[0] == values:
            return prefetched[1]
        if self._is_behind:
            return self.together([(sql, values)])[0]
        return self._loaded(self._exchange_one(self._ready(sql, values)))

    def run(self, sql: str, values: Sequence[Any]) -> None:
        """Run a statement that finds no rows, at the latest with COMMIT; a reader's at once.

        Raises psycopg.Error then.
        """
        if not self.writes:
            self.rows(sql, values)
            return
        ready = self._ready(sql, values)
        self._prefetched.clear()
        self._waiting.append(ready)
        if len(self._waiting) >= _WAITING_MAX:
            self._exchange([])
        elif sum(len(one) for one in ready.values if one is not None) > _LARGE:
            self._send_ahead([])
            self._libpq.flush()  # what the engine does not take now goes with the next

    def prefetch(self, asked: Sequence[Asked]) -> None:
        """Fetch what will soon be asked for, on one way there and back.

        It is forgotten with the next statement that may change it.
        """
        for (sql, values), found in zip(asked, self.together(asked), strict=True):
            self._prefetched[sql] = (values, found)

    def together(self, asked: Sequence[Asked]) -> list[list[Row]]:
        """Return what each of some statements finds, on one way there and back."""
        ready = [self._ready(*one) for one in asked]
        return [self._loaded(one) for one in self._exchange(ready)]

    def _exchange(self, asked: Sequence[_Ready], closing: bytes | None = None) -> list[Any]:
        """Send BEGIN if it is due, what waits, what is asked, and what closes the transaction.

        Return the answers to the last two. Raises psycopg.Error, of the first that failed.
        """
        self._send_ahead(asked)
        if closing is not None:
            self._send(closing)
        self._libpq.pipeline_sync()
        results = self._answers()
        return results[len(results) - len(asked) - (closing is not None) :]

    def _send_ahead(self, asked: Sequence[_Ready]) -> None:
        """Send BEGIN if it is due, what waits and what is asked. No answers are taken."""
        if not self._unanswered:
            self.rest()
            self._libpq.enter_pipeline_mode()
        if not self._begun:
            self._send(_BEGIN_WRITING if self.writes else _BEGIN_READING)
            self._begun = True
        sent = [*self._waiting, *asked]
        self._waiting.clear()
        for sql, name, values, formats in sent:
            self._libpq.send_query_prepared(name, values, formats, Format.BINARY)
            self._unanswered.append(sql)

    def _answers(self) -> list[Any]:
        """Return what the engine says to each statement of a pipeline, or raise the first error."""
        asked = list(self._unanswered)
        results = self._take_answers()
        for sql, one in zip(asked, results, strict=False):
            self._checked(one, sql)
        if len(results) < len(asked):
            raise psycopg.OperationalError(self._libpq.get_error_message(self._encoding))
        return results

    def _take_answers(self) -> list[Any]:
        """Return what the engine says to what was sent: less than that when it is lost."""
        results: list[Any] = []
        while len(results) < len(self._unanswered) and (result := self._answer()) is not None:
            results.append(result)
            self._answer()  # None: there is no more of this statement
        if len(results) == len(self._unanswered):
            self._answer()  # the end of the pipeline
            self._libpq.exit_pipeline_mode()
        self._unanswered.clear()
        return results

    def _exchange_one(self, asked: _Ready) -> Any:
        """Do what `_exchange` does where one statement is all there is, which costs less."""
        _, name, values, formats = asked
        return self._libpq.exec_prepared(name, values, formats, Format.BINARY)

    def _send(self, command: bytes) -> None:
        self._libpq.send_query_params(command, None)
        self._unanswered.append(None)

    def _ready(self, sql: str, values: Sequence[Any]) -> _Ready:
        """Return a statement that the engine has prepared. Raises psycopg.Error."""
        name = self._names.get(sql)
        if name is None:
            self.rest()
            if self.writes:
                self.begin()  # a statement that cannot be prepared fails the transaction, too
            name = b"pims_%d" % len(self._names)
            self._checked(self._libpq.prepare(name, sql.encode()), sql)
            self._names[sql] = name
        sent = self._types.dump_sequence(values, [_format(one) for one in values])
        return _Ready(sql, name, sent, self._types.formats)

    def _answer(self) -> Any:
        """Return the next answer; None where there is none.

        libpq's own waiting would keep all threads of the process waiting, also the one that this
        one waits for.
        """
        while self._libpq.is_busy():
            try:
                if self._libpq.flush():  # more is to be sent than the engine takes at a time
                    self._writable.select()
                else:
                    self._readable.select()
                self._libpq.consume_input()
            except psycopg.OperationalError:
                break  # the connection is lost, and the answer tells it
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


def _format(value: Any) -> PyFormat:
    """Return how a value is sent: bytes and lists of texts as they are.

    As text the ones would be twice as long, the others be looked through for quotes. All else is
    text, which the engine reads as whatever type the statement names.
    """
    if type(value) is list and value:
        return PyFormat.BINARY if type(value[0]) in _SENT_AS_THEY_ARE else PyFormat.TEXT
    return PyFormat.BINARY if type(value) is bytes else PyFormat.TEXT
