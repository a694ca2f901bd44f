"""The times of the last changes of products as bit slices, waiting updates included."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pims_api.domain.attributes.attribute import UPDATED_ATTRIBUTE
from pims_api.domain.values.scope import GLOBAL
from pims_api.storage.catalogue_index.bitmaps.bit_slices import NumberSlices, number_slices
from pims_api.storage.catalogue_index.bitmaps.number_blocks import list_numbers, part_of
from pims_api.storage.catalogue_index.filter.number_cache import stored_numbers
from pims_api.storage.catalogue_index.waiting_updates import (
    updates_indexed,
    updates_since,
)
from pims_api.storage.products.documents import moments_between
from pims_api.storage.snapshot import Snapshot

_WAITING = "catalogue index: waiting updates"


def update_times(snapshot: Snapshot) -> NumberSlices:
    """Return when products were last changed, in microseconds since 1970.

    A writer's own changes are in no history yet, so it reads all documents.
    """
    if snapshot.is_writing:
        found = moments_between(snapshot, 1, snapshot.last_product_id)
        return _slices((number, updated) for number, _, updated in found)
    stored = stored_numbers(snapshot, UPDATED_ATTRIBUTE.id, GLOBAL)
    waiting = _waiting(snapshot)
    return stored.replaced(waiting.has, waiting)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """The times of the updates that waited as of a sequence. indexed: after which ones."""

    sequence: int
    indexed: int
    times: NumberSlices


def _waiting(snapshot: Snapshot) -> NumberSlices:
    """Return the times of waiting updates; after a write only those of that are read."""
    derived = snapshot.definition.derived
    known: _Waiting | None = derived.get(_WAITING)
    if known is None or known.sequence != snapshot.sequence:
        known = derived[_WAITING] = _waiting_now(snapshot, known)
    return known.times


def _waiting_now(snapshot: Snapshot, known: _Waiting | None) -> _Waiting:
    indexed = updates_indexed(snapshot)
    if known is None or known.indexed != indexed or known.sequence > snapshot.sequence:
        times = _slices(updates_since(snapshot, indexed).items())
    else:
        new = _slices(updates_since(snapshot, known.sequence).items())
        times = known.times.replaced(new.has, new)
    return _Waiting(snapshot.sequence, indexed, times)


def _slices(times: Iterable[tuple[int, int]]) -> NumberSlices:
    parts: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for number, at in times:
        part, offset = part_of(number)
        parts[part][offset] = at
    return number_slices(((part, list_numbers(found)) for part, found in parts.items()), {})
