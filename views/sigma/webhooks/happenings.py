"""Events of changes, each with the record as it was then. Source: docs/webhooks.md, Events."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from pims_api.domain.access.sight import Sight
from pims_api.domain.outlets.record_events import RecordEvent, events_of
from pims_api.domain.outlets.webhook import EventPlace
from pims_api.domain.product import Product
from pims_api.services.access import is_visible
from pims_api.storage.history.each_change import RecordChange
from pims_api.storage.history.feed import first_and_last
from pims_api.storage.history.past.state import past_snapshot
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import Snapshot


class Happening(NamedTuple):
    """An event of a change. seen: the state in which the product is shown.

    is_last: whether no event of the change comes after it that is wanted.
    """

    change: RecordChange
    event: RecordEvent
    place: EventPlace
    seen: Snapshot
    product: Product
    is_last: bool


class Happenings:
    """The wanted events of some changes, as far as somebody sees the products.

    Of a product that changed again later, the state is the one after each change: so the same
    change is always told in the same way.
    """

    def __init__(self, seen: Snapshot, sight: Sight, wanted: Collection[str]) -> None:
        self._seen = seen
        self._sight = sight
        self._wanted = wanted
        self._pasts: dict[int, Snapshot] = {}

    def of(self, changes: Sequence[RecordChange]) -> list[Happening]:
        """Return the events in the order of the changes."""
        after = self._products_after(changes)
        return [one for change in changes for one in self._of_change(change, *after[change[:2]])]

    def _of_change(
        self, change: RecordChange, seen: Snapshot, product: Product
    ) -> Iterator[Happening]:
        events = enumerate(events_of(change.old, change.new, product.values))
        wanted = [(part, event) for part, event in events if event.event in self._wanted]
        for number, (part, event) in enumerate(wanted, 1):
            place = EventPlace(change.sequence, change.product_id, part)
            shown_in, shown = (seen, product)
            if event.shows_old:
                shown_in, shown = self._before(change)
            if is_visible(self._sight.overall, shown):
                is_last = number == len(wanted)
                yield Happening(change, event, place, shown_in, shown, is_last)

    def _before(self, change: RecordChange) -> tuple[Snapshot, Product]:
        """Return a product as it was before a change, which may be seen by what it was."""
        past = self._past(change.sequence - 1)
        found = products_by_id(past, [change.product_id])[change.product_id]
        return past, found._replace(today=None)

    def _products_after(
        self, changes: Sequence[RecordChange]
    ) -> dict[tuple[int, int], tuple[Snapshot, Product]]:
        """Return the product after each change, in as few queries as there are states."""
        if not changes:
            return {}
        ids = {one.product_id for one in changes}
        last = first_and_last(self._seen, ids, changes[0].sequence - 1)
        by_state: defaultdict[int, list[RecordChange]] = defaultdict(list)
        for one in changes:
            is_current = last[one.product_id][1] == one.sequence
            by_state[self._seen.sequence if is_current else one.sequence].append(one)
        found = {}
        for sequence, some in by_state.items():
            seen = self._past(sequence)
            products = products_by_id(seen, [one.product_id for one in some])
            for one in some:
                found[one.sequence, one.product_id] = seen, products[one.product_id]
        return found

    def _past(self, sequence: int) -> Snapshot:
        if sequence == self._seen.sequence:
            return self._seen
        if sequence not in self._pasts:
            self._pasts[sequence] = past_snapshot(self._seen, sequence)
        return self._pasts[sequence]
