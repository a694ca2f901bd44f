"""Measure a running server that has the LEGO catalogue, and print a Markdown table.

    python -m tests.catalogues.measure --url http://127.0.0.1:8000 --key KEY

Every connection is a process of its own, so that Python's lock in the client is not the limit.
Creating and editing add products whose SKU begins with `M-`; the catalogue itself stays as it is.
"""

import argparse
import multiprocessing
import random
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, count
from multiprocessing.synchronize import Barrier
from statistics import quantiles
from typing import Any

from tests.catalogues.erp_client import ErpClient

Json = dict[str, Any]
Step = Callable[[ErpClient], Iterator[None]]

WARM_UP_SECONDS = 0.5
START_TIMEOUT_SECONDS = 60
EDITED_PRODUCTS = 50  # per connection
READ_PRODUCTS = 500
DEEP_PAGE = 400
YEARS = (1990, 2020)
WORDS = ("technic", "minifig", "print", "plate", "brick", "star", "tile", "slope")
MATERIALS = ("Plastic", "Cardboard/Paper", "Cloth", "Rubber")


@dataclass(frozen=True, slots=True)
class Work:
    """What one connection does. steps: a name in STEPS."""

    url: str
    key: str
    steps: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured, over all connections. latencies in seconds, sorted."""

    latencies: list[float]
    seconds: float

    @property
    def per_second(self) -> float:
        """Requests per second."""
        return len(self.latencies) / self.seconds

    def percentile_ms(self, percent: int) -> float:
        """Return the latency in milliseconds that so many percent of the requests stay below."""
        if len(self.latencies) < 2:
            return 1000 * sum(self.latencies)
        return 1000 * quantiles(self.latencies, n=100, method="inclusive")[percent - 1]


def creates(client: ErpClient) -> Iterator[None]:
    """Create a part per step."""
    for body in _new_parts():
        client.act("createProduct", **body)
        yield


def edits(client: ErpClient) -> Iterator[None]:
    """Change one attribute of a product per step."""
    bodies = _new_parts()
    skus = [client.act("createProduct", **next(bodies))["sku"] for _ in range(EDITED_PRODUCTS)]
    for number in count(1):
        attributes = {"pieces": number}
        client.act("editProduct", sku=random.choice(skus), data={"attributes": attributes})
        yield


def reads(client: ErpClient) -> Iterator[None]:
    """Read a product per step."""
    page = {"pageSize": READ_PRODUCTS, "pageNum": 1}
    params = {"pagination": page, "attributes": ["sku"], "definition": False}
    skus = [one["sku"] for one in client.act("getList", params=params)["products"]]
    while True:
        client.act("listProduct", sku=random.choice(skus))
        yield


def lists(client: ErpClient) -> Iterator[None]:
    """List 24 products in the default order, one of the first ten pages."""
    yield from _lists(client, lambda: {"pagination": {"pageNum": random.randint(1, 10)}})


def filtered_lists(client: ErpClient) -> Iterator[None]:
    """List 24 products by a value and a range."""

    def params() -> Json:
        year = random.randint(*YEARS)
        return {"filter_values": {"kind": "set", "year": f"{year};;{year + 3}"}}

    yield from _lists(client, params)


def condition_lists(client: ErpClient) -> Iterator[None]:
    """List 24 products by a condition, variations too."""

    def params() -> Json:
        query = f"[[material]] = '{random.choice(MATERIALS)}' AND [[title]] NOT LIKE 'Minifig%'"
        return {"condition_query": query, "includeVariants": True}

    yield from _lists(client, params)


def searches(client: ErpClient) -> Iterator[None]:
    """List 24 products that have a word."""
    yield from _lists(client, lambda: {"search": random.choice(WORDS)})


def deep_lists(client: ErpClient) -> Iterator[None]:
    """List the 24 products of a page far from the first, or of the last one that is full."""
    full_pages = client.act("getList", params={"pagination": {"pageNum": 1}})["sku_count"] // 24
    page = max(1, min(DEEP_PAGE, full_pages))
    yield from _lists(client, lambda: {"pagination": {"pageNum": page}})


STEPS: dict[str, Step] = {
    "create": creates,
    "edit of one attribute": edits,
    "listProduct": reads,
    "getList": lists,
    "getList: value and range": filtered_lists,
    "getList: condition, with variations": condition_lists,
    "getList: search": searches,
    f"getList: page {DEEP_PAGE}": deep_lists,
}
CONNECTIONS = {name: (1,) if name.startswith("getList") else (1, 4) for name in STEPS}


def measure(work: Work, connections: int) -> Figures:
    """Return the figures of so many connections that do the same work at the same time."""
    processes = multiprocessing.get_context("spawn")
    barrier = processes.Barrier(connections)
    with processes.Pool(connections, _take_barrier, (barrier,)) as pool:
        found = pool.map(_latencies, [work] * connections, chunksize=1)
    return Figures(sorted(chain.from_iterable(found)), work.seconds)


_at_the_start: list[Barrier] = []


def _take_barrier(barrier: Barrier) -> None:
    _at_the_start.append(barrier)


def _latencies(work: Work) -> list[float]:
    with closing(ErpClient(work.url, work.key)) as client:
        steps = STEPS[work.steps](client)
        next(steps)
        _at_the_start[0].wait(START_TIMEOUT_SECONDS)
        list(_timed(steps, WARM_UP_SECONDS))
        return list(_timed(steps, work.seconds))


def _timed(steps: Iterator[None], seconds: float) -> Iterator[float]:
    """Yield the duration of each step that ends in time."""
    before = time.perf_counter()
    end = before + seconds
    while True:
        next(steps)
        after = time.perf_counter()
        if after > end:
            return
        yield after - before
        before = after


def _new_parts() -> Iterator[Json]:
    batch = secrets.token_hex(6)
    for number in count(1):
        attributes = {
            "title": f"Measured plate {number % 16} x {number % 12}",
            "kind": "part",
            "categories": ["Parts > Plates"],
            "part_number": f"{batch}-{number}",
            "element_number": f"{batch}-{number}",
            "color": "Red",
            "rgb": "C91A09",
            "transparent": False,
            "material": random.choice(MATERIALS),
            "year": random.randint(*YEARS),
            "pieces": 0,
            "image": f"https://example.com/{batch}/{number}.jpg",
        }
        yield {"sku": f"M-{batch}-{number}", "data": {"attributes": attributes}}


def _lists(client: ErpClient, params: Callable[[], Json]) -> Iterator[None]:
    while True:
        client.act("getList", params=params())
        yield


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.catalogues.measure",
        description="Measure a running server that has the LEGO catalogue (see "
        "python -m tests.catalogues.lego --help) and print a Markdown table.",
        epilog="It adds products whose SKU begins with M-. The key needs pim_editor.",
    )
    parser.add_argument("--url", required=True, help="the server, such as http://127.0.0.1:8000")
    parser.add_argument("--key", required=True, help="an API key, as `pims key create` prints it")
    parser.add_argument(
        "--seconds", type=float, default=5.0, help="duration of each measurement (%(default)s)"
    )
    parser.add_argument(
        "--only", default="", help="measure only what has this text in its name, such as getList"
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a row for each measurement as soon as it is done."""
    chosen = _arguments().parse_args(arguments)
    sys.stdout.write(
        "| work | connections | per second | p50 ms | p99 ms |\n|---|---|---|---|---|\n"
    )
    for name, connections in _measurements(chosen.only):
        figures = measure(Work(chosen.url, chosen.key, name, chosen.seconds), connections)
        p50, p99 = figures.percentile_ms(50), figures.percentile_ms(99)
        row = f"| {name} | {connections} | {figures.per_second:,.0f} | {p50:.2f} | {p99:.2f} |\n"
        sys.stdout.write(row)
        sys.stdout.flush()
    return 0


def _measurements(only: str) -> Iterator[tuple[str, int]]:
    for name in STEPS:
        if only in name:
            yield from ((name, connections) for connections in CONNECTIONS[name])


if __name__ == "__main__":
    sys.exit(main())
