"""The argument FILE of every import, a file, a pipe or standard input, and how it is read."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from shutil import copyfileobj
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO, TypeVar

import click

from pims_api.transfer.file_format import QUOTES, FileFormat
from pims_api.transfer.tables.table import FORMATS

Command = TypeVar("Command", bound=Callable[..., Any])

STDIN = "-"


def with_source(command: Command) -> Command:
    """Give a command the argument FILE, which it gets as the path of a file to read repeatedly."""
    kind = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
    return click.argument("file", type=kind, callback=_as_file)(command)


def with_format_options(command: Command) -> Command:
    """Give a command the options of which `file_format` makes a format."""
    options = [
        click.option("--format", "kind", type=click.Choice(FORMATS),
                     help="Found out when not given."),
        click.option("--delimiter", metavar="CHARACTER", help="Of CSV, `tab` too; found out."),
        click.option("--quote", metavar="CHARACTER", help="Of CSV; found out."),
        click.option("--quotes", type=click.Choice(QUOTES), help="Of CSV; strict when not given."),
        click.option("--encoding", metavar="NAME", help="Of CSV, such as cp1252; found out."),
        click.option("--sheet", metavar="NAME", help="Of XLSX: its name, or its number from 1."),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def file_format(options: Mapping[str, Any]) -> FileFormat:
    """Return how a file is to be read, by the options of `with_format_options`."""
    sheet = options["sheet"]
    return FileFormat(
        format=options["kind"],
        delimiter=as_meant(options["delimiter"]),
        quote=options["quote"],
        quotes=options["quotes"],
        encoding=options["encoding"],
        sheet=int(sheet) if sheet and sheet.isdecimal() else sheet,
    )


def _as_file(ctx: click.Context, _: click.Parameter, path: Path) -> Path:
    """Return the path; what can be read only once is copied to a temporary file before."""
    if str(path) == STDIN:
        return _copied(ctx, sys.stdin.buffer, "")
    if path.is_file():
        return path
    try:
        with path.open("rb") as stream:
            return _copied(ctx, stream, path.suffix)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read.") from error


def _copied(ctx: click.Context, stream: BinaryIO, ending: str) -> Path:
    copy = ctx.with_resource(NamedTemporaryFile(prefix="pims-import-", suffix=ending))  # noqa: SIM115
    copyfileobj(stream, copy)
    copy.flush()
    return Path(copy.name)


def as_meant(text: str | None) -> str | None:
    r"""Return a separator as it is meant: tab and line break by the names that shells let through.

    >>> as_meant("\\t"), as_meant("tab"), as_meant("|")
    ('\t', '\t', '|')
    """
    return _NAMED.get(text, text) if text else text


_NAMED = {"tab": "\t", "\\t": "\t", "\\n": "\n", "\\r\\n": "\r\n"}
