"""Validation of attributes before they are stored; every fault is found."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pims_api.domain.access.access import Access, global_column
from pims_api.domain.attributes.attribute import PRODUCT_TYPE, Attribute, ValueType
from pims_api.domain.attributes.rules import Breach, breaches, fixed_breaches, is_attribute_name
from pims_api.domain.conditions.condition import predicates
from pims_api.domain.definition import LANGUAGE_ID, Definition
from pims_api.domain.product import Product
from pims_api.domain.values.value import read_value
from pims_api.errors import Fault, Subject, taken
from pims_api.services.access import full_access
from pims_api.services.attributes.requests import AttributeWrite, OptionListWrite
from pims_api.services.products.value_rules import Assignment, ValueCheck
from pims_api.storage.products.attribute_usage import has_scoped_values, has_values
from pims_api.storage.unit_of_work import UnitOfWork

TYPE_IS_FIXED = "Attribute type can not be modified by a file: convert the attribute first!"

_NO_PRODUCT = Product(0, "", {})
_VALUE_RULES = ("type", "unique", "collection", "mask", "minimum", "maximum", "max_length")


def name_faults(definition: Definition, wanted: AttributeWrite) -> Iterator[Fault]:
    """Yield the faults of the name of a new attribute."""
    name, place = wanted.name, wanted.pointer("name")
    if not name and wanted.faults and place is None:
        return  # told already: there was nothing that could have a name
    if not name:
        message = "Attribute name cannot be empty!"
        yield Fault("required", message, pointer=place, row=wanted.row)
    elif not is_attribute_name(name):
        message = (
            "An attribute name has 1 to 64 letters, digits, _ and -, and begins with a letter!"
        )
        yield Fault("type", message, name[:64], place, name[:64], row=wanted.row)
    elif name in definition.by_name:
        told = {"attribute": name, "pointer": place, "value": name, "row": wanted.row}
        yield from taken(Subject.ATTRIBUTE, name, **told).faults
    elif name == PRODUCT_TYPE:
        message = f"The name {PRODUCT_TYPE} is reserved: choose another!"
        yield Fault("exists", message, name, place, name, row=wanted.row)


def rule_faults(before: Attribute | None, after: Attribute, wanted: AttributeWrite) -> list[Fault]:
    """Return the faults of an attribute in itself. before: None of a new one.

    Settings that could not be read have their faults already.
    """
    told = {one.pointer for one in wanted.faults} - {None}
    return [one for one in _rule_faults(before, after, wanted) if one.pointer not in told]


def _rule_faults(
    before: Attribute | None, after: Attribute, wanted: AttributeWrite
) -> Iterator[Fault]:
    found = breaches(after)
    if before is not None:
        found += fixed_breaches(before, after)
    yield from (_breach_fault(one, wanted) for one in found)
    if not after.labels and (before is None or before.labels):
        message = "needs a label in at least one locale!"
        yield wanted.fault("required", "labels", message)
    if after.type is not ValueType.OPTION and _says_something(wanted.options):
        message = "has no option list: only attributes of type option do!"
        yield wanted.fault("type", "rows", message)


def fixed_type(wanted: AttributeWrite) -> Fault:
    """Return the fault of a type that is not changed on the way."""
    place = wanted.pointer("type")
    return Fault("read_only", TYPE_IS_FIXED, wanted.name, place, row=wanted.row)


def use_faults(
    work: UnitOfWork, before: Attribute, after: Attribute, wanted: AttributeWrite
) -> Iterator[Fault]:
    """Yield the faults of changes that stored values or Views forbid."""
    if before.system:
        return
    if before.collection != after.collection and has_values(work, before):
        message = "keeps its collection flag while products have values of it: unset them first!"
        yield wanted.fault("exists", "collection", message)
    lost = frozenset(before.dimensions).difference(after.dimensions)
    if lost and has_scoped_values(work, before, lost):
        yield _still_scoped(lost, wanted)


def _still_scoped(lost: frozenset[int], wanted: AttributeWrite) -> Fault:
    if lost == {LANGUAGE_ID}:
        message = "stays localizable while products have values in other locales: unset them first!"
        return wanted.fault("exists", "localizable", message)
    message = "keeps its dimensions while products have values whose scopes name them!"
    return wanted.fault("exists", "dimensions", message)


def view_faults(
    definition: Definition, before: Attribute, after: Attribute, wanted: AttributeWrite
) -> Iterator[Fault]:
    """Yield a fault for each View whose row filter needs a setting that would be taken away."""
    if before.filterable and (after.deleted or not after.filterable):
        what = "be deleted" if after.deleted else "stop being filterable"
        for view in views_using(definition, before):
            message = f"cannot {what}: the View {view} chooses its products by it!"
            yield wanted.fault("exists", "filterable", message)


def default_faults(
    work: UnitOfWork, access: Access, one: Attribute, wanted: AttributeWrite
) -> list[Fault]:
    """Return the faults of the default value, by the rules of values.

    Options must be there already; a growing dictionary takes the value in.
    """
    if one.default is None:
        return []
    check = ValueCheck(work, access)
    pointer = wanted.pointer("default") or ""
    check.stored([Assignment(global_column(one), one.default, pointer, one.key)], _NO_PRODUCT)
    return [replace(fault, row=wanted.row) for fault in check.faults]


def view_default_faults(
    work: UnitOfWork,
    access: Access,
    before: Attribute | None,
    after: Attribute,
    wanted: AttributeWrite,
) -> Iterator[Fault]:
    """Yield a fault for each View whose default value the changed attribute would refuse.

    Nothing when no rule of its values changes.
    """
    same = before is not None and all(getattr(before, s) == getattr(after, s) for s in _VALUE_RULES)
    if before is None or (same and wanted.options is None):
        return
    for view, default in access.derive(_view_defaults).get(after.id, ()):
        for complaint in _complaints(work, access, after, default):
            yield _stale_default(view, complaint, wanted)


def _view_defaults(access: Access) -> dict[int, list[tuple[str, Any]]]:
    """Return attribute id → name and default of each View that gives the attribute one."""
    found: dict[int, list[tuple[str, Any]]] = {}
    for name, view in access.definition.views.items():
        for field in view.fields:
            if field.default is not None:
                found.setdefault(field.attribute_id, []).append((name, field.default))
    return found


def _complaints(work: UnitOfWork, access: Access, one: Attribute, default: Any) -> list[Fault]:
    if one.unique:
        return [Fault("type", f"{one.name} would be unique, and new products would share it!")]
    try:
        value = read_value(one, default)
    except ValueError as error:
        return [Fault("type", f"{one.name} must be {error}!")]
    check = ValueCheck(work, access)
    check.stored([Assignment(global_column(one), value, "", one.key)], _NO_PRODUCT)
    return check.faults


def _stale_default(view: str, complaint: Fault, wanted: AttributeWrite) -> Fault:
    message = f"is given a default by the View {view}, change it there first: {complaint.message}"
    return replace(wanted.fault("exists", "name", message), subject=complaint.subject)


def views_using(definition: Definition, attribute: Attribute) -> list[str]:
    """Return the names of the Views whose row filter names the attribute."""
    names = []
    for name, view in definition.views.items():
        if view.condition_query:
            rows = full_access(definition, definition.default_locale, name).rows
            used = predicates(rows) if rows is not None else ()
            if any(one.operand.attribute.id == attribute.id for one in used):
                names.append(name)
    return names


def _breach_fault(breach: Breach, wanted: AttributeWrite) -> Fault:
    return wanted.fault(breach.code, breach.setting, breach.message)


def _says_something(options: OptionListWrite | None) -> bool:
    if options is None:
        return False
    return bool(options.columns or options.rows or options.layout) or options.static is True
