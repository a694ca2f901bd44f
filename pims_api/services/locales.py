"""Locales: the languages in which a tenant keeps values.

Source: docs/api/pims.md, Locales.
"""

from dataclasses import replace

from pims_api.domain.values.scope import Segment, is_locale
from pims_api.errors import BadInput, Fault, Subject, taken
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
        raise BadInput(faults=[Fault("limit", f"A tenant has at most {LOCALES_MAX} locales!")])
    segment = Segment(max(one.id for one in language.segments) + 1, code, name)
    work.define(replace(language, segments=(*language.segments, segment)))
    return segment
