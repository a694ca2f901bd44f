"""pims attribute: the attributes of products. Listing them loads nothing that writes."""

import click

from pims_api.cli.lazy_group import LazyGroup, Place

_PLACES = {
    name: Place(f"pims_api.cli.{where}", about)
    for name, where, about in (
        ("import", "files.attribute_import_command:attribute_import", "Define them by a file."),
        (
            "list",
            "definitions.attribute_list_command:list_attributes",
            "List the attributes, system ones first.",
        ),
        ("add", "definitions.attribute_commands:add", "Add an attribute."),
        ("edit", "definitions.attribute_commands:edit", "Change what the options name."),
        (
            "convert",
            "definitions.attribute_commands:convert",
            "Give an attribute another type, if every value fits it.",
        ),
        (
            "delete",
            "definitions.attribute_commands:delete",
            "Delete an attribute. Its values leave every product and stay in history.",
        ),
        (
            "rename-value",
            "definitions.value_commands:rename_value",
            "Give a value of a dropdown another name.",
        ),
        (
            "merge-values",
            "definitions.value_commands:merge_values",
            "Put one value in the place of others.",
        ),
    )
}


@click.group("attribute", cls=LazyGroup, places=_PLACES)
def attribute_group() -> None:
    """Attributes: what can be said of a product."""
