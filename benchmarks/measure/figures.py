"""What rounds of measurement amount to."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median


@dataclass(frozen=True, slots=True)
class Round:
    """One uninterrupted stretch of requests.

    latencies: seconds each; seconds: all of it; client_s, server_s: how long the client and the
    processes of the server were computing, None where that is not known.
    """

    latencies: Sequence[float]
    seconds: float
    client_s: float = 0.0
    server_s: float | None = None

    @property
    def rate(self) -> float:
        """Requests per second."""
        return len(self.latencies) / self.seconds

    @property
    def p50(self) -> float:
        """The median latency in seconds."""
        return percentile(self.latencies, 50)

    @property
    def server_ms(self) -> float | None:
        """Milliseconds that the server computed for a request."""
        return None if self.server_s is None else 1000 * self.server_s / len(self.latencies)


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of one party over all its rounds.

    rate: per second; p50_ms, p99_ms: latency; server_ms: what the server computed for a request.
    """

    rate: float
    p50_ms: float
    p99_ms: float
    server_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Ratio:
    """Ours divided by the limit, of rounds that ran side by side: the median and both ends."""

    median: float
    low: float
    high: float


def figures_of(rounds: Sequence[Round], units: int = 1) -> Figures:
    """Return the figures of all rounds. units: what one request stands for, such as products."""
    latencies = [one for each in rounds for one in each.latencies]
    seconds = sum(each.seconds for each in rounds)
    return Figures(
        units * len(latencies) / seconds,
        1000 * percentile(latencies, 50),
        1000 * percentile(latencies, 99),
        _mean([one.server_ms for one in rounds]),
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [one for one in values if one is not None]
    return fmean(known) if known else None


def ratio_of(ours: Sequence[float], limit: Sequence[float]) -> Ratio:
    """Return the ratio of figures that were taken in pairs.

    >>> ratio_of([50, 60, 90], [100, 100, 100])
    Ratio(median=0.6, low=0.5, high=0.9)
    """
    ratios = [mine / theirs for mine, theirs in zip(ours, limit, strict=True)]
    return Ratio(median(ratios), min(ratios), max(ratios))


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the smallest value that so many percent of the values do not exceed.

    >>> percentile([5, 1, 4, 2, 3], 50), percentile([1, 2], 99)
    (3, 2)
    """
    place = -(-len(values) * percent // 100)
    return sorted(values)[max(place, 1) - 1]
