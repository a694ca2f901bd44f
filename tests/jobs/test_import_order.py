"""The order of rows: parents after their variations, a SKU twice, and going on after a stop."""

import pytest

from pims_api.jobs.imports import product_import
from pims_api.jobs.imports.product_import import import_products
from pims_api.services.imports.products import import_rows
from tests.jobs.import_shop import ImportShop, totals

FAMILY = (
    {"sku": "C", "title": "Grandchild", "variation_of": "B"},
    {"sku": "X", "title": "Lost", "variation_of": "NOBODY"},
    {"sku": "B", "title": "Child", "variation_of": "A"},
    {"sku": "A", "title": "Root", "variation_of": ""},
)


@pytest.fixture
def shop(database, monkeypatch):
    """A shop where each transaction takes two rows."""
    monkeypatch.setattr(product_import, "STEP_ROWS", 2)
    return ImportShop(database)


def test_parents_may_come_after_their_variations(shop):
    done = shop.load(*FAMILY)
    assert done.totals == totals(created=3, rejected=1)
    assert done.refusals == {
        3: [
            'variation_of: there is no product "NOBODY", '
            "neither in the catalogue nor accepted from this file!"
        ]
    }
    assert shop.values("C")["variation_of"] == "B"
    assert [len(shop.history(sku)) for sku in "ABC"] == [1, 1, 1]


def reversed_chain(length):
    parents = [*(f"S{number}" for number in range(1, length)), ""]
    return [
        {"sku": f"S{number}", "title": "Rod", "variation_of": parent}
        for number, parent in enumerate(parents)
    ]


@pytest.mark.parametrize("aside", [3, 50])
def test_a_long_chain_costs_a_few_looks_at_each_row(shop, monkeypatch, aside):
    tried = []

    def counted(work, plan, wanted):
        tried.extend(one.sku for one in wanted)
        return import_rows(work, plan, wanted)

    monkeypatch.setattr(product_import, "ASIDE_ROWS", aside)
    monkeypatch.setattr(product_import, "import_rows", counted)
    orphans = [{"sku": f"X{number}", "variation_of": "Y"} for number in range(9)]
    done = shop.load(*reversed_chain(20), *orphans)
    assert done.totals == totals(created=20, rejected=9)
    assert shop.values("S0")["variation_of"] == "S1"
    if aside > 29:  # all rows that wait are put in order together
        assert (tried.count("S0"), tried.count("X0"), len(tried)) == (2, 4, 2 * 19 + 1 + 4 * 9)


def test_a_row_that_waits_does_not_hide_its_other_faults(shop):
    done = shop.load({"sku": "C", "title": "Late", "variation_of": "A", "price": "x"}, FAMILY[3])
    assert len(done.refusals[2]) == 1
    assert done.refusals[2][0].startswith("price must be a number")


def test_of_a_sku_twice_the_later_row_sees_the_earlier(shop):
    done = shop.load(
        {"sku": "A", "title": "Rod", "price": "1"},
        {"sku": "A", "price": "2"},
        {"sku": "B", "title": "Nut", "price": "x"},
        {"sku": "B", "price": "2"},
    )
    assert done.totals == totals(created=1, updated=1, rejected=2, warnings=1)
    assert shop.values("A")["price"] == "2"
    assert shop.values("B") is None


@pytest.mark.parametrize("stopped_after", range(1, 6))
def test_a_later_row_does_not_overtake_one_that_waits(shop, stopped_after):
    shop.load({"sku": "C", "title": "Rod"})
    rows = (
        {"sku": "C", "title": "first", "variation_of": "A"},
        {"sku": "C", "title": "second"},
        {"sku": "D", "title": "Nut"},
        {"sku": "C", "title": "third"},
        {"sku": "A", "title": "Root"},
    )
    shop.load_stopped(rows, stopped_after)
    # Two of the three rows that waited share a transaction, which is one entry.
    assert [new["title"] for _, new in shop.history("C")] == ["Rod", "second", "third"]


@pytest.mark.parametrize("stopped_after", range(1, 8))
def test_an_import_goes_on_from_any_step_as_if_it_had_not_been_stopped(shop, stopped_after):
    rows = (*FAMILY, {"sku": "D", "title": "Nut", "variation_of": "C"}, {"sku": "A", "price": "2"})
    done = shop.load_stopped(rows, stopped_after)
    assert done.totals == totals(created=4, updated=1, rejected=1)
    assert list(done.refusals) == [3]
    assert [len(shop.history(sku)) for sku in "ABCD"] == [2, 1, 1, 1]


def test_what_is_recorded_and_the_products_are_stored_together(shop):
    class Killed(Exception):
        pass

    def kill(work, step):
        if step.state.totals.created > 2:
            raise Killed

    rows = [{"sku": sku, "title": "Rod"} for sku in "ABCD"]
    with pytest.raises(Killed):
        list(import_products(shop.task(rows), record=kill))
    assert [shop.values(sku) is not None for sku in "ABCD"] == [True, True, False, False]
