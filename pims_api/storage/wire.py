"""PostgreSQL without detours: what reads ask goes through libpq itself.

What psycopg does around a statement (a generator for every wait, a cursor, BEGIN on a way of its
own) costs a reader more than the engine does. Connections, types and errors are still psycopg's.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus

_BEGIN = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_DONE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)

Row = tuple[Any, ...]
Asked = tuple[str, Sequence[Any]]
"""A statement with $1, $2, … and the values for these. It says by itself of what types they are."""


class Wire:
    """A connection that only reads, one transaction after the other, in autocommit mode.

    BEGIN travels with the first statement; the answer to ROLLBACK is taken before the next one.
    """

    def __init__(self, driver: psycopg.Connection[Any]) -> None:
        self._libpq = driver.pgconn
        self._encoding = driver.info.encoding
        self._types = Transformer(driver)
        self._names: dict[str, bytes] = {}
        self._foreseen: dict[str, tuple[Sequence[Any], list[Row]]] = {}  # by statement
        self._begun = False

    def begin(self) -> None:
        """Open the transaction now, for whoever asks by another way than this one."""
        if not self._begun:
            self.rest()
            self._checked(self._libpq.exec_(_BEGIN))
            self._begun = True

    def end(self) -> None:
        """Leave the transaction. What was asked is forgotten, and nobody waits for that."""
        if self._begun and self._libpq.transaction_status != TransactionStatus.IDLE:
            self._libpq.send_query(b"ROLLBACK")
        self._begun = False
        self._foreseen.clear()

    def rest(self) -> None:
        """Take what is left of the last transaction, so that psycopg may have the connection."""
        while not self._begun and self._libpq.get_result() is not None:
            pass

    def ping(self) -> None:
        """Raise psycopg.Error when nobody answers."""
        self.rest()
        result = self._libpq.exec_(b"")
        if result.status != ExecStatus.EMPTY_QUERY:
            raise self._failure(result)

    def rows(self, sql: str, values: Sequence[Any]) -> list[Row]:
        """Return what a statement finds, or found when it was foreseen. Raises psycopg.Error."""
        foreseen = self._foreseen.get(sql)
        if foreseen is not None and foreseen[0] == values:
            return foreseen[1]
        if not self._begun:
            return self.together([(sql, values)])[0]
        name = self._name(sql)
        return self._loaded(
            self._libpq.exec_prepared(name, self._sent(values), None, Format.BINARY)
        )

    def foresee(self, asked: Sequence[Asked]) -> None:
        """Fetch what will soon be asked for, on one way there and back."""
        for (sql, values), found in zip(asked, self.together(asked), strict=True):
            self._foreseen[sql] = (values, found)

    def together(self, asked: Sequence[Asked]) -> list[list[Row]]:
        """Return what each of some statements finds, on one way there and back."""
        self.rest()
        names = [self._name(sql) for sql, _ in asked]
        opening = 0 if self._begun else 1
        self._libpq.enter_pipeline_mode()
        if opening:
            self._libpq.send_query_params(_BEGIN, None)
            self._begun = True
        for name, (_, values) in zip(names, asked, strict=True):
            self._libpq.send_query_prepared(name, self._sent(values), None, Format.BINARY)
        self._libpq.pipeline_sync()
        results = [self._next() for _ in range(opening + len(asked))]
        self._libpq.get_result()  # the end of the pipeline
        self._libpq.exit_pipeline_mode()
        for one in results:
            self._checked(one)
        return [self._loaded(one) for one in results[opening:]]

    def _name(self, sql: str) -> bytes:
        """Return the name of a statement that the engine has prepared."""
        name = self._names.get(sql)
        if name is None:
            name = b"pims_%d" % len(self._names)
            self._checked(self._libpq.prepare(name, sql.encode()))
            self._names[sql] = name
        return name

    def _sent(self, values: Sequence[Any]) -> Sequence[Any]:
        return self._types.dump_sequence(values, [PyFormat.TEXT] * len(values))

    def _next(self) -> Any:
        result = self._libpq.get_result()
        if result is None:
            raise psycopg.OperationalError(self._libpq.get_error_message(self._encoding))
        self._libpq.get_result()  # None: there is no more of this statement
        return result

    def _loaded(self, result: Any) -> list[Row]:
        self._types.set_pgresult(self._checked(result))
        return self._types.load_rows(0, result.ntuples, tuple)

    def _checked(self, result: Any) -> Any:
        if result.status not in _DONE:
            raise self._failure(result)
        return result

    def _failure(self, result: Any) -> psycopg.Error:
        error = error_from_result(result, self._encoding)
        if error.sqlstate is None and self._libpq.status == ConnStatus.BAD:
            return psycopg.OperationalError(str(error))
        return error
