"""pims attribute rename-value and merge-values: values of a dropdown, with their products."""

from collections.abc import Sequence

import click

from pims_api.cli.confirmation import ask_before, dry_run_option, products, yes_option
from pims_api.cli.options import session_of
from pims_api.cli.session import writing
from pims_api.services.attributes.option_changes import (
    OptionChange,
    merge_options,
    rename_option,
)
from pims_api.services.attributes.requests import AttributeWrite


@click.command("rename-value")
@click.argument("name")
@click.argument("value")
@click.argument("to")
@dry_run_option
@click.pass_context
def rename_value(ctx: click.Context, name: str, value: str, to: str, dry_run: bool) -> None:
    r"""Give a value of a dropdown another name. Products, Views and defaults show it at once.

    \b
    Example:
      pims attribute rename-value color Gray Grey
    """
    with writing(ctx) as work:
        work.dry_run = dry_run
        inline_max = session_of(ctx).database.settings.reindex_inline_max
        change = rename_option(work, AttributeWrite(name), value, to, inline_max)
    verb = "would show" if dry_run else "shows" if change.products == 1 else "show"
    _tell(change, f"{verb} {to} instead of {value}")


@click.command("merge-values")
@click.argument("name")
@click.argument("values", metavar="VALUE...", nargs=-1, required=True)
@click.option("--into", required=True, metavar="VALUE", help="The value that stays.")
@dry_run_option
@yes_option
@click.pass_context
def merge_values(
    ctx: click.Context, /, name: str, values: tuple[str, ...], into: str, **flags: bool
) -> None:
    r"""Put one value of a dropdown in the place of others, on every product. It asks first.

    \b
    Example:
      pims attribute merge-values color Gray gray --into Grey --yes
    """
    if flags["dry_run"] or not flags["yes"]:
        trial = _merged(ctx, name, values, into, dry_run=True)
        if flags["dry_run"]:
            _tell(trial, f"would have {into}")
            return
        if trial.products:
            ask_before(f"{products(trial.products)} would have {into} for good.", yes=flags["yes"])
    change = _merged(ctx, name, values, into)
    _tell(change, f"{'has' if change.products == 1 else 'have'} {into} now")


def _merged(
    ctx: click.Context, name: str, values: Sequence[str], into: str, *, dry_run: bool = False
) -> OptionChange:
    with writing(ctx) as work:
        work.dry_run = dry_run
        return merge_options(work, AttributeWrite(name), values, into)


def _tell(change: OptionChange, what: str) -> None:
    views = f" Views that name it: {', '.join(change.views)}." if change.views else ""
    click.echo(f"{products(change.products)} {what}.{views}")
    for warning in change.warnings:
        click.echo(f"Note: {warning.message}", err=True)
