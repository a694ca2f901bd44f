"""Warm-up of a process before it takes requests, so that its first one is as quick as others."""

import logging

from sqlalchemy.exc import SQLAlchemyError

from pims_api.errors import PimsError
from pims_api.settings import Settings
from pims_api.storage.database import Database
from pims_api.storage.snapshot import take_snapshot
from pims_api.storage.tenants import tenant_names
from views.app import FACES

_LOG = logging.getLogger("pims")


def warm_up(settings: Settings) -> None:
    """Have each face rehearse a read of one tenant; what is compiled on the way is kept.

    The connections are closed again: the process may be one that forks. Without tables or without
    an answer of the database nothing is made ready, and requests tell why.
    """
    database = Database(settings)
    try:
        with database.reading() as connection:
            tenant_id = min(tenant_names(connection).values(), default=None)
            if tenant_id is not None:
                seen = take_snapshot(database, connection, tenant_id)
                for face in FACES:
                    face.rehearse(seen)
    except (PimsError, SQLAlchemyError) as error:
        _LOG.info("Nothing was made ready before the first request: %s", error)
    finally:
        database.close()
