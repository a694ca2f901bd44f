"""The topological order of waiting rows: each after those that it names.

The order decides nothing: a row is stored or refused by what the catalogue holds when it is tried.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import NamedTuple

CYCLE_SHOWN_MAX = 8  # SKUs of a cycle that a message names


class WaitingRow(NamedTuple):
    """A row that waits: the SKU that it writes, and the SKUs of other products that it names.

    parents: those of the names that must exist before the row is stored, even in a cycle.
    """

    sku: str
    names: Sequence[str]
    parents: Sequence[str] = ()


class Order(NamedTuple):
    """places: of all rows; those in a cycle or after one come last, in the order of the file.

    cycles: (SKU, a SKU that it names) → the SKUs of their cycle, the first one again at its end.
    """

    places: list[int]
    cycles: Mapping[tuple[str, str], Sequence[str]]


def in_order(waiting: Sequence[WaitingRow]) -> Order:
    """Return the topological order: each row after those it names and earlier ones of its SKU.

    >>> chain = [WaitingRow("C", ["B"]), WaitingRow("B", ["A"]), WaitingRow("A", [])]
    >>> in_order([*chain, WaitingRow("X", ["X2"])]).places
    [2, 1, 0, 3]
    >>> in_order([WaitingRow("A", ["B"]), WaitingRow("B", ["A"])]).cycles[("B", "A")]
    ['A', 'B', 'A']
    """
    needs = needs_of(waiting)
    followers: dict[int, list[int]] = defaultdict(list)
    for place, needed in enumerate(needs):
        for one in needed:
            followers[one].append(place)
    places = _sorted(needs, followers)
    done = set(places)
    left = [place for place in range(len(waiting)) if place not in done]
    return Order(places + left, _cycles(waiting, needs, left))


def needs_of(waiting: Sequence[WaitingRow]) -> list[list[int]]:
    """Return, by row, the places of the rows that have to come before it."""
    first: dict[str, int] = {}
    for place, row in enumerate(waiting):
        first.setdefault(row.sku, place)
    before: dict[str, int] = {}
    needs = []
    for place, row in enumerate(waiting):
        names = {name for name in row.names if name != row.sku}
        needed = {first[name] for name in names if name in first}
        if row.sku in before:
            needed.add(before[row.sku])
        before[row.sku] = place
        needs.append(sorted(needed))
    return needs


def _sorted(needs: Sequence[Sequence[int]], followers: Mapping[int, list[int]]) -> list[int]:
    """Return the places that are in no cycle nor after one; rows earlier in the file first."""
    missing = [len(one) for one in needs]
    ready = [place for place, count in enumerate(missing) if not count]
    heapify(ready)
    places = []
    while ready:
        place = heappop(ready)
        places.append(place)
        for one in followers.get(place, ()):
            missing[one] -= 1
            if not missing[one]:
                heappush(ready, one)
    return places


def _cycles(
    waiting: Sequence[WaitingRow], needs: Sequence[Sequence[int]], left: Sequence[int]
) -> dict[tuple[str, str], Sequence[str]]:
    """Return cycles among the rows left: following one need of each ends in a cycle."""
    unsorted, seen = set(left), set[int]()
    found: dict[tuple[str, str], Sequence[str]] = {}
    for start in left:
        walk: dict[int, None] = {}
        place = start
        while place not in seen:
            seen.add(place)
            walk[place] = None
            place = next(one for one in needs[place] if one in unsorted)
        if place in walk:
            path = list(walk)
            found |= _cycle([waiting[one].sku for one in path[path.index(place) :]])
    return found


def _cycle(skus: Sequence[str]) -> dict[tuple[str, str], Sequence[str]]:
    closed = [*skus, skus[0]]
    shown = closed if len(closed) <= CYCLE_SHOWN_MAX else [*skus[: CYCLE_SHOWN_MAX - 1], "…"]
    return {(sku, name): shown for sku, name in pairwise(closed) if sku != name}
