"""Products that changed after a place, by changes of their own and of the paths of categories."""

from bisect import bisect_right
from functools import cached_property

from pims_api.services.changes.category_changes import products_by_path_change
from pims_api.storage.history.feed import ChangePlace, first_and_last, last_changes
from pims_api.storage.snapshot import Snapshot


class Candidates:
    """The products that changed after a place, each at its last change, in their order.

    place: where the reader is. is_at_end: whether nothing comes after it.
    """

    def __init__(self, snapshot: Snapshot, after: ChangePlace) -> None:
        self._snapshot = snapshot
        self.place = after
        self.is_at_end = False

    def next(self, size: int) -> list[ChangePlace]:
        """Return the next products, about so many. They may be none before the end."""
        own = last_changes(self._snapshot, self.place, size)
        by_path = self._by_path(size) if self.path_changes else []
        ends = [some[-1] for some in (own, by_path) if len(some) == size]
        horizon = min(ends) if ends else None
        found = [*self._without_later(own), *self._without_own(by_path)]
        if horizon is None:
            self.is_at_end = True
            return sorted(found)
        self.place = horizon
        return sorted(one for one in found if one <= horizon)

    @cached_property
    def path_changes(self) -> dict[int, int]:
        """The products whose categories got other paths since, with the last such write."""
        return products_by_path_change(self._snapshot, self.place.sequence)

    @cached_property
    def _path_places(self) -> list[ChangePlace]:
        return sorted(ChangePlace(at, number) for number, at in self.path_changes.items())

    def _by_path(self, size: int) -> list[ChangePlace]:
        start = bisect_right(self._path_places, self.place)
        return self._path_places[start : start + size]

    def _without_later(self, own: list[ChangePlace]) -> list[ChangePlace]:
        """Return own changes without products whose categories changed later."""
        later = self.path_changes
        return [one for one in own if later.get(one.product_id, 0) <= one.sequence]

    def _without_own(self, by_path: list[ChangePlace]) -> list[ChangePlace]:
        """Return changes of paths without products that changed themselves then or later."""
        if not by_path:
            return []
        ids = [one.product_id for one in by_path]
        own = first_and_last(self._snapshot, ids, by_path[0].sequence - 1)
        return [
            one
            for one in by_path
            if one.product_id not in own or own[one.product_id][1] < one.sequence
        ]
