"""pims attribute import: definitions from a file."""

from collections import defaultdict
from collections.abc import Sequence
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
from pims_api.cli.options import session_of
from pims_api.cli.session import writing
from pims_api.errors import Fault
from pims_api.services.definition_imports.attributes import (
    SEPARATOR,
    VOCABULARY,
    AttributeImport,
    AttributeSource,
    import_attributes,
)
from pims_api.services.definition_imports.key_mapping import SourceKeys
from pims_api.transfer.entries import Entries
from pims_api.transfer.tables.table import Row


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
    r"""Add and edit attributes from a JSON, JSON lines, CSV or XLSX file.

    An entry has a name and a definition as addAttribute takes it, or its keys beside the name:
    type, label.en-us, isFilterable, min, dictionary and so on. In a cell a dictionary is its
    values; dictionary.de-de has their labels, in the same order. What an entry does not say of an
    attribute stays as it is; so does the type.

    When an entry is rejected, nothing is stored and every fault is told. With --skip-rejected all
    others are. The last line has the totals. The exit status is 0 only if nothing was rejected.

    \b
    Example:
      pims attribute import attributes.csv --dry-run
      pims attribute import definitions.json --at data
    """
    separator = as_meant(separator) or ""
    if not separator:
        raise click.UsageError("--separator needs a text, such as a comma.")
    entries, keys = open_source(file, VOCABULARY, options)
    importing = _Importing(ctx, entries, keys, separator, dry_run=options["dry_run"])
    done = importing.run()
    notes = [one.message for one in keys.notes()]
    while done.faults and options["skip_rejected"] and importing.leaves_some():
        done = importing.run()
    refusals = importing.refusals()
    notes += [f"{entries.unit} {one.line}: {one.fault.message}" for one in done.warnings]
    report(done.totals(rejected=len(refusals)), entries, refusals, notes, options)
    ctx.exit(1 if refusals else 0)


class _Importing:
    """An import that is repeated without its refused entries."""

    def __init__(
        self,
        ctx: click.Context,
        entries: Entries,
        keys: SourceKeys,
        separator: str,
        *,
        dry_run: bool,
    ) -> None:
        self._ctx = ctx
        self._entries = entries
        self._keys = keys
        self._separator = separator
        self._dry_run = dry_run
        self._refused: defaultdict[int, list[Fault]] = defaultdict(list)
        self._rows: Sequence[Row] = entries.rows

    def run(self) -> AttributeImport:
        """Store the remaining entries, all or none."""
        inline_max = session_of(self._ctx).database.settings.reindex_inline_max
        unit = self._entries.unit
        with writing(self._ctx) as work:
            source = AttributeSource(work.definition, self._keys, self._separator)
            wanted = [source.read(row.line, row.cells, unit, row.faults) for row in self._rows]
            self._keys.require_mapped(self._entries.columns or ())
            done = import_attributes(work, wanted, inline_max)
            work.dry_run = self._dry_run or bool(done.faults)
        for one in done.faults:
            self._refused[one.line].append(one.fault)
        return done

    def leaves_some(self) -> bool:
        """Drop the refused entries; return whether there were any."""
        before = len(self._rows)
        self._rows = [row for row in self._rows if row.line not in self._refused]
        return len(self._rows) < before

    def refusals(self) -> list[Refusal]:
        """Return the refusals in the order of the file."""
        return [Refusal(line, "", faults) for line, faults in sorted(self._refused.items())]
