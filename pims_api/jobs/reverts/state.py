"""The saved state of a revert, from which another attempt goes on."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from pims_api.domain.job import stored_faults
from pims_api.errors import Fault
from pims_api.services.reverts.revert import Reverted

_COUNTS = ("reverted", "unchanged", "skipped", "conflict_count")


@dataclass(slots=True)
class RevertState:
    """The progress of a revert. The names of the fields are keys of the stored JSON.

    after: the highest product of the first pass that was tried. left: those of a later pass that
    are not tried yet; None: this is the first pass. waiting: those that were refused in this pass.
    tried: how many it has tried. is_last: whether nothing waits any longer. size: products of a
    step.
    """

    done: Reverted = field(default_factory=Reverted)
    after: int = 0
    left: list[int] | None = None
    waiting: list[int] = field(default_factory=list)
    tried: int = 0
    decided: int = 0
    is_last: bool = False
    size: int = 0

    def position(self) -> dict[str, Any]:
        """Return the state as a JSON object."""
        warnings = stored_faults(self.done.warnings)
        return asdict(self) | {"done": asdict(self.done) | {"warnings": warnings}}

    @classmethod
    def at(cls, position: dict[str, Any], size: int) -> "RevertState":
        """Return the state that was saved so; {}: the first one, for steps of that size."""
        if not position:
            return cls(size=size)
        done = position["done"]
        warnings = [Fault(**one) for one in done["warnings"]]
        return cls(**position | {"done": Reverted(**done | {"warnings": warnings})})

    @property
    def counts(self) -> dict[str, int]:
        """The numbers of values by what became of them."""
        return {name: getattr(self.done, name) for name in _COUNTS}

    def next_of(self, ids: Sequence[int]) -> Sequence[int]:
        """Return the products of the next step. ids: all that are concerned, in order."""
        if self.left is not None:
            return self.left[: self.size]
        first = bisect_right(ids, self.after)
        return ids[first : first + self.size]

    def pass_on(
        self, ids: Sequence[int], tried: Sequence[int], done: Reverted, refused: Sequence[int]
    ) -> None:
        """Note what a step came to. After a pass those that were refused are tried again.

        When a pass has moved none of them, the next one is the last.
        """
        self.done.add(done)
        self.waiting += refused
        self.tried += len(tried)
        self.decided += len(tried) - len(refused)
        if self.left is None:
            self.after = tried[-1]
        else:
            self.left = self.left[len(tried) :]
        if not self.next_of(ids) and self.waiting:
            self.is_last = len(self.waiting) == self.tried
            self.left, self.waiting, self.tried = self.waiting, [], 0
