"""Options, refusals and totals of `pims category import` and `pims attribute import`."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from pims_api.cli.files.errors_option import check_errors_file, errors_format
from pims_api.cli.files.new_file import new_file
from pims_api.cli.files.source_file import file_format, with_format_options, with_source
from pims_api.cli.output import echo_json
from pims_api.cli.session import ending_on_refusal
from pims_api.errors import Fault
from pims_api.services.definition_imports.key_mapping import SourceKeys, Vocabulary
from pims_api.transfer.entries import Entries, read_entries
from pims_api.transfer.errors_file import open_errors_file
from pims_api.wording import worded

Command = TypeVar("Command", bound=Callable[..., Any])

_NOTHING_STORED = "Nothing was stored; --skip-rejected stores what is not rejected."


@dataclass(frozen=True, slots=True)
class Refusal:
    """An entry that is not stored. about: its name or path. below: the places inside it."""

    line: int
    about: str
    faults: Sequence[Fault]
    below: Sequence[str] = ()


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
        with_source,
        click.option("--at", metavar="KEY", help="Where in a JSON object the list stands."),
        click.option("--map", "mapping", callback=_mapping, multiple=True, metavar="THEIRS=OURS",
                     help="What a key or column of the file means; name.en is en inside name. "
                     "Repeat it."),
        click.option("--ignore", multiple=True, metavar="KEY", help="A key to leave. Repeat it."),
        click.option("--dry-run", is_flag=True, help="Say what would happen; store nothing."),
        click.option("--skip-rejected", is_flag=True,
                     help="Store the others when some are rejected."),
        click.option("--errors", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
                     help="Where to write rejected entries, to be corrected and imported again; "
                     "with them all others, when none was stored: .csv, .xlsx or .jsonl."),
        with_format_options,
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object, faults too."),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def open_source(
    file: Path, vocabulary: Vocabulary, options: Mapping[str, Any]
) -> tuple[Entries, SourceKeys]:
    """Return the entries of a file and the reader of their keys; faults end the command."""
    with _read_from(file), ending_on_refusal(shown=None):
        keys = SourceKeys(vocabulary, options["mapping"], options["ignore"])
        entries = read_entries(file, options["at"], file_format(options))
    check_errors_file(file, options["errors"], entries.format)
    return entries, keys


def report(
    totals: Mapping[str, int],
    entries: Entries,
    refusals: Sequence[Refusal],
    notes: Collection[str],
    options: Mapping[str, Any],
) -> None:
    """Print every fault and every note; the totals last."""
    notes = [*entries.manner.notes, *(n.message for row in entries.rows for n in row.notes), *notes]
    if refusals and not options["skip_rejected"]:
        notes.append(_NOTHING_STORED)
    if options["errors"] is not None:
        _write_errors(options["errors"], entries, refusals, skipped=options["skip_rejected"])
    if options["as_json"]:
        faults = [_fault_object(entries, one, fault) for one in refusals for fault in one.faults]
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
            yield f"{_where(entries, one)}: {about}{worded(fault).message}"


def _where(entries: Entries, refusal: Refusal) -> str:
    return ", ".join([f"{entries.unit} {refusal.line}", *refusal.below])


def _fault_object(entries: Entries, refusal: Refusal, fault: Fault) -> dict[str, Any]:
    place = _where(entries, refusal) if refusal.below else None
    told_of = {"line": refusal.line, "place": place, "about": refusal.about}
    found = told_of | {
        "code": fault.code,
        "message": worded(fault).message,
        "nearest": fault.nearest,
    }
    return {name: one for name, one in found.items() if one}


def _write_errors(
    path: Path, entries: Entries, refusals: Sequence[Refusal], *, skipped: bool
) -> None:
    """Write the entries in which something was rejected; all of them where none was stored."""
    messages: defaultdict[int, list[str]] = defaultdict(list)
    for one in refusals:
        told_of = [worded(fault).message for fault in one.faults]
        messages[one.line] += [": ".join([*one.below, message]) for message in told_of]
    kind = errors_format(path, entries.format)
    with (
        new_file(path) as stream,
        open_errors_file(kind, stream, entries.columns, entries.manner) as errors,
    ):
        for row in entries.rows:
            if row.line in messages or (refusals and not skipped):
                errors.write(row, messages.get(row.line, ()))
