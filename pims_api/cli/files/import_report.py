"""The output of `pims import`: a progress bar, refusals, differences, totals."""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import click

from pims_api.cli.files.errors_option import errors_format
from pims_api.cli.output import echo_json
from pims_api.errors import BadInput, Fault
from pims_api.jobs.imports.causes import Cause, Causes
from pims_api.jobs.imports.product_import import DecidedRow, ImportStep, totals_of
from pims_api.services.definition_imports.attribute_words import made_object
from pims_api.services.imports.made_things import MADE_MAX, MadeThings
from pims_api.services.imports.preview import RowDifference, row_difference
from pims_api.services.imports.products import fault_text
from pims_api.services.products.batch import RowStatus
from pims_api.transfer.errors_file import ErrorsFile, open_errors_file
from pims_api.wording import worded

SHOWN_MAX = 20  # differences, and as many warnings of columns, and faults of rows, are printed
CAUSES_SHOWN = 10  # of which several rows were refused
VALUES_SUMMED = 5  # of a cause
VALUE_SHOWN = 60  # characters of a value in a difference


class ImportReport:
    """A printer of each step, and of the totals at the end.

    errors: where refused rows go; the file is there, with a header, even if none was refused.
    """

    def __init__(self, errors: Path | None, *, as_json: bool, is_trial: bool) -> None:
        self.totals: dict[str, int] = {}
        self._errors = errors
        self._as_json = as_json
        self._is_trial = is_trial
        self._stack = ExitStack()
        self._file: ErrorsFile | None = None
        self._bar: Any = None
        self._began = time.monotonic()
        self._differences: list[RowDifference] = []
        self._warnings = Notes(SHOWN_MAX)
        self._causes = Causes()
        self._notes = Notes(SHOWN_MAX)
        self._made = MadeThings()

    def __enter__(self) -> "ImportReport":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, trace)
        stored = self._rows - self.totals.get("rejected", 0)
        if kind is not None and stored and not self._is_trial:
            refused = error is not None and isinstance(error.__cause__, BadInput)
            first = "Correct the file, then run" if refused else "Run"
            message = f"rows were imported. {first} the same command again for the rest."
            click.echo(f"{stored} {message}", err=True)

    def take(self, step: ImportStep) -> None:
        """Print the refusals and differences of a step."""
        if not self.totals:
            self._begin(step)
        self.totals, self._made = totals_of(step.state), step.made
        self._warnings.add(f"warning: {worded(one).message}" for one in step.warnings)
        for decided in step.rows:
            self._take_row(step, decided)
        self._show_progress(step)

    def finish(self) -> None:
        """Print the warnings and the totals."""
        if self._as_json:
            differences = {"differences": [asdict(one) for one in self._differences]}
            trial = differences | {"made": made_object(self._made.to_object())}
            echo_json(self.totals | (trial if self._is_trial else {}))
            return
        alike = [one for one in self._causes.in_order() if one.rows > 1][:CAUSES_SHOWN]
        for note in [*self._warnings.shown, *map(_summed, alike), *self._notes.shown]:
            click.echo(note, err=True)
        if more := self._warnings.more + self._notes.more:
            where = f"{self._errors} has" if self._errors else "--errors FILE keeps"
            click.echo(f"… and {more} more; {where} every refused row.", err=True)
        for sentence in self._made_sentences():
            click.echo(sentence, err=not self._is_trial)
        for one in self._differences:
            click.echo(_sentence(one))
        echo_json(self.totals)

    def _made_sentences(self) -> Iterator[str]:
        """Yield what the import makes: all attributes, in a trial also the first of the rest."""
        made = self._made
        for one in made_object(made.to_object())["attributes"]:
            of = "a collection of " if one.get("collection") else ""
            yield f"new attribute {one['name']}: {of}{one['type']}"
        if not self._is_trial:
            return
        sentences = [f"new category {path}" for path in made.categories[:SHOWN_MAX]]
        options = made.options[:SHOWN_MAX]
        sentences += [f"new value of {one['attribute']}: {one['value']}" for one in options]
        yield from sentences
        more = len(made.categories) + len(made.options) + made.more - len(sentences)
        if more:
            yield f"… and {more} more; --json lists the first {MADE_MAX} of each kind."

    @property
    def _rows(self) -> int:
        return sum(self.totals.values()) - self.totals.get("warnings", 0)

    def _begin(self, step: ImportStep) -> None:
        if self._as_json:  # nobody else tells of what was a guess
            for note in step.table.manner.notes:
                click.echo(f"warning: {note}", err=True)
        if self._errors is not None:
            stream = self._stack.enter_context(_opened(self._errors))
            kind = errors_format(self._errors, step.table.format)
            writing = open_errors_file(kind, stream, step.table.columns, step.table.manner)
            self._file = self._stack.enter_context(writing)
        if not self._as_json and sys.stderr.isatty():
            bar = click.progressbar(
                length=step.table.size,
                label="Trying" if self._is_trial else "Importing",
                file=sys.stderr,
                show_eta=True,
                item_show_func=lambda rate: rate and str(rate),
            )
            self._bar = self._stack.enter_context(bar)

    def _take_row(self, step: ImportStep, decided: DecidedRow) -> None:
        row, outcome = decided
        where = f"line {row.line}: "
        self._notes.add(f"{where}warning: {worded(one).message}" for one in outcome.warnings)
        if outcome.status is RowStatus.REJECTED:
            self._causes.add(outcome.faults)
            self._notes.add(f"{where}{_told(one)}" for one in outcome.faults)
            if self._file is not None:
                own = [_told(one) for one in outcome.faults if one not in row.faults]
                self._file.write(row, own)
        elif self._is_trial and len(self._differences) < SHOWN_MAX:
            found = row_difference(step.access, row.line, outcome)
            self._differences += [found] if found else []

    def _show_progress(self, step: ImportStep) -> None:
        if self._bar is None:
            return
        rate = self._rows / max(time.monotonic() - self._began, 0.001)
        behind = max(0, step.table.position() - self._bar.pos)
        self._bar.update(behind, f"{rate:,.0f} rows/s")


class Notes:
    """The first of many sentences. more: the number left out."""

    def __init__(self, shown_max: int) -> None:
        self.shown: list[str] = []
        self.more = 0
        self._shown_max = shown_max

    def add(self, sentences: Iterable[str]) -> None:
        """Add sentences up to the maximum, and count the others."""
        for one in sentences:
            if len(self.shown) < self._shown_max:
                self.shown.append(one)
            else:
                self.more += 1


def _summed(cause: Cause) -> str:
    """Return how many rows a cause has, and which values the most of them have."""
    values = sorted(cause.values.items(), key=lambda one: -one[1])
    counted = [f"{text[:VALUE_SHOWN]!r} {rows}" for text, rows in values[:VALUES_SUMMED]]
    counted += ["…"] if len(values) > VALUES_SUMMED else []
    about = f": {', '.join(counted)}" if counted else ""
    return f"{cause.rows} rows: {_told(cause.fault)}{about}"


def _told(fault: Fault) -> str:
    """Return the message of a row's fault; the way out is one of the command."""
    if fault.code == "unknown_category":
        way_out = "Add it first, or say --create-missing categories."
        which = "such a category" if fault.value is None else f"category {fault.value!r}"
        message = f"{fault.attribute}: there is no {which}! {way_out}"
        fault = replace(fault, message=message)
    return fault_text(worded(fault))


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("wb")
    except OSError as error:
        raise click.ClickException(f"--errors {path} cannot be written.") from error


def _sentence(one: RowDifference) -> str:
    if one.status == RowStatus.CREATED.value:
        values = "; ".join(f"{name}: {_text(value)}" for name, value in one.new.items())
        return f"line {one.line}: {one.sku} is new" + (f": {values}" if values else "")
    changes = (f"{name}: {_text(one.old[name])} -> {_text(new)}" for name, new in one.new.items())
    return f"line {one.line}: {one.sku}: {'; '.join(changes)}"


def _text(value: Any) -> str:
    if value is None:
        return "(unset)"
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    text = str(value).lower() if isinstance(value, bool) else str(value)
    text = "⏎".join(text.splitlines())  # a difference is one line
    return text if len(text) <= VALUE_SHOWN else f"{text[:VALUE_SHOWN]}…"
