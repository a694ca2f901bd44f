"""pims product: read and edit one product with full access."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click

from pims_api.cli.history.as_of_option import seen_as_of, with_as_of
from pims_api.cli.history.moment_type import MomentType
from pims_api.cli.output import as_json_option, echo_json
from pims_api.cli.session import reading, writing
from pims_api.domain.access.access import Access
from pims_api.domain.product import Product
from pims_api.domain.values.moment import Moment
from pims_api.errors import Subject, absent
from pims_api.services.access import full_access
from pims_api.services.products.projection import plain_history, plain_values
from pims_api.services.products.text_values import read_values
from pims_api.services.products.write import ProductWrite, edit_product
from pims_api.storage.products.store import find_product
from pims_api.storage.snapshot import Snapshot


@click.group("product")
def product_group() -> None:
    """One product: seen, changed, its history."""


@product_group.command("show")
@click.argument("sku")
@with_as_of
@as_json_option
@click.pass_context
def show(ctx: click.Context, sku: str, as_of: Moment | None, as_json: bool) -> None:
    r"""Show a product's values; unset ones are left out.

    \b
    Example:
      pims product show ROD-1 --json
      pims product show ROD-1 --as-of 2026-03-01
    """
    with reading(ctx) as now:
        seen = seen_as_of(now, as_of)
        product = _product(seen, sku)
        values = plain_values(seen, _everything(seen), product)
    if as_json:
        echo_json({"sku": product.sku, "version": product.version, "attributes": values})
        return
    for name, value in values.items():
        click.echo(f"{name}: {_text(value)}")


@product_group.command("edit")
@click.argument("sku")
@click.option(
    "--set",
    "changes",
    type=(str, str),
    multiple=True,
    required=True,
    metavar="NAME VALUE",
    help="Repeat it for several attributes, or for several values of a collection.",
)
@as_json_option
@click.pass_context
def edit(ctx: click.Context, sku: str, changes: tuple[tuple[str, str], ...], as_json: bool) -> None:
    r"""Set attributes of one product, all in one transaction. An empty value unsets.

    \b
    Example:
      pims product edit ROD-1 --set price 110.50 --set title "Steel rod"
    """
    with writing(ctx) as work:
        access = _everything(work)
        assignments, faults = read_values(access, _collected(access, changes))
        written = edit_product(work, access, ProductWrite(sku.strip(), assignments, faults))
        is_changed, number = work.finish(), work.transaction
        left = work.find_product(written.product.sku) or written.product
    if as_json:
        told = {"sku": left.sku, "version": left.version, "changed": is_changed}
        echo_json(told if number is None else told | {"transaction": number})
        return
    outcome = "changed" if is_changed else "nothing to change"
    click.echo(f"{left.sku}: {outcome}, version {left.version}.")


@product_group.command("history")
@click.argument("sku")
@as_json_option
@click.pass_context
def history(ctx: click.Context, sku: str, as_json: bool) -> None:
    r"""Show what happened to a product, oldest first, one entry per transaction.

    \b
    Example:
      pims product history ROD-1
    """
    with reading(ctx) as seen:
        entries = plain_history(seen, _everything(seen), _product(seen, sku))
    if as_json:
        echo_json([one | {"at": _moment(one["at"])} for one in entries])
        return
    for entry in entries:
        note = ", ".join(one for one in (entry["reason"], entry["source_ref"]) if one)
        told = f"{_moment(entry['at'])}  {entry['user']}  transaction {entry['transaction']}"
        click.echo(f"{told}  {note}".rstrip())
        for name, new in entry["new"].items():
            click.echo(f"  {name}: {_text(entry['old'].get(name))} -> {_text(new)}")


@product_group.command("restore")
@click.argument("sku")
@click.option(
    "--as-of",
    "moment",
    type=MomentType(),
    required=True,
    metavar="MOMENT",
    help="A transaction's number, a date, or a time with its zone.",
)
@click.option("--dry-run", is_flag=True, help="Say what would happen; store nothing.")
@as_json_option
@click.pass_context
def restore(ctx: click.Context, sku: str, moment: Moment, dry_run: bool, as_json: bool) -> None:
    r"""Bring a product back to what it was at a moment. This is a change like others.

    \b
    Example:
      pims product restore ROD-1 --as-of 2026-03-01
      pims product restore ROD-1 --as-of 4711 --reason "Wrong price list"
    """
    # Commands that look would wait for these imports.
    from pims_api.cli.history.revert_command import take_back
    from pims_api.services.reverts.revert import OnConflict
    from pims_api.services.reverts.target import Target

    target = Target(sku=sku.strip(), moment=moment)
    take_back(ctx, target, OnConflict.REFUSE, dry_run, as_json)


def _everything(seen: Snapshot) -> Access:
    return full_access(seen.definition, seen.definition.default_locale)


def _product(seen: Snapshot, sku: str) -> Product:
    product = find_product(seen, sku.strip())
    if product is None:
        raise absent(Subject.PRODUCT)
    return product


def _collected(access: Access, changes: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return the values by name; those of a collection as a list, in the order given."""
    raw: dict[str, Any] = {}
    for name, value in changes:
        column = access.column(name)
        if column is not None and column.attribute.collection:
            raw.setdefault(name, []).extend([value] if value else [])
        elif name in raw:
            raise click.UsageError(f"{name} takes one value, so --set {name} can stand only once.")
        else:
            raw[name] = value
    return raw


def _text(value: Any) -> str:
    if value is None:
        return "(unset)"
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at / 1_000_000, UTC).isoformat(timespec="seconds")
