"""The options of `pims export` and `pims snapshot` that select products and attributes."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from pims_api.cli.files.known_names import check_known
from pims_api.cli.history.as_of_option import seen_as_of, with_as_of
from pims_api.domain.access.access import Access
from pims_api.services.access import full_access
from pims_api.services.exports.products import ProductExport, export_query, plan_export
from pims_api.storage.snapshot import Snapshot

Command = TypeVar("Command", bound=Callable[..., Any])


def with_selection(command: Command) -> Command:
    """Give a command the options for products and attributes."""
    options = [
        click.option("--view", metavar="NAME", help="Names and rows of this View; else all."),
        click.option("--condition", default="", metavar="TEXT",
                     help="Only products for which this condition_query holds."),
        click.option("--attributes", metavar="A,B", help="Only these attributes, and sku."),
        click.option("--include-deleted", is_flag=True, help="Deleted products too."),
    ]  # fmt: skip
    command = with_as_of(command)
    for option in reversed(options):
        command = option(command)
    return command


def chosen_export(seen: Snapshot, options: Mapping[str, Any]) -> ProductExport:
    """Return the export that the options ask for.

    Raises BadInput for a condition or a name of an attribute that is wrong; ends the command when
    the View or the locale is not there.
    """
    access = chosen_access(seen, options["view"], options.get("locale"))
    query = export_query(access, options["condition"], include_deleted=options["include_deleted"])
    then = seen_as_of(seen, options["as_of"])
    return plan_export(then, access, query, _names(options["attributes"]))


def chosen_access(seen: Snapshot, view: str | None, locale: str | None) -> Access:
    """Return the access of a View in a locale; ends the command when one is not there."""
    definition = seen.definition
    check_known("View", view, definition.views)
    segment = None if locale is None else definition.language.segment(locale)
    if locale is not None and segment is None:
        check_known("locale", locale, [one.code for one in definition.language.segments])
    return full_access(definition, locale or definition.default_locale, view)


def _names(text: str | None) -> list[str] | None:
    if text is None:
        return None
    return [name.strip() for name in text.split(",") if name.strip()]
