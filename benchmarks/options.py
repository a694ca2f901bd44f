"""From the options of the command to the order for a run."""

from contextlib import closing
from typing import Any

import click
from click.core import ParameterSource

from benchmarks.catalogues.catalogue import Catalogue
from benchmarks.catalogues.chorus import chorus_catalogue
from benchmarks.catalogues.lego import lego_catalogue
from benchmarks.catalogues.made import made_catalogue, made_shape, read_count
from benchmarks.measure.commands import COMMANDS
from benchmarks.measure.rounds import Plan
from benchmarks.measure.workloads import BY_NAME
from benchmarks.report.contrast import read_earlier
from benchmarks.run import Fell, Order
from benchmarks.server.process import HOST, free_port
from pims_api.cli.server.serve_command import server_options
from pims_api.cli.session import open_named

READERS = {"lego": lego_catalogue, "chorus": chorus_catalogue}
WORKLOADS = (*BY_NAME, *COMMANDS)
_QUICK: dict[str, Any] = {
    "products": 2_000,
    "connections": (1, 4),
    "seconds": 1.0,
    "rounds": 5,
    "entries": 300,
}


def read_connections(_: click.Context, __: click.Parameter, text: str) -> tuple[int, ...]:
    """Return numbers of connections, such as those of 1,4,16."""
    try:
        numbers = tuple(int(one) for one in text.split(","))
    except ValueError:
        numbers = ()
    if not numbers or min(numbers) < 1:
        raise click.BadParameter(f"{text!r} is no list of numbers from 1, such as 1,4,16.")
    return numbers


def read_products(_: click.Context, __: click.Parameter, text: str) -> int:
    """Return a number of products, such as that of 10k."""
    try:
        return read_count(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no number such as 250, 10k or 1m.") from error


def read_workloads(_: click.Context, __: click.Parameter, text: str | None) -> tuple[str, ...]:
    """Return names of workloads; all without a text."""
    names = tuple(text.split(",")) if text else WORKLOADS
    for name in names:
        if name not in WORKLOADS:
            raise click.BadParameter(f"{name!r} is none of {', '.join(WORKLOADS)}.")
    return names


def options_of(ctx: click.Context, options: dict[str, Any]) -> dict[str, Any]:
    """Return the options, where a quick run has its own for those that were not given."""
    if not options["quick"]:
        return options
    is_given = {
        name: ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in _QUICK
    }
    return options | {name: value for name, value in _QUICK.items() if not is_given[name]}


def order_of(options: dict[str, Any], fell: Fell) -> Order:
    """Return what to run. fell: whether a result fell too far behind, so that it is tried again."""
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
        fell=fell,
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
        return READERS[options["catalogue"]](options["folder"])
    except OSError as error:
        message = f"The files of {options['catalogue']} are not in {options['folder']}."
        raise click.UsageError(message) from error


def _named_url(url: str | None) -> str | None:
    """Return the URL as settings hold it; ends the command when it is none that we know."""
    if url is None:
        return None
    with closing(open_named(url)) as database:
        return database.settings.database_url
