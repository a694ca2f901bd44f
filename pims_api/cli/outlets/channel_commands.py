"""pims channel test, push, pull and sync: what talks to the shop of a channel."""

import time
from typing import Any

import click

from pims_api.cli.options import session_of
from pims_api.cli.outlets.known_channels import channel, named
from pims_api.cli.outlets.watched_run import watched_run
from pims_api.cli.session import ending_on_refusal, writing
from pims_api.clock import now_us
from pims_api.connectors.base import OutsideFailed, OutsideFound, OutsideInvalid
from pims_api.domain.job import Job
from pims_api.domain.outlets.outlet import Outlet, RunState
from pims_api.jobs.channels.channel_run import dry_run, outside_of
from pims_api.jobs.channels.ledger import Ledger
from pims_api.jobs.job_run import JobRun
from pims_api.jobs.kinds import JOB_KINDS
from pims_api.services.channels.runs import BOTH, JOB_KIND, PULL, PUSH, ask_run, refuse_unfit

_TEST_S = 33.0
_TOLD_MAX = 100

_dry = click.option("--dry-run", is_flag=True, help="Only tell what would be done.")


@click.command("test")
@named
@click.pass_context
def test(ctx: click.Context, alias: str) -> None:
    r"""Tell whether the shop of a channel can be reached; nothing is written there.

    \b
    Example:
      pims channel test shop
    """
    one, database = channel(ctx, alias), session_of(ctx).database
    with ending_on_refusal():
        refuse_unfit(one, inactive=True)
    outside = outside_of(one, database.settings, time.sleep, time.monotonic() + _TEST_S)
    try:
        found = outside.look()
    finally:
        outside.close()
    if not isinstance(found, OutsideFound):
        raise click.ClickException(found.message)
    click.echo(f"{found.name} ({found.plan}) answers. It has {found.products} products.")
    for warning in found.warnings:
        click.echo(warning, err=True)


@click.command("push")
@named
@_dry
@click.pass_context
def push(ctx: click.Context, alias: str, dry_run: bool) -> None:
    r"""Send what changed to the shop of a channel.

    \b
    Example:
      pims channel push shop --dry-run
    """
    _go(ctx, alias, PUSH, dry_run)


@click.command("pull")
@named
@_dry
@click.pass_context
def pull(ctx: click.Context, alias: str, dry_run: bool) -> None:
    r"""Receive what changed in the shop of a channel.

    \b
    Example:
      pims channel pull shop --dry-run
    """
    _go(ctx, alias, PULL, dry_run)


@click.command("sync")
@named
@click.pass_context
def sync(ctx: click.Context, alias: str) -> None:
    r"""Send and receive what changed. What changed on both sides is kept as it is here, and told.

    \b
    Example:
      pims channel sync shop
    """
    _go(ctx, alias, BOTH, is_dry=False)


def _go(ctx: click.Context, alias: str, direction: str, is_dry: bool) -> None:
    one = channel(ctx, alias)
    if is_dry:
        _tell_plans(_planned(ctx, one, direction))
        return
    with writing(ctx) as work:
        run = ask_run(work, one, direction)
    run = watched_run(session_of(ctx).database, one, run, JOB_KINDS, "channels")
    told = run.result
    names = ("pushed", "pulled", "skipped", "failed")
    counts = ", ".join(f"{told.get(name, 0)} {name}" for name in names)
    click.echo(f"{run.state}: {counts}")
    for error in told.get("errors", ()):
        click.echo(_error(error), err=True)
    if run.state is RunState.FAILED:
        raise click.exceptions.Exit(1)


def _planned(ctx: click.Context, one: Outlet, direction: str) -> Ledger:
    session = session_of(ctx)
    job = Job(one.tenant_id, 0, JOB_KIND, now_us(), session.actor.name)
    with ending_on_refusal():
        refuse_unfit(one, inactive=True)
        try:
            return dry_run(JobRun(session.database, job), one, direction)
        except (OutsideInvalid, OutsideFailed) as error:
            raise click.ClickException(str(error)) from error


def _tell_plans(ledger: Ledger) -> None:
    for plan in ledger.plans:
        places = " ".join(filter(None, (plan.record, plan.product)))
        click.echo(f"{plan.deed}: {places}")
        for name, (before, after) in plan.fields.items():
            was = "" if before is None else f"{_value(before)} -> "
            click.echo(f"  {name}: {was}{_value(after)}")
    for error in ledger.errors:
        click.echo(_error(error), err=True)
    click.echo(f"{len(ledger.plans)} would be written. Nothing was.")
    if ledger.state is RunState.FAILED:
        raise click.exceptions.Exit(1)


def _value(value: Any) -> str:
    """Return a value in one line that is not too long."""
    text = "" if value is None else " ".join(str(value).split())
    return f"{text[:_TOLD_MAX]}…" if len(text) > _TOLD_MAX else text


def _error(error: dict[str, Any]) -> str:
    places = (error.get(name) for name in ("record", "product"))
    return ": ".join([*filter(None, places), error["message"]])
