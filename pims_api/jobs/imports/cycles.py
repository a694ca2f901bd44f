"""Cycles among waiting rows: the strongly connected components of the graph of names.

The rows of a cycle name each other, directly or over other rows of it, as products do that go with
each other, so none of them can be stored first. A row in no cycle is a component of its own.
"""

from collections.abc import Container, Iterator, Sequence
from itertools import chain

from pims_api.jobs.imports.waiting_order import WaitingRow, needs_of

Cycle = Sequence[int]
"""The places of its rows among those that wait, in the order of the file."""


def bundles(
    waiting: Sequence[WaitingRow], size: int, held: Container[str] = ()
) -> Iterator[list[Cycle]]:
    """Yield batches of cycles in topological order; nothing when no rows name each other.

    waiting: all rows that wait, with the names of products that do not exist yet. Left out are
    rows that name a product which none of them creates, rows that depend on such a row, and later
    rows of a SKU. size: rows of a batch; one cycle is never split, and may have more. held: SKUs
    whose rows keep waiting.

    >>> pair = [WaitingRow("A", ["B"]), WaitingRow("B", ["A"])]
    >>> vain = [WaitingRow("X", ["NOBODY"]), WaitingRow("Y", ["X"])]
    >>> list(bundles([WaitingRow("C", ["A"]), *pair, *vain], 9))
    [[[1, 2], [0]]]
    """
    cycles = list(_storable(waiting, held))
    if all(len(one) == 1 for one in cycles):
        return
    bundle: list[Cycle] = []
    rows = 0
    for cycle in cycles:
        if bundle and rows + len(cycle) > size:
            yield bundle
            bundle, rows = [], 0
        bundle.append(cycle)
        rows += len(cycle)
    yield bundle


def _storable(waiting: Sequence[WaitingRow], held: Container[str]) -> Iterator[Cycle]:
    """Yield the cycles whose rows name only rows that can be stored, in topological order."""
    needs = needs_of(waiting)
    first: dict[str, int] = {}
    for place, one in enumerate(waiting):
        first.setdefault(one.sku, place)
    lost = {
        place
        for place, one in enumerate(waiting)
        if one.sku in held or first[one.sku] != place or not all(map(first.__contains__, one.names))
    }
    for cycle in components_of(needs):
        if lost.isdisjoint(chain(cycle, *(needs[place] for place in cycle))):
            yield cycle
        else:
            lost.update(cycle)


def components_of(needs: Sequence[Sequence[int]]) -> Iterator[Cycle]:
    """Yield the strongly connected components of a graph, each after those that it needs.

    needs: of each place the places that it points to. Tarjan's algorithm, without recursion.

    >>> list(components_of([[1], [2], [1, 3], []]))
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


def _taken(stack: dict[int, None], first: int) -> Cycle:
    """Pop the component whose first place this is from the stack."""
    taken = []
    while first in stack:
        taken.append(stack.popitem()[0])
    return sorted(taken)
