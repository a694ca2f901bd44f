"""A tenant, a job of a kind of the tests', and a worker that does it in this process."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest

from pims_api.clock import now_us
from pims_api.domain.access.permission import Permission
from pims_api.domain.job import Job
from pims_api.jobs.kinds import JobKind
from pims_api.jobs.shutdown import Stop
from pims_api.jobs.worker import Worker
from pims_api.services.jobs import add_job
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.jobs.queue import find_job
from pims_api.storage.unit_of_work import unit_of_work
from tests.environment import settings_of
from tests.storage.shop import Shop, new_shop

KIND = "count"


@dataclass
class Site:
    """A tenant and a worker with one kind of job. told: the jobs that the worker left."""

    shop: Shop
    run: Callable = lambda run: {}
    stop: Stop = field(default_factory=Stop)
    told: list[Job] = field(default_factory=list)

    @property
    def database(self) -> Database:
        return self.shop.database

    def ask(self, actor=None, **payload) -> int:
        """Ask for a job; returns its id."""
        actor = actor or Actor("Ada")
        with unit_of_work(self.database, self.shop.tenant_id, actor) as work:
            return add_job(work, KIND, payload).id

    def work(self) -> None:
        """Have a worker do what waits."""
        kinds = {KIND: JobKind(Permission.IMPORT_FILES, self.run)}
        Worker(self.database, self.stop, self.told.append, kinds).work(until_idle=True)

    def job(self, number: int) -> Job:
        with self.database.reading() as connection:
            return find_job(connection, self.shop.tenant_id, number)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(replace(settings_of(database_url), job_lease_s=60.0))
    yield made
    made.close()


@pytest.fixture
def site(database: Database) -> Site:
    return Site(new_shop(database))


@pytest.fixture
def later(monkeypatch) -> Callable[[float], None]:
    """`later(60)`: for workers it is a minute later."""
    passed = [0.0]
    monkeypatch.setattr("pims_api.jobs.worker.now_us", lambda: now_us() + int(passed[0] * 10**6))

    def wait(seconds: float) -> None:
        passed[0] += seconds

    return wait
