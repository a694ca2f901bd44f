"""pims view list."""

import click

from pims_api.cli.output import as_json_option, echo_json
from pims_api.cli.session import reading
from pims_api.domain.access.attribute_view import AttributeView
from pims_api.domain.definition import Definition


@click.command("list")
@as_json_option
@click.pass_context
def list_views(ctx: click.Context, as_json: bool) -> None:
    r"""List the Views.

    \b
    Example:
      pims view list --json
    """
    with reading(ctx) as seen:
        definition = seen.definition
    views = sorted(definition.views.values(), key=lambda one: one.name)
    if as_json:
        echo_json([_told(definition, one) for one in views])
        return
    for one in views:
        names = ", ".join(field.name for field in one.fields)
        rows = f" where {one.condition_query}" if one.condition_query else ""
        click.echo(f"{one.name}: {names}{rows}")


def _told(definition: Definition, view: AttributeView) -> dict[str, object]:
    present = ((definition.attributes[one.attribute_id], one) for one in view.fields)
    return {
        "name": view.name,
        "comment": view.comment,
        "attributes": {a.name: one.name for a, one in present if not a.deleted},
        "condition_query": view.condition_query,
    }
