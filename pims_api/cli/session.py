"""What a command works in: its tenant, its transactions, and how refusals end it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    IntegrityError,
    ProgrammingError,
)

from pims_api.cli.options import Session, session_of
from pims_api.errors import PimsError
from pims_api.settings import Settings
from pims_api.storage.database import Database, open_database
from pims_api.storage.migrations.revisions import Revision, newest_revision, revision_of
from pims_api.storage.snapshot import Snapshot, snapshot
from pims_api.storage.tenants import tenant_names
from pims_api.storage.unit_of_work import UnitOfWork, unit_of_work
from pims_api.wording import worded

FAULTS_SHOWN = 20  # faults of a refusal that are printed
DEADLINE_S = 24 * 60 * 60  # `pims check` of a large catalogue may take its time

_OUR_FAULTS = (DataError, IntegrityError, ProgrammingError)
_NOT_REACHED = (
    "The database could not be reached, read or written. "
    "Check --database, who may use it and the room on its disk."
)
_NO_URL = "--database takes sqlite:///FILE or postgresql://USER@HOST/NAME."
_ENGINES = ("sqlite", "postgresql")
_NOT_READY = "The database has no tables yet, or older ones. Run: pims init"


def open_named(url: str) -> Database:
    """Return the database of a URL, for commands, which may take their time.

    Ends the command when that is no URL of a database we know, or a setting is not to be used.
    """
    try:
        patient = replace(Settings.from_environment(), read_deadline_s=DEADLINE_S)
    except ValueError as error:
        message = f"A PIMS_ variable in the environment is no number or word it takes: {error}."
        raise click.ClickException(message) from error
    try:
        opened = open_database(url, patient)
    except ArgumentError as error:
        raise click.UsageError(_NO_URL) from error
    if opened.url.get_backend_name() not in _ENGINES:
        raise click.UsageError(_NO_URL)
    return opened


@contextmanager
def reading(ctx: click.Context, *, deadline: bool = True) -> Iterator[Snapshot]:
    """Open a read transaction on the chosen tenant; a refusal ends the command with its faults.

    deadline: False for what reads a whole catalogue.
    """
    session = session_of(ctx)
    with (
        ending_on_refusal(),
        snapshot(session.database, _tenant_id(session), deadline=deadline) as seen,
    ):
        yield seen


@contextmanager
def writing(ctx: click.Context) -> Iterator[UnitOfWork]:
    """Open a transaction on the chosen tenant; leaving the block commits.

    A refusal undoes everything and ends the command with its faults.
    """
    session = session_of(ctx)
    with (
        ending_on_refusal(),
        unit_of_work(session.database, _tenant_id(session), session.actor) as work,
    ):
        yield work


@contextmanager
def ending_on_refusal(shown: int | None = FAULTS_SHOWN) -> Iterator[None]:
    """End the command on a refusal, with each fault on its own line, up to a few.

    shown: how many; None: all, where each is to be dealt with, such as unknown columns.
    """
    try:
        yield
    except PimsError as error:
        lines = [worded(fault).message for fault in error.faults[:shown]]
        if len(error.faults) > len(lines):
            lines.append(f"… and {len(error.faults) - len(lines)} more.")
        raise click.ClickException("\n".join(lines)) from error
    except (BrokenPipeError, *_OUR_FAULTS):
        raise
    except (DatabaseError, OSError) as error:
        raise click.ClickException(_NOT_REACHED) from error


def require_tables(database: Database) -> None:
    """End the command when the database lacks tables; a SQLite file is never made by looking."""
    if not require_any_tables(database).is_current:
        raise click.ClickException(_NOT_READY)


def require_any_tables(database: Database) -> Revision:
    """Return the revision of the tables; ends the command without any, or with newer ones."""
    file = database.url.database if database.is_sqlite else None
    if file and not Path(file).exists():
        raise click.ClickException(f"There is no database {file} yet. Run: pims init")
    with ending_on_refusal(), database.reading() as connection:
        revision = revision_of(connection)
    if revision.is_newer:
        raise click.ClickException(newer(revision))
    if revision.name is None:
        raise click.ClickException(_NOT_READY)
    return revision


def newer(revision: Revision) -> str:
    """Return what to say of a database that a newer program has upgraded."""
    return (
        f"The database was made by a newer PIMS: its tables are at revision {revision.name}, this "
        f"program knows them up to {newest_revision()}. Install that PIMS, or a newer one."
    )


def tenant_id_of(ctx: click.Context) -> int:
    """Return the id of the chosen tenant; ends the command when there is none of that name."""
    return _tenant_id(session_of(ctx))


def _tenant_id(session: Session) -> int:
    require_tables(session.database)
    with session.database.reading() as connection:
        known = tenant_names(connection)
    if session.tenant not in known:
        names = ", ".join(known) or "none; run: pims init"
        raise click.ClickException(f"There is no tenant {session.tenant!r}. Known ones: {names}.")
    return known[session.tenant]
