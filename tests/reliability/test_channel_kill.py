"""Runs of a channel whose worker is killed again and again leave one product for each record.

PIMS_TEST_THOROUGH=1 kills more often.
"""

import os
import random
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from select import select

import pytest
from sqlalchemy import update

from pims_api.domain.attributes.attribute import TITLE
from pims_api.domain.outlets.outlet import Outlet, OutletKind, RunState
from pims_api.services.access import full_access
from pims_api.services.channels.channel import ChannelPlan
from pims_api.services.channels.runs import BOTH, DIED, PULL, PUSH, ask_run
from pims_api.services.outlets.outlets import add_outlet
from pims_api.services.products.value_rules import Assignment
from pims_api.services.products.write import ProductWrite, create_product, edit_product
from pims_api.settings import Settings
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.outlets.mappings import mappings_of
from pims_api.storage.outlets.outlets import Outlets
from pims_api.storage.outlets.runs import find_run, runs_of
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import snapshot
from pims_api.storage.tables import job
from pims_api.storage.unit_of_work import unit_of_work
from tests.connectors.shopify.server import TOKEN, Server, serving
from tests.connectors.shopify.shop import Shop
from tests.databases.fresh import ENGINES

RUNS = 40 if os.environ.get("PIMS_TEST_THOROUGH") == "1" else 10
RECORDS, THEIRS = 14, 8
LOOK_S, PIPE_BYTES = 0.02, 65_536
PROGRAM = """
import os, signal, sys
from pims_api.cli import main
from pims_api.connectors.shopify import client
from pims_api.cli.server import worker_command
from pims_api.jobs.channels.ledger import Ledger
from views.jobs import kinds, webhooks

client._BACKOFF_S = 0.01
client._pause = lambda answer: 0.01

def told(method):
    def telling(*args, **more):
        os.write(2, b".")
        found = method(*args, **more)
        os.write(2, b".")
        return found
    return telling

client.ShopClient.ask = told(client.ShopClient.ask)
Ledger.keep_in = told(Ledger.keep_in)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _ in sys.stdin.buffer.raw:
    number = os.fork()
    if not number:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        main()
    os.write(1, b"%d\\n" % number)
"""
"""Starts a worker for each line that it is sent, and tells its number; workers tell their deeds."""


@dataclass
class Workers:
    """Workers that are forked from one process, which has read the program already."""

    site: "Site"
    origin: subprocess.Popen
    number: int = 0

    def start(self):
        """Start a worker."""
        self.origin.stdin.write(b"\n")
        self.origin.stdin.flush()
        self.number = int(self.origin.stdout.readline())

    def kill(self):
        """Kill the worker, and let the time pass until nobody holds its lease any more."""
        with suppress(ProcessLookupError):
            os.kill(self.number, signal.SIGKILL)
        self.read_deeds()
        # Also of a job that the worker was about to take: PostgreSQL looks at the row again when it
        # has waited for it, if it was looking for it before.
        unfinished = update(job).where(job.c.finished_at.is_(None))
        with self.site.database.writing() as connection:
            connection.execute(unfinished.values(lease_until=0))
            connection.commit()

    def await_deeds(self, run, count):
        """Wait until so many deeds were told, or until a run is over."""
        while count > 0 and not self.site.find(run).is_over:
            count -= self.read_deeds(count, LOOK_S)

    def read_deeds(self, most=PIPE_BYTES, wait_s=0.0):
        """Return how many deeds were told that nobody knows of yet."""
        pipe = self.origin.stderr
        if not select([pipe], [], [], wait_s)[0]:
            return 0
        return len(os.read(pipe.fileno(), min(most, PIPE_BYTES)))

    def finish(self, run):
        """Wait until a run is over, and return it."""
        self.await_deeds(run, sys.maxsize)
        return self.site.find(run)


@dataclass
class Site:
    """A catalogue with a channel to a shop, and the shop."""

    database: Database
    server: Server

    @property
    def channel(self):
        with self.database.reading() as connection:
            return Outlets(self.database).find(connection, 1, 1)

    def ask(self, direction):
        with unit_of_work(self.database, 1, Actor("Ann")) as work:
            return ask_run(work, self.channel, direction)

    def find(self, run):
        with self.database.reading() as connection:
            return find_run(connection, self.channel, run.id)

    @contextmanager
    def workers(self):
        more = {"PIMS_SECRET_KEY": "A" * 43, "PIMS_SHOPIFY_BASE_URL": self.server.url}
        words = ["--database", self.database.url.render_as_string(hide_password=False), "worker"]
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        environment = os.environ | {"PIMS_JOB_POLL_SECONDS": "0.02"} | more
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *words], env=environment, **pipes
        ) as origin:
            made = Workers(self, origin)
            try:
                yield made
            finally:
                made.kill()
                origin.kill()


@pytest.fixture(params=ENGINES)
def site(request, fresh_keyed_database):
    with fresh_keyed_database(request.param) as keyed, serving(Shop()) as server:
        server.bucket.rate = 1e9
        more = {"secret_key": "A" * 43, "shopify_base_url": server.url}
        database = Database(replace(Settings(database_url=keyed.url), **more))
        shown = {"shopUrl": "acme", "apiKey": "shpat_***"}
        with unit_of_work(database, 1, Actor("Ann")) as work:
            kind = next(iter(work.definition.types.values()))
            plan = ChannelPlan("shop", "shopify", shown, type_id=kind.id)
            made = Outlet(1, 0, OutletKind.CHANNEL, "Shop", plan.to_settings(), {"apiKey": TOKEN})
            add_outlet(work, Outlets(database), made)
        yield Site(database, server)
        database.close()


def write(database, sku, title, *, new):
    with unit_of_work(database, 1, Actor("Ann")) as work:
        access = full_access(work.definition, work.definition.default_locale)
        column = access.of(TITLE)
        wanted = ProductWrite(sku, [Assignment(column, title, "", column.slot)])
        (create_product if new else edit_product)(work, access, wanted)


def add_theirs(shop, number):
    chosen = [{"optionName": "Title", "name": "Default Title"}]
    shop.add(
        title=f"Theirs {number}",
        productOptions=[{"name": "Title", "values": [{"name": "Default Title"}]}],
        variants=[{"optionValues": chosen, "sku": f"T-{number}"}],
    )


def fill(database, shop):
    for number in range(RECORDS):
        write(database, f"O-{number}", f"Ours {number}", new=True)
    for number in range(THEIRS):
        add_theirs(shop, number)


def kill_amid(workers, run, moments):
    """Have a run killed after so many deeds, and closed by another worker; return how."""
    workers.await_deeds(run, moments.randrange(5, 60))
    workers.kill()
    workers.start()
    return workers.finish(run)


def test_each_record_has_one_product_however_often_the_worker_dies(site) -> None:
    moments = random.Random(20261129)
    fill(site.database, site.server.shop)
    with site.workers() as workers:
        workers.start()
        for turn in range(RUNS):
            faults = ["", "", "lost", "429", "503", "throttled"]
            site.server.faults.extend(moments.choice(faults) for _ in range(30))
            closed = kill_amid(workers, site.ask((PUSH, BOTH, PULL)[turn % 3]), moments)
            if closed.state is RunState.FAILED:
                assert closed.result["errors"][-1]["message"].startswith((DIED, "The shop "))
            number = turn % RECORDS
            write(site.database, f"O-{number}", f"Ours {number} anew", new=False)
        site.server.faults.clear()
        last = workers.finish(site.ask(BOTH))
    check(site, last)


def check(site, last):
    """Hold what is on both sides, and what is told of it, to each other."""
    database, server = site.database, site.server
    assert (last.state, last.result["failed"]) == (RunState.SUCCESS, 0)
    titles = sorted(product.title for product in server.shop.products.values())
    # An edit gives way to the shop when a pull ties a product that the killed run had just made.
    assert sorted(one.removesuffix(" anew") for one in titles) == sorted(
        [f"Ours {n}" for n in range(RECORDS)] + [f"Theirs {n}" for n in range(THEIRS)]
    )
    with snapshot(database, 1) as seen:
        found = products_by_id(seen, range(1, seen.last_product_id + 1)).values()
        kept = mappings_of(seen.connection, site.channel)
        runs = runs_of(seen.connection, site.channel, 100)
    assert sorted(product.values[TITLE] for product in found) == titles
    assert {m.external_id for m in kept} == set(server.shop.products)
    assert {m.record_id for m in kept} == {product.id for product in found}
    assert all(each.is_over for each in runs)
    assert "productDelete" not in server.shop.mutations
