"""pims reindex and pims check: rebuild and verify the derived data of documents."""

import sys

import click

from pims_api.cli.options import session_of
from pims_api.cli.output import as_json_option, echo_json
from pims_api.cli.server.checking import checked
from pims_api.cli.server.signs import tell_signs_of_loss
from pims_api.cli.session import reading, writing
from pims_api.services.maintenance.check import size_of
from pims_api.services.maintenance.reindex import (
    finish_reindexing,
    plan_reindexing,
    reindex_block,
    reindex_unique,
)

DIFFERENCES_MAX = 1_000  # of those that --json prints


@click.command()
@click.option("--attribute", metavar="NAME", help="Only this attribute.")
@click.pass_context
def reindex(ctx: click.Context, attribute: str | None) -> None:
    r"""Make the index anew from the products, beside other writers.

    Attributes that waited for it can be filtered, sorted and searched by afterwards.

    \b
    Example:
      pims reindex --attribute price
    """
    with reading(ctx) as seen:
        plan = plan_reindexing(seen, attribute)
    with click.progressbar(range(plan.blocks), label="Indexing", file=sys.stderr) as blocks:
        for block in blocks:
            with writing(ctx) as work:
                reindex_block(work, plan, block)
    for one in plan.unique:
        with writing(ctx) as work:
            reindex_unique(work, one)
    with writing(ctx) as work:
        finish_reindexing(work, plan)
    named = "the whole catalogue" if attribute is None else attribute
    click.echo(f"The index of {named} is new.")


@click.command()
@as_json_option
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> None:
    r"""Prove that history, versions, index, uniqueness, full text and links fit the products.

    History is proved for definitions and keys, too. Prints a sentence for each difference. The exit
    status is 0 when there is none, else 1.

    \b
    Example:
      pims check && echo "all is well"
    """
    found, kept = 0, list[str]()
    with reading(ctx) as seen:
        tell_signs_of_loss(session_of(ctx).database)
        products, entries = size_of(seen)
        for difference in checked(seen):
            found += 1
            if not as_json:
                click.echo(difference)
            elif len(kept) < DIFFERENCES_MAX:
                kept.append(difference)
    if as_json:
        sizes = {"products": products, "history_entries": entries}
        echo_json({"ok": not found, **sizes, "differences_count": found, "differences": kept})
    elif found:
        click.echo(f"{found} differences in {products} products. `pims reindex` mends the index.")
    else:
        click.echo(f"OK: {products} products and {entries} history entries agree.")
    ctx.exit(1 if found else 0)
