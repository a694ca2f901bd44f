"""Dimensions: the locales of a tenant, and other axes along which values differ.

Source: docs/core.md, Scopes.
"""

from collections.abc import Collection
from dataclasses import replace

from pims_api.domain.access.scopes import new_set
from pims_api.domain.definition import Definition
from pims_api.domain.values.scope import Segment, is_locale, split_slot
from pims_api.errors import BadInput, Fault, LimitExceeded, Subject, taken
from pims_api.storage.unit_of_work import UnitOfWork

LOCALES_MAX = 500
NAME_LENGTH_MAX = 100  # characters


def add_locale(work: UnitOfWork, code: str, name: str = "") -> Segment:
    """Add a language, such as `de-de`, in which localizable attributes may have values.

    Raises BadInput when this cannot be the code of one, Conflict when it is there.
    """
    language, code = work.definition.language, code.lower()
    if not is_locale(code) or len(name) > NAME_LENGTH_MAX:
        message = "A locale is a language with or without a region, such as de or de-de!"
        raise BadInput(faults=[Fault("mask", message, value=code[:32])])
    if language.segment(code) is not None:
        raise taken(Subject.LOCALE, code)
    if len(language.segments) >= LOCALES_MAX:
        raise LimitExceeded(f"A tenant has at most {LOCALES_MAX} locales!")
    segment = Segment(max(one.id for one in language.segments) + 1, code, name)
    work.define(replace(language, segments=(*language.segments, segment)))
    return segment


def locales(definition: Definition) -> list[Segment]:
    """Return the languages, the default one first, then as they were added."""
    language = definition.language
    return sorted(language.segments, key=lambda one: one.id != language.default_segment_id)


def record_scopes(work: UnitOfWork, slots: Collection[str]) -> None:
    """Record the sets of dimensions that these slots name with their attributes.

    Called in the transaction that puts values there, so that they are found from then on.
    """
    if "@" not in "".join(slots):  # quicker than to look at each
        return
    for key, scope in map(split_slot, (slot for slot in slots if "@" in slot)):
        attribute = work.definition.by_key.get(key)
        named = None if attribute is None else new_set(work.definition, attribute, scope)
        if attribute is not None and named is not None:
            work.define(replace(attribute, scoped_by=(*attribute.scoped_by, named)))
