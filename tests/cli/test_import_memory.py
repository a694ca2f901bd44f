"""Memory does not grow with the file: neither while it is imported nor in a trial."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pims_api.cli import main

SMALL, LARGE = 4_500, 10_500  # rows of 4 kB: one fills the caches, the other has 24 MB more
GROWTH_MAX = 12 * 1024  # kB
CELL = "steel rod " * 400
STATUS = Path("/proc/self/status")
PROGRAM = f"""
import atexit, sys
from pims_api.cli import main
atexit.register(lambda: sys.stderr.write(open("{STATUS}").read()))
main()
"""

pytestmark = pytest.mark.skipif(not STATUS.exists(), reason="Only Linux tells a process's memory")


@pytest.fixture
def url(sqlite_url):
    assert CliRunner().invoke(main, ["--database", sqlite_url, "init"]).exit_code == 0
    return sqlite_url


@pytest.fixture
def file(tmp_path):
    def write(rows):
        path = tmp_path / f"{rows}.csv"
        with path.open("w", encoding="utf-8") as stream:
            stream.write("sku,title,variation_of,note\n")
            # Every second row waits for a parent that is not in the file.
            stream.writelines(
                f"S{number},Rod,{'NONE' if number % 2 else ''},{CELL}\n" for number in range(rows)
            )
        return str(path)

    return write


def peak_kb(url, *words):
    """The most memory that a process of `pims import` had."""
    command = [sys.executable, "-c", PROGRAM, "--database", url, "import", *words]
    command += ["--json", "--create-missing", "attributes"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1  # the rows without a parent are refused
    return int(re.search(r"VmHWM:\s+(\d+) kB", done.stderr)[1])


@pytest.mark.parametrize("options", [("--dry-run",), ()], ids=["trial", "import"])
def test_memory_does_not_grow_with_the_file(url, file, tmp_path, options):
    errors = ("--errors", str(tmp_path / "errors.csv"))
    small = peak_kb(url, file(SMALL), *options, *errors)
    large = peak_kb(url, file(LARGE), *options, *errors)
    assert large - small < GROWTH_MAX
