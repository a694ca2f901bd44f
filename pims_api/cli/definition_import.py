"""What `pims category import` and `pims attribute import` share: options, refusals, totals."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from pims_api.cli.new_file import new_file
from pims_api.cli.output import echo_json
from pims_api.cli.session import told
from pims_api.errors import Fault
from pims_api.services.source_keys import SourceKeys, Vocabulary
from pims_api.transfer.entries import Entries, read_entries
from pims_api.transfer.errors_file import open_errors_file

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Refusal:
    """An entry that is not stored. about: what people call it."""

    line: int
    about: str
    faults: Sequence[Fault]


def _mapping(
    _: click.Context, __: click.Parameter, pairs: tuple[str, ...]
) -> list[tuple[str, str]]:
    """Return pairs of their key and ours; theirs may hold an equals sign."""
    found = []
    for one in pairs:
        theirs, _equals, ours = one.rpartition("=")
        if not (theirs and ours):
            raise click.BadParameter(f"{one!r} is not THEIRS=OURS.")
        found.append((theirs, ours))
    return found


def with_source_options(command: Command) -> Command:
    """Give a command the file and the options that say how to read and store it."""
    options = [
        click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
        click.option("--at", metavar="KEY", help="Where in a JSON object the list stands."),
        click.option("--map", "mapping", callback=_mapping, multiple=True, metavar="THEIRS=OURS",
                     help="What a key or column of the file means; name.en is en inside name. "
                     "Repeat it."),
        click.option("--ignore", multiple=True, metavar="KEY", help="A key to leave. Repeat it."),
        click.option("--dry-run", is_flag=True, help="Say what would happen; store nothing."),
        click.option("--errors", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
                     help="Where to write rejected entries, to be corrected and imported again."),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object, faults too."),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def open_source(
    file: Path, vocabulary: Vocabulary, options: Mapping[str, Any]
) -> tuple[Entries, SourceKeys]:
    """Return what a file holds and how its keys are read; what cannot be ends the command."""
    errors = options["errors"]
    if errors is not None and errors.exists() and errors.samefile(file):
        raise click.UsageError("--errors must name another file than the one to import.")
    with _read_from(file), told():
        keys = SourceKeys(vocabulary, options["mapping"], options["ignore"])
        return read_entries(file, options["at"]), keys


def report(
    totals: Mapping[str, int],
    entries: Entries,
    refusals: Sequence[Refusal],
    notes: Collection[str],
    options: Mapping[str, Any],
) -> None:
    """Tell every fault and every note; the totals last."""
    if options["errors"] is not None:
        _write_errors(options["errors"], entries, refusals)
    if options["as_json"]:
        faults = [_fault_object(one, fault) for one in refusals for fault in one.faults]
        echo_json({**totals, "faults": faults, "warnings": list(notes)})
        return
    for line in [*_lines(entries, refusals), *(f"Note: {note}" for note in notes)]:
        click.echo(line, err=True)
    echo_json(totals)


@contextmanager
def _read_from(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read.") from error


def _lines(entries: Entries, refusals: Sequence[Refusal]) -> Iterator[str]:
    for one in refusals:
        about = f"{one.about}: " if one.about else ""
        for fault in one.faults:
            yield f"{entries.unit} {one.line}: {about}{fault.message}"


def _fault_object(refusal: Refusal, fault: Fault) -> dict[str, Any]:
    told_of = {"line": refusal.line, "about": refusal.about}
    found = told_of | {"code": fault.code, "message": fault.message, "nearest": fault.nearest}
    return {name: one for name, one in found.items() if one}


def _write_errors(path: Path, entries: Entries, refusals: Sequence[Refusal]) -> None:
    rows = {row.line: row for row in entries.rows}
    with (
        new_file(path) as stream,
        open_errors_file(entries.format, stream, entries.columns) as errors,
    ):
        for one in refusals:
            row = rows[one.line]
            errors.write(row, [f.message for f in one.faults if f not in row.faults])
