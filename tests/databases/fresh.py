"""Fresh databases for tests, at the price of a file copy (SQLite) or a TRUNCATE (PostgreSQL).

Fixtures: `database_url` (empty; a test that takes it runs on both engines), `sqlite_url` and
`postgres_url` (for what only one of them has), `fresh_database` (several in one test, or one for
a whole module), `bare_database_url` (both engines, without our tables). `keyed_database` and
`fresh_keyed_database` are the same with the tenant `default` and a key that may do everything.

A test runs once, on SQLite, where it is marked `on_one_engine`: for refusals of what is sent,
which come before the first query that the engines might answer otherwise. What stores, searches,
sorts or counts is not marked. PIMS_TEST_ENGINES=both runs those on both engines as well.
"""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from pims_api.domain.access.permission_group import PERMISSION_GROUPS
from pims_api.services.keys.api_keys import create_key
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.migrations.upgrade import upgrade
from pims_api.storage.tenants import add_tenant
from pims_api.storage.unit_of_work import unit_of_work
from tests.databases.cluster import Cluster, NoPrograms, running_cluster
from tests.databases.pool import PostgresPool
from tests.environment import settings_of

ENGINES = ("sqlite", "postgres")
ONE_ENGINE = ENGINES if os.environ.get("PIMS_TEST_ENGINES") == "both" else ENGINES[:1]
REQUIRED = "PIMS_TEST_POSTGRES"  # `required`: without PostgreSQL the tests fail, not skip

FreshDatabase = Callable[..., AbstractContextManager[str]]

on_one_engine = pytest.mark.parametrize("keyed_database", ONE_ENGINE, indirect=True)


@dataclass(frozen=True)
class KeyedDatabase:
    """A database with the tenant `default`, whose id is 1, and a key that may do everything."""

    url: str
    key: str


FreshKeyedDatabase = Callable[[str], AbstractContextManager[KeyedDatabase]]


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
    with closing(PostgresPool(postgres_cluster, upgrade, "empty")) as pool:
        yield pool


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with our tables and no tenant, to be copied."""
    path = tmp_path_factory.mktemp("template") / "pims.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def copied_file(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], str]:
    """`copied_file(template)`: the URL of a copy."""
    folder, numbers = tmp_path_factory.mktemp("databases"), itertools.count(1)

    def copy(template: Path) -> str:
        path = folder / str(next(numbers)) / "pims.db"
        path.parent.mkdir()
        shutil.copyfile(template, path)
        return f"sqlite:///{path}"

    return copy


@pytest.fixture(scope="session")
def fresh_database(
    request: pytest.FixtureRequest, copied_file: Callable[[Path], str]
) -> FreshDatabase:
    """`with fresh_database("sqlite") as url:` an upgraded, empty database while the block lasts.

    For thousands of products ask for an `unused` one.
    """

    @contextmanager
    def fresh(engine: str, *, unused: bool = False) -> Iterator[str]:
        if engine == "postgres":
            with request.getfixturevalue("postgres_pool").lend(unused=unused) as url:
                yield url
        else:
            yield copied_file(request.getfixturevalue("sqlite_template"))

    return fresh


@pytest.fixture(scope="session")
def keyed_sqlite_template(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    """An SQLite file with a tenant and a key, to be copied, and the key."""
    path = tmp_path_factory.mktemp("template") / "pims.db"
    shutil.copyfile(sqlite_template, path)
    return path, add_tenant_and_key(f"sqlite:///{path}")


@pytest.fixture(scope="session")
def keyed_postgres_pool(postgres_cluster: Cluster) -> Iterator[tuple[PostgresPool, str]]:
    """Databases with a tenant and a key, that tests hand on to each other, and the key."""
    keys: list[str] = []

    def prepare(url: str) -> None:
        upgrade(url)
        keys.append(add_tenant_and_key(url))

    with closing(PostgresPool(postgres_cluster, prepare, "keyed")) as pool:
        yield pool, keys[0]


@pytest.fixture(scope="session")
def fresh_keyed_database(
    request: pytest.FixtureRequest, copied_file: Callable[[Path], str]
) -> FreshKeyedDatabase:
    """`with fresh_keyed_database("sqlite") as keyed:` as `fresh_database`, with tenant and key."""

    @contextmanager
    def fresh(engine: str) -> Iterator[KeyedDatabase]:
        if engine == "postgres":
            pool, key = request.getfixturevalue("keyed_postgres_pool")
            with pool.lend() as url:
                yield KeyedDatabase(url, key)
        else:
            template, key = request.getfixturevalue("keyed_sqlite_template")
            yield KeyedDatabase(copied_file(template), key)

    return fresh


def add_tenant_and_key(url: str) -> str:
    """Give an empty database the tenant `default` and a key that may do everything; its text."""
    with closing(Database(settings_of(url))) as database:
        tenant_id = add_tenant(database, "default")
        with unit_of_work(database, tenant_id, Actor("tests")) as work:
            text, _ = create_key(work, None, "a test's key", PERMISSION_GROUPS)
    return text


@pytest.fixture(params=ENGINES)
def keyed_database(
    request: pytest.FixtureRequest, fresh_keyed_database: FreshKeyedDatabase
) -> Iterator[KeyedDatabase]:
    """A database with a tenant and a key: the test runs once on each engine."""
    with fresh_keyed_database(request.param) as keyed:
        yield keyed


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
