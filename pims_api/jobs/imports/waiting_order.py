"""In which order to try rows that wait for each other, so that trying each of them once is enough.

It decides nothing: a row is stored or refused by what the catalogue holds when its turn comes.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import NamedTuple

CIRCLE_SHOWN_MAX = 8  # SKUs of a circle that are told


class Wish(NamedTuple):
    """A row that waits: the SKU that it writes, and those of other products that it names.

    parents: those of the names that have to be there before it, whatever comes with it.
    """

    sku: str
    names: Sequence[str]
    parents: Sequence[str] = ()


class Order(NamedTuple):
    """places: of all rows; what is in a circle or behind one comes last, in the order of the file.

    circles: (SKU, the one that it waits for) → the SKUs of their circle, from the first to itself.
    """

    places: list[int]
    circles: Mapping[tuple[str, str], Sequence[str]]


def in_order(wishes: Sequence[Wish]) -> Order:
    """Return the rows so that each comes behind those it names, and behind earlier ones of its SKU.

    >>> in_order([Wish("C", ["B"]), Wish("B", ["A"]), Wish("A", []), Wish("X", ["X2"])]).places
    [2, 1, 0, 3]
    >>> in_order([Wish("A", ["B"]), Wish("B", ["A"])]).circles[("B", "A")]
    ['A', 'B', 'A']
    """
    needs = needs_of(wishes)
    followers: dict[int, list[int]] = defaultdict(list)
    for place, needed in enumerate(needs):
        for one in needed:
            followers[one].append(place)
    places = _sorted(needs, followers)
    done = set(places)
    late = [place for place in range(len(wishes)) if place not in done]
    return Order(places + late, _circles(wishes, needs, late))


def needs_of(wishes: Sequence[Wish]) -> list[list[int]]:
    """Return the places of the rows that each row has to come behind."""
    first: dict[str, int] = {}
    for place, wish in enumerate(wishes):
        first.setdefault(wish.sku, place)
    before: dict[str, int] = {}
    needs = []
    for place, wish in enumerate(wishes):
        names = {name for name in wish.names if name != wish.sku}
        needed = {first[name] for name in names if name in first}
        if wish.sku in before:
            needed.add(before[wish.sku])
        before[wish.sku] = place
        needs.append(sorted(needed))
    return needs


def _sorted(needs: Sequence[Sequence[int]], followers: Mapping[int, list[int]]) -> list[int]:
    """Return the places that are in no circle nor behind one, as early in the file as can be."""
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


def _circles(
    wishes: Sequence[Wish], needs: Sequence[Sequence[int]], late: Sequence[int]
) -> dict[tuple[str, str], Sequence[str]]:
    """Follow one need of each row that is late: whoever does so ends in a circle."""
    left, seen = set(late), set[int]()
    found: dict[tuple[str, str], Sequence[str]] = {}
    for start in late:
        walk: dict[int, None] = {}
        place = start
        while place not in seen:
            seen.add(place)
            walk[place] = None
            place = next(one for one in needs[place] if one in left)
        if place in walk:
            way = list(walk)
            found |= _circle([wishes[one].sku for one in way[way.index(place) :]])
    return found


def _circle(skus: Sequence[str]) -> dict[tuple[str, str], Sequence[str]]:
    closed = [*skus, skus[0]]
    shown = closed if len(closed) <= CIRCLE_SHOWN_MAX else [*skus[: CIRCLE_SHOWN_MAX - 1], "…"]
    return {(sku, name): shown for sku, name in pairwise(closed) if sku != name}
