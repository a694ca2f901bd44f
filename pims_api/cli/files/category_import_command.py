"""pims category import: categories from a file."""

from pathlib import Path
from typing import Any

import click

from pims_api.cli.files.definition_import import (
    Refusal,
    open_source,
    report,
    with_source_options,
)
from pims_api.cli.files.source_file import as_meant
from pims_api.cli.session import writing
from pims_api.domain.category import SEPARATOR, join_path, split_path
from pims_api.services.access import full_access
from pims_api.services.definition_imports.categories import import_categories
from pims_api.services.definition_imports.category_nesting import read_categories
from pims_api.services.definition_imports.category_placement import Rejected
from pims_api.services.definition_imports.category_rows import VOCABULARY, CategoryEntry
from pims_api.services.imports.near_duplicates import LookAlikes
from pims_api.wording import worded


@click.command("import")
@with_source_options
@click.option(
    "--path-separator", metavar="TEXT", default=SEPARATOR, help="What parts the names of a path."
)
@click.option("--below", metavar="PATH", default="", help="Where the file's roots hang.")
@click.pass_context
def category_import(
    ctx: click.Context, /, file: Path, path_separator: str, below: str, **options: Any
) -> None:
    r"""Make and update categories from a JSON, JSON lines, CSV or XLSX file.

    An entry has a path, or a name with parent_path, or a name with its own id and its parent_id, in
    any order; further
    cat_order, cat_data and label, label.de-de or cat_data.key alone. In JSON it may hold what is
    below it as children. Categories are found by their paths; what an entry does not say stays as
    it is.

    When an entry is rejected, nothing is stored and every fault is told. With --skip-rejected all
    others are; what is below a rejected one is rejected too. The last line has the totals. The exit
    status is 0 only if nothing was rejected.

    \b
    Example:
      pims category import categories.csv --dry-run
      pims category import tree.json --at data.categories --map parent=parent_id \
          --map title.en=name --map title.de=label.de-de --below "Shop > All"
    """
    entries, keys = open_source(file, VOCABULARY, options)
    with writing(ctx) as work:
        separator = as_meant(path_separator) or SEPARATOR
        wanted = read_categories(entries.rows, keys, work.definition, separator)
        keys.require_mapped(entries.columns or ())
        done = import_categories(
            work,
            wanted,
            below=split_path(below) if below.strip() else (),
            skip_rejected=options["skip_rejected"],
            unit=entries.unit,
        )
        everything = full_access(work.definition, work.definition.default_locale)
        alike = LookAlikes().new_warnings(work, everything)
        work.dry_run = options["dry_run"]
    notes = [worded(one).message for one in [*keys.notes(), *alike]]
    refusals = [_refusal(one) for one in done.rejected]
    totals = done.totals(rejected=len(done.rejected), ancestors=done.ancestors)
    report(totals, entries, refusals, notes, options)
    ctx.exit(1 if done.rejected else 0)


def _refusal(one: Rejected) -> Refusal:
    return Refusal(one.entry.line, _called(one.entry), one.faults, one.entry.below)


def _called(entry: CategoryEntry) -> str:
    if entry.wanted.path is not None:
        return join_path(entry.wanted.path)
    return entry.wanted.name or entry.id or ""
