"""Rows that wait for each other, such as products that go with each other: which belong together.

A ring is a set of rows of which each names, over others of them, every other one, so none of them
can be first. A row that is in no ring is one of its own.
"""

from collections.abc import Container, Iterator, Sequence
from itertools import chain

from pims_api.jobs.imports.waiting_order import Wish, needs_of

Ring = Sequence[int]
"""The places of its rows among those that wait, in the order of the file."""


def bundles(wishes: Sequence[Wish], size: int, held: Container[str] = ()) -> Iterator[list[Ring]]:
    """Yield rings to be stored together, those that others name first; nothing if there are none.

    wishes: of all rows that wait, with the names of what is not there yet. What names a product
    that none of them brings is left out, and so is what is behind it, and a later row of a SKU.
    size: rows of a bundle; one ring is never parted, and may have more. held: SKUs whose rows have
    to wait on.

    >>> pair = [Wish("A", ["B"]), Wish("B", ["A"])]
    >>> list(bundles([Wish("C", ["A"]), *pair, Wish("X", ["NOBODY"]), Wish("Y", ["X"])], 9))
    [[[1, 2], [0]]]
    """
    rings = list(_hopeful(wishes, held))
    if all(len(one) == 1 for one in rings):
        return
    bundle: list[Ring] = []
    rows = 0
    for ring in rings:
        if bundle and rows + len(ring) > size:
            yield bundle
            bundle, rows = [], 0
        bundle.append(ring)
        rows += len(ring)
    yield bundle


def _hopeful(wishes: Sequence[Wish], held: Container[str]) -> Iterator[Ring]:
    """Yield the rings whose rows name nothing that does not come, those that others name first."""
    needs = needs_of(wishes)
    first: dict[str, int] = {}
    for place, one in enumerate(wishes):
        first.setdefault(one.sku, place)
    lost = {
        place
        for place, one in enumerate(wishes)
        if one.sku in held or first[one.sku] != place or not all(map(first.__contains__, one.names))
    }
    for ring in rings_of(needs):
        if lost.isdisjoint(chain(ring, *(needs[place] for place in ring))):
            yield ring
        else:
            lost.update(ring)


def rings_of(needs: Sequence[Sequence[int]]) -> Iterator[Ring]:
    """Yield the strongly connected components of a graph, each behind those that it needs.

    needs: of each place the places that it points to. Tarjan's way, without recursion.

    >>> list(rings_of([[1], [2], [1, 3], []]))
    [[3], [1, 2], [0]]
    """
    seen: dict[int, int] = {}  # place → when it was met
    low: dict[int, int] = {}  # place → the earliest one on the stack that it leads to
    stack: dict[int, None] = {}
    for start in range(len(needs)):
        walk = [] if start in seen else [(start, iter(needs[start]))]
        while walk:
            place, further = walk[-1]
            if place not in seen:
                seen[place] = low[place] = len(seen)
                stack[place] = None
            step = next((one for one in further if one not in seen or one in stack), None)
            if step is None:
                walk.pop()
                if walk:
                    above = walk[-1][0]
                    low[above] = min(low[above], low[place])
                if low[place] == seen[place]:
                    yield _taken(stack, place)
            elif step in seen:
                low[place] = min(low[place], seen[step])
            else:
                walk.append((step, iter(needs[step])))


def _taken(stack: dict[int, None], first: int) -> Ring:
    """Take from the top of the stack what was met since that place."""
    taken = []
    while first in stack:
        taken.append(stack.popitem()[0])
    return sorted(taken)
