"""What every test may use. The databases are in tests/databases/fresh.py."""

import os
import sys
from itertools import chain, islice
from pathlib import Path

import pytest
from hypothesis import settings

from pims_api.garbage import keep_for_good

pytest_plugins = [
    "tests.environment",
    "tests.databases.fresh",
    "tests.databases.filled",
    "tests.waiting",
]

# Tests start hundreds of processes: they read what the first has compiled, whatever the shell says.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# A slow machine is no failure; and CI tries the same examples each time, so it never surprises.
settings.register_profile("pims", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("pims")

# Rooms whose files take up to a minute, much of it spent waiting for processes they started.
LONG = {Path(__file__).parent / name for name in ("catalogues", "benchmarks", "reliability")}
SHORT_BETWEEN = 6  # files that all come between two long ones; the others follow


@pytest.hookimpl(optionalhook=True)  # xdist asks
def pytest_xdist_auto_num_workers() -> int:
    """Return one process more than there are cores, for tests wait for what they started."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put short files between the long ones, so that cores are busy while a long one waits.

    None of the long ones is left at the end, when other processes have nothing to do any more.
    Tests of one file stay together and in their order.
    """
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    long = [tests for path, tests in files.items() if _is_long(path)]
    short = iter([tests for path, tests in files.items() if not _is_long(path)])
    mixed = [part for one in long for part in (one, *islice(short, SHORT_BETWEEN))]
    items[:] = chain.from_iterable([*mixed, *short])


def _is_long(path: Path) -> bool:
    return path.name.startswith("test_") and not LONG.isdisjoint(path.parents)


def pytest_collection_finish() -> None:
    """Have the garbage collector pass over ten thousand tests, which stay to the end."""
    keep_for_good()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="Record the replies of tests/golden anew."
    )
