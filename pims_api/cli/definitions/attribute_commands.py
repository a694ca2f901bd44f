"""pims attribute: the attributes of products."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from pims_api.cli.confirmation import ask_before, dry_run_option, products, yes_option
from pims_api.cli.definitions.attribute_settings import attribute_write, with_settings
from pims_api.cli.options import session_of
from pims_api.cli.session import writing
from pims_api.services.attributes.convert import NEVER_CONVERTED, Progress, no_progress
from pims_api.services.attributes.requests import AttributeWrite
from pims_api.services.attributes.usage import Usage, attribute_usage
from pims_api.services.attributes.write import (
    SavedAttributes,
    add_attributes,
    delete_attribute,
    edit_attribute,
    known_attribute,
)
from pims_api.services.definition_imports.attribute_words import TYPES, VALUE_TYPES
from pims_api.storage.unit_of_work import UnitOfWork
from pims_api.wording import worded

EVERY_PRODUCT = 2**62  # a command may take its time


@click.command("add")
@click.argument("name")
@click.option(
    "--type", "kind", required=True, type=click.Choice(list(TYPES)), help="Of its values."
)
@with_settings
@click.pass_context
def add(ctx: click.Context, /, name: str, kind: str, **options: Any) -> None:
    r"""Add an attribute. Its name never changes; it needs a label.

    \b
    Example:
      pims attribute add price --type number --label Price --filterable --min 0
      pims attribute add color --type dropdown --label Colour --label de-de=Farbe \
          --filterable --dictionary red,green,blue
    """
    with writing(ctx) as work:
        wanted = attribute_write(name, TYPES[kind], options, work.definition)
        saved = add_attributes(work, [wanted], _inline_max(ctx))
    _tell(saved, "is there")


@click.command("edit")
@click.argument("name")
@with_settings
@dry_run_option
@yes_option
@click.pass_context
def edit(ctx: click.Context, /, name: str, dry_run: bool, yes: bool, **options: Any) -> None:
    r"""Change what the options name and leave the rest. Empty text takes a setting away.

    It asks before values leave the dictionary that products have.

    \b
    Example:
      pims attribute edit title --localizable
      pims attribute edit color --not-indexable --dictionary red,green,blue,black
    """
    replaces = options["dictionary"] is not None
    if dry_run or (replaces and not yes):
        trial = _edited(ctx, name, options, dry_run=True)
        lost = [one for one in trial.warnings if one.code == "dictionary"]
        if dry_run:
            _tell(trial, "would be changed")
            return
        if lost:
            ask_before("\n".join(worded(one).message for one in lost), yes=yes)
    _tell(_edited(ctx, name, options), "is changed")


def _edited(
    ctx: click.Context, name: str, options: dict[str, Any], *, dry_run: bool = False
) -> SavedAttributes:
    with writing(ctx) as work:
        work.dry_run = dry_run
        wanted = attribute_write(name, None, options, work.definition)
        return edit_attribute(work, wanted, _inline_max(ctx))


_CONVERTIBLE = [word for word, kind in VALUE_TYPES.items() if kind not in NEVER_CONVERTED]


@click.command("convert")
@click.argument("name")
@click.argument("kind", metavar="TYPE", type=click.Choice(_CONVERTIBLE))
@click.option("--dry-run", is_flag=True, help="Say what would happen; store nothing.")
@click.pass_context
def convert(ctx: click.Context, /, name: str, kind: str, dry_run: bool) -> None:
    r"""Give an attribute another type, if every value fits it.

    Values of all products and locales are converted in one transaction; other writers wait
    meanwhile. When one does not fit nothing is stored, and the first of these are listed.

    
    Example:
      pims attribute convert price number --dry-run
      pims attribute convert price number
    """
    wanted = AttributeWrite(name, {"type": VALUE_TYPES[kind]})
    with writing(ctx) as work, _progress_bar(work) as progress:
        saved = edit_attribute(work, wanted, EVERY_PRODUCT, progress)
        work.dry_run = dry_run
    what = "can be converted" if dry_run else "is converted"
    held = saved.converted.get(name)
    told = f"is of type {kind} already" if held is None else f"{what} to {kind}"
    _tell(saved, told + (f": {products(held)} with a value of it" if held is not None else ""))


@contextmanager
def _progress_bar(work: UnitOfWork) -> Iterator[Progress]:
    if not sys.stderr.isatty():
        yield no_progress
        return
    label = "Converting"
    with click.progressbar(length=work.last_product_id, label=label, file=sys.stderr) as bar:
        yield bar.update


@click.command("delete")
@click.argument("name")
@dry_run_option
@yes_option
@click.pass_context
def delete(ctx: click.Context, name: str, dry_run: bool, yes: bool) -> None:
    r"""Delete an attribute. Its values leave every product and stay in history.

    It asks where products have values or Views show them.

    \b
    Example:
      pims attribute delete color --dry-run
      pims attribute delete color --yes
    """
    with writing(ctx) as work:
        usage = attribute_usage(work, known_attribute(work.definition, AttributeWrite(name)))
        delete_attribute(work, AttributeWrite(name), _inline_max(ctx))
        work.dry_run = True
    loss = _loss(name, usage)
    if dry_run:
        click.echo(loss)
        return
    if usage.products or usage.views:
        ask_before(loss, yes=yes)
    with writing(ctx) as work:
        saved = delete_attribute(work, AttributeWrite(name), _inline_max(ctx))
    _tell(saved, "is deleted")


def _loss(name: str, usage: Usage) -> str:
    verb = "loses" if usage.products == 1 else "lose"
    views = f" Views that show it: {', '.join(usage.views)}." if usage.views else ""
    return f"{products(usage.products)} {verb} a value of {name}.{views}"


def _tell(saved: SavedAttributes, what: str) -> None:
    for one in saved.attributes:
        click.echo(f"Attribute {one.name} {what}.")
    for warning in saved.warnings:
        click.echo(f"Note: {worded(warning).message}", err=True)


def _inline_max(ctx: click.Context) -> int:
    return session_of(ctx).database.settings.reindex_inline_max
