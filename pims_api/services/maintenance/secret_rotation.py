"""A new secret of the installation, and everything sealed by it.

Source: docs/core.md, The secret.
"""

from dataclasses import dataclass

from pims_api.errors import Conflict
from pims_api.storage.database import Database
from pims_api.storage.identity.sealing import CannotOpen, Sealer, seal_anew
from pims_api.storage.identity.secret import replace_in_file, secret_file


@dataclass(frozen=True, slots=True)
class Rotation:
    """What was done. is_new: whether there is another secret now. sealed: texts sealed anew."""

    is_new: bool
    sealed: int


def rotate_secret(database: Database) -> Rotation:
    """Make a new secret where it is in a file; seal everything by the present one.

    It is one transaction, and one process at a time does it. At no moment is there a text that only
    a forgotten secret opens: everything is sealed by the present secret before that becomes the
    previous one. Raises NoSecret, and Conflict when something cannot be opened.
    """
    path = None if database.settings.secret_key else secret_file(database.url)
    with database.writing() as connection:
        try:
            sealed = seal_anew(connection, Sealer(database))
            if path is not None:
                replace_in_file(path)
                sealed = seal_anew(connection, Sealer(database))
        except CannotOpen as error:
            raise Conflict(str(error)) from None
        database.commit(connection)
    return Rotation(path is not None, sealed)
