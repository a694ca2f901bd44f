"""pims locale: the languages of a catalogue."""

import click

from pims_api.cli.output import as_json_option, echo_json
from pims_api.cli.session import reading, writing
from pims_api.services.dimensions import add_locale, locales


@click.group("locale")
def locale_group() -> None:
    """Locales: the languages in which localizable attributes have values."""


@locale_group.command("add")
@click.argument("code")
@click.option("--name", default="", help="For people, such as German.")
@click.pass_context
def add(ctx: click.Context, code: str, name: str) -> None:
    r"""Add a locale. Running servers know it from the next request on.

    \b
    Example:
      pims locale add de-de --name German
    """
    with writing(ctx) as work:
        segment = add_locale(work, code, name)
    click.echo(f"Locale {segment.code} is there: /api/{segment.code}/pim/manage/products")


@locale_group.command("list")
@as_json_option
@click.pass_context
def show(ctx: click.Context, as_json: bool) -> None:
    r"""List the locales; the first one is the default.

    \b
    Example:
      pims locale list --json
    """
    with reading(ctx) as seen:
        language, found = seen.definition.language, locales(seen.definition)
    rows = [
        {"code": one.code, "name": one.name, "default": one.id == language.default_segment_id}
        for one in found
    ]
    if as_json:
        echo_json(rows)
        return
    for row in rows:
        notes = [str(row["name"])] * bool(row["name"]) + ["default"] * bool(row["default"])
        click.echo(f"{row['code']}  {', '.join(notes)}".rstrip())
