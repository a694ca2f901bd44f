"""The conversion of a large catalogue, killed again and again: all values are old, or all new.

PIMS_TEST_THOROUGH=1 kills more often.
"""

import os
import random
import subprocess
import sys
from functools import partial
from itertools import pairwise

import pytest
from click.testing import CliRunner

from pims_api.cli import main
from pims_api.jobs.conversion_job import CONVERSION_KIND, ConversionTerms
from pims_api.services.jobs import add_job, find_job
from pims_api.settings import Settings
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.products.documents import document_blocks
from pims_api.storage.snapshot import snapshot
from pims_api.storage.unit_of_work import unit_of_work
from tests.databases.fresh import ENGINES
from tests.reliability.running_server import check_catalogue

KILLS = 20 if os.environ.get("PIMS_TEST_THOROUGH") == "1" else 4
PRODUCTS = 1_500
PATIENCE_S = 60
PROGRAM = """
import os, sys
from pims_api.jobs import conversion_job
from pims_api.jobs.worker import run_pending_jobs
from pims_api.settings import Settings
from pims_api.storage.database import Database
from pims_api.storage.unit_of_work import UnitOfWork

def told(method):
    def telling(*args, **named):
        os.write(2, b".")
        return method(*args, **named)
    return telling

telling = conversion_job._Telling
telling.__call__ = told(telling.__call__)  # of each block of products
for name in ("flush", "finish"):
    setattr(UnitOfWork, name, told(getattr(UnitOfWork, name)))
run_pending_jobs(Database(Settings(database_url=sys.argv[1])))
"""
MOMENTS = random.Random(20240214)


def prepare(url, folder):
    """Store products whose flag is a text; return the job that is to make flags of them."""
    file = folder / "products.csv"
    rows = "".join(f"S{n},Rod,{('true', 'false')[n % 2]}\n" for n in range(PRODUCTS))
    file.write_text(f"sku,title,new\n{rows}", encoding="utf-8")
    flag = ("attribute", "add", "new", "--type", "string", "--label", "New", "--filterable")
    for words in (["init"], flag, ["import", str(file)]):
        assert CliRunner().invoke(main, ["--database", url, *words]).exit_code == 0
    database = Database(Settings(database_url=url))
    with unit_of_work(database, 1, Actor("tests")) as work:
        job = add_job(
            work, CONVERSION_KIND, ConversionTerms("new", {"type": "boolean"}).to_payload()
        )
    database.close()
    return job


def start(url):
    return subprocess.Popen([sys.executable, "-c", PROGRAM, url], stderr=subprocess.PIPE)


def kill_after(url, job, dots):
    """Have the job done, kill the worker after so many dots, and free the job of it."""
    with start(url) as process:
        process.stderr.read(dots)
        process.kill()
    database = Database(Settings(database_url=url))
    with database.writing() as connection:  # as if the lease had run out, and was the first one
        connection.exec_driver_sql(
            "UPDATE job SET lease_until = 1, attempts = 1 WHERE finished_at IS NULL"
        )
        connection.commit()
    database.close()
    return state_of(url, job)


def state_of(url, job):
    """Return the type of the attribute, the types of its values, and the state of the job."""
    database = Database(Settings(database_url=url))
    with snapshot(database, 1) as seen:
        found = find_job(seen, None, job.id)
        documents = [one for block in document_blocks(seen) for one in block.documents.values()]
        kinds = {type(one["new"]).__name__ for one in documents}
        state = seen.definition.by_name["new"].type.value, kinds, found.state.value
    database.close()
    return state


def finish(url):
    """Have the job done; return how many dots that takes."""
    with start(url) as process:
        _, dots = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    return len(dots)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_killed_conversion_leaves_all_or_nothing_and_is_done_in_the_end(
    fresh_database, engine, tmp_path
):
    fresh = partial(fresh_database, engine, unused=True)
    with fresh() as undisturbed:
        prepare(undisturbed, tmp_path)
        needed = finish(undisturbed)
    with fresh() as killed:
        job = prepare(killed, tmp_path)
        ends = [needed * number // KILLS for number in range(KILLS + 1)]
        left = [kill_after(killed, job, MOMENTS.randrange(*one)) for one in pairwise(ends)]
        finish(killed)

        old, new = ("string", {"str"}), ("boolean", {"bool"})
        assert all(one[:2] in (old, new) for one in left)
        assert any(one[:2] == old for one in left)
        assert state_of(killed, job) == (*new, "done")
        check_catalogue(killed)
