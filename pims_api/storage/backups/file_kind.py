"""What kind of file a backup is, by its first bytes, and the sentences for one that is none."""

from pathlib import Path

from pims_api.errors import PimsError

SQLITE, POSTGRES = "SQLite", "PostgreSQL"

NO_BACKUP = "The file is no backup of PIMS: `pims backup FILE` makes one."
DAMAGED = "The file is damaged, nothing was restored: take another backup."

_MAGIC = {b"SQLite format 3\0": SQLITE, b"PGDMP": POSTGRES}


def kind_of(path: Path) -> str:
    """Return the engine that a backup is of. Raises PimsError when the file is no backup."""
    with path.open("rb") as file:
        first = file.read(max(map(len, _MAGIC)))
    for magic, kind in _MAGIC.items():
        if first.startswith(magic):
            return kind
    raise PimsError(NO_BACKUP)
