"""Scoped values on the wire: read into assignments, written from documents.

Source: docs/api/sigma.md, Values.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from pims_api.domain.access.access import Access, Column
from pims_api.domain.access.sight import Sight
from pims_api.domain.attributes.attribute import (
    CATEGORIES,
    SKU,
    VARIATION_ATTRIBUTES,
    VARIATION_MATRIX,
    VARIATION_OF,
    VARIATION_SKUS,
    ValueType,
)
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.conditions.guards import guard_condition, guarding
from pims_api.domain.conditions.truth import matches
from pims_api.domain.generated_sku import is_generated
from pims_api.domain.product import Product, Values
from pims_api.domain.suggestion import nearest
from pims_api.domain.tenant_ids import TenantIds
from pims_api.domain.values.scope import SCOPE_MARK, scope_text, slot
from pims_api.domain.values.scoped import by_attribute
from pims_api.domain.workflow import Stage
from pims_api.errors import Fault, pointer_to
from pims_api.services.products.value_rules import Assignment
from schemas.sigma.ids import dimensions_by_id, schema_id, scope_object, segments_of
from schemas.sigma.model.schemas import groups_of
from schemas.sigma.records.limits import Limits
from schemas.sigma.records.shapes import (
    Linked,
    Mismatch,
    Unlinked,
    expected,
    read_single,
    type_name,
    value_writer,
    write_as_is,
)

STRUCTURE = (CATEGORIES, VARIATION_OF, VARIATION_ATTRIBUTES, VARIATION_SKUS, VARIATION_MATRIX)
"""System attributes whose part other endpoints play."""

_SHOWN_MAX = 64  # characters of a name that a message repeats


def columns_of(access: Access, kind: ProductType) -> Mapping[str, Column]:
    """Return the columns of the attributes of a schema, by alias, in its order; cached."""
    cache = access.derive(_column_cache)
    known = cache.get(kind.id)
    if known is None or known[0] is not kind:
        known = cache[kind.id] = (kind, _columns_of(access, kind))
    return known[1]


def _column_cache(_: Access) -> dict[int, tuple[ProductType, Mapping[str, Column]]]:
    """Return the cache of columns by schema, empty."""
    return {}


def _columns_of(access: Access, kind: ProductType) -> dict[str, Column]:
    if kind.attribute_ids is None:
        found = [one for one in access.columns if one.attribute.name not in STRUCTURE]
    else:
        numbers = dict.fromkeys(n for group in groups_of(kind) for n in group.attribute_ids)
        found = [access.by_attribute[one] for one in numbers if one in access.by_attribute]
    # Here a write names its scope, and goes there whatever covers it.
    return {one.attribute.name: replace(one, covering=()) for one in found}


class ValuesReader:
    """Reads the scoped values of a body into assignments, and collects what is wrong.

    stage: that of the record. links: the SKUs of the records and variants that the values name, by
    id.
    """

    def __init__(self, sight: Sight, kind: ProductType, stage: Stage | None, links: Linked) -> None:
        self.definition = sight.definition
        self.kind = kind
        self.columns = columns_of(sight.of(kind, stage), kind)
        self._limits = Limits(sight, kind, stage)
        self.links = links
        self.faults: list[Fault] = []

    def assignments(self, values: Mapping[str, Any]) -> list[Assignment]:
        """Return what is to be set, attribute by attribute."""
        found: list[Assignment] = []
        for alias, entries in values.items():
            found += self.of_attribute(alias, entries, pointer_to("values", alias))
        return found

    def of_attribute(self, alias: str, entries: Any, pointer: str) -> list[Assignment]:
        """Return what is to be set of one attribute: a list of scoped values."""
        column = self.columns.get(alias)
        if column is None:
            hidden = self.hidden(alias, pointer)
            if hidden is None:
                self._refuse_unknown(alias, pointer)
            else:
                self.faults.append(hidden)
            return []
        if not isinstance(entries, list):
            self._add("type", column, "takes a list of scoped values!", pointer)
            return []
        found: dict[str, Assignment] = {}
        for place, entry in enumerate(entries):
            one = self._entry(column, entry, f"{pointer}/{place}")
            if one is not None and one.slot in found:
                message = "has two values in the same scope!"
                self._add("range", column, message, f"{pointer}/{place}/scope")
            elif one is not None:
                found[one.slot] = one
        return list(found.values())

    def hidden(self, alias: str, pointer: str) -> Fault | None:
        """Return the refusal of an attribute that role or state hide; None for an unknown one."""
        return self._limits.hidden(alias, pointer)

    def refuse(self, locked: Iterable[Assignment]) -> None:
        """Note that these cannot be written."""
        for one in locked:
            self.faults.append(self._limits.refusal(one.column.attribute, one.pointer))

    def _entry(self, column: Column, entry: Any, pointer: str) -> Assignment | None:
        if not isinstance(entry, dict) or "value" not in entry:
            message = 'takes scoped values like {"scope": {}, "value": …}!'
            self._add("type", column, message, pointer)
            return None
        scope = self._scope(column, entry.get("scope", {}), f"{pointer}/scope")
        if scope is None:
            return None
        place = slot(column.attribute.key, scope)
        try:
            value = self._value(column, entry["value"])
        except Unlinked as error:
            message = f"names a record or variant that is not there: it must be {error}!"
            self._add("range", column, message, f"{pointer}/value", entry["value"])
            return None
        except Mismatch as error:
            message = (
                f"expects {expected(column.attribute)}, "
                f"received {error.received or type_name(entry['value'])}: it must be {error}!"
            )
            self._add("type", column, message, f"{pointer}/value", entry["value"])
            return None
        return Assignment(column, value, f"{pointer}/value", place)

    def _value(self, column: Column, sent: Any) -> Any:
        attribute = column.attribute
        if sent is None or sent in ("", []):
            return None
        read = partial(read_single, self.definition, attribute, links=self.links)
        if not attribute.collection:
            if isinstance(sent, list) and attribute.type is not ValueType.COMPLEX:
                raise Mismatch("a single value")
            return read(sent)
        return [_read_of_list(read, one) for one in (sent if isinstance(sent, list) else [sent])]

    def _scope(self, column: Column, sent: Any, pointer: str) -> str | None:
        if not isinstance(sent, dict):
            self._add("type", column, "takes a scope that is an object!", pointer)
            return None
        known, found = dimensions_by_id(self.definition), {}
        for name, segment in sent.items():
            dimension = known.get(name)
            if dimension is None or dimension.id not in column.attribute.dimensions:
                message = f"is not scoped by {name[:_SHOWN_MAX]!r}!"
                self._add("range", column, message, f"{pointer}{pointer_to(name)}")
                return None
            segments = segments_of(self.definition, dimension)
            if not isinstance(segment, str) or segment not in segments:
                message = f"names a segment that {name} does not have!"
                self._add("range", column, message, f"{pointer}{pointer_to(name)}", segment)
                return None
            found[dimension.id] = segments[segment]
        return scope_text(found)

    def _refuse_unknown(self, alias: str, pointer: str) -> None:
        hint = nearest(alias[:_SHOWN_MAX], self.columns)
        message = f"There is no attribute {alias[:_SHOWN_MAX]!r} in {schema_id(self.kind)}!"
        message += f" Did you mean {hint}?" if hint else ""
        fault = Fault("unknown_attribute", message, alias[:_SHOWN_MAX], pointer, nearest=hint)
        self.faults.append(fault)

    def _add(self, code: str, column: Column, text: str, pointer: str, value: Any = None) -> None:
        name = column.attribute.name
        shown = value[:_SHOWN_MAX] if isinstance(value, str) else None
        self.faults.append(Fault(code, f"{name} {text}", name, pointer, shown))


def named_links(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield every text in scoped values that may be the id of a record or variant."""
    for entries in values.values():
        for entry in entries if isinstance(entries, list) else ():
            value = entry.get("value") if isinstance(entry, dict) else None
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, str) and one.startswith(("ent-", "var-")):
                    yield one


class ValuesWriter:
    """Writes documents as scoped values, for one schema and caller.

    asked: the attributes that guards of its columns ask about.
    """

    def __init__(self, access: Access, kind: ProductType, links: Linked, ids: TenantIds) -> None:
        self.definition = definition = access.definition
        self._ids = ids
        self.columns = columns_of(access, kind)
        attributes = [(alias, column.attribute) for alias, column in self.columns.items()]
        self.asked = guarding(definition, (one for _, one in attributes))
        self._writers = [
            (
                alias,
                one.key,
                guard_condition(definition, one) if one.guards else None,
                value_writer(definition, one, links),
            )
            for alias, one in attributes
        ]

    def values(
        self, product: Product, held: Values, effective: Values
    ) -> dict[str, list[dict[str, Any]]]:
        """Return some values of a product, in the order of the schema; no generated SKU.

        effective: the values that hold for the product, by which guards hide attributes.
        """
        if is_generated(self._ids, product.id, product.sku):
            held = {place: value for place, value in held.items() if place != SKU}
        if SCOPE_MARK not in "".join(held):  # nearly always
            return self._unscoped(held, effective)
        found, shown = by_attribute(held), dict[str, list[dict[str, Any]]]()
        for alias, key, guarded, write in self._writers:
            if key not in found or (guarded and not matches(guarded, effective, self.definition)):
                continue
            for scope, value in found[key]:
                written = write(value)
                if written is not None:
                    entry = {"scope": scope_object(self.definition, scope), "value": written}
                    shown.setdefault(alias, []).append(entry)
        return shown

    def _unscoped(self, held: Values, effective: Values) -> dict[str, list[dict[str, Any]]]:
        """Return the same for values without a scope, at half the cost."""
        shown: dict[str, list[dict[str, Any]]] = {}
        for alias, key, guarded, write in self._writers:
            value = held.get(key)
            if value is None or (guarded and not matches(guarded, effective, self.definition)):
                continue
            written = value if write is write_as_is else write(value)  # nearly always
            if written is not None:
                shown[alias] = [{"scope": {}, "value": written}]
        return shown


def _read_of_list(read: Callable[[Any], Any], one: Any) -> Any:
    try:
        return read(one)
    except Mismatch as error:
        error.received = type_name(one)
        raise
