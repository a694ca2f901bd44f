"""`python -m benchmarks`: how fast this version is on this machine, beside what limits it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import orjson

from benchmarks.catalogues.made import ATTRIBUTES_MIN, FILTERABLE_MIN
from benchmarks.errors import BenchError
from benchmarks.options import (
    READERS,
    WORKLOADS,
    options_of,
    order_of,
    read_connections,
    read_products,
    read_workloads,
)
from benchmarks.report.outcome import Outcome
from benchmarks.report.progress import Progress
from benchmarks.report.reference import Fall, Reference, falls_of, read_reference
from benchmarks.report.results import as_json
from benchmarks.run import run
from pims_api.cli.session import ending_on_refusal
from pims_api.garbage import keep_for_good

_PRETTY = orjson.OPT_INDENT_2


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--database",
    metavar="URL",
    help="A database of the benchmark's own; without it, a SQLite file that is removed.",
)
@click.option(
    "--products",
    callback=read_products,
    default="10k",
    show_default=True,
    metavar="NUMBER",
    help="Of the catalogue that is made, such as 10k, 100k or 1m.",
)
@click.option(
    "--attributes", default=ATTRIBUTES_MIN, show_default=True, help="Of each product that is made."
)
@click.option(
    "--filterable",
    default=FILTERABLE_MIN / ATTRIBUTES_MIN,
    show_default=True,
    type=click.FloatRange(0, 1),
    help="Share of the attributes that products are found by.",
)
@click.option(
    "--variations",
    default=0.0,
    show_default=True,
    help="Share of the products that are variations of others.",
)
@click.option("--catalogue", type=click.Choice([*READERS]), help="A real one, not made.")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where the files of --catalogue are.",
)
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Keeps SQLite catalogues as they were made, for later runs.",
)
@click.option(
    "--workloads",
    callback=read_workloads,
    metavar="LIST",
    help=f"Only these, of {', '.join(WORKLOADS)}.",
)
@click.option(
    "--connections",
    callback=read_connections,
    default="1,4,16",
    show_default=True,
    metavar="LIST",
    help="How many requests are under way at a time; each number is measured.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Processes of each server.",
)
@click.option(
    "--nodes",
    type=click.IntRange(1, 16),
    default=1,
    show_default=True,
    help="Servers on one PostgreSQL database, which take turns with the first of them alone.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(0.01),
    default=6.0,
    show_default=True,
    help="That each workload asks PIMS, and as long each limit, at each number of connections.",
)
@click.option(
    "--rounds",
    type=click.IntRange(1),
    default=6,
    show_default=True,
    help="Into which the seconds are cut; all take turns.",
)
@click.option(
    "--entries",
    type=click.IntRange(1),
    default=10_000,
    show_default=True,
    help="Of the product whose history is read.",
)
@click.option(
    "--quick", is_flag=True, help="A small run of minutes: 2,000 products, 1 and 4 connections."
)
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Also write what was found for scripts.",
)
@click.option(
    "--compare",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Fail when a ratio fell by more than a third against this file.",
)
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Add a table of p50 beside what --json wrote of fewer products, or of SQLite.",
)
@click.option("--markdown", is_flag=True, help="Print a table to paste into a document.")
@click.pass_context
def main(ctx: click.Context, /, **options: Any) -> None:
    """Measure this version over HTTP on this machine, beside what limits it.

    It makes a catalogue, starts a server and sends each workload in short rounds that take turns:
    to PIMS, to the floor (the raw SQL of the same work, without checks, permissions, index or full
    text) and to a Flask route that parses the same body and returns the same bytes. Read the
    ratios; the figures themselves depend on the machine. Where a figure has a target, its row says
    whether that is met.

    A database that is named must be empty or left by an earlier run, and keeps what was made. The
    exit status is 1 when a ratio fell or a request was refused. docs/benchmarks.md says more.
    """
    keep_for_good()
    chosen = options_of(ctx, options)
    with _told():
        reference = read_reference(options["compare"]) if options["compare"] else {}
        order = order_of(chosen, lambda result: bool(falls_of(result, reference)))
        progress = Progress(order.site, markdown=options["markdown"])
        outcome = run(order, progress.step, progress.result)
    progress.close(outcome)
    if options["json_file"]:
        options["json_file"].write_bytes(orjson.dumps(as_json(outcome), option=_PRETTY) + b"\n")
    _end(ctx, outcome, _falls(outcome, reference))


@contextmanager
def _told() -> Iterator[None]:
    """Turn a failure into the end of the command."""
    try:
        with ending_on_refusal():
            yield
    except BenchError as error:
        raise click.ClickException(str(error)) from error


def _falls(outcome: Outcome, reference: Reference) -> list[Fall]:
    return [fall for one in outcome.results for fall in falls_of(one, reference)]


def _end(ctx: click.Context, outcome: Outcome, falls: Sequence[Fall]) -> None:
    for one in falls:
        click.echo(f"Fell: {one.text}.", err=True)
    ctx.exit(1 if falls or outcome.failed else 0)


if __name__ == "__main__":
    main()
