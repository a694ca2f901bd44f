"""An import that is killed again and again, then finished: as if nothing had happened.

PIMS_TEST_THOROUGH=1 kills more often.
"""

import csv
import json
import os
import random
import subprocess
import sys
from functools import partial
from itertools import pairwise

import pytest
from click.testing import CliRunner

from pims_api.cli import main
from pims_api.services.access import full_access
from pims_api.services.products.projection import plain_history, plain_values
from pims_api.settings import Settings
from pims_api.storage.database import Database
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import snapshot
from tests.databases.fresh import ENGINES
from tests.reliability.running_server import check_catalogue

KILLS = 20 if os.environ.get("PIMS_TEST_THOROUGH") == "1" else 3
PRODUCTS = 2_400
PATIENCE_S = 60
PROGRAM = """
import os
from pims_api.cli import main
from pims_api.storage.unit_of_work import UnitOfWork

def told(method):
    def telling(*args):
        os.write(2, b".")
        return method(*args)
    return telling

for name in ("step", "flush", "finish"):  # of each row, of each transaction twice
    setattr(UnitOfWork, name, told(getattr(UnitOfWork, name)))
main()
"""
MOMENTS = random.Random(20240213)
COLUMNS = (
    "sku", "title", "price", "color", "tags.0", "tags.1", "categories.0", "variation_of", "fits",
)  # fmt: skip
ATTRIBUTES = (
    ("price", "number"),
    ("color", "dropdown"),
    ("tags", "string", "--collection"),
    ("fits", "relation"),
)


def parent_of(number):
    """Three generations, each after its children: the last third has no parents."""
    third = PRODUCTS // 3
    return f"S{number + third}" if number < 2 * third else ""


def partner_of(number):
    """One in five goes with its neighbour, which goes with it."""
    return {2: f"S{number + 1}", 3: f"S{number - 1}"}.get(number % 10, "")


def row(number):
    price = "x" if number % 100 == 7 else f"{number}.50"  # one in a hundred is refused
    place = f"Rods > {number % 13}"
    color = ("red", "blue", "green")[number % 3]
    return [
        f"S{number}",
        f"Rod {number}",
        price,
        color,
        "a",
        f"b{number % 5}",
        place,
        parent_of(number),
        partner_of(number),
    ]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("import") / "products.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([COLUMNS, *map(row, range(PRODUCTS))])
    return path


def prepare(url):
    """Define what the file needs, and have one product of it that is out of date."""
    for words in [["init"], *(["attribute", "add", name, "--type", kind, "--label", name, *more]
                              for name, kind, *more in ATTRIBUTES)]:  # fmt: skip
        assert CliRunner().invoke(main, ["--database", url, *words]).exit_code == 0


def start(url, file):
    words = ["import", str(file), "--json", "--create-missing", "categories,dictionary"]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "--database", url, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finish(url, file):
    """Import the file to its end; return the totals and how many dots it took."""
    with start(url, file) as process:
        told, dots = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1  # some rows are refused
    return json.loads(told), len(dots)


def kill_after(url, file, dots):
    """Import, and kill it amid its work after so many dots; return how many products it left."""
    with start(url, file) as process:
        process.stderr.read(dots)
        process.kill()
    database = Database(Settings(database_url=url))
    left = count(database)
    database.close()
    return left


def moments(dots):
    """How many dots to wait for each time: sooner at first, later at last."""
    ends = [dots * number // KILLS for number in range(KILLS + 1)]
    return [MOMENTS.randrange(*stretch) for stretch in pairwise(ends)]


def count(database):
    with snapshot(database, 1) as seen:
        return seen.last_product_id


def catalogue(url):
    """Values and history of every product, by SKU."""
    database = Database(Settings(database_url=url))
    found = {}
    with snapshot(database, 1) as seen:
        access = full_access(seen.definition, seen.definition.default_locale)
        for one in products_by_id(seen, range(1, seen.last_product_id + 1)).values():
            entries = plain_history(seen, access, one)
            history = [(entry["old"], entry["new"]) for entry in entries]
            found[one.sku] = (plain_values(seen, access, one), history)
    database.close()
    return found


@pytest.mark.parametrize("engine", ENGINES)
def test_a_killed_import_ends_like_one_that_was_left_alone(fresh_database, engine, file):
    fresh = partial(fresh_database, engine, unused=True)
    with fresh() as killed, fresh() as undisturbed:
        prepare(killed)
        prepare(undisturbed)
        once, needed = finish(undisturbed, file)
        left = [kill_after(killed, file, dots) for dots in moments(needed)]
        again, _ = finish(killed, file)

        assert any(0 < products < once["created"] for products in left)
        assert again["rejected"] == once["rejected"] > 0
        assert again["created"] + again["unchanged"] == once["created"]
        assert catalogue(killed) == catalogue(undisturbed)
        check_catalogue(killed)
