"""A whole run: the database made ready, a server over it, every workload, and what came of it."""

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.catalogues.catalogue import Catalogue
from benchmarks.measure.client import Refused
from benchmarks.measure.commands import measure_export, measure_import
from benchmarks.measure.requests import RequestSource
from benchmarks.measure.rest_import import measure_rest_import
from benchmarks.measure.revert import measure_revert
from benchmarks.measure.rounds import FLOOR, LIMIT, NARROW, OURS, Bench, Measured, Plan
from benchmarks.measure.workloads import PairedWorkload, Workload
from benchmarks.prepare import (
    OnProgress,
    Prepared,
    address_of,
    database_bytes,
    make_floor,
    prepare_database,
    write_samples,
)
from benchmarks.report.contrast import Earlier
from benchmarks.report.outcome import Outcome
from benchmarks.report.tables import tables_of
from benchmarks.report.targets import POSTGRESQL, SQLITE, Site
from benchmarks.server.process import serving, serving_nodes
from pims_api.settings import Settings
from pims_api.storage.database import Database, open_database
from pims_api.storage.engine.dialect import sqlite_module

Fell = Callable[[Measured], bool]


@dataclass(frozen=True, slots=True)
class Order:
    """What to run. url: of a database of the bench's own; None: a SQLite file that it makes.

    keep: a folder that keeps such files. options: gunicorn's settings. entries: of the long
    history. fell: says of a result that it should be tried again, `again` times. earlier: a run
    that this one is put beside.
    """

    catalogue: Catalogue
    workloads: Sequence[Workload | PairedWorkload]
    plan: Plan
    options: Mapping[str, Any]
    url: str | None = None
    keep: Path | None = None
    entries: int = 10_000
    fell: Fell = lambda _: False
    again: int = 2
    commands: Sequence[str] = ()
    earlier: Earlier | None = None

    @property
    def site(self) -> Site:
        """Over what is measured."""
        is_sqlite = self.url is None or self.url.startswith("sqlite")
        return Site(self.catalogue.count, SQLITE if is_sqlite else POSTGRESQL)


def run(order: Order, on_progress: OnProgress, each: Callable[[Measured], None]) -> Outcome:
    """Measure everything that was ordered. each: hears of every result. Raises BenchError."""
    with tempfile.TemporaryDirectory(prefix="pims-bench-") as name:
        folder = Path(name)
        with _database(order, folder, on_progress) as (database, prepared):
            outcome = Outcome(order.site, _facts(order, database, prepared))
            url = database.url.render_as_string(hide_password=False)
            with serving_nodes(url, folder, order.options, order.plan.nodes) as nodes:
                addresses = [address_of(one, prepared.key) for one in nodes.servers]
                write_samples(addresses[0], folder)
                make_floor(database, addresses[0], order.catalogue, on_progress)
                sources = _sources(order, prepared)
                bench = Bench(nodes, addresses, folder, sources, order.plan, prepared.narrow_key)
                _measure_all(bench, order, outcome, each)
            _run_commands(order, outcome, database, folder)
            outcome.facts["bytes_after"] = database_bytes(database)
            outcome.tables = tables_of(outcome.results, order.plan.nodes, order.site, order.earlier)
    return outcome


def _measure_all(
    bench: Bench, order: Order, outcome: Outcome, each: Callable[[Measured], None]
) -> None:
    for workload in order.workloads:
        reason = bench.prepare(workload)
        if reason is not None:
            outcome.skipped[workload.name] = reason
            continue
        for number in order.plan.connections:
            try:
                result = _measure(bench, order, workload, number)
            except Refused as refused:
                outcome.failed[f"{workload.name} with {number} connections"] = str(refused)
            else:
                outcome.results.append(result)
                each(result)


def _measure(
    bench: Bench, order: Order, workload: Workload | PairedWorkload, number: int
) -> Measured:
    """Measure, and again when a ratio fell, for a busy machine may be to blame."""
    result = bench.measure(workload, number)
    for _ in range(order.again):
        if not order.fell(result):
            break
        result = bench.measure(workload, number)
    return result


def _run_commands(order: Order, outcome: Outcome, database: Database, folder: Path) -> None:
    measures = {"export": measure_export, "import": measure_import, "revert": measure_revert}
    for name in order.commands:
        if name in measures:
            outcome.commands.append(measures[name](database, order.catalogue, folder))
        else:
            done = measure_rest_import(database, order.catalogue, folder, order.options)
            outcome.commands.append(done)


def _sources(order: Order, prepared: Prepared) -> dict[str, RequestSource]:
    skus = order.catalogue.skus()
    sources = {
        party: RequestSource(order.catalogue, skus, count(prepared.first_number))
        for party in (OURS, FLOOR, LIMIT)
    }
    narrow = order.catalogue.narrow
    return sources | ({NARROW: RequestSource(narrow, narrow.skus())} if narrow else {})


@contextmanager
def _database(
    order: Order, folder: Path, on_progress: OnProgress
) -> Iterator[tuple[Database, Prepared]]:
    """Open a database that is ready; a kept file stays as it was made, a copy of it is measured."""
    url = order.url or _made_file(order, folder, on_progress)
    database = open_database(url, Settings.from_environment())
    try:
        yield database, prepare_database(database, order.catalogue, order.entries, on_progress)
    finally:
        database.close()


def _made_file(order: Order, folder: Path, on_progress: OnProgress) -> str:
    """Return the URL of a SQLite file with the catalogue and its floor."""
    if order.keep is None:
        return f"sqlite:///{folder / 'bench.db'}"
    order.keep.mkdir(parents=True, exist_ok=True)
    kept = order.keep / f"{order.catalogue.name}-{order.entries}.db"
    if not kept.exists():
        _keep(order, folder, kept, on_progress)
    return f"sqlite:///{shutil.copyfile(kept, folder / 'bench.db')}"


def _keep(order: Order, folder: Path, kept: Path, on_progress: OnProgress) -> None:
    making = folder / "making.db"
    database = open_database(f"sqlite:///{making}", Settings.from_environment())
    prepared = prepare_database(database, order.catalogue, order.entries, on_progress)
    with serving(f"sqlite:///{making}", folder, order.options) as server:
        make_floor(database, address_of(server, prepared.key), order.catalogue, on_progress)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    database.close()
    shutil.move(making, kept)


def _facts(order: Order, database: Database, prepared: Prepared) -> dict[str, Any]:
    return {
        "catalogue": order.catalogue.name,
        "products": order.catalogue.count,
        "database": _engine(database),
        "made": prepared.facts,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "python": sys.version.split()[0],
        "nodes": order.plan.nodes,
        "workers": order.plan.workers,
        "rounds": order.plan.rounds,
        "round_seconds": order.plan.seconds,
    }


def _engine(database: Database) -> str:
    if database.is_sqlite:
        return f"{SQLITE} {sqlite_module().sqlite_version}"
    with database.reading() as connection:
        version = connection.exec_driver_sql("show server_version").scalar_one()
    return f"{POSTGRESQL} {str(version).split()[0]}"
