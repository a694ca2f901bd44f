"""Changes of single attributes of a View; the others stay as they are.

Source: docs/core.md, Access.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pims_api.domain.access.attribute_view import ViewField
from pims_api.domain.attributes.attribute import SKU
from pims_api.domain.definition import Definition
from pims_api.domain.suggestion import NAME_LENGTH_MAX, Suggestions
from pims_api.errors import Fault, place_of
from pims_api.services.attribute_views.fields import ViewFieldWrite, read_fields
from pims_api.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class FieldChanges:
    """Attributes that join a View, leave it, or get another outward name there.

    By internal name. renamed: the outward names. One that joins may be there already, as it is to
    be; one that leaves need not be there.
    """

    added: Mapping[str, ViewFieldWrite] = field(default_factory=dict)
    removed: Sequence[str] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)


def changed_fields(
    work: UnitOfWork, fields: Sequence[ViewField], changes: FieldChanges
) -> tuple[tuple[ViewField, ...], list[Fault]]:
    """Return the attributes of a View after some changes, and every fault of these."""
    definition = work.definition
    before = {
        attribute.name: one
        for one in fields
        if not (attribute := definition.attributes[one.attribute_id]).deleted
    }
    faults = _unknown(definition, changes.removed)
    kept = {name: one for name, one in before.items() if name not in changes.removed}
    for name, outward in changes.renamed.items():
        if name in kept:
            kept[name] = replace(kept[name], name=outward or name)
        else:
            faults.append(_not_shown(name, kept))
    others = {name: one for name, one in kept.items() if name not in changes.added}
    found, wrong = read_fields(work, changes.added, others, checked=changes.renamed)
    after = {definition.attributes[one.attribute_id].name: one for one in found}
    faults += [_is_shown(name) for name, one in after.items() if kept.get(name, one) != one]
    order = [*kept, *(name for name in after if name not in kept)]
    return tuple(after.get(name) or kept[name] for name in order), [*faults, *wrong]


def _unknown(definition: Definition, names: Sequence[str]) -> list[Fault]:
    suggestions = Suggestions()
    return [
        Fault(
            "unknown_attribute",
            f"There is no attribute {name[:NAME_LENGTH_MAX]!r}!",
            name[:NAME_LENGTH_MAX],
            place=place_of("view", "attributes", place),
            nearest=suggestions.word(name, definition.by_name),
        )
        for place, name in enumerate(names)
        if name not in definition.by_name
    ]


def _not_shown(name: str, kept: Mapping[str, ViewField]) -> Fault:
    shown = name[:NAME_LENGTH_MAX]
    if name == SKU:
        message = "sku is in every View under its own name: it cannot be transformed!"
        return Fault("read_only", message, SKU, place=place_of("view", "attributes", SKU, "name"))
    message = f"The View does not show {shown}: add it first!"
    hint = Suggestions().word(name, kept)
    place = place_of("view", "attributes", shown)
    return Fault("unknown_attribute", message, shown, place=place, nearest=hint)


def _is_shown(name: str) -> Fault:
    message = f"The View shows {name} already, in another way: edit the View to change that!"
    return Fault("exists", message, name, place=place_of("view", "attributes", name))
