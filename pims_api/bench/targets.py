"""What the figures are to reach, where that is said."""

from dataclasses import dataclass
from enum import StrEnum

from pims_api.bench.measuring import FLOOR, OURS, Measured

MILLION = 1_000_000


class Measure(StrEnum):
    """Which figure a target is about."""

    RATE_RATIO = "of the floor's rate"
    LATENCY_RATIO = "times the floor's p50"
    SPEED_UP = "times as fast as side tables"
    P50_MS = "ms p50"
    RATE = "products/s"


_AT_MOST = (Measure.LATENCY_RATIO, Measure.P50_MS)


@dataclass(frozen=True, slots=True)
class Target:
    """A bound: a least value, or a greatest one of latencies. products: from so many on."""

    workload: str
    connections: int
    measure: Measure
    bound: float
    products: int = 0

    @property
    def text(self) -> str:
        """The target as people read it."""
        sign = "≤" if self.measure in _AT_MOST else "≥"
        return f"{sign} {self.bound:g} {self.measure}"

    def is_met(self, result: Measured) -> bool:
        """Return whether a result of that workload and number of connections reaches it."""
        found = _figure(self.measure, result)
        if found is None:
            return False
        return found <= self.bound if self.measure in _AT_MOST else found >= self.bound


TARGETS = (
    Target("read", 4, Measure.RATE_RATIO, 0.55),
    Target("edit", 4, Measure.RATE_RATIO, 0.55),
    Target("create", 4, Measure.RATE_RATIO, 0.50),
    Target("list", 1, Measure.LATENCY_RATIO, 2),
    Target("page-400", 1, Measure.LATENCY_RATIO, 2),
    Target("narrow", 1, Measure.P50_MS, 4),
    Target("broad", 1, Measure.P50_MS, 8),
    Target("narrow", 1, Measure.SPEED_UP, 20, MILLION),
    Target("broad", 1, Measure.SPEED_UP, 20, MILLION),
    Target("search", 1, Measure.P50_MS, 10),
    Target("batch-edit", 1, Measure.RATE, 6_000),
    Target("batch-create", 1, Measure.RATE, 4_000),
)


LEGO_IMPORT_S, LEGO_IMPORT_MIB = 60, 300  # the whole catalogue


def targets_of(result: Measured, products: int) -> list[Target]:
    """Return the targets that a result over so many products has to meet."""
    return [
        one
        for one in TARGETS
        if (one.workload, one.connections) == (result.workload, result.connections)
        and products >= one.products
    ]


def _figure(measure: Measure, result: Measured) -> float | None:
    latency = result.latency_ratio
    ratio = result.ratios.get(FLOOR)
    figures: dict[Measure, float | None] = {
        Measure.RATE_RATIO: ratio.median if ratio else None,
        Measure.LATENCY_RATIO: latency.median if latency else None,
        Measure.SPEED_UP: 1 / latency.median if latency else None,
        Measure.P50_MS: result.figures[OURS].p50_ms,
        Measure.RATE: result.figures[OURS].rate,
    }
    return figures[measure]
