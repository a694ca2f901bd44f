"""A trial says what the import will do, and leaves nothing."""

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from pims_api.jobs import product_import
from pims_api.storage.tables import change, document, product, tenant
from tests.jobs.import_shop import ImportShop, totals

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
    assert done.totals == totals(created=1, updated=1)
    assert shop.values("B") is None


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_trial_lets_go_of_what_it_has_seen(database, monkeypatch, dry_run):
    monkeypatch.setattr(product_import, "STEP_ROWS", 2)
    shop = ImportShop(database)
    rows = [{"sku": "A", "title": f"Rod {number}"} for number in range(5)]
    assert shop.load(*rows, dry_run=dry_run).totals == totals(created=1, updated=4)
