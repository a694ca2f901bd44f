"""Renaming and merging of options; the products that have them are carried along.

Products hold the ids of options, so a renamed one shows its new name on all of them at once. When
options are merged, products get the id of the one that stays. Views and defaults follow both.

Source: docs/core.md, Option lists.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.attributes.option_list import Option, OptionList
from pims_api.domain.product import Product, Values
from pims_api.domain.suggestion import nearest
from pims_api.domain.values.scope import split_slot
from pims_api.domain.values.value import elements
from pims_api.errors import BadInput, Conflict, Fault, Subject, refuse_if_any
from pims_api.services.attributes.option_lists import option_complaint
from pims_api.services.attributes.reindex_on_change import rebuild_words
from pims_api.services.attributes.requests import VALUE_SHOWN, AttributeWrite
from pims_api.services.attributes.write import known_attribute
from pims_api.services.references import Renaming, plan_renaming, views_naming
from pims_api.storage.catalogue_index.bitmaps.blocks import members
from pims_api.storage.catalogue_index.filter.holders import holders_of_options
from pims_api.storage.definitions.kinds import OptionEntry
from pims_api.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class OptionChange:
    """What came of it. products: how many have the options, deleted ones too.

    views: names of the Views whose condition or defaults name them.
    """

    attribute: Attribute
    products: int
    views: list[str]
    warnings: list[Fault] = field(default_factory=list)


def rename_option(
    work: UnitOfWork, wanted: AttributeWrite, value: str, name: str, inline_max: int
) -> OptionChange:
    """Give an option another name; products, Views and defaults show it at once.

    Raises NotFound when there is no such attribute, BadInput when it has no such option or the name
    cannot be one, Conflict when another option has the name, or a View cannot follow. inline_max:
    see `rebuild_words`.
    """
    attribute, options = _dropdown(work, wanted)
    option = _accepted(options, wanted, value, "option")
    complaint = option_complaint(name)
    if complaint is not None:
        raise BadInput(faults=[_fault(wanted, "dictionary", complaint, "option/name", name)])
    holder = options.find(name)
    if holder is not None and holder.id != option.id:
        message = (
            "has a value of that name already, or had it and products may have it: merge the two "
            "instead!"
        )
        raise Conflict(faults=[_fault(wanted, "exists", message, "option/name", name)])
    found = members(holders_of_options(work, attribute, [option.id])[option.id])
    work.define(OptionEntry(options.id, replace(option, alias=name)))
    views = _follow(work, attribute, {value: name}, "option/name")
    present = work.definition.attributes[attribute.id]
    warnings = rebuild_words(work, present, found, inline_max)
    return OptionChange(work.definition.attributes[attribute.id], len(found), views, warnings)


def merge_options(
    work: UnitOfWork, wanted: AttributeWrite, values: Sequence[str], into: str
) -> OptionChange:
    """Put one option in the place of others, which leave the list, on every product.

    Options that are off the list already can be merged, and be merged into. Raises NotFound when
    there is no such attribute, BadInput when it lacks one of the options, Conflict when a View
    cannot follow, or the attribute is unique and several products have one of them.
    """
    attribute, options = _dropdown(work, wanted)
    target = _known(options, wanted, into, "options/into")
    merged = [_known(options, wanted, one, "options") for one in dict.fromkeys(values)]
    merged = [one for one in merged if one.id != target.id]
    held = holders_of_options(work, attribute, [target.id, *(one.id for one in merged)])
    _check_unique(wanted, attribute, held.values())
    for one in merged:
        if not one.removed:
            work.define(OptionEntry(options.id, replace(one, removed=True)))
    if target.removed:
        position = options.next_position()
        work.define(OptionEntry(options.id, replace(target, removed=False, position=position)))
    gone = frozenset(one.id for one in merged)
    ids = members(_union(held[one] for one in gone))
    for product in work.each_product(ids):
        work.put_product(_with_option(product, attribute, gone, target.id))
    names = {one.alias: target.alias for one in merged}
    views = _follow(work, attribute, names, "options/into", is_merge=True)
    return OptionChange(work.definition.attributes[attribute.id], len(ids), views)


def _dropdown(work: UnitOfWork, wanted: AttributeWrite) -> tuple[Attribute, OptionList]:
    """Return the attribute that a caller names and its options. Raises NotFound and BadInput."""
    attribute = known_attribute(work.definition, wanted)
    if attribute.type is not ValueType.OPTION:
        message = "has no option list: only attributes of type option do!"
        raise BadInput(faults=[wanted.fault("type", "name", message)])
    if attribute.system:
        message = "is a system attribute: its option list is fixed!"
        raise BadInput(faults=[wanted.fault("read_only", "name", message)])
    return attribute, work.definition.options_of(attribute)


def _known(options: OptionList, wanted: AttributeWrite, value: str, place: str) -> Option:
    """Return the option of that name, also one that is off the list. Raises BadInput."""
    found = options.find(value)
    if found is None:
        names = [one.alias for one in options.options.values()]
        fault = _fault(wanted, "dictionary", "has no such option value!", place, value)
        raise BadInput(faults=[replace(fault, nearest=nearest(value, names))])
    return found


def _accepted(options: OptionList, wanted: AttributeWrite, value: str, place: str) -> Option:
    option = _known(options, wanted, value, place)
    if option.removed:
        message = "has no such option value any more: merge it into one that it has!"
        raise BadInput(faults=[_fault(wanted, "dictionary", message, place, value)])
    return option


def _fault(wanted: AttributeWrite, code: str, message: str, place: str, value: str) -> Fault:
    fault = wanted.fault(code, "rows", message, value=value[:VALUE_SHOWN])
    return replace(fault, pointer=None, place=place, subject=Subject.OPTION)


def _follow(
    work: UnitOfWork,
    attribute: Attribute,
    names: dict[str, str],
    place: str,
    *,
    is_merge: bool = False,
) -> list[str]:
    """Have Views and defaults name options anew; return the Views that name them."""
    attributes = {attribute.name: attribute}
    things, faults = plan_renaming(work.definition, Renaming(attributes, names, is_merge))
    refuse_if_any([replace(one, attribute=attribute.name, place=place) for one in faults])
    for thing in things:
        work.define(thing)
    return views_naming(work.definition, attributes, set(names.values()))


def _check_unique(wanted: AttributeWrite, attribute: Attribute, held: Iterable[int]) -> None:
    if attribute.unique and _union(held).bit_count() > 1:
        message = "is unique, and several products have one of these values!"
        raise Conflict(faults=[_fault(wanted, "not_unique", message, "options/into", "")])


def _union(sets: Iterable[int]) -> int:
    found = 0
    for one in sets:
        found |= one
    return found


def _with_option(
    product: Product, attribute: Attribute, gone: frozenset[str], option_id: str
) -> Product:
    """Return the product with an option in the place of those that are gone."""
    values: Values = dict(product.values)
    for slot, held in product.values.items():
        if split_slot(slot)[0] == attribute.key:
            values[slot] = _merged(attribute, held, gone, option_id)
    return product._replace(values=values)


def _merged(attribute: Attribute, held: object, gone: frozenset[str], option_id: str) -> object:
    """Return a stored value with the option instead, once where it came to be there twice."""
    if not attribute.collection:
        return option_id if held in gone else held
    found = elements(attribute, held)
    if gone.isdisjoint(found):
        return held
    kept = [option_id if one in gone else one for one in found]
    first = kept.index(option_id)
    return [one for place, one in enumerate(kept) if one != option_id or place == first]
