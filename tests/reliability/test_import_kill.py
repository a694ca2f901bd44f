"""An import that is killed again and again, then finished: as if nothing had happened.

PIMS_TEST_THOROUGH=1 kills more often.
"""

import csv
import json
import os
import random
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from pims_api.cli import main
from pims_api.services.access.visibility import full_access
from pims_api.services.product.plain import plain_history, plain_values
from pims_api.settings import Settings
from pims_api.storage.database import Database
from pims_api.storage.products import products_by_id
from pims_api.storage.snapshot import snapshot
from tests.databases.fresh import ENGINES
from tests.reliability.running_server import check_catalogue

KILLS = 20 if os.environ.get("PIMS_TEST_THOROUGH") == "1" else 3
PRODUCTS = 2_400
PATIENCE_S = 60
LOOK_AGAIN_S = 0.005
MOMENTS = random.Random(20240213)
COLUMNS = ("sku", "title", "price", "color", "tags.0", "tags.1", "categories.0", "variation_of")
ATTRIBUTES = (("price", "number"), ("color", "dropdown"), ("tags", "string", "--collection"))


def parent_of(number):
    """Three generations, each after its children: the last third has no parents."""
    third = PRODUCTS // 3
    return f"S{number + third}" if number < 2 * third else ""


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
        [sys.executable, "-m", "pims_api", "--database", url, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def finish(url, file):
    """Import the file to its end and return the totals."""
    with start(url, file) as process:
        told, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1  # some rows are refused
    return json.loads(told)


def kill_at(url, file, products):
    """Import, and kill it when there are so many products; return how many there were."""
    database = Database(Settings(database_url=url))
    with start(url, file) as process:
        deadline = time.monotonic() + PATIENCE_S
        while count(database) < products and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(LOOK_AGAIN_S)
        time.sleep(MOMENTS.random() * 0.05)  # somewhere within a step
        process.kill()
    left = count(database)
    database.close()
    return left


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
    with fresh_database(engine) as killed, fresh_database(engine) as undisturbed:
        prepare(killed)
        prepare(undisturbed)
        left = [
            kill_at(killed, file, products)
            for products in sorted(MOMENTS.randrange(PRODUCTS) for _ in range(KILLS))
        ]
        again = finish(killed, file)
        once = finish(undisturbed, file)

        assert any(0 < products < PRODUCTS for products in left)
        assert again["rejected"] == once["rejected"] > 0
        assert again["created"] + again["unchanged"] == once["created"]
        assert catalogue(killed) == catalogue(undisturbed)
        check_catalogue(killed)
