"""Changes of dimensions: added, replaced, deleted, and the language taken over.

Source: docs/core.md, Scopes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pims_api.domain.definition import LANGUAGE_ID, Definition
from pims_api.domain.values.scope import Dimension, Segment, is_locale
from pims_api.errors import BadInput, Conflict, Fault, LimitExceeded, Subject, taken
from pims_api.services.attributes.reindex_on_change import follow_completeness
from pims_api.services.dimensions import LOCALES_MAX, NAME_LENGTH_MAX
from pims_api.storage.defined_ids import next_defined_id
from pims_api.storage.history.feed import changes_of_kind
from pims_api.storage.products.attribute_usage import segments_in_use
from pims_api.storage.unit_of_work import UnitOfWork

SEGMENTS_MAX = 10_000

_NAMES_SHOWN = 10
_EVERY = 2**62  # products: completeness is counted anew at once


@dataclass(frozen=True, slots=True)
class SegmentWrite:
    """A wanted segment. client_id: the id that the caller chose, or "".

    known: the number of the segment that this id names already.
    """

    code: str
    name: str
    client_id: str = ""
    known: int | None = None


@dataclass(frozen=True, slots=True)
class DimensionWrite:
    """A wanted dimension, whole. default: the place of the default segment.

    Without a default the one of before stays; a new dimension has its first segment.
    """

    code: str
    name: str
    client_id: str
    segments: Sequence[SegmentWrite]
    default: int | None


def add_dimension(work: UnitOfWork, wanted: DimensionWrite) -> Dimension:
    """Add a dimension. Raises Conflict for a name or id that is taken, BadInput."""
    _check(work.definition, wanted, None)
    present = max(work.definition.dimensions)
    number = next_defined_id(work, Dimension, present)
    segments = tuple(
        Segment(place, one.code, one.name, one.client_id)
        for place, one in enumerate(wanted.segments, 1)
    )
    default = segments[wanted.default or 0].id
    made = Dimension(
        number, wanted.code, wanted.name, default, segments, client_id=wanted.client_id
    )
    work.define(made)
    return made


def edit_dimension(work: UnitOfWork, before: Dimension, wanted: DimensionWrite) -> Dimension:
    """Replace a dimension; segments are known by their ids, else by their codes.

    Raises BadInput for another code of it, Conflict for a segment that goes while values name it,
    and as `add_dimension` does.
    """
    _refuse_other_code(before, wanted)
    _check(work.definition, wanted, before)
    segments = _matched(work, before, wanted)
    kept = {one.id for one in segments}
    lost = {one.id: one for one in before.segments if one.id not in kept}
    _refuse_in_use(work, before, lost)
    default = _default_of(before, wanted, segments)
    after = replace(before, name=wanted.name, segments=segments, default_segment_id=default)
    if after != before:
        work.define(after)
    if default != before.default_segment_id:
        follow_completeness(work, _EVERY)
    return after


def delete_dimension(work: UnitOfWork, one: Dimension) -> None:
    """Delete a dimension. Raises Conflict while attributes list it, or for the language."""
    if one.id == LANGUAGE_ID:
        raise Conflict("The dimension of the locales is part of every catalogue: it stays!")
    using = [a.name for a in work.definition.present_attributes() if one.id in a.dimensions]
    if using:
        names = ", ".join(using[:_NAMES_SHOWN])
        raise Conflict(f"The dimension scopes the attributes {names}: take it from them first!")
    work.define(replace(one, deleted=True), deleted=True)


def adopt_language(work: UnitOfWork, wanted: DimensionWrite) -> Dimension:
    """Give the dimension of the locales ids, names and further locales; none is taken away.

    The wanted default segment is the default locale, which gets an id once. Without a wanted one it
    is the segment of its language, such as en where it is en-us, or none.

    Raises BadInput for another code of the dimension or what is no locale, Conflict.
    """
    language = work.definition.language
    _refuse_other_code(language, wanted)
    known = list(_matched_locales(language, wanted))
    others = [one for one in language.segments if one.id not in {k.id for k in known}]
    after = replace(
        language,
        name=wanted.name,
        client_id=wanted.client_id or language.client_id,
        segments=tuple(sorted([*known, *others], key=lambda one: one.id)),
    )
    _refuse_same_locales(after.segments)
    if len(after.segments) > LOCALES_MAX:
        raise LimitExceeded(f"A tenant has at most {LOCALES_MAX} locales!")
    if after != language:
        work.define(after)
    return after


def _default_of(before: Dimension, wanted: DimensionWrite, segments: Sequence[Segment]) -> int:
    stays = any(one.id == before.default_segment_id for one in segments)
    if wanted.default is None and stays:
        return before.default_segment_id
    return segments[wanted.default or 0].id


def _matched_locales(language: Dimension, wanted: DimensionWrite) -> Iterator[Segment]:
    """Yield the wanted locales, those that are there with their number and code."""
    _refuse_twins(wanted)
    last = max(one.id for one in language.segments)
    default = _default(language)
    for place, one in enumerate(wanted.segments):
        _refuse_no_locale(one)
        before = _known(language, one)
        is_its_language = before is None and one.code.lower() == default.code.split("-")[0]
        if place == wanted.default:
            before = _named_default(language, before)
        elif wanted.default is None and not default.client_id and is_its_language:
            before = default
        if before is None:
            last += 1
            before = Segment(last, one.code.lower(), one.name)
        alias = one.code if one.code.lower() != before.code.lower() else ""
        yield replace(
            before, name=one.name, client_id=one.client_id or before.client_id, alias=alias
        )


def _default(language: Dimension) -> Segment:
    return next(s for s in language.segments if s.id == language.default_segment_id)


def _named_default(language: Dimension, named: Segment | None) -> Segment:
    """Return the default locale, which the segment named so is, unless it has another id."""
    default = _default(language)
    if named is not default and (named is not None or default.client_id):
        message = f"The default locale is {default.code}, and stays it!"
        raise Conflict(faults=[Fault("exists", message, place="dimension/default")])
    return default


def _refuse_no_locale(one: SegmentWrite) -> None:
    if not is_locale(one.code) or len(one.name) > NAME_LENGTH_MAX:
        message = "A locale is a language with or without a region, such as de or de-de!"
        raise BadInput(faults=[Fault("mask", message, value=one.code[:32])])


def _known(dimension: Dimension, wanted: SegmentWrite) -> Segment | None:
    """Return the segment that its id names, else the one of that alias or code."""
    code, every = wanted.code.lower(), dimension.segments
    if wanted.known is not None:
        return next((one for one in every if one.id == wanted.known), None)
    by_alias = (one for one in every if (one.alias or one.code).lower() == code)
    return next(by_alias, None) or dimension.segment(code)


def _matched(work: UnitOfWork, before: Dimension, wanted: DimensionWrite) -> tuple[Segment, ...]:
    last, found = _last_id(work, before), []
    for one in wanted.segments:
        known = _known(before, one)
        if known is None:
            last += 1
            found.append(Segment(last, one.code, one.name, one.client_id))
        else:
            client_id = one.client_id or known.client_id
            found.append(replace(known, code=one.code, name=one.name, client_id=client_id))
    return tuple(found)


def _last_id(work: UnitOfWork, one: Dimension) -> int:
    """Return the highest number that a segment has or had: history tells of values by it."""
    had = [
        int(row[0])
        for change in changes_of_kind(work, "dimension", 0)
        if change.id == one.id
        for row in change.new.get("segments") or ()
    ]
    return max(had + [segment.id for segment in one.segments])


def _check(definition: Definition, wanted: DimensionWrite, before: Dimension | None) -> None:
    """Raise Conflict for a code or an id that another dimension has, BadInput for twins."""
    _refuse_twins(wanted)
    if len(wanted.segments) > SEGMENTS_MAX:
        raise BadInput(f"A dimension has at most {SEGMENTS_MAX} segments!")
    for one in definition.dimensions.values():
        same_id = wanted.client_id and one.client_id == wanted.client_id
        if one is not before and (one.code == wanted.code or same_id):
            raise taken(Subject.DIMENSION, wanted.client_id if same_id else wanted.code)


def _refuse_other_code(before: Dimension, wanted: DimensionWrite) -> None:
    if wanted.code != before.code:
        message = f"The alias of a dimension never changes: it is {before.code!r}!"
        raise BadInput(faults=[Fault("read_only", message, place="dimension/code")])


def _refuse_twins(wanted: DimensionWrite) -> None:
    if not wanted.segments:
        raise BadInput("A dimension has at least one segment!")
    codes = [one.code.lower() for one in wanted.segments]
    _refuse_repeated(codes, [one.client_id for one in wanted.segments if one.client_id])


def _refuse_same_locales(segments: Sequence[Segment]) -> None:
    """Raise BadInput when two sent segments are one locale, or two locales show one alias."""
    aliases = [(one.alias or one.code).lower() for one in segments]
    _refuse_repeated([one.id for one in segments], aliases)


def _refuse_repeated(*lists: Sequence[int] | Sequence[str]) -> None:
    for texts in lists:
        if len(set(texts)) < len(texts):
            message = "Two segments of a dimension cannot have the same name or id!"
            raise BadInput(faults=[Fault("range", message, place="dimension/segments")])


def _refuse_in_use(work: UnitOfWork, before: Dimension, lost: Mapping[int, Segment]) -> None:
    scoped = [a for a in work.definition.attributes.values() if before.id in a.dimensions]
    for attribute in scoped if lost else ():
        used = segments_in_use(work, attribute, before.id) & lost.keys()
        if used:
            names = ", ".join(lost[one].code for one in sorted(used))
            raise Conflict(
                f"Products have values of {attribute.name} in {names}: unset them first!"
            )
