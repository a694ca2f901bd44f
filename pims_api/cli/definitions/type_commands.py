"""pims product-type: the types of products."""

from typing import Any

import click

from pims_api.cli.options import session_of
from pims_api.cli.output import as_json_option, echo_json
from pims_api.cli.session import reading, writing
from pims_api.services.access import full_access
from pims_api.services.product_types import (
    NamedType,
    ProductTypeWrite,
    add_type,
    delete_type,
    edit_type,
    named_type,
)


def _names(ctx: click.Context, parameter: click.Parameter, text: str | None) -> list[str] | None:
    if text is None:
        return None
    return list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


_attributes = click.option(
    "--attributes", callback=_names, metavar="A,B", help="Names of its attributes."
)
_required = click.option(
    "--required", callback=_names, metavar="A,B", help="Which of them completeness counts."
)
_inherit = click.option(
    "--inherit",
    type=click.Choice(["y", "n"]),
    help="Whether its variations have their parents' values; params.resolved shows these.",
)


@click.group("product-type")
def type_group() -> None:
    """Product types: which attributes a kind of product has, and which it needs."""


@type_group.command("add")
@click.argument("name")
@_attributes
@_required
@_inherit
@click.pass_context
def add(
    ctx: click.Context,
    name: str,
    attributes: list[str] | None,
    required: list[str] | None,
    inherit: str | None,
) -> None:
    r"""Make a product type.

    \b
    Example:
      pims product-type add shoe --attributes size,colour --required size --inherit y
    """
    with writing(ctx) as work:
        made = add_type(work, name, _type_write(attributes, required, inherit))
    click.echo(f"Product type {made.name} has {len(made.attribute_ids or ())} attributes.")


@type_group.command("edit")
@click.argument("name")
@_attributes
@_required
@_inherit
@click.pass_context
def edit(
    ctx: click.Context,
    name: str,
    attributes: list[str] | None,
    required: list[str] | None,
    inherit: str | None,
) -> None:
    r"""Change a product type; what is not named stays as it is.

    \b
    Example:
      pims product-type edit shoe --required size,colour
    """
    inline_max = session_of(ctx).database.settings.reindex_inline_max
    with writing(ctx) as work:
        warnings = edit_type(work, name, _type_write(attributes, required, inherit), inline_max)
    for warning in warnings:
        click.echo(warning.message, err=True)
    click.echo(f"Product type {name} is changed.")


@type_group.command("delete")
@click.argument("name")
@click.pass_context
def delete(ctx: click.Context, name: str) -> None:
    r"""Delete a product type that no product has.

    \b
    Example:
      pims product-type delete shoe
    """
    with writing(ctx) as work:
        delete_type(work, name)
    click.echo(f"Product type {name} is deleted.")


@type_group.command("list")
@as_json_option
@click.pass_context
def show(ctx: click.Context, as_json: bool) -> None:
    r"""List the product types.

    \b
    Example:
      pims product-type list --json
    """
    with reading(ctx) as seen:
        access = full_access(seen.definition, seen.definition.default_locale)
        rows = [_told(named_type(access, one)) for one in seen.definition.types.values()]
    if as_json:
        echo_json(rows)
        return
    for row in rows:
        attributes = row["attributes"]
        held = "every attribute" if attributes is None else ", ".join(attributes) or "none"
        needed = f"; requires {', '.join(row['required'])}" if row["required"] else ""
        inherits = "; inherits" if row["inherit"] == "y" else ""
        click.echo(f"{row['name']}: {held}{needed}{inherits}")


def _type_write(
    attributes: list[str] | None, required: list[str] | None, inherit: str | None
) -> ProductTypeWrite:
    return ProductTypeWrite(attributes, required, None if inherit is None else inherit == "y")


def _told(one: NamedType) -> dict[str, Any]:
    told = {"name": one.name, "attributes": one.attributes, "required": one.required}
    return told | {"inherit": "y" if one.inherits else "n"}
