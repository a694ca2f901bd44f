"""pims changes: what became of products since a transaction, as lines of JSON."""

from collections.abc import Mapping
from typing import Any

import click

from pims_api.cli.files.export_options import chosen_access
from pims_api.cli.options import session_of
from pims_api.cli.output import echo_json
from pims_api.cli.session import reading, tenant_id_of
from pims_api.domain.access.access import Access
from pims_api.domain.cursor import ChangeCursor
from pims_api.services.changes.feed import (
    Change,
    ChangeKind,
    ChangePage,
    ChangeQuery,
    changes_since,
    cursor_of,
    seen_links,
)
from pims_api.services.exports.products import export_query
from pims_api.services.products.families import RelatedProducts, related_products
from pims_api.services.products.projection import ProductWriter, product_writer
from pims_api.storage.snapshot import Snapshot

PRODUCTS_AT_ONCE = 500
WAIT_S = 30  # between two looks where nothing is written


@click.command("changes")
@click.option(
    "--since",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    metavar="TRANSACTION",
    help="The `next` of an earlier call; 0 for everything there is.",
)
@click.option("--follow", is_flag=True, help="Go on with what changes from now on, until Ctrl-C.")
@click.option("--view", metavar="NAME", help="Names and rows of this View; else all.")
@click.option("--locale", metavar="CODE", help="Values of this locale, where it has its own.")
@click.option(
    "--condition",
    default="",
    metavar="TEXT",
    help="Only products for which this condition_query holds.",
)
@click.option("--attributes", metavar="A,B", help="Only these attributes, and sku.")
@click.option("--include-deleted", is_flag=True, help="Deleted products too.")
@click.option("--old", is_flag=True, help="With what changed values were.")
@click.pass_context
def changes_command(ctx: click.Context, /, since: int, follow: bool, **options: Any) -> None:
    r"""Print what became of products since a transaction, one line of JSON for each.

    A line says that a product changed, with its attributes, or that it is gone: deleted, or out of
    the View or the condition. The last one, {"next": …}, says what to send as --since next time.

    \b
    Example:
      pims changes --since 1200
      pims changes --since 1200 --condition "[[price]] < 5" --attributes price --old
      pims changes --follow | while read -r line; do echo "$line"; done
    """
    tenant_id = tenant_id_of(ctx)
    watch = session_of(ctx).database.watch
    try:
        here = _told_until_now(ctx, since, options)
        while follow:
            if watch.wait(tenant_id, here, WAIT_S):
                here = _told_until_now(ctx, here, options)
    except KeyboardInterrupt:
        return


def _told_until_now(ctx: click.Context, since: int, options: Mapping[str, Any]) -> int:
    """Print everything since a transaction; return the last one that was seen."""
    cursor: ChangeCursor | None = None
    while True:
        with reading(ctx) as seen:
            access = chosen_access(seen, options["view"], options["locale"])
            here = cursor_of(seen, since) if cursor is None else cursor
            page = changes_since(seen, access, _query(access, here, options))
            lines = _lines(seen, access, page, options)
        for line in lines:
            echo_json(line)
        cursor = page.next
        if not page.more:
            echo_json({"next": cursor.since})
            return cursor.since


def _query(access: Access, since: ChangeCursor, options: Mapping[str, Any]) -> ChangeQuery:
    selection = export_query(
        access, options["condition"], include_deleted=options["include_deleted"]
    )
    return ChangeQuery(selection, since, PRODUCTS_AT_ONCE, options["old"])


def _lines(
    seen: Snapshot, access: Access, page: ChangePage, options: Mapping[str, Any]
) -> list[dict[str, Any]]:
    names = options["attributes"]
    shown = access if names is None else access.narrowed(map(str.strip, names.split(",")))
    there = [one.product for one in page.changes if one.kind is ChangeKind.CHANGED]
    around, links = related_products(seen, shown, there), seen_links(seen, shown, page.changes)
    writer = product_writer(shown)
    return [_line(writer, around, links, one) for one in page.changes]


def _line(
    writer: ProductWriter, around: RelatedProducts, links: RelatedProducts, change: Change
) -> dict[str, Any]:
    line: dict[str, Any] = {
        "sku": change.product.sku,
        "kind": change.kind.value,
        "transaction": change.sequence,
        "date": change.at // 1_000_000,
    }
    if change.kind is ChangeKind.GONE:
        return line
    line |= {"version": change.product.version}
    line |= {"attributes": writer.attributes(change.product, around)}
    if change.before is not None:
        before, then = change.before
        line["old"] = writer.before(before, change.product.values, links, then)
    return line
