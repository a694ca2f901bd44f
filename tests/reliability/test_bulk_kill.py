"""A bulk job whose worker is killed again and again applies each entry once."""

import os
import random
import subprocess
import sys

import orjson
import pytest

from pims_api.domain.job import ATTEMPTS_MAX, INPUT, JobState
from pims_api.services.jobs import add_job
from pims_api.settings import Settings
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.jobs.files import add_part, file_of
from pims_api.storage.jobs.queue import find_job
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import snapshot
from pims_api.storage.unit_of_work import unit_of_work
from tests.databases.fresh import ENGINES
from tests.reliability.running_server import check_catalogue

KILLS = ATTEMPTS_MAX - 1
ENTRIES = 1_400
LEASE = {"PIMS_JOB_LEASE_SECONDS": "0.5", "PIMS_JOB_POLL_SECONDS": "0.05"}
MOMENTS = random.Random(20240214)
PROGRAM = """
import os
from pims_api.cli import main
from pims_api.storage.unit_of_work import UnitOfWork

def told(method):
    def telling(*args):
        os.write(2, b".")
        return method(*args)
    return telling

for name in ("step", "flush", "finish"):
    setattr(UnitOfWork, name, told(getattr(UnitOfWork, name)))
main()
"""


def entry(number):
    """Every third entry names the product of the one before it, one in a hundred is refused."""
    if number % 100 == 7:
        return {"sku": "REFUSED"}
    sku = f"S{number - (number % 3 == 2)}"
    return {
        "title": f"Rod {number}",
        "sku": sku,
        "price": f"{number}.50",
        "brand": f"B{number % 7}",
    }


@pytest.fixture(params=ENGINES)
def site(request, fresh_keyed_database):
    with fresh_keyed_database(request.param) as keyed:
        database = Database(Settings(database_url=keyed.url))
        yield database
        database.close()


def ask(database):
    """Queue the job; its number."""
    text = orjson.dumps([entry(number) for number in range(ENTRIES)])
    with unit_of_work(database, 1, Actor("Ann")) as work:
        job = add_job(work, "bulk_import", {})
        add_part(work.connection, file_of(job, INPUT), text)
    return job.id


def start(database):
    words = ["--database", database.url.render_as_string(hide_password=False), "worker"]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words],
        stderr=subprocess.PIPE,
        env=os.environ | LEASE,
    )


def kill_after(database, dots):
    """Work, and be killed amid it after so many dots."""
    with start(database) as process:
        for _ in range(dots):
            if not process.stderr.read(1):
                break
        process.kill()


def job_of(database, number):
    with database.reading() as connection:
        return find_job(connection, 1, number)


def test_each_entry_is_applied_once_however_often_the_worker_dies(site) -> None:
    number = ask(site)
    for _ in range(KILLS):
        kill_after(site, MOMENTS.randrange(50, ENTRIES // ATTEMPTS_MAX))
        assert job_of(site, number).state is JobState.RUNNING
    with start(site) as process:
        while not job_of(site, number).is_over:
            process.stderr.read(1)
        process.terminate()
        process.stderr.read()
    job = job_of(site, number)
    refused = [n for n in range(ENTRIES) if n % 100 == 7]
    assert (job.state, job.progress["done"]) == (JobState.DONE, ENTRIES)
    assert [one["row"] for one in job.progress["rows"]] == refused
    expected: dict[str, list[int]] = {}
    for n in range(ENTRIES):
        if n not in refused:
            expected.setdefault(entry(n)["sku"], []).append(n)
    with snapshot(site, 1) as seen:
        found = products_by_id(seen, range(1, seen.last_product_id + 1)).values()
    assert {one.sku: one.values["title"] for one in found} == {
        sku: f"Rod {numbers[-1]}" for sku, numbers in expected.items()
    }
    assert {one.sku: one.created_by for one in found} == dict.fromkeys(expected, "Ann")
    check_catalogue(site.url.render_as_string(hide_password=False))
