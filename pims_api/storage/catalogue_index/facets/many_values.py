"""Counts of attributes with very many values, of which a set of products may have few.

Samples of the set find values, which the index counts; products with other values are sampled
again. An attribute is given up as soon as it shows too many values. A product may have further
elements of a collection beside counted ones, so collections with few values in a sample are counted
value by value.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce

from pims_api.deadline import check_deadline
from pims_api.domain.attributes.attribute import ValueType
from pims_api.domain.conditions.condition import Operand
from pims_api.domain.conditions.truth import stored_value
from pims_api.domain.product import Values as Document
from pims_api.domain.values.value import elements
from pims_api.storage.catalogue_index.bitmaps.bit_slices import NumberSlices
from pims_api.storage.catalogue_index.bitmaps.blocks import assemble, members, without
from pims_api.storage.catalogue_index.bitmaps.groups import SMALL
from pims_api.storage.catalogue_index.bitmaps.terms import (
    DECIMALS,
    HAS_VALUE,
    element_text,
    is_sliced,
    slice_number,
    text_term,
)
from pims_api.storage.catalogue_index.facets.block_counts import Values
from pims_api.storage.catalogue_index.facets.number_range import NumberRange, joined_range, range_of
from pims_api.storage.catalogue_index.filter.postings import Postings
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import Snapshot

SAMPLES = 3


@dataclass(slots=True)
class _ManyValues:
    """One attribute. parts: the members with a value in each scope. rest: those not counted yet."""

    operand: Operand
    parts: list[int]
    rest: int
    counts: dict[str, int] = field(default_factory=dict)


def many_value_counts(
    snapshot: Snapshot, operands: Sequence[Operand], among: int, texts_max: int
) -> Values:
    """Return counts per value of the attributes with at most texts_max values."""
    postings = Postings(snapshot)
    open_ones = [_opened(postings, one, among) for one in operands]
    done: list[_ManyValues] = []
    to_walk: list[_ManyValues] = []
    for _ in range(SAMPLES):
        if not open_ones:
            break
        sampled = _sampled(snapshot, open_ones)
        open_ones = [one for one in open_ones if len(sampled[id(one)]) <= texts_max]
        to_walk += [one for one in open_ones if one.operand.attribute.collection]
        open_ones = [one for one in open_ones if not one.operand.attribute.collection]
        _count(postings, [(one, sampled[id(one)]) for one in open_ones])
        open_ones = [one for one in open_ones if len(one.counts) <= texts_max]
        done += [one for one in open_ones if not one.rest]
        open_ones = [one for one in open_ones if one.rest]
    to_walk += open_ones
    for one in to_walk:
        _walk(postings, one, texts_max)
    return {one.operand.attribute.id: one.counts for one in (*done, *to_walk) if one.counts}


def many_value_ranges(
    snapshot: Snapshot, operands: Sequence[Operand], among: int
) -> dict[int, NumberRange]:
    """Return the ranges of numbers and dates; one statement for each scope of an attribute."""
    postings = Postings(snapshot)
    found: dict[int, NumberRange] = {}
    for one in operands:
        if is_sliced(one.attribute):
            ranges = range_of(_numbers(postings, one), among, DECIMALS[one.attribute.type])
        else:
            ranges = _range_of_elements(postings, one, among)
        if ranges is not None:
            found[one.attribute.id] = ranges
    return found


def _opened(postings: Postings, operand: Operand, among: int) -> _ManyValues:
    parts = _parts(postings, operand, among)
    return _ManyValues(operand, parts, reduce(int.__or__, parts, 0))


def _parts(postings: Postings, operand: Operand, among: int) -> list[int]:
    """Return the members with a value in each scope."""
    postings.load((operand.attribute.id, scope, HAS_VALUE) for scope in operand.scopes)
    parts = []
    for scope in operand.scopes:
        parts.append(among & postings.any_of([(operand.attribute.id, scope, HAS_VALUE)]))
        among ^= parts[-1]
    return parts


def _sampled(snapshot: Snapshot, open_ones: Sequence[_ManyValues]) -> dict[int, set[str]]:
    """Return the values of a sample of the products not counted yet, by attribute."""
    samples = {id(one): sample_of(one.rest) for one in open_ones}
    ids = {number for sample in samples.values() for number in sample}
    products = products_by_id(snapshot, ids)
    return {
        id(one): {
            text
            for number in samples[id(one)]
            for text in _texts(one.operand, products[number].values)
        }
        for one in open_ones
    }


def sample_of(bits: int) -> list[int]:
    """Return an evenly spread sample of a set; all members of a small one."""
    if bits.bit_count() <= SMALL:
        return members(bits)
    data = bits.to_bytes(-(-bits.bit_length() // 8), "little")
    step = -(-len(data) // SMALL)
    found = []
    for start in range(0, len(data), step):
        part = int.from_bytes(data[start : start + step], "little")
        if part:
            found.append(start * 8 + (part & -part).bit_length() - 1)
    return found


def _texts(operand: Operand, document: Document) -> Iterable[str]:
    stored = elements(operand.attribute, stored_value(operand, document))
    return (element_text(operand.attribute, element) for element in stored)


def _count(postings: Postings, wanted: Sequence[tuple[_ManyValues, set[str]]]) -> None:
    """Count these values, read by one statement."""
    postings.load(
        (one.operand.attribute.id, scope, text_term(text))
        for one, texts in wanted
        for text in texts
        for scope in one.operand.scopes
    )
    for one, texts in wanted:
        check_deadline()
        for text in texts - one.counts.keys():
            place = one.operand.attribute.id
            term = text_term(text)
            found = 0
            for scope, part in zip(one.operand.scopes, one.parts, strict=True):
                found |= postings.any_of([(place, scope, term)]) & part
            one.counts[text] = found.bit_count()
            one.rest = without(one.rest, found)


def _walk(postings: Postings, one: _ManyValues, texts_max: int) -> None:
    """Count every value of the attribute; more than texts_max leave none."""
    counts: dict[str, int] = {}
    for scope, part in zip(one.operand.scopes, one.parts, strict=True):
        for text, rows in postings.texts(one.operand.attribute.id, scope):
            count = (assemble(rows) & part).bit_count()
            if count:
                counts[text] = counts.get(text, 0) + count
            if len(counts) > texts_max:
                one.counts = {}
                return
    one.counts = counts


def _numbers(postings: Postings, operand: Operand) -> NumberSlices:
    place = operand.attribute.id
    found = (postings.numbers(place, scope) for scope in operand.scopes)
    return reduce(NumberSlices.fallback, found)


def _range_of_elements(postings: Postings, operand: Operand, among: int) -> NumberRange | None:
    """Return the range of the elements of a collection that members have."""
    ranges: NumberRange | None = None
    for scope, part in zip(operand.scopes, _parts(postings, operand, among), strict=True):
        texts = dict(postings.texts(operand.attribute.id, scope)) if part else {}
        numbers = sorted(texts, key=lambda text: number_of(operand, text))
        low = next((one for one in numbers if assemble(texts[one]) & part), None)
        high = next((one for one in reversed(numbers) if assemble(texts[one]) & part), None)
        if low is not None and high is not None:
            ranges = joined_range(ranges, (number_of(operand, low), number_of(operand, high)))
    return ranges


def number_of(operand: Operand, text: str) -> Decimal:
    """Return the number of an index text; of a date, its day."""
    if operand.attribute.type is ValueType.DATE:
        return Decimal(slice_number(operand.attribute, text)[0])
    return Decimal(text)
