"""A trial import that is killed leaves a copy of the database; the next trial removes it."""

import json
import subprocess
import sys
from functools import partial

import pytest
from click.testing import CliRunner

from pims_api.cli import main
from pims_api.jobs.imports.product_import import import_products
from pims_api.settings import Settings
from pims_api.storage.database import Database
from tests.jobs.import_shop import ImportShop, totals

TEXT = "sku,title\nA,Rod\nB,Nut\n"
PROGRAM = """
import sys
from pims_api.cli import main
from pims_api.cli.files import import_report

def wait(self, step):
    print("here", flush=True)
    sys.stdin.read()

import_report.ImportReport.take = wait
main()
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where temporary files are, of this process and of those that it starts."""
    found = tmp_path / "temporary"
    found.mkdir()
    monkeypatch.setenv("TMPDIR", str(found))
    monkeypatch.setattr("tempfile.tempdir", str(found))
    return found


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(TEXT, encoding="utf-8")
    return str(path)


def copies(folder):
    return sorted(folder.glob("pims-copy-*"))


def trial(url, file):
    done = CliRunner().invoke(main, ["--database", url, "import", file, "--dry-run"])
    return json.loads(done.stdout.splitlines()[-1])


def killed_trial(url, file):
    words = [sys.executable, "-c", PROGRAM, "--database", url, "import", file, "--dry-run"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(words, **pipes) as process:
        assert process.stdout.readline() == b"here\n"
        process.kill()


def test_the_copy_of_a_killed_trial_is_removed_by_the_next_one(sqlite_url, folder, file):
    CliRunner().invoke(main, ["--database", sqlite_url, "init"])
    killed_trial(sqlite_url, file)
    [left] = copies(folder)
    assert (left / "copy.db").exists()
    (folder / "pims-copy-of-mine").mkdir()
    assert trial(sqlite_url, file) == totals(created=2)
    assert copies(folder) == [folder / "pims-copy-of-mine"]


def test_the_copy_of_a_trial_that_is_at_work_is_left_alone(sqlite_url, folder, file):
    database = Database(Settings(database_url=sqlite_url))
    shop = ImportShop(database)
    steps = import_products(shop.task([{"sku": "A", "title": "Rod"}], dry_run=True))
    next(steps)
    own = copies(folder)
    invoke = partial(CliRunner().invoke, main)
    done = invoke(["--database", sqlite_url, "--tenant", "acme", "import", file, "--dry-run"])
    assert (done.exit_code, len(own), copies(folder)) == (0, 1, own)
    assert list(steps)[-1].state.totals.created == 1
    database.close()
    assert copies(folder) == []
