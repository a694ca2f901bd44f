"""pims view: Views, the attributes that a key sees."""

from collections.abc import Sequence
from typing import Any

import click

from pims_api.cli.confirmation import ask_before, dry_run_option, products, yes_option
from pims_api.cli.session import writing
from pims_api.domain.access.attribute_view import AttributeView
from pims_api.errors import Fault
from pims_api.services.attribute_views.field_changes import FieldChanges
from pims_api.services.attribute_views.fields import ViewFieldWrite
from pims_api.services.attribute_views.usage import ViewUsage, view_change_usage
from pims_api.services.attribute_views.write import (
    ViewWrite,
    add_view,
    delete_view,
    edit_view,
    find_view,
)
from pims_api.services.references import absent_values
from pims_api.wording import worded


@click.command("add")
@click.argument("name")
@click.option(
    "--attribute",
    "shown",
    multiple=True,
    metavar="NAME[=SHOWN]",
    help="An attribute that is in it, and the name under which it is shown; repeat.",
)
@click.option("--readonly", multiple=True, metavar="NAME", help="Writing it is ignored; repeat.")
@click.option(
    "--default",
    "defaults",
    type=(str, str),
    multiple=True,
    metavar="NAME VALUE",
    help="Filled in when a product is created without it; repeat.",
)
@click.option("--condition", default="", metavar="TEXT", help="Only products for which it holds.")
@click.option("--comment", default="", help="What the View is for.")
@click.pass_context
def add(
    ctx: click.Context,
    /,
    name: str,
    shown: tuple[str, ...],
    readonly: tuple[str, ...],
    defaults: tuple[tuple[str, str], ...],
    **texts: str,
) -> None:
    r"""Make a View. What it does not name stays hidden; sku is in every View.

    \b
    Example:
      pims view add shop --attribute title=Name --attribute price \
          --readonly price --condition "[[status]] = 'active'"
    """
    fields = _fields(shown, readonly, dict(defaults))
    wanted = ViewWrite(comment=texts["comment"], fields=fields, condition_query=texts["condition"])
    with writing(ctx) as work:
        made = add_view(work, name, wanted)
        told = [*absent_values(work.definition, made.condition_query)]
    _tell(told)
    click.echo(f"View {made.name} shows {len(made.fields)} attributes.")


@click.command("edit")
@click.argument("name")
@click.option(
    "--add",
    "added",
    multiple=True,
    metavar="NAME[=SHOWN]",
    help="An attribute that joins it, and the name under which it is shown; repeat.",
)
@click.option("--remove", "removed", multiple=True, metavar="NAME", help="One that leaves; repeat.")
@click.option(
    "--rename", "renamed", multiple=True, metavar="NAME=SHOWN", help="Another name of one; repeat."
)
@click.option("--condition", metavar="TEXT", help='Only products for which it holds; "" for all.')
@dry_run_option
@yes_option
@click.pass_context
def edit(
    ctx: click.Context, /, name: str, condition: str | None, dry_run: bool, yes: bool, **names: Any
) -> None:
    r"""Change what a View shows; what the options do not name stays as it is.

    It asks before products lose values there, join it or leave it.

    \b
    Example:
      pims view edit shop --add color=Colour --remove note --rename title=Name
    """
    changes = FieldChanges(
        added=_fields(names["added"], (), {}),
        removed=names["removed"],
        renamed={
            one: shown for one, _, shown in (pair.partition("=") for pair in names["renamed"])
        },
    )
    wanted = ViewWrite(changes=changes, condition_query=condition)
    tried = dry_run or not yes
    if tried:
        usage, _ = _edited(ctx, name, wanted, dry_run=True)
        if dry_run:
            click.echo(_loss(name, usage))
            return
        if usage.products:
            ask_before(_loss(name, usage), yes=yes)
    _, made = _edited(ctx, name, wanted, is_told=tried)
    click.echo(f"View {made.name} shows {len(made.fields)} attributes.")


def _edited(
    ctx: click.Context,
    name: str,
    wanted: ViewWrite,
    *,
    dry_run: bool = False,
    is_told: bool = False,
) -> tuple[ViewUsage, AttributeView]:
    with writing(ctx) as work:
        before, work.dry_run = find_view(work.definition, name), dry_run
        made = edit_view(work, name, wanted)
        told = [*absent_values(work.definition, wanted.condition_query or "")]
        usage = view_change_usage(work, before, made) if dry_run else ViewUsage()
    _tell(() if is_told else told)
    return usage, made


def _tell(warnings: Sequence[Fault]) -> None:
    for one in warnings:
        click.echo(f"Note: {worded(one).message}", err=True)


def _loss(name: str, usage: ViewUsage) -> str:
    hidden = f" (hidden: {', '.join(usage.removed)})" if usage.removed else ""
    return f"{products(usage.products)} would lose a value in {name}, join it or leave it{hidden}."


@click.command("delete")
@click.argument("name")
@click.pass_context
def delete(ctx: click.Context, name: str) -> None:
    r"""Delete a View that no key is bound to.

    \b
    Example:
      pims view delete shop
    """
    with writing(ctx) as work:
        delete_view(work, name)
    click.echo(f"View {name} is deleted.")


def _fields(
    shown: tuple[str, ...], readonly: tuple[str, ...], defaults: dict[str, str]
) -> dict[str, ViewFieldWrite]:
    fields = {}
    for one in shown:
        name, _, outward = one.partition("=")
        fields[name] = ViewFieldWrite(outward or None, name in readonly, None, defaults.get(name))
    stray = [name for name in (*readonly, *defaults) if name not in fields]
    if stray:
        raise click.UsageError(f"{stray[0]} is not in the View: add --attribute {stray[0]}.")
    return fields
