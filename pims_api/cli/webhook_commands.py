"""pims webhook: receivers that are told of events, and what became of the deliveries."""

from typing import Any

import click
import orjson

from pims_api.cli.options import session_of
from pims_api.cli.session import ending_on_refusal, reading, tenant_id_of, writing
from pims_api.domain.outlets.outlet import Outlet, OutletKind
from pims_api.domain.outlets.webhook import Delivery, DeliveryState
from pims_api.domain.product import moment_text
from pims_api.errors import Subject, absent
from pims_api.jobs.webhooks.sender import WebhookSender
from pims_api.jobs.webhooks.serving import Sending
from pims_api.jobs.webhooks.telling import NamedTelling
from pims_api.services.outlets.outlets import outlets_of
from pims_api.services.outlets.webhooks import ask_again, ask_test, reader_of
from pims_api.storage.database import Database
from pims_api.storage.outlets.deliveries import deliveries_of, find_delivery
from pims_api.storage.outlets.outlets import Outlets
from pims_api.storage.snapshot import Snapshot, snapshot

_LISTED_MAX = 500
_JSON = click.option("--json", "as_json", is_flag=True, help="For scripts.")


@click.group("webhook")
def webhook_group() -> None:
    """Webhooks: receivers that are told what happens to records."""


@webhook_group.command("list")
@_JSON
@click.pass_context
def show(ctx: click.Context, as_json: bool) -> None:
    r"""List the webhooks, and how far each was told.

    \b
    Example:
      pims webhook list
    """
    with reading(ctx) as seen:
        known = outlets_of(seen, _outlets(ctx), OutletKind.WEBHOOK)
        found = [_told(seen, one) for one in known]
    if as_json:
        click.echo(orjson.dumps(found).decode())
        return
    for one in found:
        state = "active" if one["active"] else f"off: {one['reason'] or 'switched off'}"
        click.echo(f"{one['id']}  {one['name']}  {one['url']}  {state}")


@webhook_group.command("deliveries")
@click.argument("webhook")
@click.option(
    "--status", type=click.Choice([str(one) for one in DeliveryState]), help="Only these."
)
@_JSON
@click.pass_context
def deliveries(ctx: click.Context, webhook: str, status: str | None, as_json: bool) -> None:
    r"""List deliveries of a webhook, newest first: those that wait, the dead, the last others.

    WEBHOOK is its id, as `pims webhook list` shows it.

    \b
    Example:
      pims webhook deliveries wh-shop --status dead
    """
    state = None if status is None else DeliveryState(status)
    with reading(ctx) as seen:
        one = _named(seen, _outlets(ctx), webhook)
        found = deliveries_of(seen.connection, one, state, 0, _LISTED_MAX)
    if as_json:
        click.echo(orjson.dumps([_object(each) for each in found]).decode())
        return
    for each in found:
        click.echo(_line(each))


@webhook_group.command("test")
@click.argument("webhook")
@click.pass_context
def test(ctx: click.Context, webhook: str) -> None:
    r"""Send a test to a webhook, switched on or not. The exit status is 0 if it arrived.

    \b
    Example:
      pims webhook test wh-shop
    """
    with writing(ctx) as work:
        one = _named(work, _outlets(ctx), webhook)
        asked = ask_test(work, one)
    _send(ctx, one, asked)


@webhook_group.command("redeliver")
@click.argument("webhook")
@click.argument("delivery")
@click.pass_context
def redeliver(ctx: click.Context, webhook: str, delivery: str) -> None:
    r"""Make a delivery again, under the same id. The exit status is 0 if it arrived.

    \b
    Example:
      pims webhook redeliver wh-shop 0b6b9a52-5f0e-5c3e-9a54-0c5c2f6f6a77
    """
    with writing(ctx) as work:
        one = _named(work, _outlets(ctx), webhook)
        asked = ask_again(work, one, delivery)
    _send(ctx, one, asked)


def _send(ctx: click.Context, one: Outlet, asked: Delivery) -> None:
    """Send what was asked for, unless a worker does, and tell how that ended."""
    database = session_of(ctx).database
    with ending_on_refusal():
        WebhookSender(Sending(database, NamedTelling())).run_asked(one)
    with snapshot(database, tenant_id_of(ctx)) as seen:
        after = find_delivery(seen.connection, one, asked.id) or asked
    if after.state is DeliveryState.PENDING:
        click.echo(f"Delivery {after.id} is on its way by a worker.")
        return
    if after.state is DeliveryState.DEAD:
        raise click.ClickException(f"Delivery {after.id} failed: {after.error}")
    click.echo(f"Delivery {after.id} arrived: the receiver answered {after.status}.")


def _outlets(ctx: click.Context) -> Outlets:
    database: Database = session_of(ctx).database
    return Outlets(database)


def _named(seen: Snapshot, outlets: Outlets, text: str) -> Outlet:
    for one in outlets_of(seen, outlets, OutletKind.WEBHOOK):
        if _id(one) == text:
            return one
    raise absent(Subject.WEBHOOK)


def _id(one: Outlet) -> str:
    return one.client_id or f"wh-{one.id}"


def _told(seen: Snapshot, one: Outlet) -> dict[str, Any]:
    reader = reader_of(seen, one)
    return {
        "id": _id(one),
        "name": one.name,
        "url": one.settings["url"],
        "events": one.settings["events"],
        "active": one.active,
        "reason": None if one.active else reader.reason,
        "told_up_to": reader.place.sequence,
    }


def _object(one: Delivery) -> dict[str, Any]:
    return {
        "delivery": one.id,
        "event": one.event,
        "status": str(one.state),
        "attempts": one.attempts,
        "date": moment_text(one.created_at),
        "answer": one.status,
        "error": one.error,
    }


def _line(one: Delivery) -> str:
    error = f"  {one.error}" if one.error else ""
    date = moment_text(one.created_at)
    return f"{one.id}  {date}  {one.event}  {one.state}  {one.attempts} attempts{error}"
