"""What the figures are to reach, where that is said."""

import sys
from dataclasses import dataclass
from enum import StrEnum

from benchmarks.measure.rounds import BESIDE, FLOOR, OURS, Measured

MILLION = 1_000_000
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"


class Measure(StrEnum):
    """Which figure a target is about."""

    RATE_RATIO = "of the floor's rate"
    LATENCY_RATIO = "times the floor's p50"
    SPEED_UP = "times as fast as side tables"
    P50_MS = "ms p50"
    RATE = "products/s"
    BESIDE_RATE = "of the rate beside"
    BESIDE_LATENCY = "times the p50 beside"
    BESIDE_MORE = "ms p50 more than beside"


_AT_MOST = (
    Measure.LATENCY_RATIO, Measure.P50_MS, Measure.BESIDE_LATENCY, Measure.BESIDE_MORE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Site:
    """Over what was measured: how many products, in which engine."""

    products: int
    engine: str


@dataclass(frozen=True, slots=True)
class Target:
    """A bound: a least value, or a greatest one of latencies.

    products: from how many on, and up to how many it holds. engine: the only one that it is for;
    empty for both. is_aim: it need not be met.
    """

    workload: str
    connections: int
    measure: Measure
    bound: float
    products: range = range(sys.maxsize)
    engine: str = ""
    is_aim: bool = False

    @property
    def text(self) -> str:
        """The target as people read it."""
        sign = "≤" if self.measure in _AT_MOST else "≥"
        return f"{'aim ' if self.is_aim else ''}{sign} {self.bound:g} {self.measure}"

    def is_for(self, site: Site) -> bool:
        """Return whether it is about so many products in that engine."""
        return site.products in self.products and self.engine in ("", site.engine)

    def is_met(self, result: Measured) -> bool:
        """Return whether a result of that workload and number of connections reaches it."""
        found = _figure(self.measure, result)
        if found is None:
            return False
        return found <= self.bound if self.measure in _AT_MOST else found >= self.bound


_BELOW_A_MILLION, _FROM_A_MILLION = range(MILLION), range(MILLION, sys.maxsize)
# What is said in milliseconds and products per second is said of SQLite. PostgreSQL is held to the
# ratios to its own floor, and to what SQLite takes: see `contrast`.
TARGETS = (
    Target("read", 4, Measure.RATE_RATIO, 0.55),
    Target("edit", 4, Measure.RATE_RATIO, 0.55),
    Target("create", 4, Measure.RATE_RATIO, 0.50),
    Target("list", 1, Measure.LATENCY_RATIO, 2),
    Target("page-400", 1, Measure.LATENCY_RATIO, 2),
    Target("narrow", 1, Measure.P50_MS, 4, _BELOW_A_MILLION, SQLITE),
    Target("broad", 1, Measure.P50_MS, 8, _BELOW_A_MILLION, SQLITE),
    Target("search", 1, Measure.P50_MS, 10, _BELOW_A_MILLION, SQLITE),
    Target("narrow", 1, Measure.SPEED_UP, 20, _FROM_A_MILLION),
    Target("broad", 1, Measure.SPEED_UP, 20, _FROM_A_MILLION),
    Target("broad", 1, Measure.P50_MS, 10, _FROM_A_MILLION, SQLITE, is_aim=True),
    Target("broad", 1, Measure.P50_MS, 30, _FROM_A_MILLION, POSTGRESQL, is_aim=True),
    Target("rest-read", 1, Measure.BESIDE_RATE, 0.8),
    Target("rest-create", 1, Measure.BESIDE_RATE, 0.8),
    Target("rest-resolved", 1, Measure.BESIDE_LATENCY, 2),
    Target("rest-list", 1, Measure.BESIDE_LATENCY, 1.5),
    Target("rest-narrow", 1, Measure.P50_MS, 6, _BELOW_A_MILLION),
    Target("rest-any-scope", 1, Measure.P50_MS, 12, _BELOW_A_MILLION),
    Target("rest-contains", 1, Measure.P50_MS, 40, _BELOW_A_MILLION),
    Target("tenant-read", 1, Measure.BESIDE_RATE, 0.8),
    Target("tenant-create", 1, Measure.BESIDE_RATE, 0.8),
    Target("tenant-list", 1, Measure.BESIDE_LATENCY, 2),
    Target("past-read", 1, Measure.BESIDE_LATENCY, 2),
    Target("past-list", 1, Measure.BESIDE_MORE, 25, _BELOW_A_MILLION),
    Target("past-list-10k", 1, Measure.BESIDE_MORE, 250, _BELOW_A_MILLION),
    Target("changes", 1, Measure.RATE, 10_000, engine=SQLITE),
    Target("changes", 1, Measure.RATE, 5_000, engine=POSTGRESQL),
    Target("changes-none", 1, Measure.BESIDE_LATENCY, 1.2),
    Target("batch-edit", 1, Measure.RATE, 6_000, engine=SQLITE),
    Target("batch-create", 1, Measure.RATE, 4_000, engine=SQLITE),
    Target("batch-edit", 1, Measure.RATE_RATIO, 0.5, is_aim=True),
    Target("batch-create", 1, Measure.RATE_RATIO, 0.5, is_aim=True),
)


# By command: what it does, beside what, and how many times as long it may take.
BESIDE_TIMES = {
    "rest-import": ("An import through the REST API", "pims import of them", 2.0),
    "revert": ("An import taken back", "that import", 1.5),
}
LEGO_IMPORT_ROWS, LEGO_IMPORT_S, LEGO_IMPORT_MIB = 170_600, 60, 300  # parts with all elements


def targets_of(result: Measured, site: Site) -> list[Target]:
    """Return the targets that a result has to meet there."""
    place = result.workload, result.connections
    return [one for one in TARGETS if (one.workload, one.connections) == place and one.is_for(site)]


def _figure(measure: Measure, result: Measured) -> float | None:
    latency = result.latency_ratios.get(FLOOR)
    ratio = result.ratios.get(FLOOR)
    beside, beside_latency = result.ratios.get(BESIDE), result.latency_ratios.get(BESIDE)
    figures: dict[Measure, float | None] = {
        Measure.RATE_RATIO: ratio.median if ratio else None,
        Measure.LATENCY_RATIO: latency.median if latency else None,
        Measure.SPEED_UP: 1 / latency.median if latency else None,
        Measure.P50_MS: result.figures[OURS].p50_ms,
        Measure.RATE: result.figures[OURS].rate,
        Measure.BESIDE_RATE: beside.median if beside else None,
        Measure.BESIDE_LATENCY: beside_latency.median if beside_latency else None,
        Measure.BESIDE_MORE: _more(result),
    }
    return figures[measure]


def _more(result: Measured) -> float | None:
    """Return how many milliseconds the median is above that of what took turns with it."""
    other = result.figures.get(BESIDE)
    return None if other is None else result.figures[OURS].p50_ms - other.p50_ms
