"""The session of a command: its tenant, its transactions, and how refusals end it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import click
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    IntegrityError,
    ProgrammingError,
)

from pims_api.errors import PimsError
from pims_api.settings import Settings
from pims_api.storage.database import Database, open_database
from pims_api.storage.history.changes import (
    NO_NOTE,
    REASON_LENGTH_MAX,
    SOURCE_REF_LENGTH_MAX,
    Actor,
    Note,
)
from pims_api.storage.migrations.upgrade import is_up_to_date
from pims_api.storage.snapshot import Snapshot, snapshot
from pims_api.storage.tenants import tenant_names
from pims_api.storage.unit_of_work import UnitOfWork, unit_of_work
from pims_api.wording import worded

DEFAULT_TENANT = "default"
DEFAULT_USER = "command line"
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


@dataclass(frozen=True, slots=True)
class Session:
    """The options before the command. user: the name that history shows.

    note: the reason of a change and its source document.
    """

    database: Database
    tenant: str = DEFAULT_TENANT
    user: str = DEFAULT_USER
    note: Note = NO_NOTE

    @property
    def actor(self) -> Actor:
        """The actor that history shows for the command, with the note."""
        return Actor(self.user, note=self.note)


def session_of(ctx: click.Context) -> Session:
    """Return the options before the command."""
    return ctx.ensure_object(Session)


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


def place_options(*, tenant: bool) -> list[click.Parameter]:
    """Return --database, and --tenant where it applies, as they may also follow a command."""
    database_option = click.Option(
        ["--database"],
        expose_value=False,
        callback=_choose_database,
        metavar="URL",
        help="Which database, as before the command.",
    )
    tenant_option = click.Option(
        ["--tenant"],
        expose_value=False,
        callback=_choose_tenant,
        metavar="NAME",
        help="Which catalogue in it, as before the command.",
    )
    return [database_option, tenant_option] if tenant else [database_option]


def note_options() -> list[click.Parameter]:
    """Return --reason and --source-ref, as they stand before the command and behind one."""
    reason = click.Option(
        ["--reason"],
        expose_value=False,
        callback=partial(_choose_note, "reason", REASON_LENGTH_MAX),
        metavar="TEXT",
        help="Why, kept with what the command changes.",
    )
    source_ref = click.Option(
        ["--source-ref"],
        expose_value=False,
        callback=partial(_choose_note, "source_ref", SOURCE_REF_LENGTH_MAX),
        metavar="TEXT",
        help="The number of a document that asks for it, kept likewise.",
    )
    return [reason, source_ref]


def _choose_note(
    field: str, length_max: int, ctx: click.Context, option: click.Parameter, text: str | None
) -> None:
    if text is None:
        return
    if len(text) > length_max:
        raise click.BadParameter(f"at most {length_max} characters", ctx, option)
    session = session_of(ctx)
    ctx.obj = replace(session, note=replace(session.note, **{field: text}))


def _choose_database(ctx: click.Context, _: click.Parameter, url: str | None) -> None:
    if url is not None:
        opened = open_named(url)
        ctx.call_on_close(opened.close)
        ctx.obj = replace(session_of(ctx), database=opened)


def _choose_tenant(ctx: click.Context, _: click.Parameter, name: str | None) -> None:
    if name is not None:
        ctx.obj = replace(session_of(ctx), tenant=name)


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
def ending_on_refusal() -> Iterator[None]:
    """End the command on a refusal, with each fault on its own line, up to a few."""
    try:
        yield
    except PimsError as error:
        lines = [worded(fault).message for fault in error.faults[:FAULTS_SHOWN]]
        if len(error.faults) > FAULTS_SHOWN:
            lines.append(f"… and {len(error.faults) - FAULTS_SHOWN} more.")
        raise click.ClickException("\n".join(lines)) from error
    except (BrokenPipeError, *_OUR_FAULTS):
        raise
    except (DatabaseError, OSError) as error:
        raise click.ClickException(_NOT_REACHED) from error


def require_tables(database: Database) -> None:
    """End the command when the database lacks tables; a SQLite file is never made by looking."""
    file = database.url.database if database.is_sqlite else None
    if file and not Path(file).exists():
        raise click.ClickException(f"There is no database {file} yet. Run: pims init")
    with ending_on_refusal(), database.reading() as connection:
        if not is_up_to_date(connection):
            raise click.ClickException(_NOT_READY)


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
