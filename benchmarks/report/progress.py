"""What people see while a benchmark runs: steps on stderr, results as they come."""

import sys
from dataclasses import dataclass, field

import click

from benchmarks.measure.rounds import Measured
from benchmarks.report.outcome import Outcome
from benchmarks.report.results import as_markdown, closing_lines, head_line, result_line
from benchmarks.report.tables import text_lines
from benchmarks.report.targets import Site

_STEPS = 10  # lines about one piece of work where they stay, as in a log


@dataclass(slots=True)
class Progress:
    """Tells of a run. markdown: results are printed as a document at the end, not as they come."""

    site: Site
    markdown: bool
    _has_head: bool = False
    _steps: dict[str, int] = field(default_factory=dict)

    def step(self, what: str, done: int, total: int) -> None:
        """Tell of a step: on a terminal in one line that changes, elsewhere every tenth of it."""
        text = f"{what}: {done:,} of {total:,}"
        if sys.stderr.isatty():
            click.echo(f"\r{text} ", nl=done >= total, err=True)
            return
        step = _STEPS if done >= total else done * _STEPS // total
        if step > self._steps.get(what, 0):
            self._steps[what] = step
            click.echo(text, err=True)

    def result(self, one: Measured) -> None:
        """Show a result; it goes to stderr where the document follows."""
        if not self._has_head:
            self._has_head = True
            click.echo(head_line(), err=self.markdown)
        click.echo(result_line(one, self.site), err=self.markdown)

    def close(self, outcome: Outcome) -> None:
        """Show the rest, or the document."""
        if self.markdown:
            click.echo(as_markdown(outcome))
            return
        for table in outcome.tables:
            click.echo("\n" + "\n".join(text_lines(table)))
        click.echo("\n" + "\n".join(closing_lines(outcome)))
