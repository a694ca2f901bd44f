"""Which statements reach the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from pims_api.storage.database import Database


@contextmanager
def sent_statements(database: Database) -> Iterator[list[str]]:
    """Collect the SQL that is sent while the block lasts, BEGIN apart.

    The first request of the block looks its key up, however lately it was seen before.
    """
    sent: list[str] = []
    database.api_key_cache.forget()

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
