"""The temporary PostgreSQL server: found, refused with a way out, never left behind."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.databases import cluster as clusters
from tests.databases.cluster import Cluster, NoPrograms, find_programs

ROOT = Path(__file__).parents[2]

WITHOUT_PROGRAMS = """
from tests.databases import cluster
cluster._folders = lambda: iter(())
pytest_plugins = ["tests.databases.fresh"]
"""
TWO_TESTS = """
def test_asks_for_postgres(postgres_url): pass
def test_asks_for_sqlite(sqlite_url): pass
"""

SERVE = """
import sys
from tests.databases.cluster import running_cluster
with running_cluster() as cluster:
    print(cluster.folder, flush=True)
    sys.stdin.read()
"""


def test_missing_programs_are_told_with_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "_folders", lambda: iter(()))
    with pytest.raises(NoPrograms, match="apt-get install postgresql"):
        find_programs()


def test_a_folder_without_runnable_programs_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    useless, useful = tmp_path / "useless", tmp_path / "useful"
    for folder, mode in [(useless, 0o600), (useful, 0o700)]:
        folder.mkdir()
        for program in ("initdb", "pg_ctl", "postgres"):
            (folder / program).touch()
            (folder / program).chmod(mode)
    monkeypatch.setattr(clusters, "_folders", lambda: iter([useless, useful]))
    assert find_programs() == useful


@pytest.mark.parametrize(
    ("case", "variable", "ending"),
    [
        ("by default", "", "1 passed, 1 skipped"),
        ("where they are required", "required", "1 passed, 1 error"),
    ],
)
def test_without_programs(tmp_path: Path, case: str, variable: str, ending: str) -> None:
    (tmp_path / "conftest.py").write_text(WITHOUT_PROGRAMS)
    (tmp_path / "test_two.py").write_text(TWO_TESTS)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-rsfE", "--rootdir", tmp_path, "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PIMS_TEST_POSTGRES": variable},
        capture_output=True,
        text=True,
    )
    assert ending in ran.stdout, case
    assert "apt-get install postgresql" in ran.stdout


def test_the_role_of_the_tests_is_no_superuser(postgres_cluster: Cluster) -> None:
    with postgres_cluster.connect() as connection:
        found = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        assert found.fetchone() == (False,)


def test_nobody_gets_in_as_superuser_over_the_network(postgres_cluster: Cluster) -> None:
    with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"):
        psycopg.connect(
            host="127.0.0.1", port=postgres_cluster.port, user="postgres", dbname="postgres"
        )


@pytest.mark.parametrize("ended", ["finished", "killed"])
@pytest.mark.usefixtures("postgres_cluster")  # skips where PostgreSQL is absent
def test_leaves_nothing_behind(ended: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SERVE],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        folder = Path(process.stdout.readline().strip())
        port = (folder / "data" / "postmaster.pid").read_text().splitlines()[3]
        if ended == "killed":
            process.kill()
        process.communicate()  # returns when the server's keeper has gone, too
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(host="127.0.0.1", port=port, user="pims", dbname="postgres")
