"""Measures whole pushes: of records that are new, and again of those that did not change.

    python -m tests.sigma.channels.measure_pushes [--records 10000] [--new 1000] [--url sqlite:///…]

The shop is that of the tests, in a process of its own. What is printed is said in
docs/benchmarks.md.
"""

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from typing import Any

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import TITLE, VARIATION_OF
from pims_api.domain.outlets.outlet import Outlet, OutletKind
from pims_api.services.access import full_access
from pims_api.services.channels.channel import ChannelPlan
from pims_api.services.outlets.outlets import add_outlet, change_outlet
from pims_api.services.products.value_rules import Assignment
from pims_api.services.products.write import ProductWrite, create_product
from pims_api.settings import Settings
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.outlets.outlets import Outlets
from pims_api.storage.unit_of_work import UnitOfWork, unit_of_work
from tests.connectors.shopify.server import TOKEN, Server, serving
from tests.connectors.shopify.shop import Shop

SIZES = ("S", "M", "L", "XL")
AT_ONCE = 500
KEY = "A" * 43


class TimedServer(Server):
    """Notes how long its answers took."""

    busy_s = 0.0

    def execute(self, sent: dict[str, Any]) -> dict[str, Any]:
        begun = time.perf_counter()
        try:
            return super().execute(sent)
        finally:
            self.busy_s += time.perf_counter() - begun + self.answer_s


def serve(pipe: Any, answer_s: float) -> None:
    """Serve a shop; tell what was asked of it since the last time, whenever somebody asks."""
    with serving(Shop(), TimedServer) as server:
        assert isinstance(server, TimedServer)
        server.answer_s, server.bucket.rate = answer_s, 1e9
        pipe.send(server.url)
        while pipe.recv():
            pipe.send((len(server.requests), len(server.shop.mutations), server.busy_s))
            server.requests.clear()
            server.shop.mutations.clear()
            server.busy_s = 0.0


def write(work: UnitOfWork, access: Access, sku: str, **values: str) -> None:
    columns = {column.attribute.name: column for column in access.columns}
    found = [
        Assignment(columns[name], value, "", columns[name].slot) for name, value in values.items()
    ]
    create_product(work, access, ProductWrite(sku, found))


def fill(database: Database, count: int, sizes: tuple[str, ...]) -> None:
    """Make records, each with a variant for each size."""
    for start in range(0, count, AT_ONCE):
        with unit_of_work(database, 1, Actor("Ann")) as work:
            access = full_access(work.definition, work.definition.default_locale)
            for number in range(start, min(count, start + AT_ONCE)):
                write(work, access, f"R-{number}", **{TITLE: f"Record {number}"})
                for size in sizes:
                    above = {VARIATION_OF: f"R-{number}", TITLE: f"Size {size}"}
                    write(work, access, f"R-{number}-{size}", **above)


def add_channel(database: Database, *, has_variants: bool) -> None:
    mapped = [("sku", "handle"), (TITLE, "options[0]"), ("sku", "title")]
    pairs = [{"sourceAttribute": a, "targetField": t, "transform": None} for a, t in mapped]
    shown = {"shopUrl": "acme", "apiKey": "shpat_***"}
    with unit_of_work(database, 1, Actor("Ann")) as work:
        mappings = pairs if has_variants else ()
        plan = ChannelPlan("shop", "shopify", shown, mappings, type_id=None)
        made = Outlet(1, 0, OutletKind.CHANNEL, "Shop", plan.to_settings(), {"apiKey": TOKEN})
        add_outlet(work, Outlets(database), made)


def forget_push(database: Database) -> None:
    """Have the next push look at every record."""
    with database.reading() as connection:
        one = Outlets(database).find(connection, 1, 1)
    assert one is not None
    with unit_of_work(database, 1, Actor("Ann")) as work:
        change_outlet(work, Outlets(database), one, replace(one, state={}, name=f"{one.name}."))


def push(database: Database, url: str, pipe: Any, name: str) -> None:
    """Push, and print what it took."""
    words = ["--database", database.url.render_as_string(hide_password=False)]
    more = {"PIMS_SECRET_KEY": KEY, "PIMS_SHOPIFY_BASE_URL": url}
    begun = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "pims_api", *words, "channel", "push", "shop"],
        env=os.environ | more, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        told = process.stdout.read().decode().splitlines()[-1]
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begun
    pipe.send(True)
    requests, mutations, busy_s = pipe.recv()
    share = f"{100 * busy_s / seconds:.0f} % of it waited for the shop"
    cpu_s = used.ru_utime + used.ru_stime
    sys.stdout.write(
        f"{name}: {seconds:.1f} s, {share}, {cpu_s:.1f} s of CPU, {used.ru_maxrss // 1024} MiB, "
        f"{requests} requests, {mutations} mutations; {told}\n"
    )
    sys.stdout.flush()


def measure(url: str, count: int, sizes: tuple[str, ...], answer_s: float) -> None:
    ours, theirs = multiprocessing.Pipe()
    shop = multiprocessing.Process(target=serve, args=(theirs, answer_s), daemon=True)
    shop.start()
    database = Database(replace(Settings(database_url=url), secret_key=KEY))
    try:
        subprocess.run([sys.executable, "-m", "pims_api", "--database", url, "init"], check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
        fill(database, count, sizes)
        add_channel(database, has_variants=bool(sizes))
        address = ours.recv()
        push(database, address, ours, f"{count} new records of {len(sizes)} variants")
        push(database, address, ours, "again, nothing changed")
        forget_push(database)
        push(database, address, ours, "again, and every record is looked at")
    finally:
        ours.send(False)
        shop.join()
        database.close()


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--records", type=int, default=10_000)
    options.add_argument("--new", type=int, default=1_000)
    options.add_argument("--url", default="")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for count, sizes, answer_s in ((chosen.records, (), 0.0), (chosen.new, SIZES, 0.05)):
            if count:
                url = chosen.url or f"sqlite:///{folder}/{count}-{len(sizes)}.db"
                measure(url, count, sizes, answer_s)


if __name__ == "__main__":
    main()
