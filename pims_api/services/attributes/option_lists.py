"""Changes of option lists: the options to define so that a list becomes the wanted one.

Source: docs/core.md, Option lists.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import EllipsisType

from pims_api.domain.attributes.option_list import Option, OptionList
from pims_api.domain.definition import Definition
from pims_api.domain.values.scope import Dimension
from pims_api.domain.values.text import has_control
from pims_api.errors import Fault, pointer_to
from pims_api.services.attributes.requests import AttributeWrite, OptionListWrite
from pims_api.services.products.value_rules import OPTION_LENGTH_MAX
from pims_api.storage.definitions.kinds import OptionEntry

COLUMNS_MAX = 50
COLUMN_LENGTH_MAX = 64  # characters of a column's name
CELL_LENGTH_MAX = 4_000  # characters of a cell beside the value
ROWS_MAX = 100_000

Row = tuple[str, ...]


def plan_options(
    definition: Definition, number: int, wanted: AttributeWrite
) -> tuple[list[OptionList | OptionEntry], list[Fault]]:
    """Return the changes that make option list `number` the wanted one, or the faults.

    Nothing where it is that already. Options that are left out stay as removed, so that products
    that have them keep showing them; one that comes back is the option it was.
    """
    sent = wanted.options
    if sent is None:
        return [], []
    before = definition.option_lists.get(number)
    after = _settings(before, number, sent)
    faults = [*_column_faults(before, after, wanted), *_row_faults(after, wanted)]
    if faults:
        return [], faults
    things: list[OptionList | OptionEntry] = []
    if before is None or _facts(before) != _facts(after):
        things.append(after)
    if sent.rows is not None:
        options = _options(before or after, after.columns, sent.rows, definition.language)
        things += [OptionEntry(number, one) for one in (before or after).replaced_by(options)]
    return things, []


def _settings(before: OptionList | None, number: int, sent: OptionListWrite) -> OptionList:
    known = before or OptionList(number)
    columns = sent.columns or known.columns
    bare = known.bare if sent.rows is None else sent.bare
    return OptionList(
        number,
        static=known.static if isinstance(sent.static, EllipsisType) else sent.static,
        columns=columns,
        bare=bare and len(columns) == 1,
        layout={**known.layout, **sent.layout},
        named=known.named,
    )


def _facts(one: OptionList) -> tuple[object, ...]:
    return one.static, one.columns, one.bare, one.layout


def _column_faults(
    before: OptionList | None, after: OptionList, wanted: AttributeWrite
) -> Iterator[Fault]:
    columns = after.columns
    if len(columns) > COLUMNS_MAX:
        message = f"takes an option list of at most {COLUMNS_MAX} columns!"
        yield wanted.fault("limit", "columns", message)
    if len(set(columns)) < len(columns):
        yield wanted.fault("dictionary", "columns", "has two option columns of one name!")
    for place, name in enumerate(columns):
        if not name.strip() or len(name) > COLUMN_LENGTH_MAX or has_control(name):
            message = f"needs option columns with names of 1 to {COLUMN_LENGTH_MAX} characters!"
            yield wanted.fault(
                "dictionary", "columns", message, below=pointer_to(place), value=name
            )
    grown = before is not None and len(before.columns) != len(columns)
    if grown and wanted.options is not None and wanted.options.rows is None:
        message = "needs the rows of its option list too: the number of columns changes!"
        yield wanted.fault("required", "rows", message)


def _row_faults(after: OptionList, wanted: AttributeWrite) -> Iterator[Fault]:
    rows = (wanted.options.rows if wanted.options else None) or ()
    if len(rows) > ROWS_MAX:
        message = f"takes an option list of at most {ROWS_MAX} rows!"
        yield wanted.fault("limit", "rows", message)
        return
    seen: set[str] = set()
    for place, row in enumerate(rows):
        complaint = _row_complaint(row, len(after.columns), seen)
        if complaint is not None:
            value = row[0] if row else None
            yield wanted.fault(
                "dictionary", "rows", complaint, below=pointer_to(place), value=value
            )
        seen.update(row[:1])


def _row_complaint(row: Row, width: int, seen: set[str]) -> str | None:
    value = row[0] if row else ""
    complaint = option_complaint(value)
    if complaint is not None:
        return complaint
    if value in seen:
        return "has an option value twice!"
    if len(row) > width:
        return f"has an option row of {len(row)} cells, its columns are {width}!"
    if any(len(cell) > CELL_LENGTH_MAX for cell in row):
        return f"takes option cells of at most {CELL_LENGTH_MAX} characters!"
    return None


def option_complaint(value: str) -> str | None:
    """Return why a text cannot be the value of an option; the message follows an attribute."""
    if 1 <= len(value) <= OPTION_LENGTH_MAX and not has_control(value):
        return None
    return f"takes option values of 1 to {OPTION_LENGTH_MAX} characters, no control characters!"


def _options(
    known: OptionList, columns: Row, rows: Sequence[Row], language: Dimension
) -> Iterator[Option]:
    """Yield the rows as options; cells that a row lacks are empty."""
    locales = {place: language.segment(name) for place, name in enumerate(columns)}
    taken: set[str] = set()
    for position, row in enumerate(rows):
        cells = row + ("",) * (len(columns) - len(row))
        before = known.find(row[0])
        labels = dict(before.labels) if before else {}
        labels |= {one.code: cells[at] for at, one in locales.items() if at and one is not None}
        number = before.id if before else known.new_id(row[0], taken)
        taken.add(number)
        filled = {code: text for code, text in labels.items() if text}
        if before is None:
            yield Option(number, row[0], position, cells[1:], filled)
        else:
            yield replace(before, position=position, cells=cells[1:], labels=filled, removed=False)
