"""Answers to whoever runs the server: whether it lives, and whether it can work.

Source: docs/operating.md, Is it well?
"""

from pathlib import Path

from flask import Response
from sqlalchemy.exc import SQLAlchemyError

from pims_api.errors import PimsError
from pims_api.storage.database import Database
from pims_api.storage.migrations.revisions import newest_revision, revision_of
from views.transport import current_database, json_response

_NO_FILE = "The file of the database is not there."
_OTHER_FILE = "The file of the database was moved or replaced while it was in use: start anew."
_NOT_READ = "The database could not be read."
_NO_TABLES = "The database has no tables of this program: run pims init."
_NEWER = "The database was made by a newer PIMS (revision {}); this one knows up to {}."


def tell_alive() -> Response:
    """Answer that the process answers; nothing else is looked at."""
    return json_response({"status": "ok"})


def tell_ready() -> Response:
    """Answer whether requests can be served: the database is there, and its tables are ours."""
    reason = _what_is_wrong(current_database())
    if reason is None:
        return json_response({"status": "ok"})
    return json_response({"status": "unavailable", "reason": reason}, 503)


def _what_is_wrong(database: Database) -> str | None:
    if database.is_sqlite and not Path(database.url.database or "").exists():
        return _NO_FILE
    try:
        with database.reading() as connection:
            if not database.is_in_place(connection):
                return _OTHER_FILE
            revision = revision_of(connection)
    except (PimsError, SQLAlchemyError):
        return _NOT_READ
    if revision.is_newer:
        return _NEWER.format(revision.name, newest_revision())
    return None if revision.is_current else _NO_TABLES
