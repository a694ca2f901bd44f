"""A revert that is killed again and again, then finished: as if nothing had happened.

PIMS_TEST_THOROUGH=1 kills more often.
"""

import os
import random
import subprocess
import sys
from itertools import pairwise

import pytest
from sqlalchemy import text

from pims_api.settings import Settings
from pims_api.storage.database import Database
from pims_api.storage.history.changes import product_history
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import snapshot
from tests.databases.fresh import ENGINES
from tests.pims.conftest import opened_app, talk
from tests.pims.file_client import FileClient
from tests.reliability.running_server import check_catalogue

KILLS = 20 if os.environ.get("PIMS_TEST_THOROUGH") == "1" else 3
PRODUCTS = 1_050
PATIENCE_S = 60
PROGRAM = """
import os
from pims_api.cli import main
from pims_api.jobs.reverts import job
from pims_api.storage.unit_of_work import UnitOfWork

def told(method):
    def telling(*args):
        os.write(1, b".")
        return method(*args)
    return telling

job.STEP_PRODUCTS = 50
for name in ("step", "flush", "finish"):  # of each product, of each transaction twice
    setattr(UnitOfWork, name, told(getattr(UnitOfWork, name)))
main()
"""
MOMENTS = random.Random(20240213)


def rows(price):
    return (
        "sku,title,price\n" + "".join(f"S{n},Rod {n},{price}\n" for n in range(PRODUCTS))
    ).encode()


def start(url):
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "--database", url, "worker", "--until-idle"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def asked_for(keyed):
    """Import prices and change them, and ask for a revert of the change; return its job."""
    with opened_app(keyed.url) as app:
        client = app.test_client()
        pims, files = talk(client, keyed.key), FileClient(app, client, keyed.key)
        definition = {"type": "number", "label": {"en-us": "Price"}}
        pims("addAttribute", path="/pim/manage/attributes", name="price", definition=definition)
        files.import_file(rows("1"))
        changed = files.import_file(rows("2"))["id"]
        return pims("revert", job=changed, status=200)["job"]["id"]


def finish(url):
    """Do the job to its end; return how many dots that took."""
    with start(url) as process:
        dots, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    return len(dots)


def kill_after(url, dots):
    """Do the job and kill the worker after so many dots; another may have it at once."""
    with start(url) as process:
        process.stdout.read(dots)
        process.kill()
    database = Database(Settings(database_url=url))
    with database.writing() as connection:
        connection.execute(
            text("UPDATE job SET lease_until = 0, attempts = 0 WHERE state = 'running'")
        )
        done = connection.scalar(text("SELECT progress FROM job ORDER BY id DESC LIMIT 1"))
        connection.commit()
    database.close()
    return done


def moments(dots):
    """How many dots to wait for each time: sooner at first, later at last."""
    ends = [dots * number // KILLS for number in range(KILLS + 1)]
    return [MOMENTS.randrange(*stretch) for stretch in pairwise(ends)]


def left(url):
    """Price, version and number of entries of every product; totals of the job."""
    database = Database(Settings(database_url=url))
    with snapshot(database, 1) as seen:
        found = products_by_id(seen, range(1, seen.last_product_id + 1))
        told = {
            one.sku: (one.values["price"], one.version, len(product_history(seen, one.id)))
            for one in found.values()
        }
        job = seen.connection.execute(
            text("SELECT state, progress FROM job ORDER BY id DESC LIMIT 1")
        ).one()
    database.close()
    return told, job.state, job.progress


@pytest.mark.parametrize("engine", ENGINES)
def test_a_killed_revert_ends_like_one_that_was_left_alone(fresh_keyed_database, engine):
    with fresh_keyed_database(engine) as killed:
        asked_for(killed)
        needed = 2 * PRODUCTS  # at least: each product is written, and looked at again
        stages = [kill_after(killed.url, dots) for dots in moments(needed // 2)]
        assert len(set(stages)) > 1  # it was killed at different steps
        finish(killed.url)
        told, state, progress = left(killed.url)
    assert state == "done"
    assert f'"reverted":{PRODUCTS}' in progress
    assert set(told.values()) == {("1", 3, 3)}
    assert len(told) == PRODUCTS


def test_what_a_killed_revert_leaves_fits(fresh_keyed_database):
    with fresh_keyed_database("sqlite") as killed:
        asked_for(killed)
        kill_after(killed.url, PRODUCTS // 2)
        check_catalogue(killed.url)
        finish(killed.url)
        check_catalogue(killed.url)
