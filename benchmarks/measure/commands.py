"""Measures the commands that move whole catalogues: `pims import` and `pims export`."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import orjson

from benchmarks.catalogues.catalogue import Catalogue, NewProduct
from benchmarks.catalogues.load import make_definitions
from benchmarks.errors import BenchError
from benchmarks.server.process import PACKAGES
from pims_api.storage.database import Database
from pims_api.storage.tenants import tenant_names

COMMANDS = ("import", "export", "rest-import", "revert")
_BYTES_PER_UNIT = 1 if sys.platform == "darwin" else 1024  # of what the system calls maxrss
# A process between the bench and the command: what a process is said to have held counts from the
# fork on, so the command would seem to have held what the bench holds.
_WATCHED = """
import os, subprocess, sys
with open(sys.argv[1], "wb") as log:
    process = subprocess.Popen(sys.argv[2:], stdout=log, stderr=log)
    _, status, used = os.wait4(process.pid, 0)
print(used.ru_maxrss)
process.returncode = os.waitstatus_to_exitcode(status)
sys.exit(abs(process.returncode))
"""


@dataclass(frozen=True, slots=True)
class CommandRun:
    """What a command took. peak_mib: the most memory that its process held.

    beside_s: what it is put beside took for the same rows.
    """

    command: str
    rows: int
    seconds: float
    peak_mib: float | None
    beside_s: float | None = None

    @property
    def rate(self) -> float:
        """Products per second."""
        return self.rows / self.seconds


def measure_import(database: Database, catalogue: Catalogue, folder: Path) -> CommandRun:
    """Import the catalogue, or as many products of it as it says, into a new tenant."""
    rows = islice(catalogue.products(), catalogue.import_rows)
    return import_rows(database, catalogue, folder, rows)


def import_rows(
    database: Database, catalogue: Catalogue, folder: Path, products: Iterator[NewProduct]
) -> CommandRun:
    """Import products into a new tenant."""
    file = folder / "import.jsonl"
    rows = _write(file, products)
    name, _ = new_tenant(database, catalogue)
    return run_command(database, rows, folder, ["import", str(file), "--json"], name)


def last_tenant(database: Database) -> int:
    """Return the id of the tenant that was made last."""
    with database.reading() as connection:
        return max(tenant_names(connection).values())


def new_tenant(database: Database, catalogue: Catalogue) -> tuple[str, int]:
    """Make a tenant with the definitions of a catalogue; return its name and id."""
    with database.reading() as connection:
        name = f"import-{len(tenant_names(connection))}"
    return name, make_definitions(database, name, catalogue)


def measure_export(database: Database, catalogue: Catalogue, folder: Path) -> CommandRun:
    """Export the whole catalogue."""
    file = folder / "export.jsonl"
    done = run_command(database, 0, folder, ["export", str(file)], catalogue.name)
    with file.open("rb") as lines:
        rows = sum(1 for _ in lines)
    file.unlink()
    return CommandRun(done.command, rows, done.seconds, done.peak_mib)


def run_command(
    database: Database, rows: int, folder: Path, words: Sequence[str], tenant: str = ""
) -> CommandRun:
    """Run `pims` with these words. Raises BenchError when it fails."""
    url = database.url.render_as_string(hide_password=False)
    log = folder / "command.log"
    named = ["--tenant", tenant] if tenant else []
    command = [sys.executable, "-m", "pims_api", "--database", url, *named, *words]
    started = time.perf_counter()
    done = subprocess.run(  # noqa: S603 (our own words)
        [sys.executable, "-c", _WATCHED, str(log), *command],
        env=_environment(),
        stdout=subprocess.PIPE,
        check=False,
    )
    seconds = time.perf_counter() - started
    if done.returncode != 0:
        told = log.read_text(errors="replace")[-1000:]
        raise BenchError(f"pims {' '.join(words)} ended with {done.returncode}:\n{told}")
    return CommandRun(words[0], rows, seconds, int(done.stdout) * _BYTES_PER_UNIT / 2**20)


def _write(file: Path, products: Iterator[NewProduct]) -> int:
    rows = 0
    with file.open("wb") as lines:
        for one in products:
            lines.write(orjson.dumps({"sku": one.sku, **one.values}) + b"\n")
            rows += 1
    return rows


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": os.pathsep.join(chain([str(PACKAGES)], _python_path()))}


def _python_path() -> list[str]:
    known = os.environ.get("PYTHONPATH")
    return [known] if known else []
