"""The feed of changes: what became of a selection of products since a place.

Who follows it page by page and applies what comes has exactly the selection, whatever others write
meanwhile. Nothing is kept for a reader: a cursor is all.

Source: docs/core.md, Changes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from pims_api.deadline import Work, check_deadline, working_on
from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import CATEGORIES
from pims_api.domain.cursor import ChangeCursor, settled
from pims_api.domain.product import Product
from pims_api.errors import BadInput, Fault, NotFound
from pims_api.services.changes.candidates import Candidates
from pims_api.services.changes.known_before import Before, KnownBefore
from pims_api.services.changes.resync import require_in_step
from pims_api.services.lists.query import ListQuery, find_members
from pims_api.services.products.families import RelatedProducts, link_targets
from pims_api.storage.history.feed import ChangePlace, times_of
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import Snapshot

LOOKED_AT_MAX = 20_000  # products of one page, so that a small selection is answered in time
CANDIDATES_AT_ONCE_MAX = 2_000


class ChangeKind(StrEnum):
    """What became of a product."""

    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class ChangeQuery:
    """Which changes are asked for. selection: which products, as lists understand it.

    since: where the reader is; None: at the end. with_old: whether to tell what was before.
    """

    selection: ListQuery
    since: ChangeCursor | None
    size: int
    with_old: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A product that changed, or is not in the selection any more. at: microseconds since 1970.

    before: what the reader knows of it, {} when it is nothing; None: it was not asked for.
    """

    kind: ChangeKind
    product: Product
    sequence: int
    at: int
    before: Before | None = None


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Some changes, where the reader is after them, and whether there are more by now."""

    changes: Sequence[Change]
    next: ChangeCursor
    more: bool = False


def changes_since(snapshot: Snapshot, access: Access, query: ChangeQuery) -> ChangePage:
    """Return the next changes of a selection.

    Raises Outdated when the reader has to begin anew, NotFound for an unknown category, BadInput
    for a place that there is not.
    """
    now = settled(snapshot.sequence)
    if query.since is None:
        return ChangePage((), now)
    _require_there(snapshot, query.since)
    if query.since == now:
        return ChangePage((), now)
    if query.since.since or query.since.sequence:
        require_in_step(snapshot, access, query.since.begun)
    working_on(Work.CHANGES)
    return _Reading(snapshot, access, query, query.since).page()


def seen_links(snapshot: Snapshot, access: Access, changes: Iterable[Change]) -> RelatedProducts:
    """Return which links of changed products, before and now, exist for the caller."""
    told = [(one.before.values, one.product.values) for one in changes if one.before is not None]
    return link_targets(snapshot, access, [side for sides in told for side in sides])


def cursor_of(snapshot: Snapshot, sequence: int) -> ChangeCursor:
    """Return the cursor of a reader who knows everything as of a write. Raises BadInput."""
    if not 0 <= sequence <= snapshot.sequence:
        raise _not_there(snapshot)
    return settled(sequence)


def _require_there(snapshot: Snapshot, one: ChangeCursor) -> None:
    if not 0 <= one.since <= one.sequence <= snapshot.sequence or one.begun > snapshot.sequence:
        raise _not_there(snapshot)


def _not_there(snapshot: Snapshot) -> BadInput:
    message = (
        f"since must be a cursor or a number from 0 to {snapshot.sequence}, that of the last "
        "transaction!"
    )
    return BadInput(faults=[Fault("range", message, place="changes/since")])


class _Reading:
    """One page of the feed while it is made."""

    def __init__(
        self, snapshot: Snapshot, access: Access, query: ChangeQuery, since: ChangeCursor
    ) -> None:
        if since == settled(since.sequence):  # a reading of everything since then begins
            since = replace(since, begun=snapshot.sequence)
        self._snapshot = snapshot
        self._query = query
        self._since = since
        self._members = _members(snapshot, access, query.selection)
        self._known = KnownBefore(snapshot, access, query.selection, since)

    def page(self) -> ChangePage:
        """Return the page; it tells less than was asked for where little is in the selection."""
        candidates = Candidates(
            self._snapshot, ChangePlace(self._since.sequence, self._since.product_id)
        )
        told: list[_Told] = []
        looked_at, size = 0, self._query.size + 1
        while not candidates.is_at_end:
            chunk = candidates.next(size)
            told += self._told(chunk)
            if len(told) > self._query.size:
                told = told[: self._query.size]
                return self._page(told, told[-1].place)
            looked_at += size
            if looked_at >= LOOKED_AT_MAX and not candidates.is_at_end:
                return self._page(told, candidates.place)
            size = min(2 * size, CANDIDATES_AT_ONCE_MAX)
        return self._page(told)

    def _told(self, chunk: Sequence[ChangePlace]) -> list["_Told"]:
        """Return which of some products that changed are told of, in their order."""
        check_deadline()
        inside = [bool(self._members >> one.product_id & 1) for one in chunk]
        others = [one for one, is_in in zip(chunk, inside, strict=True) if not is_in]
        known = self._known.inside(others) if others else set()
        return [
            _Told(one, ChangeKind.CHANGED if is_in else ChangeKind.GONE)
            for one, is_in in zip(chunk, inside, strict=True)
            if is_in or one.product_id in known
        ]

    def _page(self, told: Sequence["_Told"], place: ChangePlace | None = None) -> ChangePage:
        """Return the page of what is told. place: where the reader is; None: at the end."""
        products = products_by_id(self._snapshot, [one.place.product_id for one in told])
        times = times_of(self._snapshot, [one.place.sequence for one in told])
        before = self._before(told)
        changes = [
            Change(kind, products[number], sequence, times[sequence], before.get(number))
            for (sequence, number), kind in told
        ]
        if place is None:
            return ChangePage(changes, settled(self._snapshot.sequence))
        here = replace(self._since, sequence=place.sequence, product_id=place.product_id)
        return ChangePage(changes, here, more=True)

    def _before(self, told: Sequence["_Told"]) -> dict[int, Before]:
        if not self._query.with_old:
            return {}
        changed = [one.place for one in told if one.kind is ChangeKind.CHANGED]
        known, nothing = self._known.documents(changed), Before({}, self._snapshot.definition)
        return {number: known.get(number, nothing) for _, number in changed}


def _members(snapshot: Snapshot, access: Access, selection: ListQuery) -> int:
    """Return the products of a selection; none where its category was deleted. Raises NotFound."""
    try:
        return find_members(snapshot, access, selection).members
    except NotFound:
        category = snapshot.definition.categories.by_id.get(selection.category_id)
        if category is None or access.of(CATEGORIES) is None:
            raise
        return 0


class _Told(NamedTuple):
    """A product that is told of, with its place."""

    place: ChangePlace
    kind: ChangeKind
