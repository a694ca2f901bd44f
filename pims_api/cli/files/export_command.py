"""pims export: products to a file."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click
import orjson

from pims_api.cli.files.export_options import chosen_export, with_selection
from pims_api.cli.files.new_file import check_target, new_file, with_force
from pims_api.cli.files.source_file import as_meant
from pims_api.cli.options import session_of
from pims_api.cli.session import reading
from pims_api.services.exports.file import ExportFile
from pims_api.transfer.tables.table import FORMATS, Format

STDOUT = Path("-")
_DEFAULT_FORMAT: Format = "csv"


@click.command("export")
@click.argument(
    "file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path), default=STDOUT
)
@click.option(
    "--format", "kind", type=click.Choice(FORMATS), help="By the name's ending when not given."
)
@with_selection
@click.option("--locale", metavar="CODE", help="Values of this locale, where it has its own.")
@click.option(
    "--separator",
    metavar="TEXT",
    help="Collections in one cell, parted by it; else a column per value.",
)
@with_force
@click.option("--json", "as_json", is_flag=True, help="Print the totals for scripts.")
@click.pass_context
def export_command(
    ctx: click.Context, /, file: Path, kind: Format | None, as_json: bool, **options: Any
) -> None:
    r"""Write products to a CSV, XLSX or JSON lines file, or to the terminal.

    Every product is there, variations included, parents first; every attribute but those that are
    computed, which --attributes may name. What is written is one state of the catalogue, and nobody
    waits for it. Imported again, it changes nothing.

    FILE has its name only when it is whole. One that is there is replaced with --force only.

    \b
    Example:
      pims export products.csv
      pims export cheap.xlsx --condition "[[price]] < 5" --attributes title,price
      pims export --format jsonl --view shop | gzip > shop.jsonl.gz
      pims export march.csv --as-of 2026-03-01
    """
    kind = kind or _format_of(file)
    if file != STDOUT:
        check_target(session_of(ctx).database, file, force=options["force"])
    with reading(ctx, deadline=False) as seen:
        separator = as_meant(options["separator"]) or None
        written = ExportFile(chosen_export(seen, options), kind, separator)
        with _stream(file) as stream:
            _write(written, stream)
    _tell(file, written, as_json=as_json)


def _format_of(file: Path) -> Format:
    if file == STDOUT:
        return _DEFAULT_FORMAT
    ending = file.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        endings = ", ".join(f".{one}" for one in FORMATS)
        raise click.UsageError(f"{file.name} ends with none of {endings}: add --format.")
    return ending


@contextmanager
def _stream(file: Path) -> Iterator[BinaryIO]:
    if file == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with new_file(file) as part:
        yield part


def _write(written: ExportFile, stream: BinaryIO) -> None:
    with click.progressbar(length=written.steps, label="Exporting", file=sys.stderr) as bar:
        for passed in written.write(stream):
            bar.update(passed)


def _tell(file: Path, written: ExportFile, *, as_json: bool) -> None:
    """Print how much was written; beside the products, where these went to stdout."""
    total = written.export.total
    warnings = [one.message for one in written.export.warnings()]
    if as_json:
        totals = {"file": str(file), "format": written.format, "products": total}
        totals |= {"warnings": warnings} if warnings else {}
        click.echo(orjson.dumps(totals), err=file == STDOUT)
    else:
        click.echo(f"{file}: {total} products.", err=file == STDOUT)
        for one in warnings:
            click.echo(f"warning: {one}", err=True)
