"""Whether a run fell behind an earlier one: ratios are compared, for they outlive the machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from benchmarks.errors import BenchError
from benchmarks.measure.rounds import FLOOR, Measured

KEPT_SHARE = 2 / 3  # a ratio may fall by a third, for machines and their moods differ

Place = tuple[str, int, str]  # workload, connections, of what the ratio is
Reference = Mapping[Place, float]


@dataclass(frozen=True, slots=True)
class Fall:
    """A ratio that is too small now. what: of what it is."""

    workload: str
    connections: int
    what: str
    before: float
    now: float

    @property
    def text(self) -> str:
        """The fall as people read it."""
        percent = round(100 * (1 - self.now / self.before))
        return (
            f"{self.workload} with {self.connections} connections: the ratio of {self.what} to the "
            f"floor is {self.now:.2f}, was {self.before:.2f}: {percent} % less"
        )


def read_reference(path: Path) -> Reference:
    """Return the ratios to the floor that `--json` wrote. Raises BenchError.

    Those that were taken out of the file are not compared.
    """
    try:
        results: list[dict[str, Any]] = orjson.loads(path.read_bytes())["results"]
        return {
            (one["workload"], one["connections"], what): float(ratio["median"])
            for one in results
            for what, ratio in _ratios(one)
            if ratio
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BenchError(f"{path} is no file that --json wrote.") from error


def falls_of(result: Measured, reference: Reference) -> list[Fall]:
    """Return the ratios of a result that fell too far behind the reference.

    That of rates depends on the disk and on what else the machine does; that of computing does
    not, but does not know of waiting.
    """
    rate, computing = result.ratios.get(FLOOR), result.computing_ratio
    found = []
    for what, ratio in (("rate", rate), ("computing", computing)):
        before = reference.get((result.workload, result.connections, what))
        if before is not None and ratio is not None and ratio.median < before * KEPT_SHARE:
            fall = Fall(result.workload, result.connections, what, before, ratio.median)
            found.append(fall)
    return found


def _ratios(result: dict[str, Any]) -> list[tuple[str, Any]]:
    rates = result.get("ratios", {}).get(FLOOR)
    return [("rate", rates), ("computing", result.get("computing_ratio"))]
