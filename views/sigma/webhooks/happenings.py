"""Events of changes, each with the record as it was then. Source: docs/webhooks.md, Events."""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from pims_api.domain.access.sight import Sight
from pims_api.domain.outlets.record_events import RecordEvent, events_of
from pims_api.domain.outlets.webhook import EventPlace
from pims_api.domain.product import Product
from pims_api.services.access import is_visible
from pims_api.storage.history.each_change import RecordChange
from pims_api.storage.history.past.each_state import before_change, products_after
from pims_api.storage.snapshot import Snapshot


class Happening(NamedTuple):
    """An event of a change. product: as it is shown. at: microseconds since 1970.

    is_last: whether no event of the change comes after it that is wanted.
    """

    change: RecordChange
    event: RecordEvent
    place: EventPlace
    product: Product
    at: int
    is_last: bool


def happenings(
    seen: Snapshot, sight: Sight, wanted: Collection[str], changes: Sequence[RecordChange]
) -> list[Happening]:
    """Return the wanted events of changes in their order, as far as somebody sees the products.

    The values are those after each change, whatever became of the product since: so the same change
    is always told in the same way.
    """
    after = products_after(seen, changes)
    return [
        each
        for change in changes
        for each in _of_change(seen, sight, wanted, change, after[change[:2]])
    ]


def _of_change(
    seen: Snapshot, sight: Sight, wanted: Collection[str], change: RecordChange, after: Product
) -> Iterator[Happening]:
    events = enumerate(events_of(change.old, change.new, after.values))
    mine = [(part, event) for part, event in events if event.event in wanted]
    for number, (part, event) in enumerate(mine, 1):
        shown = after
        if event.shows_old:  # what is deleted now was seen by what it was
            shown = before_change(seen, after, change)._replace(today=None)
        if is_visible(sight.overall, shown):
            place = EventPlace(change.sequence, change.product_id, part)
            yield Happening(change, event, place, shown, after.updated_at, number == len(mine))
