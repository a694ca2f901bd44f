"""pims backup and pims restore: everything in a database, to a file and back."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Connection

from pims_api.cli.files.new_file import check_target, new_file, part_of
from pims_api.cli.options import session_of
from pims_api.cli.server.checking import Proof
from pims_api.cli.session import ending_on_refusal, require_any_tables
from pims_api.services.maintenance.backups import backed_up
from pims_api.services.maintenance.backups import restore as restore_backup
from pims_api.storage.database import Database
from pims_api.storage.engine.sqlite.copying import Tell
from pims_api.storage.migrations.revisions import Revision, newest_revision, revision_of

_MODE = 0o600  # the history and the digests of all keys are nobody else's

unchecked_option = click.option(
    "--unchecked", is_flag=True, help="Leave out the proof, which takes long for many products."
)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@unchecked_option
@click.pass_context
def backup(ctx: click.Context, file: Path, unchecked: bool) -> None:
    r"""Copy all catalogues, histories and keys to one file, while the server goes on.

    FILE holds everything that was acknowledged before the command began; nobody who writes waits
    for it. It has its name only when it is whole, it needs no other file, and none that is there is
    replaced. It is then proved as `pims check` does; the exit status is 0 if nothing differs.

    Of SQLite FILE is a database, of PostgreSQL an archive of pg_dump, which has to be installed.
    Such an archive is read back and compared with the database row by row.

    \b
    Example:
      pims backup monday.db
      pims --database postgresql://pims@localhost/pims backup monday.dump
    """
    database, proof = session_of(ctx).database, Proof()
    check_target(database, file, force=None)
    require_any_tables(database)
    with (
        ending_on_refusal(),
        new_file(file),
        _bar("Copying") as tell,
        _private(part_of(file)),
        _reading_back(database, unchecked=unchecked) as read_back,
        backed_up(database, part_of(file), tell, read_back) as held,
    ):
        revision = revision_of(held[1])
        is_proved = revision.is_current and not unchecked
        if is_proved:
            _prove(proof, *held)
    _tell(f"{file} is a backup", proof, is_proved=is_proved)
    if not revision.is_current:
        click.echo(f"Its tables are of revision {revision.name}, which is older than this program.")
    ctx.exit(1 if proof.found else 0)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@unchecked_option
@click.pass_context
def restore(ctx: click.Context, file: Path, unchecked: bool) -> None:
    r"""Fill an empty database from a file that `pims backup` made.

    The database may be absent (SQLite), without tables, or just made by `pims init`; one with data
    is refused. All is restored or nothing. Tables of an older PIMS are upgraded. What is there then
    is proved as `pims check` does; the exit status is 0 if nothing differs.

    \b
    Example:
      pims --database sqlite:///shop.db restore monday.db
      pims --database postgresql://pims@localhost/new restore monday.dump
    """
    database, proof = session_of(ctx).database, Proof()
    with ending_on_refusal():
        with _bar("Restoring") as tell:
            revision = restore_backup(database, file, tell)
        if not unchecked:
            with database.reading(deadline=False) as connection:
                _prove(proof, database, connection)
    _tell(f"{file} is restored", proof, is_proved=not unchecked)
    _tell_upgrade(revision)
    ctx.exit(1 if proof.found else 0)


@contextmanager
def _private(path: Path) -> Iterator[None]:
    path.chmod(_MODE)
    yield


@contextmanager
def _reading_back(database: Database, *, unchecked: bool) -> Iterator[Tell | None]:
    """Yield what shows how far an archive of PostgreSQL is read back; None where none is."""
    if database.is_sqlite or unchecked:
        yield None
        return
    with _bar("Reading back") as tell:
        yield tell


@contextmanager
def _bar(label: str) -> Iterator[Tell]:
    """Show a bar of progress; yields the function that is told of it."""
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def tell(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield tell


def _prove(proof: Proof, database: Database, connection: Connection) -> None:
    for difference in proof.differences(database, connection):
        click.echo(difference)


def _tell(done: str, proof: Proof, *, is_proved: bool) -> None:
    if not is_proved:
        click.echo(f"{done}. Nothing was proved.")
    elif proof.found:
        click.echo(f"{done}, with {proof.found} differences that the database has, too.")
    else:
        click.echo(f"{done}: {proof.products} products and {proof.entries} history entries agree.")


def _tell_upgrade(revision: Revision) -> None:
    if not revision.is_current:
        click.echo(f"Its tables were upgraded from {revision.name} to {newest_revision()}.")
