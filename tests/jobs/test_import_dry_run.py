"""A trial says what the import will do, and leaves nothing."""

from dataclasses import replace
from itertools import count
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from pims_api.errors import BadInput, PimsError
from pims_api.jobs.imports import product_import
from pims_api.jobs.imports.product_import import import_products
from pims_api.services.attributes.requests import AttributeWrite
from pims_api.services.attributes.write import add_attributes
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.tables import change, document, product, tenant
from pims_api.storage.unit_of_work import unit_of_work
from tests.jobs.import_shop import Imported, ImportShop, totals

NAMES = count()
COLUMNS = [
    "sku", "title", "price", "variation_of", "color", "ean", "tags.0", "tags.1", "categories.0",
    "finish", "fits",
]  # fmt: skip
MISSING = frozenset({"attributes", "categories", "dictionary"})

skus = st.sampled_from(["A", "B", "C", "D", " E "])
ROWS = st.fixed_dictionaries(
    {"sku": st.one_of(skus, st.just(""))},
    optional={
        "title": st.sampled_from(["", "Rod", "Nut"]),
        "price": st.sampled_from(["", "1", "2.0", "1,5", "x"]),
        "variation_of": st.sampled_from(["", "A", "B", "C", "NOBODY"]),
        "color": st.sampled_from(["", "red", "blue"]),
        "ean": st.sampled_from(["", "1", "2"]),
        "tags.0": st.sampled_from(["", "x"]),
        "tags.1": st.sampled_from(["", "y"]),
        "categories.0": st.sampled_from(["", "Rods", "Rods > Steel"]),
        "finish": st.sampled_from(["", "matt"]),
        "fits": st.sampled_from(["", "A", "D"]),
    },
)
FILES = st.lists(ROWS, max_size=9)
CHOICES = st.fixed_dictionaries(
    {"empty_unsets": st.booleans()},
    optional={"missing": st.sets(st.sampled_from(["categories", "dictionary"])).map(frozenset)},
)


def everything_stored(database):
    with database.reading() as connection:
        found = (
            connection.execute(select(one)).all() for one in (product, document, change, tenant)
        )
        return [sorted(map(repr, rows)) for rows in found]


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(before=FILES, rows=FILES, choices=CHOICES)
def test_a_trial_tells_what_the_import_does(database, monkeypatch, before, rows, choices):
    monkeypatch.setattr(product_import, "STEP_ROWS", 3)
    shop = ImportShop(database, f"tenant-{next(NAMES)}")
    shop.load(*before, columns=COLUMNS[:-2], missing=MISSING)
    choices["missing"] = choices.get("missing", frozenset()) | {"attributes"}

    stored = everything_stored(database)
    trial = shop.load(*rows, columns=COLUMNS, dry_run=True, **choices)
    assert everything_stored(database) == stored
    assert shop.load(*rows, columns=COLUMNS, **choices) == trial


def test_a_trial_tells_differences_old_and_new(database):
    shop = ImportShop(database)
    shop.load({"sku": "A", "title": "Rod", "price": "1", "tags.0": "x"})
    rows = [{"sku": "A", "price": "2", "tags.0": "y"}, {"sku": "B", "title": "Nut"}]
    done = shop.load(*rows, dry_run=True)
    changed, new = done.differences
    assert (changed.line, changed.sku, changed.status) == (2, "A", "updated")
    assert (changed.old, changed.new) == (
        {"price": "1", "tags": ["x"]},
        {"price": "2", "tags": ["y"]},
    )
    assert (new.line, new.sku, new.status) == (3, "B", "created")
    assert (new.old, new.new) == ({}, {"title": "Nut"})
    assert done.totals == totals(created=1, updated=1)
    assert shop.values("B") is None


def test_of_a_new_product_the_first_values_are_told_long_ones_cut(database):
    shop = ImportShop(database)
    row = {"sku": "A", "title": "x" * 300, "price": "1.50", "tags.0": "y" * 201, "tags.1": "z"}
    [new] = shop.load(row, dry_run=True).differences
    assert new.new == {
        "title": "x" * 200 + "…",
        "price": "1.50",
        "tags": ["y" * 200 + "…", "z"],
    }


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_trial_lets_go_of_what_it_has_seen(database, monkeypatch, dry_run):
    monkeypatch.setattr(product_import, "STEP_ROWS", 2)
    shop = ImportShop(database)
    rows = [{"sku": "A", "title": f"Rod {number}"} for number in range(5)]
    assert shop.load(*rows, dry_run=dry_run).totals == totals(created=1, updated=4, warnings=4)


@pytest.fixture
def sqlite_shop(database, monkeypatch, tmp_path):
    """A shop in SQLite where each step takes one row; temporary files go to a folder of its own."""
    if not database.is_sqlite:
        pytest.skip("On PostgreSQL a trial is one transaction")
    monkeypatch.setattr(product_import, "STEP_ROWS", 1)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return ImportShop(database)


def folders(tmp_path):
    return list(tmp_path.glob("pims-copy-*"))


def test_others_write_between_two_steps_of_a_trial(sqlite_shop, tmp_path):
    rows = [{"sku": "A", "title": "Rod"}, {"sku": "B", "title": "Nut"}]
    other = Database(replace(sqlite_shop.database.settings, lock_wait_s=0.1))
    done = Imported()
    for number, step in enumerate(import_products(sqlite_shop.task(rows, dry_run=True))):
        done.take(step)
        assert len(folders(tmp_path)) == 1
        with unit_of_work(other, sqlite_shop.tenant_id, Actor("Eve")) as work:
            change = AttributeWrite(f"other{number}", {}, labels={"en-us": "Other"})
            add_attributes(work, [change], 0)
    other.close()
    assert (number, done.totals) == (2, totals(created=2))
    assert folders(tmp_path) == []
    assert (sqlite_shop.values("A"), sqlite_shop.values("B")) == (None, None)


def test_nothing_is_left_of_a_trial_that_breaks_off(sqlite_shop, tmp_path):
    rows = [{"sku": "A", "title": "Rod"}, {"sku": "B", "title": "Nut"}]
    steps = import_products(sqlite_shop.task(rows, dry_run=True))
    next(steps)
    steps.close()
    with pytest.raises(BadInput):
        sqlite_shop.load({"sku": "A", "nix": "x"}, dry_run=True)
    assert folders(tmp_path) == []


def test_a_trial_for_whose_copy_there_is_no_room_is_refused(sqlite_shop, monkeypatch, tmp_path):
    full = SimpleNamespace(free=1_000)
    monkeypatch.setattr("pims_api.storage.scratch_copy.shutil.disk_usage", lambda folder: full)
    with pytest.raises(PimsError, match="the disk for temporary files has no room"):
        sqlite_shop.load({"sku": "A", "title": "Rod"}, dry_run=True)
    assert folders(tmp_path) == []
