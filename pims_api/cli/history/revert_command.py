"""pims revert: take back a transaction, or an import that the server did."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from pims_api.cli.history.conflict_line import conflict_line
from pims_api.cli.options import session_of
from pims_api.cli.output import as_json_option, echo_json
from pims_api.cli.session import ending_on_refusal, tenant_id_of
from pims_api.domain.access.access import Access
from pims_api.jobs.reverts.state import RevertState
from pims_api.jobs.reverts.steps import RevertTask, found_target, look_at_all, revert_steps
from pims_api.services.access import full_access
from pims_api.services.reverts.revert import PRODUCTS_MAX, ConflictsFound, OnConflict
from pims_api.services.reverts.target import Target
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from pims_api.wording import worded

on_conflict_option = click.option(
    "--on-conflict",
    type=click.Choice([one.value for one in OnConflict]),
    default=OnConflict.REFUSE.value,
    show_default=True,
    help="What becomes of values that were changed since.",
)


@click.command("revert")
@click.option("--transaction", type=click.IntRange(1), metavar="NUMBER", help="What it changed.")
@click.option("--job", "job_id", type=click.IntRange(1), metavar="ID", help="What an import did.")
@on_conflict_option
@click.option("--dry-run", is_flag=True, help="Say what would happen; store nothing.")
@as_json_option
@click.pass_context
def revert_command(
    ctx: click.Context,
    transaction: int | None,
    job_id: int | None,
    on_conflict: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    r"""Take back what a transaction or an import changed of products.

    Each value goes back to what it was before. Values that somebody else changed since are
    conflicts: with refuse nothing is taken back, skip leaves them alone, and what today's rules
    refuse, force overwrites them. New products are deleted by their status; attributes, categories
    and dictionary values stay. More than 1,000 products are taken back in several transactions:
    interrupted, it finishes the rest when it is run again.

    \b
    Example:
      pims revert --transaction 4711 --dry-run
      pims revert --job 12 --on-conflict skip --reason "Wrong price list"
    """
    if (transaction is None) == (job_id is None):
        raise click.UsageError("Say what to take back: --transaction or --job.")
    take_back(ctx, Target(transaction, job_id), OnConflict(on_conflict), dry_run, as_json)


def take_back(
    ctx: click.Context, asked: Target, on_conflict: OnConflict, dry_run: bool, as_json: bool
) -> None:
    """Take something back and print what that came to; a refusal ends the command."""
    session, tenant_id = session_of(ctx), tenant_id_of(ctx)
    task = RevertTask(
        session.database, tenant_id, session.actor, _everything, on_conflict, dry_run=dry_run
    )
    stored: list[int] = []

    def record(work: UnitOfWork) -> None:
        stored.extend([] if work.transaction is None else [work.transaction])

    with ending_on_refusal(), _ending_on_conflicts():
        target = found_target(task, asked)
        look_at_all(task, target)
        count = len(target.ids)
        state = RevertState(size=PRODUCTS_MAX, is_last=count <= PRODUCTS_MAX)
        with click.progressbar(length=count, label="Taking back", file=sys.stderr) as progress:
            for _ in revert_steps(task, target, state, record):
                progress.update(state.decided - progress.pos)
    if as_json:
        told = {"dry_run": dry_run, **state.counts, "conflicts": state.done.conflicts}
        echo_json(told | ({"transaction": stored[-1]} if stored else {}))
        return
    _tell(state, stored, dry_run=dry_run)


def _everything(seen: Snapshot) -> Access:
    return full_access(seen.definition, seen.definition.default_locale)


@contextmanager
def _ending_on_conflicts() -> Iterator[None]:
    """Show the values that were changed since, and end the command."""
    try:
        yield
    except ConflictsFound as found:
        for one in found.conflicts:
            click.echo(conflict_line(one), err=True)
        message = f"{found.count} values were changed since, so nothing was taken back. "
        raise click.ClickException(message + "See --on-conflict.") from None


def _tell(state: RevertState, stored: Sequence[int], *, dry_run: bool) -> None:
    for one in state.done.conflicts:
        click.echo(conflict_line(one))
    for warning in state.done.warnings:
        click.echo(f"Note: {worded(warning).message}", err=True)
    counts = ", ".join(f"{count} {name}" for name, count in state.counts.items())
    counts = counts.replace("conflict_count", "conflicts")
    number = f" Transaction {stored[-1]}." if stored else ""
    click.echo(f"{'Would come to: ' if dry_run else ''}{counts}.{number}")
