"""Option lists that several attributes may use, and the options of any list.

Source: docs/core.md, Option lists.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pims_api.domain.attributes.attribute import STATUS_LIST_ID
from pims_api.domain.attributes.option_list import ListName, Option, OptionList
from pims_api.domain.definition import Definition
from pims_api.domain.values.text import has_control
from pims_api.errors import BadInput, Conflict, Fault, Subject, taken
from pims_api.services.products.value_rules import OPTION_LENGTH_MAX
from pims_api.storage.defined_ids import next_defined_id
from pims_api.storage.definitions.kinds import OptionEntry
from pims_api.storage.unit_of_work import UnitOfWork

OPTIONS_MAX = 100_000

_COLOR = re.compile(r"#(?:[0-9A-Fa-f]{3}){1,2}\Z")
_NAMES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class OptionWrite:
    """A wanted option, whole. parent: the id of another option of the list, or "".

    position: None: behind all others.
    """

    alias: str
    label: str
    position: int | None = None
    color: str = ""
    parent: str = ""
    client_id: str = ""


def add_list(work: UnitOfWork, named: ListName, options: Sequence[OptionWrite]) -> OptionList:
    """Add an option list with its options. Raises Conflict, BadInput.

    The parent of an option stands before it, under the alias that it has in this list.
    """
    _refuse_taken(work.definition, named, None)
    number = next_defined_id(work, OptionList, max(STATUS_LIST_ID, *work.definition.option_lists))
    work.define(OptionList(number, static=True, named=named))
    _put_all(work, number, options)
    return work.definition.option_lists[number]


def edit_list(
    work: UnitOfWork, before: OptionList, named: ListName, options: Sequence[OptionWrite] | None
) -> OptionList:
    """Rename an option list; with options, exactly these are accepted afterwards.

    Raises Conflict, BadInput. Products keep options that are left out.
    """
    _refuse_taken(work.definition, named, before)
    if named != before.named:
        work.define(before.renamed(named))
    if options is not None:
        kept = {one.alias for one in options} | {o.client_id for o in options if o.client_id}
        for option in before.in_order():
            if option.alias not in kept and option.client_id not in kept:
                work.define(OptionEntry(before.id, replace(option, removed=True)))
        _put_all(work, before.id, options)
    return work.definition.option_lists[before.id]


def delete_list(work: UnitOfWork, one: OptionList) -> None:
    """Delete an option list. Raises Conflict while attributes use it."""
    using = [a.name for a in work.definition.present_attributes() if a.option_list_id == one.id]
    if using:
        names = ", ".join(using[:_NAMES_SHOWN])
        raise Conflict(f"The attributes {names} use the option list: it stays!")
    work.define(one.marked_deleted(), deleted=True)


def add_option(work: UnitOfWork, one: OptionList, wanted: OptionWrite) -> Option:
    """Add an option; one that was removed comes back. Raises Conflict, BadInput."""
    known = one.find(wanted.alias)
    if known is not None and not known.removed:
        raise taken(Subject.OPTION, wanted.alias)
    _check(one, wanted, known)
    made = known or Option(one.new_id(wanted.alias), wanted.alias, 0)
    return _put(work, one, made, wanted)


def edit_option(work: UnitOfWork, one: OptionList, before: Option, wanted: OptionWrite) -> Option:
    """Replace an option; products that have it show its new alias. Raises Conflict, BadInput."""
    holder = one.find(wanted.alias)
    if holder is not None and holder.id != before.id and not holder.removed:
        raise taken(Subject.OPTION, wanted.alias)
    _check(one, wanted, before)
    position = before.position if wanted.position is None else wanted.position
    return _put(work, one, before, replace(wanted, position=position))


def remove_option(work: UnitOfWork, one: OptionList, option: Option) -> None:
    """Accept an option no longer; products keep it. Raises Conflict while others are below it."""
    if any(other.parent == option.id for other in one.in_order()):
        raise Conflict(f"There are options below {option.alias}: remove them first!")
    work.define(OptionEntry(one.id, replace(option, removed=True)))


def _put_all(work: UnitOfWork, number: int, options: Sequence[OptionWrite]) -> None:
    if len(options) > OPTIONS_MAX:
        raise BadInput(f"An option list has at most {OPTIONS_MAX} options!")
    for names in ([one.alias for one in options], [one.client_id for one in options]):
        twice = next((one for one, count in Counter(names).items() if one and count > 1), None)
        if twice is not None:
            raise taken(Subject.OPTION, twice)
    # Options may come before their parents, so these are set when all are there.
    for wanted in (replace(one, parent="") if one.parent else one for one in options):
        one = work.definition.option_lists[number]
        before = _known(one, wanted)
        if before is None or before.removed:
            add_option(work, one, wanted)
        else:
            edit_option(work, one, before, wanted)
    for wanted in (one for one in options if one.parent):
        one = work.definition.option_lists[number]
        before = _known(one, wanted)
        if before is not None:
            edit_option(work, one, before, wanted)


def _known(one: OptionList, wanted: OptionWrite) -> Option | None:
    return one.find_client_id(wanted.client_id) or one.find(wanted.alias)


def _put(work: UnitOfWork, one: OptionList, option: Option, wanted: OptionWrite) -> Option:
    locale = work.definition.default_locale
    labels = {**option.labels, locale: wanted.label}
    stored = Option(  # quicker than to replace
        option.id,
        wanted.alias,
        one.next_position() if wanted.position is None else wanted.position,
        option.cells,
        {code: text for code, text in labels.items() if text and text != wanted.alias},
        parent=wanted.parent,
        color=wanted.color,
        client_id=wanted.client_id or option.client_id,
        description=option.description,
        logo_url=option.logo_url,
    )
    if stored != one.options.get(option.id):
        work.define(OptionEntry(one.id, stored))
    return stored


def _check(one: OptionList, wanted: OptionWrite, before: Option | None) -> None:
    faults = []
    if not 1 <= len(wanted.alias) <= OPTION_LENGTH_MAX or has_control(wanted.alias):
        message = f"An option's alias has 1 to {OPTION_LENGTH_MAX} characters, none unprintable!"
        faults.append(Fault("range", message, place="option/alias"))
    if wanted.color and not _COLOR.match(wanted.color):
        message = "A color is written #rrggbb!"
        faults.append(Fault("mask", message, place="option/color", value=wanted.color[:32]))
    if wanted.parent and not one.named.hierarchical:
        message = "Options have parents in hierarchical lists only!"
        faults.append(Fault("range", message, place="option/parent"))
    elif wanted.parent and _is_below(one, wanted.parent, before):
        message = "The parent must be another option of the list that is not below this one!"
        faults.append(Fault("cycle", message, place="option/parent", value=wanted.parent[:64]))
    if faults:
        raise BadInput(faults=faults)
    _refuse_id(one, wanted, before)


def _is_below(one: OptionList, parent: str, before: Option | None) -> bool:
    """Return whether a parent is not there, or is the option itself or below it."""
    here = parent
    while here:
        option = one.options.get(here)
        if option is None or (before is not None and here == before.id):
            return True
        here = option.parent
    return False


def _refuse_id(one: OptionList, wanted: OptionWrite, before: Option | None) -> None:
    holder = one.find_client_id(wanted.client_id)
    if holder is not None and (before is None or holder.id != before.id):
        raise taken(Subject.OPTION, wanted.client_id)


def _refuse_taken(definition: Definition, named: ListName, before: OptionList | None) -> None:
    for one in definition.option_lists.values():
        same_id = named.client_id and one.named.client_id == named.client_id
        if one is not before and (one.named.alias == named.alias or same_id):
            raise taken(Subject.OPTION_LIST, named.client_id if same_id else named.alias)
