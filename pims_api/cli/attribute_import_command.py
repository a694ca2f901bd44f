"""pims attribute import: definitions from a file."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import click

from pims_api.cli.definition_import import Refusal, open_source, report, with_source_options
from pims_api.cli.session import session_of, writing
from pims_api.errors import Fault
from pims_api.services.attribute_import import (
    SEPARATOR,
    VOCABULARY,
    AttributeImport,
    AttributeSource,
    import_attributes,
)


@click.command("import")
@with_source_options
@click.option(
    "--separator",
    default=SEPARATOR,
    show_default=True,
    metavar="TEXT",
    help="What parts the values of a dictionary in a cell.",
)
@click.pass_context
def attribute_import(ctx: click.Context, /, file: Path, separator: str, **options: Any) -> None:
    r"""Add and edit attributes from a JSON, JSON lines, CSV or XLSX file, all or none.

    An entry has a name and a definition as addAttribute takes it, or its keys beside the name:
    type, label.en-us, isFilterable, min, dictionary and so on. In a cell a dictionary is its
    values; dictionary.de-de has their labels, in the same order. What an entry does not say of an
    attribute stays as it is; the type never changes.

    The last line has the totals. The exit status is 0 only if nothing was rejected.

    \b
    Example:
      pims attribute import attributes.csv --dry-run
      pims attribute import definitions.json --at data
    """
    if not separator:
        raise click.UsageError("--separator needs a text, such as a comma.")
    entries, keys = open_source(file, VOCABULARY, options)
    inline_max = session_of(ctx).database.settings.reindex_inline_max
    with writing(ctx) as work:
        source = AttributeSource(work.definition, keys, separator)
        wanted = [
            source.read(row.line, row.cells, entries.unit, row.faults) for row in entries.rows
        ]
        done = import_attributes(work, wanted, inline_max)
        work.dry_run = options["dry_run"] or bool(done.faults)
    refusals = _refusals(done)
    notes = [one.message for one in keys.notes()]
    notes += [f"{entries.unit} {one.line}: {one.fault.message}" for one in done.warnings]
    if refusals:
        notes.append("Nothing was stored.")
    report(_totals(done, len(refusals)), entries, refusals, notes, options)
    ctx.exit(1 if refusals else 0)


def _totals(done: AttributeImport, rejected: int) -> dict[str, int]:
    return {
        "created": done.created,
        "updated": done.updated,
        "unchanged": done.unchanged,
        "rejected": rejected,
    }


def _refusals(done: AttributeImport) -> list[Refusal]:
    faults: defaultdict[int, list[Fault]] = defaultdict(list)
    for one in done.faults:
        faults[one.line].append(one.fault)
    return [Refusal(line, "", found) for line, found in sorted(faults.items())]
