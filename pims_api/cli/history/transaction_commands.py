"""pims transaction: what was written, by whom and why."""

from collections.abc import Callable
from typing import Any

import click

from pims_api.cli.history.moment_type import MomentType
from pims_api.cli.output import as_json_option, echo_json, moment
from pims_api.cli.session import reading
from pims_api.domain.page import PAGE_SIZE_MAX, Page
from pims_api.services.transactions.listing import list_transactions, show_transaction
from pims_api.storage.history.transactions import TransactionQuery, TransactionRow


def _moment_option(name: str, field: str, text: str) -> Callable[[Any], Any]:
    return click.option(name, field, type=MomentType(), metavar="MOMENT", help=text)


@click.group("transaction")
def transaction_group() -> None:
    """Transactions: what was written, when, by whom and why."""


@transaction_group.command("list")
@click.option("--by", "user", metavar="NAME", help="Made by this user.")
@click.option("--source-ref", metavar="TEXT", help="Made for this document.")
@_moment_option("--from", "since", "Not before that: a number, a date or a time with its zone.")
@_moment_option("--to", "until", "Not after that.")
@click.option("--limit", type=click.IntRange(1, PAGE_SIZE_MAX), default=24, show_default=True)
@as_json_option
@click.pass_context
def show_all(ctx: click.Context, /, limit: int, as_json: bool, **asked: Any) -> None:
    r"""List the transactions of a catalogue, newest first.

    \b
    Example:
      pims transaction list --source-ref PO-4711
      pims transaction list --from 2026-03-01 --by Anna
    """
    with reading(ctx) as seen:
        found, _ = list_transactions(seen, TransactionQuery(**asked, page=Page(limit, 1)))
    if as_json:
        echo_json([_told(one) for one in found])
        return
    for one in found:
        click.echo(_line(one))


@transaction_group.command("show")
@click.argument("number", type=click.IntRange(1))
@as_json_option
@click.pass_context
def show(ctx: click.Context, number: int, as_json: bool) -> None:
    r"""Tell who made a transaction, when and why, what it changed, and its digest.

    \b
    Example:
      pims transaction show 4711
    """
    with reading(ctx) as seen:
        found = show_transaction(seen, number)
    if as_json:
        echo_json(_told(found))
        return
    for name, value in _told(found).items():
        if value is not None:
            click.echo(f"{name}: {value}")


def _line(row: TransactionRow) -> str:
    note = ", ".join(one for one in (row.reason, row.source_ref) if one)
    counts = f"{row.products} products, {row.definitions} definitions"
    return f"{row.sequence}  {moment(row.at)}  {row.actor}  {counts}  {note}".rstrip()


def _told(row: TransactionRow) -> dict[str, Any]:
    return {
        "transaction": row.sequence,
        "date": moment(row.at),
        "user": row.actor,
        "reason": row.reason,
        "source_ref": row.source_ref,
        "job": row.job_id,
        "products": row.products,
        "definitions": row.definitions,
        "digest": row.digest,
    }
