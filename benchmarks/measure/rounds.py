"""Measures workloads: ours, the floor and the limit in short rounds that take turns.

The machine may be shared and its clock uneven; rounds side by side meet the same weather, so it
is their ratios that are reported.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

import orjson

from benchmarks.floor.samples import reply_file
from benchmarks.measure.client import (
    Address,
    Connection,
    Refused,
    connections,
    drive,
    message_of,
)
from benchmarks.measure.figures import Figures, Ratio, Round, figures_of, ratio_of
from benchmarks.measure.requests import Call, RequestSource
from benchmarks.measure.workloads import BY_NAME, PairedWorkload, Workload
from benchmarks.server.process import Nodes

OURS = "ours"
FLOOR = "floor"
LIMIT = "limit"
ONE_NODE = "one-node"  # ours, asked of the first node alone
NARROW = "narrow-catalogue"  # ours, asked for the narrow catalogue
NARROW_WORKLOADS = ("list",)
BESIDE = "beside"  # what a workload of the REST API is put beside
_WARM_UP_SHARE = 0.3  # of a round
_AHEAD = 1.5  # requests are made beforehand for so many times what the round before needed
_UNKNOWN_ACTION = b'"unknown_action"'


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how wide. seconds: per round. workers: of each node.

    with_limit: whether the Flask route is asked.
    """

    connections: Sequence[int] = (1, 4, 16)
    rounds: int = 6
    seconds: float = 1.0
    workers: int = 2
    nodes: int = 1
    with_limit: bool = True


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of one workload at so many connections.

    figures: by party. ratios: ours by each other party, of rates; latency_ratios: of medians.
    computing_ratio: of what the server computed for a request, the floor by ours: like rates, the
    more the better. client_share: of all cores, what the client took. memory_mib: of the server,
    afterwards.
    """

    workload: str
    connections: int
    figures: Mapping[str, Figures]
    ratios: Mapping[str, Ratio]
    latency_ratios: Mapping[str, Ratio]
    computing_ratio: Ratio | None
    client_share: float
    memory_mib: float | None


@dataclass(slots=True)
class Bench:
    """A server that is measured, on one node or several.

    addresses: of each node. sources: by party, of its requests. narrow_key: opens
    the narrow catalogue, where there is one.
    """

    nodes: Nodes
    addresses: Sequence[Address]
    folder: Path
    sources: Mapping[str, RequestSource]
    plan: Plan
    narrow_key: str | None = None
    _ready: set[str] = field(default_factory=set)

    def prepare(self, workload: Workload | PairedWorkload) -> str | None:
        """Ask once, so that the limit knows the reply. Return why it cannot be measured."""
        if workload.name in self._ready:
            return None
        source = self.sources[OURS]
        if isinstance(workload, PairedWorkload) and workload.prepare is not None:
            workload.prepare(self._object, source)
        call = next(workload.calls(source))
        try:
            reply = self._ask(call)
        except Refused as refused:
            if _UNKNOWN_ACTION in refused.body:
                return f"the server does not know the action {orjson.loads(call.body)['action']}"
            raise
        reply_file(self.folder, workload.name).write_bytes(reply)
        self._ready.add(workload.name)
        return None

    def _ask(self, call: Call) -> bytes:
        with self.one_connection() as one:
            return one.ask(message_of(self.addresses[0], call))

    def _object(self, call: Call) -> Any:
        return orjson.loads(self._ask(call))

    def measure(self, workload: Workload | PairedWorkload, count: int) -> Measured:
        """Measure a prepared workload at so many connections. Raises BenchError."""
        with ExitStack() as stack:
            parties = self._parties(stack, workload, count)
            for party in parties.values():
                party.warm_up(self.plan.seconds * _WARM_UP_SHARE)
            for _ in range(self.plan.rounds):
                for party in parties.values():
                    party.run(self.plan.seconds, self.nodes)
        return _measured(workload, count, parties, self.nodes.memory_mib())

    @contextmanager
    def one_connection(self) -> Iterator[Connection]:
        """Open a connection while the block lasts."""
        made = Connection(self.addresses[0])
        try:
            yield made
        finally:
            made.close()

    def _parties(
        self, stack: ExitStack, workload: Workload | PairedWorkload, count: int
    ) -> dict[str, "_Party"]:
        """Open connections and return those who use them in turn. stack: closes connections."""
        opened = stack.enter_context(connections(self.addresses, count, self.plan.workers))
        address, source = self.addresses[0], self.sources[OURS]
        parties = {OURS: _Party(opened, address, workload.calls(source))}
        if isinstance(workload, PairedWorkload):
            if workload.beside is not None:
                beside = BY_NAME[workload.beside].calls(source)
                parties[BESIDE] = _Party(opened, address, beside)
        else:
            for name, path in self._limits(workload).items():
                calls = workload.calls(self.sources[name], path)
                parties[name] = _Party(opened, address, calls)
        if count >= len(self.addresses) > 1:
            alone = stack.enter_context(connections([address], count, self.plan.workers))
            parties[ONE_NODE] = _Party(alone, address, workload.calls(source))
        if self.narrow_key is not None and workload.name in NARROW_WORKLOADS:
            narrow = replace(address, key=self.narrow_key)
            parties[NARROW] = _Party(opened, narrow, workload.calls(self.sources[NARROW]))
        return parties

    def _limits(self, workload: Workload) -> dict[str, str]:
        """Return the paths of those that do the same work with less around it."""
        paths = {}
        if workload.floor is not None:
            paths[FLOOR] = f"/bench/floor/{workload.floor}"
        if self.plan.with_limit:
            paths[LIMIT] = f"/bench/limit/{workload.name}"
        return paths


class _Party:
    """One of those that do the same work in turn."""

    def __init__(
        self, opened: Sequence[Connection], address: Address, calls: Iterator[Call]
    ) -> None:
        self.rounds: list[Round] = []
        self._opened = opened
        self._messages = (message_of(address, call) for call in calls)
        self._rate = 0.0

    def warm_up(self, seconds: float) -> None:
        self._rate = drive(self._opened, self._messages, seconds).rate

    def run(self, seconds: float, nodes: Nodes) -> None:
        wanted = int(self._rate * seconds * _AHEAD) + len(self._opened)
        ready = list(islice(self._messages, wanted))
        before = nodes.computed_s()
        done = drive(self._opened, chain(ready, self._messages), seconds)
        after = nodes.computed_s()
        self._rate = done.rate
        if before is not None and after is not None:
            done = replace(done, server_s=after - before)
        self.rounds.append(done)


def _measured(
    workload: Workload | PairedWorkload,
    count: int,
    parties: Mapping[str, _Party],
    memory_mib: float | None,
) -> Measured:
    rounds = {name: party.rounds for name, party in parties.items()}
    rates = {name: [one.rate for one in each] for name, each in rounds.items()}
    latencies = {name: [one.p50 for one in each] for name, each in rounds.items()}
    return Measured(
        workload.name,
        count,
        {name: figures_of(each, workload.units) for name, each in rounds.items()},
        {name: ratio_of(rates[OURS], each) for name, each in rates.items() if name != OURS},
        {name: ratio_of(latencies[OURS], each) for name, each in latencies.items() if name != OURS},
        _computing_ratio(rounds),
        _client_share(rounds.values()),
        memory_mib,
    )


def _computing_ratio(rounds: Mapping[str, Sequence[Round]]) -> Ratio | None:
    ours, floor = ([one.server_ms for one in rounds.get(name, ())] for name in (OURS, FLOOR))
    pairs = [(one, other) for one, other in zip(ours, floor, strict=False) if one and other]
    return ratio_of([floor for _, floor in pairs], [ours for ours, _ in pairs]) if pairs else None


def _client_share(rounds: Iterable[Sequence[Round]]) -> float:
    every = list(chain.from_iterable(rounds))
    cores = os.cpu_count() or 1
    return sum(one.client_s for one in every) / sum(one.seconds for one in every) / cores
