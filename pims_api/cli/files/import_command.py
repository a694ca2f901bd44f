"""pims import: products from a file."""

from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Any

import click

from pims_api.cli.files.errors_option import check_errors_file
from pims_api.cli.files.import_report import ImportReport
from pims_api.cli.files.known_names import check_known
from pims_api.cli.files.source_file import (
    as_meant,
    file_format,
    with_format_options,
    with_source,
)
from pims_api.cli.options import session_of
from pims_api.cli.session import ending_on_refusal, reading, tenant_id_of
from pims_api.domain.attributes.attribute import ValueType
from pims_api.jobs.imports.product_import import ImportTask, import_products
from pims_api.services.access import full_access
from pims_api.services.definition_imports.attribute_words import read_types
from pims_api.services.imports.column_plan import DUPLICATES, LAST, MAY_BE_MADE, ImportChoices
from pims_api.services.imports.products import AccessOf
from pims_api.services.products.save import ONLY
from pims_api.storage.snapshot import Snapshot
from pims_api.transfer.read import format_of, open_table


def _missing(_: click.Context, __: click.Parameter, text: str) -> frozenset[str]:
    words = frozenset(one.strip() for one in text.split(",") if one.strip())
    for word in sorted(words - set(MAY_BE_MADE)):
        raise click.BadParameter(f"{word!r} is none of {', '.join(MAY_BE_MADE)}.")
    return words


def _mapping(_: click.Context, __: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    """Return column → attribute; a column may hold an equals sign, an attribute does not."""
    mapping: dict[str, str] = {}
    for one in pairs:
        column, _equals, attribute = one.rpartition("=")
        if not (column and attribute):
            raise click.BadParameter(f"{one!r} is not COLUMN=ATTRIBUTE.")
        before = mapping.get(column, attribute)
        if before != attribute:
            raise click.BadParameter(f"{column!r} is mapped twice: to {before} and {attribute}.")
        mapping[column] = attribute
    return mapping


def _types(_: click.Context, __: click.Parameter, pairs: tuple[str, ...]) -> dict[str, ValueType]:
    try:
        return read_types(pairs)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None


@click.command("import")
@with_source
@click.option("--view", metavar="NAME", help="Names and rows of this View; else everything.")
@click.option("--locale", metavar="CODE", help="Language of localizable values.")
@click.option(
    "--map",
    "mapping",
    callback=_mapping,
    multiple=True,
    metavar="COLUMN=ATTRIBUTE",
    help="What a column means whose name is no attribute. Repeat it.",
)
@click.option("--ignore", multiple=True, metavar="COLUMN", help="A column to leave. Repeat it.")
@click.option(
    "--ignore-unknown",
    is_flag=True,
    help="Leave every column that is no attribute; those of --ignore may be missing.",
)
@click.option(
    "--create-missing",
    "missing",
    callback=_missing,
    default="",
    metavar="LIST",
    help=f"What may be made when it is not there: {','.join(MAY_BE_MADE)}.",
)
@click.option(
    "--types",
    callback=_types,
    multiple=True,
    metavar="NAME=TYPE,…",
    help="The type of an attribute that is made; else guessed from its column. Repeat it.",
)
@click.option("--product-type", metavar="NAME", help="Of new products whose row names none.")
@click.option(
    "--separator", metavar="TEXT", help="What parts the values of a collection in a cell."
)
@click.option(
    "--path-separator", metavar="TEXT", help="What parts the names of a category's path, beside >."
)
@click.option("--only", type=click.Choice(ONLY), help="Refuse new products, or those there are.")
@click.option(
    "--duplicates",
    type=click.Choice(DUPLICATES),
    default=LAST,
    show_default=True,
    help="Which of several rows of a SKU counts where they differ.",
)
@click.option("--restore", is_flag=True, help="Make deleted products of the file active again.")
@click.option("--empty-unsets", is_flag=True, help="An empty cell takes the value away.")
@click.option("--pause-reindexing", is_flag=True, help="Count category filter values later.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; store nothing.")
@click.option(
    "--errors",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to write refused rows, to be corrected and imported again: .csv, .xlsx or .jsonl.",
)
@with_format_options
@click.option("--json", "as_json", is_flag=True, help="Print nothing but the totals.")
@click.pass_context
def import_command(ctx: click.Context, /, file: Path, **options: Any) -> None:
    r"""Create and update products from a CSV, XLSX or JSON lines file.

    The file needs a column sku, and title for new products; other columns have the names of
    attributes, tags.0 and tags.1 those of a collection's values. An empty cell leaves the value.
    Rows that are refused leave nothing; all others are stored, some hundred at a time. Interrupted,
    it finishes the rest when it is run again.

    With --dry-run nothing is stored. On SQLite it works on a copy of the database in the folder
    for temporary files (TMPDIR). On PostgreSQL other writers of the catalogue wait, and those that
    wait longer than PIMS_LOCK_WAIT_SECONDS are told that the server is busy.

    FILE may be - for standard input, or a pipe. A quoted CSV cell with text after its closing quote
    is refused; with --quotes lenient it is read, and told how.

    The last line has the totals. The exit status is 0 only if no row was refused.

    \b
    Example:
      pims import products.csv --dry-run
      pims import products.csv --errors refused.csv
      pims import prices.xlsx --map "Net price=price" --ignore Remarks
      pims import new.csv --create-missing categories,dictionary --separator "|"
      pims import first.csv --create-missing attributes --types ean=string --dry-run
    """
    if options["errors"] is not None:
        with ending_on_refusal():
            source = format_of(file, file_format(options))
        check_errors_file(file, options["errors"], source)
    task = _task(ctx, file, options)
    with ExitStack() as stack:
        report = stack.enter_context(
            ImportReport(options["errors"], as_json=options["as_json"], is_trial=task.dry_run)
        )
        stack.enter_context(ending_on_refusal(shown=None))
        for step in stack.enter_context(closing(import_products(task))):
            report.take(step)
    report.finish()
    ctx.exit(1 if report.totals["rejected"] else 0)


def _task(ctx: click.Context, file: Path, options: dict[str, Any]) -> ImportTask:
    session = session_of(ctx)
    tenant_id = tenant_id_of(ctx)
    return ImportTask(
        database=session.database,
        tenant_id=tenant_id,
        actor=session.actor,
        open_table=partial(open_table, file, file_format(options)),
        access_of=_access(ctx, options["view"], options["locale"]),
        choices=ImportChoices(
            mapping=options["mapping"],
            ignored=frozenset(options["ignore"]),
            missing=options["missing"],
            product_type=options["product_type"],
            separator=as_meant(options["separator"]) or None,
            empty_unsets=options["empty_unsets"],
            types=options["types"],
            ignore_unknown=options["ignore_unknown"],
            path_separator=as_meant(options["path_separator"]) or None,
            only=options["only"],
            restore=options["restore"],
            duplicates=options["duplicates"],
        ),
        pause_facets=options["pause_reindexing"],
        dry_run=options["dry_run"],
    )


def _access(ctx: click.Context, view: str | None, locale: str | None) -> AccessOf:
    """Return the function from a snapshot to the access of a View; ends the command without one."""
    with reading(ctx) as seen:
        definition = seen.definition
        locales = [one.code for one in definition.language.segments]
    check_known("View", view, definition.views)
    check_known("locale", locale, locales)

    def access_of(work: Snapshot) -> Any:
        return full_access(work.definition, locale or work.definition.default_locale, view)

    return access_of
