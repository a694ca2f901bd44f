"""pims view: Views, the attributes that a key sees. Listing them loads nothing that writes."""

import click

from pims_api.cli.lazy_group import LazyGroup, Place

_PLACES = {
    name: Place(f"pims_api.cli.definitions.{where}", about)
    for name, where, about in (
        ("add", "view_commands:add", "Make a View."),
        ("edit", "view_commands:edit", "Change what a View shows."),
        ("list", "view_list_command:list_views", "List the Views."),
        ("delete", "view_commands:delete", "Delete a View that no key is bound to."),
    )
}


@click.group("view", cls=LazyGroup, places=_PLACES)
def view_group() -> None:
    """Define Views: which attributes a key sees, under which names, of which products."""
