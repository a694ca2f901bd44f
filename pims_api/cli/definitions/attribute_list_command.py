"""pims attribute list."""

from typing import Any

import click

from pims_api.cli.definitions.attribute_settings import FLAGS
from pims_api.cli.output import as_json_option, echo_json
from pims_api.cli.session import reading
from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.definition import LANGUAGE_ID, Definition
from pims_api.services.definition_imports.attribute_words import TYPES


@click.command("list")
@as_json_option
@click.pass_context
def list_attributes(ctx: click.Context, as_json: bool) -> None:
    r"""List the attributes, system ones first.

    \b
    Example:
      pims attribute list --json
    """
    with reading(ctx) as seen:
        definition = seen.definition
    rows = [_told(definition, one) for one in definition.present_attributes()]
    if as_json:
        echo_json(rows)
        return
    for row in rows:
        click.echo(f"{row['name']}  {row['type']}  {', '.join(row['flags'])}".rstrip())


def _told(definition: Definition, one: Attribute) -> dict[str, Any]:
    on = {flag: getattr(one, flag) for flag in FLAGS if flag != "localizable"}
    on["localizable"] = LANGUAGE_ID in one.dimensions
    told = {
        "name": one.name,
        "type": next((word for word, kind in TYPES.items() if kind is one.type), one.type.value),
        "label": dict(one.labels),
        "group": one.group,
        "flags": [flag for flag in FLAGS if on[flag]],
        "system": one.system,
    }
    if one.type is ValueType.OPTION:
        told["dictionary"] = [option.alias for option in definition.options_of(one).in_order()]
    return told
