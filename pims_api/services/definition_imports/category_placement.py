"""The paths of the categories of a source, resolved from parent ids in any order."""

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pims_api.domain.category import Path, join_path
from pims_api.errors import Fault, PimsError
from pims_api.services.categories.write import check_path
from pims_api.services.definition_imports.category_rows import CategoryEntry

ROOT_ID = "0"  # as a parent: none, unless an entry has this id
SHOWN_MAX = 8  # ids of a cycle that a message names


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry and the path at which it belongs."""

    entry: CategoryEntry
    path: Path


@dataclass(frozen=True, slots=True)
class Rejected:
    """An entry that cannot be stored, and why."""

    entry: CategoryEntry
    faults: Sequence[Fault]


def place_categories(
    entries: Sequence[CategoryEntry], below: Path, unit: str
) -> tuple[list[Placed], list[Rejected]]:
    """Return the placed entries, parents first, and the rejected ones, in the order of the source.

    Linear in their number. below: where the roots of the source hang; empty: they are roots.
    unit: what the numbers of entries count, for messages.
    """
    placing = _Placing(entries, below, unit)
    placing.run()
    kept = sorted(placing.holders.items(), key=lambda one: (len(one[0]), one[1]))
    placed = [Placed(entries[number], path) for path, number in kept]
    rejected = [Rejected(entries[one], faults) for one, faults in sorted(placing.faults.items())]
    return placed, rejected


class _Placing:
    """A resolver of the path of each entry, or of the fault why it has none.

    paths: as far as they are known; those of refused entries too. holders: who is at a path.
    """

    def __init__(self, entries: Sequence[CategoryEntry], below: Path, unit: str) -> None:
        self.entries = entries
        self.below = below
        self.unit = unit
        self.paths: dict[int, Path] = {}
        self.holders: dict[Path, int] = {}
        self.faults: defaultdict[int, list[Fault]] = defaultdict(list)
        self._by_id: dict[str, int] = {}
        self._parents: dict[int, int] = {}

    def run(self) -> None:
        for number, one in enumerate(self.entries):
            if one.wanted.faults:
                self.faults[number] += one.wanted.faults
            self._know_id(number, one.id)
        reached = self._walk()
        self._refuse_circles(reached)
        self._refuse_below_refused()

    def _know_id(self, number: int, source_id: str | None) -> None:
        first = number if source_id is None else self._by_id.setdefault(source_id, number)
        if first != number:
            message = f"The id {source_id!r} is on {self._where(first)} already!"
            self.faults[number].append(Fault("exists", message, value=source_id))

    def _walk(self) -> set[int]:
        """Place the entries from the roots down; return the numbers of those that were reached."""
        below: defaultdict[int, list[int]] = defaultdict(list)
        waiting: deque[int] = deque()
        for number in range(len(self.entries)):
            parent = self._parent(number)
            if parent is None:
                waiting.append(number)
            else:
                self._parents[number] = parent
                below[parent].append(number)
        reached = set(waiting)
        while waiting:
            parent = waiting.popleft()
            for number in below[parent]:
                if parent in self.faults:
                    self.faults[number].append(self._below_refused(parent))
                self._place(number, self.paths.get(parent))
            waiting += below[parent]
            reached.update(below[parent])
        return reached

    def _parent(self, number: int) -> int | None:
        """Return the parent's number; an entry without one is placed at the root, or refused."""
        one = self.entries[number]
        if one.wanted.path is None and one.parent is not None:
            return one.parent
        if one.wanted.path is not None or one.parent_id is None:
            self._place(number, self.below)
            return None
        parent = self._by_id.get(one.parent_id)
        if parent is None and one.parent_id == ROOT_ID:
            self._place(number, self.below)
        elif parent is None:
            message = f"Its parent {one.parent_id!r} is not there!"
            self.faults[number].append(Fault("unknown_category", message, value=one.parent_id))
        return parent

    def _place(self, number: int, above: Path | None) -> None:
        """Put an entry at its path. above: the path of its parent, None where that is unknown."""
        wanted = self.entries[number].wanted
        if wanted.path is not None:
            path = (*self.below, *wanted.path)
        elif above is not None and wanted.name is not None:
            path = (*above, wanted.name)
        else:
            return
        self.paths[number] = path
        if number in self.faults:
            return
        try:
            check_path(path)
        except PimsError as error:
            self.faults[number] += error.faults
            return
        first = self.holders.setdefault(path, number)
        if first != number:
            message = f"The category {join_path(path)} is on {self._where(first)} already!"
            self.faults[number].append(Fault("exists", message, value=path[-1]))

    def _refuse_circles(self, reached: set[int]) -> None:
        """Refuse entries that no root leads to: those in a cycle, and those below one."""
        for number in range(len(self.entries)):
            walked: dict[int, None] = {}
            here = number
            while here not in walked and here not in reached:
                walked[here] = None
                here = self._parents[here]
            chain = list(walked)
            begin = chain.index(here) if here in walked else len(chain)
            circle = self._circle(chain[begin:])
            for one in chain[begin:]:
                self.faults[one].append(circle)
            for one in reversed(chain[:begin]):
                self.faults[one].append(self._below_refused(self._parents[one]))
            reached.update(chain)

    def _circle(self, numbers: Sequence[int]) -> Fault:
        ids = [self.entries[one].id or self._where(one) for one in numbers[:SHOWN_MAX]]
        left_out = ["…"] if len(numbers) > SHOWN_MAX else []
        shown = " > ".join([*ids, *left_out, *ids[:1]])
        return Fault("cycle", f"It lies below itself: {shown}!")

    def _refuse_below_refused(self) -> None:
        """Refuse entries whose path is below a refused entry."""
        refused = {
            self.paths[one]: one
            for one in self.faults
            if one in self.paths and self.paths[one] not in self.holders
        }
        for path in sorted(self.holders, key=len) if refused else ():
            above = next((one for one in _above(path) if one in refused), None)
            if above is not None:
                number = self.holders.pop(path)
                self.faults[number].append(self._below_refused(refused[above]))
                refused[path] = number

    def _below_refused(self, number: int) -> Fault:
        message = f"It lies below {self._where(number)}, which is rejected!"
        return Fault("unknown_category", message)

    def _where(self, number: int) -> str:
        return self.entries[number].where(self.unit)


def _above(path: Path) -> Iterator[Path]:
    """Yield the ancestors of a path, the nearest first."""
    for length in range(len(path) - 1, 0, -1):
        yield path[:length]
