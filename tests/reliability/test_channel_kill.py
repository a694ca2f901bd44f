"""Runs of a channel whose worker is killed again and again leave one product for each record."""

import os
import random
import subprocess
import sys
from dataclasses import replace

import pytest

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
from pims_api.storage.unit_of_work import unit_of_work
from tests.connectors.shopify.server import TOKEN, serving
from tests.connectors.shopify.shop import Shop
from tests.databases.fresh import ENGINES

ROUNDS = 6
RECORDS, THEIRS = 14, 8
MOMENTS = random.Random(20261129)
LEASE = {"PIMS_JOB_LEASE_SECONDS": "0.5", "PIMS_JOB_POLL_SECONDS": "0.05"}
PROGRAM = """
import os
from pims_api.cli import main
from pims_api.connectors.shopify import client
from pims_api.jobs.channels.ledger import Ledger

client._BACKOFF_S = 0.01

def told(method):
    def telling(*args, **more):
        os.write(2, b".")
        found = method(*args, **more)
        os.write(2, b".")
        return found
    return telling

client.ShopClient.ask = told(client.ShopClient.ask)
Ledger.keep_in = told(Ledger.keep_in)
main()
"""


@pytest.fixture(params=ENGINES)
def site(request, fresh_keyed_database):
    """A catalogue with a channel to a shop, and the shop."""
    with fresh_keyed_database(request.param) as keyed, serving(Shop()) as server:
        more = {"secret_key": "A" * 43, "shopify_base_url": server.url}
        database = Database(replace(Settings(database_url=keyed.url), **more))
        shown = {"shopUrl": "acme", "apiKey": "shpat_***"}
        with unit_of_work(database, 1, Actor("Ann")) as work:
            kind = next(iter(work.definition.types.values()))
            plan = ChannelPlan("shop", "shopify", shown, type_id=kind.id)
            made = Outlet(1, 0, OutletKind.CHANNEL, "Shop", plan.to_settings(), {"apiKey": TOKEN})
            add_outlet(work, Outlets(database), made)
        yield database, server
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


def ask(database, direction):
    with database.reading() as connection:
        one = Outlets(database).find(connection, 1, 1)
    with unit_of_work(database, 1, Actor("Ann")) as work:
        return one, ask_run(work, one, direction)


def start(database, server):
    more = {"PIMS_SECRET_KEY": "A" * 43, "PIMS_SHOPIFY_BASE_URL": server.url}
    words = ["--database", database.url.render_as_string(hide_password=False), "worker"]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words],
        stderr=subprocess.PIPE,
        env=os.environ | LEASE | more,
    )


def run_of(database, one, run):
    with database.reading() as connection:
        return find_run(connection, one, run.id)


def finish(database, server, one, run):
    """Let a worker close the run, and do what else waits."""
    with start(database, server) as process:
        while not run_of(database, one, run).is_over:
            process.stderr.read(1)
        process.terminate()
        process.stderr.read()
    return run_of(database, one, run)


def kill_amid(database, server, direction):
    """Run, and be killed amid it after so many deeds; return how the run was closed."""
    one, run = ask(database, direction)
    with start(database, server) as process:
        for _ in range(MOMENTS.randrange(5, 60)):
            if not process.stderr.read(1) or run_of(database, one, run).is_over:
                break
        process.kill()
    return finish(database, server, one, run)


def test_each_record_has_one_product_however_often_the_worker_dies(site) -> None:
    database, server = site
    fill(database, server.shop)
    for turn in range(ROUNDS):
        faults = [MOMENTS.choice(["", "", "lost", "429", "503", "throttled"]) for _ in range(30)]
        server.faults.extend(faults)
        closed = kill_amid(database, server, (PUSH, BOTH, PULL)[turn % 3])
        if closed.state is RunState.FAILED and closed.result["errors"]:
            assert closed.result["errors"][-1]["message"] == DIED
        write(database, f"O-{turn}", f"Ours {turn} anew", new=False)
    server.faults.clear()
    one, run = ask(database, BOTH)
    last = finish(database, server, one, run)
    assert (last.state, last.result["failed"]) == (RunState.SUCCESS, 0)
    ours = {f"Ours {n}{' anew' if n < ROUNDS else ''}" for n in range(RECORDS)}
    theirs = {f"Theirs {n}" for n in range(THEIRS)}
    titles = sorted(product.title for product in server.shop.products.values())
    assert titles == sorted(ours | theirs)
    with snapshot(database, 1) as seen:
        found = products_by_id(seen, range(1, seen.last_product_id + 1)).values()
        kept = mappings_of(seen.connection, one)
        runs = runs_of(seen.connection, one, 100)
    assert sorted(product.values[TITLE] for product in found) == titles
    assert {m.external_id for m in kept} == set(server.shop.products)
    assert {m.record_id for m in kept} == {product.id for product in found}
    assert all(each.is_over for each in runs)
    assert "productDelete" not in server.shop.mutations
