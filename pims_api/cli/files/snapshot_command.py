"""pims snapshot: a catalogue as a plain SQLite file."""

import sys
from pathlib import Path
from typing import Any

import click

from pims_api.cli.files.export_options import chosen_export, with_selection
from pims_api.cli.files.new_file import check_target, new_file, part_of, with_force
from pims_api.cli.options import session_of
from pims_api.cli.output import as_json_option, echo_json
from pims_api.cli.session import reading
from pims_api.services.exports.sqlite_snapshot import CatalogueSnapshot

NAMES_SHOWN = 5  # of the attributes without a column


@click.command("snapshot")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_selection
@with_force
@as_json_option
@click.pass_context
def snapshot_command(ctx: click.Context, /, file: Path, as_json: bool, **options: Any) -> None:
    r"""Write products, categories and attributes to a SQLite file with full-text search.

    The file has nothing of its own kind: datasette, sqlite-utils and every other program for SQLite
    open it. It holds one state of the catalogue, without history, keys and Views. FILE has its name
    only when it is whole; one that is there is replaced with --force only.

    \b
    Example:
      pims snapshot catalogue.db
      pims snapshot shop.db --view shop --condition "[[price]] > 5"
      pims snapshot march.db --as-of 2026-03-01
      sqlite-utils search catalogue.db products "steel rod"
    """
    check_target(session_of(ctx).database, file, force=options["force"])
    _refuse_in_use(file)
    with reading(ctx, deadline=False) as seen:
        made = CatalogueSnapshot(chosen_export(seen, options))
        with new_file(file), _progress(made) as bar:
            for passed in made.write(part_of(file)):
                bar.update(passed)
    _tell(file, made, as_json=as_json)


def _progress(made: CatalogueSnapshot) -> Any:
    return click.progressbar(length=made.steps, label="Writing", file=sys.stderr)


def _refuse_in_use(file: Path) -> None:
    """End the command when the old file has a journal or WAL file beside it."""
    real = file.resolve()
    for end in ("-wal", "-journal"):
        if real.with_name(real.name + end).exists():
            message = f"{file} is open in a program, or was left open: there is {file.name}{end}."
            raise click.ClickException(message)


def _tell(file: Path, made: CatalogueSnapshot, *, as_json: bool) -> None:
    total, others = made.export.total, made.without_column
    if as_json:
        echo_json({"file": str(file), "products": total, "attributes_without_column": others})
        return
    click.echo(f"{file}: {total} products.")
    if others:
        names = ", ".join(others[:NAMES_SHOWN]) + ("…" if len(others) > NAMES_SHOWN else "")
        click.echo(
            f"{len(others)} attributes have no column of their own, because a table of SQLite "
            f"takes no more: their values are in product_values ({names})."
        )
