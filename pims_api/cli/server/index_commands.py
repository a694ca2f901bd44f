"""pims reindex and pims check: rebuild and verify the derived data of documents."""

import re
import sys
from collections.abc import Collection, Sequence

import click

from pims_api.cli.options import session_of
from pims_api.cli.output import as_json_option, echo_json
from pims_api.cli.server.checking import checked
from pims_api.cli.server.signs import tell_signs_of_loss
from pims_api.cli.session import reading, writing
from pims_api.services.maintenance.check import CHECKS, Check, checks_since, size_of
from pims_api.services.maintenance.reindex import (
    finish_reindexing,
    plan_reindexing,
    reindex_block,
    reindex_unique,
)
from pims_api.storage.checks.chain import Noted
from pims_api.storage.snapshot import Snapshot

_DIGEST = re.compile("[0-9a-f]{64}")
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
@click.option("--since", type=click.IntRange(1), metavar="NUMBER", help="Of the noted transaction.")
@click.option("--digest", metavar="DIGEST", help="That was noted of it, as its status told it.")
@as_json_option
@click.pass_context
def check(ctx: click.Context, since: int | None, digest: str | None, as_json: bool) -> None:
    r"""Prove that history, versions, index, uniqueness, full text and links fit the products.

    History is proved for definitions and keys, too, and by the digests of transactions that nothing
    in it was altered. With --since and --digest: that nothing up to that transaction was altered
    since somebody noted its digest. Prints a sentence for each difference. The exit status is 0
    when there is none, else 1.

    \b
    Example:
      pims check && echo "all is well"
      pims transaction show 4711
      pims check --since 4711 --digest 0e5a…
    """
    found, kept, failed = 0, list[str](), set[Check]()
    with reading(ctx) as seen:
        checks = _checks(seen, since, digest)
        tell_signs_of_loss(session_of(ctx).database)
        products, entries = size_of(seen)
        for step, difference in checked(seen, checks):
            found += 1
            failed.add(step)
            if not as_json:
                click.echo(difference)
            elif len(kept) < DIFFERENCES_MAX:
                kept.append(difference)
    if as_json:
        sizes = {"products": products, "history_entries": entries}
        told = {"ok": not found, **sizes, "differences_count": found, "differences": kept}
        echo_json(told | ({"advice": _advice(failed)} if found else {}))
    elif found:
        click.echo(f"{found} differences in {products} products. {' '.join(_advice(failed))}")
    else:
        click.echo(f"OK: {products} products and {entries} history entries agree.")
        if since is not None:
            click.echo(f"Nothing up to transaction {since} was altered since its digest was noted.")
    ctx.exit(1 if found else 0)


def _advice(failed: Collection[Check]) -> list[str]:
    """Return what is to be done about the checks that found differences."""
    kinds = {one.is_derived for one in failed}
    told = {
        False: "What was stored was altered, which no command mends: `pims restore` a backup of "
        "before that into another database.",
        True: "`pims reindex` mends the index.",
    }
    return [advice for kind, advice in told.items() if kind in kinds]


def _checks(seen: Snapshot, since: int | None, digest: str | None) -> Sequence[Check]:
    if since is None and digest is None:
        return CHECKS
    if since is None or digest is None:
        raise click.UsageError("--since and --digest belong together: send both.")
    if not _DIGEST.fullmatch(digest.strip().lower()):
        raise click.BadParameter("64 hexadecimal digits", param_hint="--digest")
    if since > seen.sequence:
        message = f"at most {seen.sequence}, the number of the last transaction"
        raise click.BadParameter(message, param_hint="--since")
    return checks_since(Noted(since, digest.strip().lower()))
