"""pims bench: how fast this version is on this machine, beside what limits it."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click
import orjson
from click.core import ParameterSource

from benchmarks.catalogues.catalogue import Catalogue
from benchmarks.catalogues.chorus import chorus_catalogue
from benchmarks.catalogues.lego import lego_catalogue
from benchmarks.catalogues.made import (
    ATTRIBUTES_MIN,
    FILTERABLE_MIN,
    made_catalogue,
    made_shape,
    read_count,
)
from benchmarks.measure.client import BenchError
from benchmarks.measure.commands import COMMANDS
from benchmarks.measure.rounds import Plan
from benchmarks.measure.workloads import BY_NAME
from benchmarks.report.contrast import read_earlier
from benchmarks.report.progress import Shown
from benchmarks.report.reference import Fall, Reference, falls_of, read_reference
from benchmarks.report.results import as_json
from benchmarks.run import Order, Outcome, run
from benchmarks.server.process import HOST, free_port
from pims_api.cli.server.serve_command import server_options
from pims_api.cli.session import open_named, told
from pims_api.garbage import collect_seldom

_READERS = {"lego": lego_catalogue, "chorus": chorus_catalogue}
_KNOWN = (*BY_NAME, *COMMANDS)
_QUICK: dict[str, Any] = {
    "products": 2_000,
    "connections": (1, 4),
    "seconds": 1.0,
    "rounds": 5,
    "entries": 300,
}


def _numbers(_: click.Context, __: click.Parameter, text: str) -> tuple[int, ...]:
    try:
        numbers = tuple(int(one) for one in text.split(","))
    except ValueError:
        numbers = ()
    if not numbers or min(numbers) < 1:
        raise click.BadParameter(f"{text!r} is no list of numbers from 1, such as 1,4,16.")
    return numbers


def _count(_: click.Context, __: click.Parameter, text: str) -> int:
    try:
        return read_count(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no number such as 250, 10k or 1m.") from error


def _names(_: click.Context, __: click.Parameter, text: str | None) -> tuple[str, ...]:
    names = tuple(text.split(",")) if text else _KNOWN
    for name in names:
        if name not in _KNOWN:
            raise click.BadParameter(f"{name!r} is none of {', '.join(_KNOWN)}.")
    return names


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--database",
    metavar="URL",
    help="A database of the benchmark's own; without it, a SQLite file that is removed.",
)
@click.option(
    "--products",
    callback=_count,
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
@click.option("--catalogue", type=click.Choice([*_READERS]), help="A real one, not made.")
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
    callback=_names,
    metavar="LIST",
    help=f"Only these, of {', '.join(_KNOWN)}.",
)
@click.option(
    "--connections",
    callback=_numbers,
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
    r"""Measure this version over HTTP on this machine, beside what limits it.

    It makes a catalogue, starts a server and sends each workload in short rounds that take turns:
    to PIMS, to the floor (the raw SQL of the same work, without checks, permissions, index or full
    text) and to a Flask route that parses the same body and returns the same bytes. Read the
    ratios; the figures themselves depend on the machine. Where a figure has a target, its row says
    whether that is met.

    --nodes 2 starts two servers, each with --workers of its own, and asks one of them alone in
    turn. They share the cores of one machine, so two answer little more than one: what is shown is
    what it costs that they work together. --against tells how p50 grew with the catalogue.
    --catalogue chorus has 5,354 attributes; a narrow catalogue of as many products is measured
    beside it.

    Without --database it makes a SQLite file and removes it; a database that is named must be empty
    or left by an earlier run, and keeps what was made. The exit status is 1 when a ratio fell or a
    request was refused.

    \b
    Example:
      pims bench --products 100k --keep catalogues --json found.json
      pims bench --quick --workloads read,edit --compare found.json
      pims bench --products 1m --keep catalogues --against found.json
      pims bench --database postgresql://pims@localhost/bench --nodes 2 --connections 4,16
      pims bench --catalogue lego --folder data/lego
    """
    collect_seldom()
    chosen = _chosen(ctx, options)
    with _bench_told():
        reference = read_reference(options["compare"]) if options["compare"] else {}
        order = _order(chosen, reference)
        shown = Shown(order.site, markdown=options["markdown"])
        outcome = run(order, shown.progress, shown.result)
    shown.close(outcome)
    if options["json_file"]:
        options["json_file"].write_bytes(orjson.dumps(as_json(outcome), option=_PRETTY) + b"\n")
    _end(ctx, outcome, _falls(outcome, reference))


_PRETTY = orjson.OPT_INDENT_2


def _chosen(ctx: click.Context, options: dict[str, Any]) -> dict[str, Any]:
    """Return the options, where a quick run has its own for those that were not given."""
    if not options["quick"]:
        return options
    is_given = {
        name: ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in _QUICK
    }
    return options | {name: value for name, value in _QUICK.items() if not is_given[name]}


def _order(options: dict[str, Any], reference: Reference) -> Order:
    names = options["workloads"]
    url = _named_url(options["database"])
    return Order(
        catalogue=_catalogue(options),
        workloads=[one for one in BY_NAME.values() if one.name in names],
        plan=_plan(options, url),
        options=server_options(f"{HOST}:{free_port()}", options["workers"]),
        url=url,
        keep=options["keep"],
        entries=options["entries"],
        fell=lambda result: bool(falls_of(result, reference)),
        commands=[name for name in COMMANDS if name in names],
        earlier=read_earlier(options["against"]) if options["against"] else None,
    )


def _plan(options: dict[str, Any], url: str | None) -> Plan:
    nodes = options["nodes"]
    if nodes > 1 and (url is None or url.startswith("sqlite")):
        message = f"--nodes {nodes} needs a PostgreSQL database: name one with --database."
        raise click.UsageError(message)
    return Plan(
        options["connections"],
        options["rounds"],
        options["seconds"] / options["rounds"],
        options["workers"],
        nodes,
    )


def _catalogue(options: dict[str, Any]) -> Catalogue:
    if options["catalogue"] is None:
        try:
            shape = made_shape(
                options["products"],
                options["attributes"],
                options["filterable"],
                options["variations"],
            )
        except ValueError as error:
            raise click.UsageError(str(error)) from error
        return made_catalogue(shape)
    if options["folder"] is None:
        raise click.UsageError("--catalogue needs --folder, with its files.")
    try:
        return _READERS[options["catalogue"]](options["folder"])
    except OSError as error:
        message = f"The files of {options['catalogue']} are not in {options['folder']}."
        raise click.UsageError(message) from error


def _named_url(url: str | None) -> str | None:
    """Return the URL as settings hold it; ends the command when it is none that we know."""
    if url is None:
        return None
    with closing(open_named(url)) as database:
        return database.settings.database_url


@contextmanager
def _bench_told() -> Iterator[None]:
    try:
        with told():
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
