"""Signs that a database is not the one that somebody thinks it is.

Source: docs/operating.md, The files of SQLite.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from pims_api.storage.database import Database
from pims_api.storage.engine.write_lock import queue_file
from pims_api.storage.tenants import age_and_size

_MADE_WITHIN_S = 60  # of its queue file, a new database has its first tenant
_EMPTY = (
    "No product was ever stored in this database. If there should be some: a copy of a SQLite file "
    "beside a running server, or after a crash, lacks what is in the file -wal beside it; "
    "`pims backup` makes a whole copy."
)
_YOUNGER = (
    "The database {file} was made on {made}, but the queue file beside it is of {queue}: there was "
    "another database under this name. Was its file moved away, or replaced by a new one?"
)


def signs_of_loss(
    database: Database, connection: Connection, *, is_new: bool = False
) -> Iterator[str]:
    """Yield a sentence for each sign that data which should be there is not.

    is_new: the database was made just now, so it is no wonder that it is empty.
    """
    made_us, last_product_id = age_and_size(connection)
    if database.is_sqlite and made_us is not None:
        file = Path(database.url.database or "")
        queue_s = _age_of(queue_file(file))
        if queue_s is not None and made_us / 1_000_000 - queue_s > _MADE_WITHIN_S:
            made, queue = (_shown(at) for at in (made_us / 1_000_000, queue_s))
            yield _YOUNGER.format(file=file.name, made=made, queue=queue)
    if not last_product_id and not is_new:
        yield _EMPTY


def _age_of(path: Path) -> float | None:
    """Return when a file was last changed, in seconds since 1970; None: there is none."""
    try:
        return path.stat().st_mtime
    except OSError:
        return None


def _shown(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d %H:%M UTC")
