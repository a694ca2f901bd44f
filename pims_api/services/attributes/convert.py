"""Conversions: an attribute gets another type, and all of its stored values the form of that.

Source: docs/core.md, Changing the type of an attribute.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pims_api.domain.access.access import global_column
from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.attributes.rules import breaches
from pims_api.domain.conditions.language.parser import parse_condition
from pims_api.domain.definition import Definition
from pims_api.domain.product import Product, Values
from pims_api.domain.values.scope import split_slot
from pims_api.domain.values.value import elements, read_value
from pims_api.errors import BadInput, Fault
from pims_api.services.access import full_access
from pims_api.services.attribute_views.usage import rows_of_views
from pims_api.services.attributes.requests import AttributeWrite
from pims_api.services.products.value_rules import DICTIONARY_MISSING, Assignment, ValueCheck
from pims_api.storage.catalogue_index.rebuild import forget_values
from pims_api.storage.products.documents import document_blocks
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork

MISFITS_MAX = 10  # values that a refusal names

Progress = Callable[[int], None]
"""Told how many products were looked at since it was told last."""

_RULES = {
    "mask": "pattern",
    "minimum": "minimum",
    "maximum": "maximum",
    "max_length": "greatest length",
}
NEVER_CONVERTED = frozenset({ValueType.RELATION, ValueType.COMPLETENESS, ValueType.COMPLEX})
_TRIMMED = frozenset({ValueType.NUMBER, ValueType.BOOLEAN, ValueType.DATE, ValueType.DATETIME})
_NO_PRODUCT = Product(0, "", {})


def no_progress(_looked_at: int) -> None:
    """Tell nobody."""


def type_faults(before: Attribute, wanted: AttributeWrite) -> Iterator[Fault]:
    """Yield why an attribute cannot get the wanted type, whatever its values are."""
    kind = wanted.settings["type"]
    if before.system:
        yield _fixed(wanted, "read_only", "is a system attribute")
    elif kind in NEVER_CONVERTED or before.type in NEVER_CONVERTED:
        message = f"cannot be converted from {before.type} to {kind}: add another attribute"
        yield _fixed(wanted, "type", message)


def _fixed(wanted: AttributeWrite, code: str, why: str) -> Fault:
    fault = wanted.fault(code, "type", f"{why}.")
    return replace(fault, message=f"Attribute type can not be modified! {fault.message}")


def outward_in_type(
    before: Attribute, after: Attribute, outward: Any, definition: Definition | None = None
) -> Any:
    """Return a value of an attribute as what comes in for another type of it.

    definition: given where the value is a stored one, so that options are known by their ids.
    Raises ValueError, whose message says what the type takes.
    """
    texts = [_text(before, one, definition) for one in elements(before, outward)]
    if after.type in _TRIMMED:
        texts = [one.strip() for one in texts]
    return read_value(after, texts if after.collection else texts[0] if texts else None)


def _text(attribute: Attribute, value: Any, definition: Definition | None) -> str:
    if attribute.type is ValueType.BOOLEAN:
        return "true" if value else "false"
    if attribute.type is ValueType.OPTION and definition is not None:
        return definition.options_of(attribute).alias(value)
    return str(value)


@dataclass(slots=True)
class Converted:
    """What a conversion came to. products: those with a value. misfits: values that do not fit.

    faults: of the first misfits.
    """

    products: int = 0
    misfits: int = 0
    faults: list[Fault] = field(default_factory=list)


def convert_values(
    work: UnitOfWork,
    before: Attribute,
    after: Attribute,
    wanted: AttributeWrite,
    progress: Progress = no_progress,
) -> Converted:
    """Store every value of an attribute, in all scopes and of all products, in its new form.

    The attribute is left without flags, and the index without its values: `settle` builds both.
    Nothing more is stored when a value does not fit.
    """
    conversion = _Conversion(work, before, after, wanted)
    bare = replace(
        before,
        unique=False,
        searchable=False,
        indexable=False,
        filterable=False,
        pending=frozenset(),
    )
    work.define(bare)  # so that nobody derives anything of values that are of neither type
    forget_values(work, bare)
    for block in document_blocks(work):
        changed = {}
        for product_id, values in block.documents.items():
            new = conversion.values(values)
            if new:
                changed[product_id] = new
        if changed and not conversion.done.misfits:
            _store(work, changed)
        progress(len(block.documents))
    return conversion.done


def look_over(
    seen: Snapshot, before: Attribute, wanted: AttributeWrite, progress: Progress = no_progress
) -> Converted:
    """Look for values that no attribute of the wanted type takes, whatever its rules; store none.

    So most of what refuses a conversion is found while everybody else goes on writing.
    """
    after = replace(before, type=wanted.settings["type"])
    fitting = _Fitting(seen.definition, before, after, wanted)
    for block in document_blocks(seen):
        for values in block.documents.values():
            for slot in fitting.slots(values):
                fitting.outward(values, slot)
        progress(len(block.documents))
    return fitting.done


def uncounted(done: Converted, wanted: AttributeWrite) -> list[Fault]:
    """Return a fault that counts the misfits, where not all of them have faults of their own."""
    if done.misfits == len(done.faults):
        return []
    message = f"has {done.misfits} values that do not fit the type {wanted.settings['type']}!"
    return [wanted.fault("type", "type", message)]


def _store(work: UnitOfWork, changed: Mapping[int, Values]) -> None:
    for one in work.each_product(list(changed)):
        work.put_product(one._replace(values={**one.values, **changed[one.id]}))
    work.settle()


class _Fitting:
    """The values of one attribute as what comes in for another type of it; `done` counts them."""

    def __init__(
        self, definition: Definition, before: Attribute, after: Attribute, wanted: AttributeWrite
    ) -> None:
        self.done = Converted()
        self._definition = definition
        self._before = before
        self._after = after
        self._wanted = wanted

    def slots(self, values: Values) -> list[str]:
        """Return the slots of the attribute in a document."""
        found = [slot for slot in values if split_slot(slot)[0] == self._before.key]
        self.done.products += bool(found)
        return found

    def outward(self, values: Values, slot: str) -> Any:
        """Return a value as what comes in for the new type. None: it is a misfit."""
        stored = values[slot]
        try:
            raw = outward_in_type(self._before, self._after, stored, self._definition)
        except ValueError as error:
            self.misfit(values, slot, f"it must be {error}")
            return None
        if raw is None:
            self.misfit(values, slot, "that says nothing")
        return raw

    def misfit(self, values: Values, slot: str, why: str) -> None:
        """Count a value that does not fit; the first ones get faults."""
        self.done.misfits += 1
        if len(self.done.faults) < MISFITS_MAX:
            found = elements(self._before, values[slot])
            texts = (_text(self._before, one, self._definition) for one in found)
            shown = ", ".join(texts)[:200]
            message = (
                f"cannot be of type {self._after.type}: {values['sku']} has {shown!r}, but {why}!"
            )
            self.done.faults.append(self._wanted.fault("type", "type", message, value=shown))


class _Conversion:
    """The values of one attribute in their new form, as they are stored."""

    def __init__(
        self, work: UnitOfWork, before: Attribute, after: Attribute, wanted: AttributeWrite
    ) -> None:
        self._fitting = _Fitting(work.definition, before, after, wanted)
        self.done = self._fitting.done
        self._after = replace(after, unique=False)  # whether it is is found when all are stored
        self._check = ValueCheck(
            work, full_access(work.definition, work.definition.default_locale), {DICTIONARY_MISSING}
        )

    def values(self, values: Values) -> Values:
        """Return slot → new value of those that change in a document."""
        changed: Values = {}
        for slot in self._fitting.slots(values):
            new = self._stored(values, slot)
            if new != values[slot] or type(new) is not type(values[slot]):
                changed[slot] = new
        return changed

    def _stored(self, values: Values, slot: str) -> Any:
        raw = self._fitting.outward(values, slot)
        if raw is None:
            return None
        column = global_column(self._after)
        found = self._check.stored([Assignment(column, raw, "", self._after.key)], _NO_PRODUCT)
        if self._check.faults:
            self._fitting.misfit(values, slot, self._check.faults[0].message.rstrip("!"))
            self._check.faults.clear()
        return found.get(self._after.key)


def convert_view_defaults(
    work: UnitOfWork, before: Attribute, after: Attribute, wanted: AttributeWrite
) -> Iterator[Fault]:
    """Give the defaults that Views have for an attribute their new form; yield those without."""
    for name, view in [*work.definition.views.items()]:
        fields = []
        for one in view.fields:
            if one.attribute_id == before.id and one.default is not None:
                try:
                    one = replace(one, default=outward_in_type(before, after, one.default))
                except ValueError as error:
                    message = f"is given a default by the View {name}, which must be {error}!"
                    yield wanted.fault("exists", "type", message)
            fields.append(one)
        if tuple(fields) != view.fields:
            work.define(replace(view, fields=tuple(fields)))


def view_condition_faults(
    work: UnitOfWork, names: list[str], wanted: AttributeWrite
) -> Iterator[Fault]:
    """Yield a fault for each of these Views whose condition the new type does not take."""
    for name in names:
        complaint = _complaint(work.definition, work.definition.views[name].condition_query)
        if complaint:
            message = f"is named by the condition of the View {name}, change it there first: "
            yield wanted.fault("exists", "type", message + complaint)


def view_row_warnings(
    work: UnitOfWork, chosen: Mapping[str, int], wanted: AttributeWrite
) -> Iterator[Fault]:
    """Yield a warning for each View that lets other products through than before.

    chosen: name of the View → those before.
    """
    for name, now in rows_of_views(work, chosen).items():
        joined, left = (now & ~chosen[name]).bit_count(), (chosen[name] & ~now).bit_count()
        if joined or left:
            message = (
                f"is named by the condition of the View {name}, which compares otherwise now: "
                f"{joined} products join it, {left} leave it."
            )
            yield wanted.fault("type", "type", message)


def _complaint(definition: Definition, condition: str) -> str | None:
    access = full_access(definition, definition.default_locale)
    try:
        parse_condition(condition, access, place="view/condition", any_attribute=True)
    except BadInput as refused:
        return refused.faults[0].message
    return None


def in_new_type(
    before: Attribute, after: Attribute, wanted: AttributeWrite
) -> tuple[Attribute, list[Fault], list[Fault]]:
    """Return an attribute that gets another type, with its settings in it; faults; warnings.

    Rules of values that the new type cannot have are taken away with a warning.
    """
    faults, warnings = [], []
    if "default" not in wanted.settings and before.default is not None:
        try:
            after = replace(after, default=outward_in_type(before, after, before.default))
        except ValueError as error:
            message = f"has a default, which must be {error}: change it too!"
            faults.append(wanted.fault("type", "default", message))
    for breach in breaches(after):
        if breach.setting in _RULES and breach.setting not in wanted.settings:
            message = f"loses its {_RULES[breach.setting]}: values of the new type have none."
            warnings.append(wanted.fault("type", breach.setting, message))
            nothing: Any = "" if breach.setting == "mask" else None
            after = replace(after, **{breach.setting: nothing})
    return after, faults, warnings
