"""A temporary copy of a SQLite database, for dry runs that hold up no writer."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import URL, Connection

from pims_api.errors import Fault, PimsError
from pims_api.storage.database import Database
from pims_api.storage.engine.sqlite.copying import copy_to_file
from pims_api.storage.engine.temporary_folder import temporary_folder

_SPARE_BYTES = 64 * 1024 * 1024  # room for writes into the copy
_NO_ROOM = (
    "A dry run works on a copy of the database, and the disk for temporary files has no room for "
    "one! Make room there, or have TMPDIR name a folder on another disk."
)


@contextmanager
def private_copy(database: Database) -> Iterator[Database]:
    """Open a temporary copy of a SQLite database, with the same settings; it is removed after.

    Only a read transaction is open while the copy is made, so no writer waits. Copies of killed
    processes are removed first. Raises PimsError (`limit`) when the disk has no room.
    """
    with temporary_folder("pims-copy-") as folder:
        path = folder / "copy.db"
        with database.reading(deadline=False) as connection:
            _require_room(connection, folder)
            copy_to_file(connection, path)
        url = URL.create("sqlite", database=str(path))
        copy = Database(replace(database.settings, database_url=str(url)))
        try:
            yield copy
        finally:
            copy.close()


def _require_room(connection: Connection, folder: Path) -> None:
    pages, page_bytes = (
        int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
        for name in ("page_count", "page_size")
    )
    if pages * page_bytes + _SPARE_BYTES > shutil.disk_usage(folder).free:
        raise PimsError(faults=[Fault("limit", _NO_ROOM)])
