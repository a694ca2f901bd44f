"""The import of rows: from cells to writes of products, and the outcomes.

Without transactions of its own: see pims_api.jobs.imports.product_import.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pims_api.domain.access.access import Access, Column
from pims_api.domain.attributes.attribute import (
    PRODUCT_TYPE,
    SKU,
    VARIATION_OF,
    Attribute,
    ValueType,
)
from pims_api.domain.category import join_path
from pims_api.domain.product import Product, sku_fault
from pims_api.domain.suggestion import Suggestions
from pims_api.domain.values.value import JsonNumber, elements, is_categories
from pims_api.errors import Fault
from pims_api.services.attributes.requests import AttributeWrite
from pims_api.services.attributes.write import add_attributes
from pims_api.services.imports.cells import read_cell
from pims_api.services.imports.column_plan import (
    Feed,
    ImportChoices,
    ImportPlan,
    NewAttribute,
    plan_columns,
)
from pims_api.services.products.batch import BatchRow, RowOutcome, RowStatus, Verb, write_rows
from pims_api.services.products.save import UPDATE
from pims_api.services.products.value_rules import VALUE_SHOWN, Assignment
from pims_api.services.products.write import ProductWrite
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from pims_api.transfer.errors_file import ERROR_COLUMNS
from pims_api.transfer.tables.table import Row

AccessOf = Callable[[Snapshot], Access]
"""What the caller may see and change, as of a transaction: it may change during an import."""

Cycles = Mapping[tuple[str, str], Sequence[str]]
"""(SKU, its parent) → the SKUs of which each is the next one's parent, from one to itself."""

_EMPTY: tuple[Any, ...] = ("", None, [])
_VALUE_EVIDENT = 3  # characters of a value that a message does not hold by chance
_VALUE_TOLD = 60  # characters of a refused value in a message


def untyped_attributes(
    seen: Snapshot, access_of: AccessOf, names: Sequence[str], choices: ImportChoices
) -> dict[str, NewAttribute]:
    """Return the attributes that an import has to make and whose type nobody gave.

    Raises BadInput with every fault of the columns.
    """
    made = plan_columns(access_of(seen), names, _without_error_columns(choices)).made
    return {name: one for name, one in made.items() if name not in choices.types}


def plan_import(
    work: UnitOfWork,
    access_of: AccessOf,
    names: Sequence[str],
    choices: ImportChoices,
    guessed: Mapping[str, ValueType],
) -> ImportPlan:
    """Return the plan for the columns of a file; missing attributes are created if they may be.

    guessed: the types of those whose type nobody gave; without one they are strings. Raises
    BadInput with every fault of the columns.
    """
    choices = _without_error_columns(choices)
    plan = plan_columns(access_of(work), names, choices)
    if plan.made:
        locale = work.definition.default_locale
        types = {**guessed, **choices.types}
        wanted = [
            _new_attribute(name, one, types.get(name, ValueType.STRING), locale)
            for name, one in plan.made.items()
        ]
        add_attributes(work, wanted, inline_max=0)  # nothing is to be indexed of new ones
        after = plan_columns(access_of(work), names, choices)
        return replace(after, made=plan.made, warnings=plan.warnings)
    return plan


def _without_error_columns(choices: ImportChoices) -> ImportChoices:
    return replace(choices, ignored=choices.ignored.union(ERROR_COLUMNS))


def read_row(plan: ImportPlan, row: Row, suggestions: Suggestions) -> ProductWrite:
    """Return the write of a row, with every fault that shows without the catalogue.

    suggestions: shared by rows, so that a file full of unknown words takes no longer than others.
    """
    faults = list(row.faults)
    raw_sku = row.cells.get(plan.sku)
    sku = raw_sku.strip() if isinstance(raw_sku, str) else ""
    unusable = _sku_fault(raw_sku, sku)
    if unusable and (raw_sku is not None or not faults):  # an unreadable row has no SKU
        faults.append(unusable)
    kind = row.cells.get(plan.product_type) if plan.product_type is not None else None
    if kind is not None and not isinstance(kind, str):
        faults.append(Fault("type", f"{PRODUCT_TYPE} must be text!", PRODUCT_TYPE))
        kind = None
    assignments = _assignments(plan, row.cells, faults)
    return ProductWrite(
        sku="" if unusable else sku,
        assignments=assignments,
        faults=faults,
        product_type=kind.strip() or None if kind else None,
        missing=plan.choices.missing,
        suggestions=suggestions,
        only=plan.choices.only,
        restore=plan.choices.restore,
    )


def import_rows(
    work: UnitOfWork, plan: ImportPlan, wanted: Sequence[ProductWrite]
) -> list[RowOutcome]:
    """Create or edit the products of rows with distinct SKUs; return the outcomes."""
    known = work.find_products(one.sku for one in wanted)
    rows = [BatchRow(Verb.SAVE, _fitted(plan, one, known.get(one.sku))) for one in wanted]
    return write_rows(work, plan.access, rows)


def without_repeats(skus: Sequence[str]) -> Iterator[slice]:
    """Yield slices of rows with distinct SKUs, so that a row sees earlier ones of its SKU.

    >>> list(without_repeats(["A", "B", "A", "", ""]))
    [slice(0, 2, None), slice(2, 5, None)]
    """
    start, seen = 0, set[str]()
    for place, sku in enumerate(skus):
        if sku in seen:
            yield slice(start, place)
            start, seen = place, set()
        if sku:
            seen.add(sku)
    if start < len(skus):
        yield slice(start, len(skus))


def misses_another(outcome: RowOutcome) -> bool:
    """Return whether a row was refused because a product that it names does not exist."""
    return any(map(_misses, outcome.faults))


def named_skus(wanted: ProductWrite) -> list[str]:
    """Return the SKUs of the products that a row names, such as its parent."""
    return [sku for attribute, value in _links(wanted) for sku in elements(attribute, value)]


def parent_skus(wanted: ProductWrite) -> list[str]:
    """Return the SKUs of the products that must exist before the row is stored."""
    return [value for attribute, value in _links(wanted) if attribute.key == VARIATION_OF]


def _links(wanted: ProductWrite) -> Iterator[tuple[Attribute, Any]]:
    for one in wanted.assignments:
        if one.column.attribute.type is ValueType.RELATION and one.value is not None:
            yield one.column.attribute, one.value


def missing_named(outcome: RowOutcome, cycles: Cycles) -> RowOutcome:
    """Return the final refusal of a waiting row, which names the missing products."""
    if outcome.status is not RowStatus.REJECTED:
        return outcome
    faults = [
        _missing_named(one, cycles.get((outcome.sku, str(one.value)))) if _misses(one) else one
        for one in outcome.faults
    ]
    return outcome._replace(faults=faults)


def fault_text(fault: Fault) -> str:
    """Return the message of a row's fault, with its value, and its column by another name.

    >>> fault_text(Fault("type", "color must be a color!", "color", "/Farbe", "rad", nearest="red"))
    "color must be a color! Did you mean 'red'? (column Farbe: 'rad')"
    >>> fault_text(Fault("type", "color must be a color!", "color", "/color", "rad"))
    "color must be a color! (it is 'rad')"
    """
    hint = f" Did you mean {fault.nearest!r}?" if fault.nearest else ""
    column, value = column_of(fault), fault.value
    text = "" if value is None else str(value)
    told = text in (fault.message if len(text) >= _VALUE_EVIDENT else fault.message.split()[0])
    told = told or repr(text) in fault.message or f'"{text}"' in fault.message
    shown = "" if told else repr(text[:_VALUE_TOLD]) + "…" * (len(text) > _VALUE_TOLD)
    if column in ("", fault.attribute):
        where = f" (it is {shown})" if shown else ""
    else:
        where = f" (column {column}: {shown})" if shown else f" (column {column})"
    return fault.message + hint + where


def column_of(fault: Fault) -> str:
    """Return the name of the column that a row's fault is about, or an empty text."""
    return (fault.pointer or "").removeprefix("/").replace("~1", "/").replace("~0", "~")


def _misses(fault: Fault) -> bool:
    return fault.code == "not_found" and fault.attribute is not None


def _missing_named(fault: Fault, cycle: Sequence[str] | None) -> Fault:
    if cycle is None:
        why = f'there is no product "{fault.value}", neither in the catalogue nor accepted from'
        return replace(fault, message=f"{fault.attribute}: {why} this file!")
    why = "no product can be a variation of itself"
    message = f'{fault.attribute}: "{fault.value}" is in a circle, {" → ".join(cycle)}: {why}!'
    return replace(fault, message=message)


def _new_attribute(name: str, wanted: NewAttribute, kind: ValueType, locale: str) -> AttributeWrite:
    settings = {"type": kind, "collection": wanted.collection}
    return AttributeWrite(name, settings, labels={locale: name})


def _sku_fault(raw: Any, sku: str) -> Fault | None:
    if raw not in _EMPTY and (not isinstance(raw, str) or isinstance(raw, JsonNumber)):
        return Fault("type", "sku must be text, in quotes!", SKU)
    if not sku:
        return Fault("required", "sku cannot be empty!", SKU)
    found = sku_fault(sku)
    return found and replace(found, place=None)  # a row of a file says where it stands


def _assignments(
    plan: ImportPlan, cells: Mapping[str, Any], faults: list[Fault]
) -> list[Assignment]:
    """Return the assignments of the cells; unreadable cells join the faults."""
    found: list[Assignment] = []
    collected: dict[str, list[tuple[int, Any, Feed]]] = {}
    for name, cell in cells.items():
        feed = plan.feeds.get(name)
        if feed is None:
            continue
        if isinstance(cell, str) and "\0" in cell:  # PostgreSQL cannot even be asked for it
            message = f"{feed.column.name} cannot hold NUL characters!"
            faults.append(Fault("type", message, feed.column.name, feed.pointer))
        elif feed.element is not None:
            collected.setdefault(feed.column.name, []).append((feed.element, cell, feed))
        elif cell not in _EMPTY:
            _assign(plan, feed, _split(plan, feed, cell), found, faults)
        elif plan.choices.empty_unsets:
            found.append(Assignment(feed.column, None, feed.pointer, feed.column.slot))
    for parts in collected.values():
        _assign_elements(plan, parts, found, faults)
    return found


def _assign_elements(
    plan: ImportPlan,
    elements: list[tuple[int, Any, Feed]],
    found: list[Assignment],
    faults: list[Fault],
) -> None:
    elements.sort(key=lambda one: one[0])
    filled = [(cell, feed) for _, cell, feed in elements if cell not in _EMPTY]
    if filled:
        _assign(plan, filled[0][1], [cell for cell, _ in filled], found, faults)
    elif plan.choices.empty_unsets:
        feed = elements[0][2]
        found.append(Assignment(feed.column, None, feed.pointer, feed.column.slot))


def _assign(
    plan: ImportPlan, feed: Feed, raw: Any, found: list[Assignment], faults: list[Fault]
) -> None:
    if plan.choices.path_separator is not None and is_categories(feed.column.attribute):
        raw = _paths(raw, plan.choices.path_separator)
    try:
        value = read_cell(feed.column.attribute, raw)
    except ValueError as error:
        name = feed.column.name
        cells = raw if isinstance(raw, list) else [raw]
        shown = ", ".join(map(str, cells))[:VALUE_SHOWN]
        faults.append(Fault("type", f"{name} must be {error}!", name, feed.pointer, shown))
    else:
        found.append(Assignment(feed.column, value, feed.pointer, feed.column.slot))


def _paths(raw: Any, separator: str) -> Any:
    """Return paths of categories with our separator instead of another one.

    >>> _paths(["Men/Tops", "Gear / Bags/"], "/")
    ['Men > Tops', 'Gear > Bags']
    """
    if isinstance(raw, list):
        return [_paths(one, separator) for one in raw]
    if type(raw) is not str:
        return raw
    return join_path([name for name in map(str.strip, raw.split(separator)) if name])


def _split(plan: ImportPlan, feed: Feed, cell: Any) -> Any:
    separator = plan.choices.separator
    if separator is None or not feed.column.attribute.collection or not isinstance(cell, str):
        return cell
    return [one.strip() for one in cell.split(separator) if one.strip()]


def _fitted(plan: ImportPlan, wanted: ProductWrite, product: Product | None) -> ProductWrite:
    """Return the write of a row, completed for a new or an existing product."""
    if product is not None:
        return wanted
    kind = wanted.product_type or plan.choices.product_type
    faults = wanted.faults
    needs_title = plan.title is not None and wanted.only != UPDATE and wanted.sku
    if plan.title is not None and needs_title and not _brings(wanted, plan.title):
        message = (
            f"{plan.title.name} cannot be empty: {wanted.sku} is new, and a new product needs it!"
        )
        faults = [*faults, Fault("required", message, plan.title.name)]
    return replace(wanted, product_type=kind, faults=faults)


def _brings(wanted: ProductWrite, title: Column) -> bool:
    """Return whether a row has a title, be it an invalid one."""
    values = [one.value for one in wanted.assignments if one.column is title]
    told_already = any(one.attribute == title.name for one in wanted.faults)
    return told_already or any(value and value.strip() for value in values)
