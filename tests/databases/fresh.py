"""Empty databases for tests, at the price of a file copy (SQLite) or a TRUNCATE (PostgreSQL).

Fixtures: `database_url` (a test that takes it runs on both engines), `sqlite_url` and
`postgres_url` (for what only one of them has), `fresh_database` (several in one test, or one for
a whole module), `bare_database_url` (both engines, without our tables).
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from pims_api.storage.migrations.upgrade import upgrade
from tests.databases.cluster import Cluster, NoPrograms, running_cluster
from tests.databases.pool import PostgresPool

ENGINES = ("sqlite", "postgres")
REQUIRED = "PIMS_TEST_POSTGRES"  # `required`: without PostgreSQL the tests fail, not skip

FreshDatabase = Callable[[str], AbstractContextManager[str]]


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """A PostgreSQL server, started by the first test that needs it."""
    try:
        with running_cluster() as cluster:
            yield cluster
    except NoPrograms as missing:
        if os.environ.get(REQUIRED) == "required":
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def postgres_pool(postgres_cluster: Cluster) -> Iterator[PostgresPool]:
    """The databases of that server that tests hand on to each other."""
    with closing(PostgresPool(postgres_cluster, upgrade)) as pool:
        yield pool


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with our tables and no tenant, to be copied."""
    path = tmp_path_factory.mktemp("template") / "pims.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def fresh_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> FreshDatabase:
    """`with fresh_database("sqlite") as url:` an upgraded, empty database while the block lasts."""

    @contextmanager
    def fresh(engine: str) -> Iterator[str]:
        if engine == "postgres":
            with request.getfixturevalue("postgres_pool").lend() as url:
                yield url
        else:
            path = tmp_path_factory.mktemp("database") / "pims.db"
            shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
            yield f"sqlite:///{path}"

    return fresh


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, fresh_database: FreshDatabase) -> Iterator[str]:
    """The URL of an upgraded, empty database: the test runs once on each engine."""
    with fresh_database(request.param) as url:
        yield url


@pytest.fixture
def sqlite_url(fresh_database: FreshDatabase) -> Iterator[str]:
    """The URL of an upgraded, empty SQLite database."""
    with fresh_database("sqlite") as url:
        yield url


@pytest.fixture
def postgres_url(fresh_database: FreshDatabase) -> Iterator[str]:
    """The URL of an upgraded, empty PostgreSQL database."""
    with fresh_database("postgres") as url:
        yield url


@pytest.fixture(params=ENGINES)
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without our tables, on each engine; a SQLite file is not there yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
        return
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    cluster.administer("CREATE DATABASE {} TEMPLATE template0", "bare")
    try:
        yield cluster.url("bare")
    finally:
        cluster.administer("DROP DATABASE {} WITH (FORCE)", "bare")
