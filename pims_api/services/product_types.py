"""Product types: the attributes of a kind of product, and the required ones.

Source: docs/core.md, Product types.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import DEFAULT_TYPE
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.definition import Definition
from pims_api.domain.suggestion import NAME_LENGTH_MAX, Suggestions
from pims_api.errors import BadInput, Conflict, Fault, NotFound, Subject, refuse_if_any, taken
from pims_api.services.attributes.reindex_on_change import follow_completeness
from pims_api.services.products.removal import DELETED
from pims_api.storage.defined_ids import next_defined_id
from pims_api.storage.products.store import statuses_of_type
from pims_api.storage.unit_of_work import UnitOfWork

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z")


@dataclass(frozen=True, slots=True)
class ProductTypeWrite:
    """A write to a product type; None leaves a field as it is, or empty in a new type.

    attributes, required: internal names. inherits: whether variants show their parent's values
    where they have none of their own. settings: other fields of ProductType by name.
    """

    attributes: Sequence[str] | None = None
    required: Sequence[str] | None = None
    inherits: bool | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NamedType:
    """A product type as a caller sees it. attributes: outward names; None: every attribute."""

    name: str
    attributes: list[str] | None
    required: list[str]
    inherits: bool


def named_type(access: Access, one: ProductType) -> NamedType:
    """Return a product type with the names of the attributes that a caller sees."""

    def names(numbers: frozenset[int]) -> list[str]:
        found = (access.by_attribute.get(number) for number in sorted(numbers))
        return [column.name for column in found if column is not None]

    attributes = None if one.attribute_ids is None else names(one.attribute_ids)
    return NamedType(one.name, attributes, names(one.required_ids), one.inherits)


def add_type(work: UnitOfWork, name: str, wanted: ProductTypeWrite) -> ProductType:
    """Create a product type and return it.

    Raises Conflict when the name is taken, BadInput with every fault of what it should be.
    """
    if name in work.definition.types:
        raise taken(Subject.PRODUCT_TYPE, name)
    faults = []
    if not _NAME.match(name):
        message = "A product type's name has 1 to 64 letters, digits, dashes or underscores!"
        faults = [Fault("mask", message, value=name[:64])]
    present = max(one.id for one in work.definition.types.values())
    made = ProductType(next_defined_id(work, ProductType, present), name, frozenset())
    return _define(work, made, wanted, faults)


def edit_type(
    work: UnitOfWork, name: str, wanted: ProductTypeWrite, inline_max: int
) -> list[Fault]:
    """Change the fields that are not None and return warnings.

    The type `default` holds every attribute, so only what it requires can be changed. Completeness
    follows: with more than inline_max products, filters on it wait for `pims reindex`.

    Raises NotFound, and BadInput as add_type does.
    """
    known = _find(work.definition, name)
    faults = []
    if known.attribute_ids is None and (wanted.attributes is not None or wanted.inherits):
        message = (
            f"{name} holds every attribute and does not inherit: only what it requires can change!"
        )
        faults = [Fault("read_only", message, subject=Subject.REQUIRED)]
    changed = _define(work, known, wanted, faults)
    if changed.required_ids == known.required_ids:
        return []
    return follow_completeness(work, inline_max)


def delete_type(work: UnitOfWork, name: str) -> None:
    """Delete a product type.

    Raises NotFound, Conflict while products are of it, BadInput for the type `default`.
    """
    known = _find(work.definition, name)
    if name == DEFAULT_TYPE:
        message = f"The product type {DEFAULT_TYPE} is part of every catalogue: it stays!"
        raise BadInput(faults=[Fault("read_only", message)])
    statuses = statuses_of_type(work, name)
    if statuses == {DELETED}:
        message = f"Only deleted products of type {name} are left, and their history needs it"
        raise Conflict(f"{message}: it stays!")
    if statuses:
        raise Conflict(f"There are products of type {name}: it stays!")
    work.define(replace(known, deleted=True), deleted=True)


def _find(definition: Definition, name: str) -> ProductType:
    known = definition.types.get(name)
    if known is None:
        names = ", ".join(definition.types)
        message = f"There is no product type {name[:NAME_LENGTH_MAX]!r}! Known ones: {names}."
        raise NotFound(faults=[Fault("not_found", message, subject=Subject.PRODUCT_TYPE)])
    return known


def _define(
    work: UnitOfWork, known: ProductType, wanted: ProductTypeWrite, faults: list[Fault]
) -> ProductType:
    attributes = _ids(work.definition, wanted.attributes, faults)
    required = _ids(work.definition, wanted.required, faults)
    changed = replace(
        known,
        attribute_ids=known.attribute_ids if attributes is None else attributes,
        required_ids=known.required_ids if required is None else required,
        inherits=known.inherits if wanted.inherits is None else wanted.inherits,
        **wanted.settings,
    )
    faults += _missing(work.definition, changed)
    refuse_if_any(faults)
    work.define(changed)
    return changed


def _ids(
    definition: Definition, names: Iterable[str] | None, faults: list[Fault]
) -> frozenset[int] | None:
    if names is None:
        return None
    suggestions, found = Suggestions(), set()
    for name in names:
        attribute = definition.by_name.get(name)
        if attribute is None:
            shown = name[:NAME_LENGTH_MAX]
            hint = suggestions.word(name, definition.by_name)
            message = f"There is no attribute {shown!r}!" + (
                f" Did you mean {hint}?" if hint else ""
            )
            faults.append(Fault("unknown_attribute", message, shown, nearest=hint))
        else:
            found.add(attribute.id)
    return frozenset(found)


def _missing(definition: Definition, wanted: ProductType) -> list[Fault]:
    """Return a fault for each required attribute that products of the type cannot have."""
    if wanted.attribute_ids is None:
        return []
    required = (definition.attributes[number] for number in sorted(wanted.required_ids))
    return [
        Fault("required", f"{one.name} is required but not among the attributes!", one.name)
        for one in required
        if not one.system and one.id not in (wanted.attribute_ids or ())
    ]
