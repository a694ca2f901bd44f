"""Figures of ours beside other figures of ours: one node, a narrow catalogue, an earlier run."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from benchmarks.errors import BenchError
from benchmarks.measure.rounds import BESIDE, NARROW, ONE_NODE, OURS, Measured
from benchmarks.report.targets import POSTGRESQL, Site

NODES_LEAST = 1.0  # what several nodes answer, by what one does
WIDTH_MOST = 1.5  # what a page takes of a wide catalogue, by what it takes of a narrow one
GROWTH_MOST = 2.0  # of a catalogue that grew tenfold
ENGINES_MOST = 3.0  # what a filter takes on PostgreSQL, by what it takes on SQLite
_FLAT = ("read", "by-sku", "list", "page-400", "narrow", "edit", "edit-ten")
_LINEAR = ("broad", "not-like", "search")
_FILTERS = ("narrow", "broad", "prefix", "not-like")


@dataclass(frozen=True, slots=True)
class Contrast:
    """A figure of ours beside another one. ratio: ours by the other, the median if there are many.

    low, high: its ends, where rounds ran side by side. bound: what the ratio is to be, at most or
    at least; None: nothing is said.
    """

    workload: str
    connections: int
    other: float
    ours: float
    ratio: float
    low: float | None = None
    high: float | None = None
    bound: float | None = None
    is_least: bool = False

    @property
    def target(self) -> str:
        """The bound and whether it is met, as people read it; empty without a bound."""
        if self.bound is None:
            return ""
        is_met = self.ratio >= self.bound if self.is_least else self.ratio <= self.bound
        return f"{'≥' if self.is_least else '≤'} {self.bound:g}: {'yes' if is_met else 'no'}"


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier run found. p50: milliseconds, by workload and number of connections."""

    site: Site
    p50: Mapping[tuple[str, int], float]


def site_of(facts: Mapping[str, Any]) -> Site:
    """Return over what a run measured. facts: as it tells them."""
    return Site(facts["products"], facts["database"].split()[0])


def read_earlier(path: Path) -> Earlier:
    """Return what `--json` wrote of an earlier run. Raises BenchError."""
    try:
        found = orjson.loads(path.read_bytes())
        return Earlier(
            site_of(found["facts"]),
            {
                (one["workload"], one["connections"]): float(one["figures"][OURS]["p50_ms"])
                for one in found["results"]
            },
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BenchError(f"{path} is no file that --json wrote.") from error


def by_nodes(results: Iterable[Measured]) -> list[Contrast]:
    """Return what all nodes answered per second, beside what one did."""
    return [
        Contrast(
            *(one.workload, one.connections),
            *(one.figures[ONE_NODE].rate, one.figures[OURS].rate),
            *(ratio.median, ratio.low, ratio.high),
            *(NODES_LEAST, True),
        )
        for one in results
        if (ratio := one.ratios.get(ONE_NODE))
    ]


def by_width(results: Iterable[Measured]) -> list[Contrast]:
    """Return how long a wide catalogue took, beside the narrow one."""
    return [
        Contrast(
            *(one.workload, one.connections),
            *(one.figures[NARROW].p50_ms, one.figures[OURS].p50_ms),
            *(ratio.median, ratio.low, ratio.high),
            WIDTH_MOST,
        )
        for one in results
        if (ratio := one.latency_ratios.get(NARROW))
    ]


def by_like(results: Iterable[Measured]) -> list[Contrast]:
    """Return how long a request took beside the like of it: of another API, or of now."""
    return [
        Contrast(
            *(one.workload, one.connections),
            *(one.figures[BESIDE].p50_ms, one.figures[OURS].p50_ms),
            *(ratio.median, ratio.low, ratio.high),
        )
        for one in results
        if (ratio := one.latency_ratios.get(BESIDE))
    ]


def by_earlier(results: Sequence[Measured], site: Site, earlier: Earlier) -> list[Contrast]:
    """Return how long ours took, beside an earlier run of what was measured in both."""
    found = []
    for one in results:
        before = earlier.p50.get((one.workload, one.connections))
        if before:
            now = one.figures[OURS].p50_ms
            bound = _bound(one.workload, site, earlier.site)
            times = now / before
            found.append(Contrast(one.workload, one.connections, before, now, times, bound=bound))
    return found


def _bound(workload: str, site: Site, earlier: Site) -> float | None:
    """Return how many times as long it may take: after growth, or in the other engine."""
    if site.engine != earlier.engine:
        is_said = workload in _FILTERS and site.products == earlier.products
        return ENGINES_MOST if is_said and site.engine == POSTGRESQL else None
    if site.products <= earlier.products:
        return None
    if workload in _LINEAR:
        return site.products / earlier.products
    return GROWTH_MOST if workload in _FLAT else None
