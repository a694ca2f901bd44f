"""Products that name each other in one file, over any link but the one to the parent."""

from itertools import count

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pims_api.jobs.imports import product_import
from pims_api.jobs.imports.cycles import bundles, components_of
from pims_api.jobs.imports.product_import import import_products
from pims_api.jobs.imports.waiting_order import WaitingRow
from tests.jobs.import_shop import ImportShop, totals

PAIR = (
    {"sku": "A", "title": "Rod", "fits.0": "B"},
    {"sku": "B", "title": "Nut", "fits.0": "A"},
)
WAITING = (WaitingRow("A", ["B"]), WaitingRow("B", ["A"]))
NAMES = count()


@pytest.fixture
def shop(database, monkeypatch):
    """A shop where each transaction takes two rows."""
    monkeypatch.setattr(product_import, "STEP_ROWS", 2)
    return ImportShop(database)


def cycle(length):
    """Rows of which each names the next one, and the last one the first."""
    return [
        {"sku": f"S{number}", "title": "Rod", "fits.0": f"S{(number + 1) % length}"}
        for number in range(length)
    ]


@pytest.mark.parametrize("length", [2, 3, 11])
def test_products_that_name_each_other_come_in_one_run(shop, length):
    done = shop.load(*cycle(length))
    assert done.totals == totals(created=length)
    assert shop.values("S0")["fits"] == ["S1"]
    assert shop.values(f"S{length - 1}")["fits"] == ["S0"]
    assert [len(shop.history(f"S{number}")) for number in range(length)] == [1] * length
    assert shop.history("S0")[0][1]["fits"] == ["S1"]
    assert shop.load(*cycle(length)).totals == totals(unchanged=length)


def test_a_trial_tells_them_with_their_links(shop):
    done = shop.load(*PAIR, dry_run=True)
    assert done.totals == totals(created=2)
    assert [one.new["fits"] for one in done.differences] == [["B"], ["A"]]
    assert (shop.values("A"), shop.values("B")) == (None, None)


def test_of_a_ring_with_a_row_that_is_refused_nothing_is_stored(shop):
    done = shop.load(PAIR[0], {**PAIR[1], "price": "x"}, {"sku": "C", "title": "Cap"})
    assert done.totals == totals(created=1, rejected=2)
    assert done.refusals[2] == [lost("B") + " (column fits.0)"]
    assert done.refusals[3][0].startswith("price must be a number")
    assert (shop.values("A"), shop.values("B")) == (None, None)


def lost(sku):
    why = "neither in the catalogue nor accepted from this file"
    return f'fits: there is no product "{sku}", {why}!'


def test_nor_of_one_in_which_two_want_the_same_unique_value(shop):
    rows = [{**row, "ean": "1"} for row in cycle(5)[3:]]
    done = shop.load(*cycle(5)[:3], *rows)
    assert done.totals == totals(rejected=5)
    assert done.refusals[6] == ["ean must be unique: another product has this value! (it is '1')"]
    assert shop.load(*cycle(5)).totals == totals(created=5)


def test_one_that_cannot_come_leaves_the_other_rings_alone(shop):
    others = [{**row, "sku": row["sku"] * 2, "fits.0": row["fits.0"] * 2} for row in PAIR]
    done = shop.load(PAIR[0], {**PAIR[1], "color": "odd"}, *others)
    assert done.totals == totals(created=2, rejected=2)
    assert done.refusals[3] == ["color must be one of the values of its option list! (it is 'odd')"]
    assert (shop.values("A"), shop.values("AA")["fits"]) == (None, ["BB"])


def test_a_ring_with_a_link_to_nothing_is_refused(shop):
    done = shop.load(PAIR[0], {**PAIR[1], "fits.1": "NOBODY"})
    assert done.totals == totals(rejected=2)
    assert done.refusals == {
        2: [lost("B") + " (column fits.0)"],
        3: [lost(sku) + " (column fits.0)" for sku in ("A", "NOBODY")],
    }


def test_parents_cannot_be_in_a_ring(shop):
    rows = [{"sku": "A", "title": "Rod", "variation_of": "B"}]
    rows.append({"sku": "B", "title": "Nut", "variation_of": "A"})
    done = shop.load(*rows)
    why = "no product can be a variation of itself"
    assert done.totals == totals(rejected=2)
    assert done.refusals[2] == [f'variation_of: "B" is in a circle, A → B → A: {why}!']


def test_a_variation_that_its_parent_names_comes_with_it(shop):
    rows = [{"sku": f"V{number}", "title": "Rod", "variation_of": "P"} for number in range(3)]
    parent = {"sku": "P", "title": "Rods"} | {f"fits.{n}": f"V{n}" for n in range(3)}
    done = shop.load(*rows, parent)
    assert done.totals == totals(created=4)
    assert shop.values("P")["variation_skus"] == shop.values("P")["fits"] == ["V0", "V1", "V2"]
    assert [len(shop.history(sku)) for sku in ("P", "V0")] == [1, 1]


def test_rows_behind_a_ring_and_later_rows_of_its_products_follow(shop):
    behind = {"sku": "C", "title": "Cap", "fits.0": "A"}
    done = shop.load(behind, *PAIR, {"sku": "A", "title": "Long rod"}, {"sku": "A", "price": "1"})
    assert done.totals == totals(created=3, updated=2, warnings=1)
    assert (shop.values("A")["title"], shop.values("C")["fits"]) == ("Long rod", ["A"])


def test_a_product_that_is_there_may_be_part_of_a_ring(shop):
    shop.load({"sku": "A", "title": "Rod"})
    done = shop.load(*PAIR)
    assert done.totals == totals(created=1, updated=1)
    assert [len(shop.history(sku)) for sku in "AB"] == [2, 1]


def test_rings_make_their_attributes_categories_and_dictionary_values(shop):
    more = {"categories.0": "Rods", "color": "red", "finish": "matt"}
    rows = [{**row, **more} for row in cycle(5)]
    missing = frozenset({"attributes", "categories", "dictionary"})
    assert shop.load(*rows, dry_run=True, missing=missing).totals == totals(created=5)
    assert shop.load(*rows, missing=missing).totals == totals(created=5)
    values = shop.values("S4")
    assert (values["categories"], values["color"], values["finish"]) == (["Rods"], "red", "matt")


def test_many_are_tried_together_and_each_row_a_few_times(shop, monkeypatch):
    tried = []
    import_rows = product_import.import_rows

    def counted(work, plan, wanted):
        tried.extend(one.sku for one in wanted)
        return import_rows(work, plan, wanted)

    monkeypatch.setattr(product_import, "STEP_ROWS", 100)
    monkeypatch.setattr(product_import, "import_rows", counted)
    monkeypatch.setattr("pims_api.jobs.imports.cycle_rows.import_rows", counted)
    pairs = [{**row, "sku": f"{row['sku']}{n}", "fits.0": f"{row['fits.0']}{n}"}
             for n in range(40) for row in PAIR]  # fmt: skip
    assert shop.load(*pairs).totals == totals(created=80)
    assert len(tried) == 80 + 80 // 2 * 2 + 80  # in its turn, twice more, then together


@pytest.mark.parametrize("stopped_after", range(1, 8))
def test_an_import_goes_on_after_a_stop_amid_its_rings(shop, stopped_after):
    others = [{**row, "sku": row["sku"] * 2, "fits.0": row["fits.0"] * 2} for row in PAIR]
    rows = [{"sku": "C", "title": "Cap", "fits.0": "B"}, *PAIR, *others]
    rows.append({"sku": "D", "title": "Bolt", "fits.0": "NOBODY"})
    done = shop.load_stopped(rows, stopped_after)
    assert done.totals == totals(created=5, rejected=1)
    assert [len(shop.history(sku)) for sku in ("A", "B", "AA", "BB", "C")] == [1] * 5


def test_a_ring_that_reaches_beyond_what_is_looked_at_together_is_refused(shop, monkeypatch):
    monkeypatch.setattr(product_import, "ASIDE_ROWS", 3)
    done = shop.load(*cycle(4), *PAIR)
    assert done.totals == totals(created=2, rejected=4)
    assert (shop.values("A")["fits"], shop.values("S0")) == (["B"], None)
    assert shop.load(*cycle(3)).totals == totals(created=3)


def test_nobody_ever_sees_a_link_to_what_is_not_there(shop):
    for _ in import_products(shop.task(cycle(7))):
        seen = [shop.values(f"S{number}") for number in range(7)]
        assert all(seen) or not any(seen)


def test_no_row_overtakes_an_earlier_one_of_its_sku_that_waits(shop, monkeypatch):
    monkeypatch.setattr(product_import, "ASIDE_ROWS", 2)
    earlier = {"sku": "A", "title": "first", "fits.0": "NOBODY"}
    done = shop.load(earlier, {"sku": "X", "title": "Lost", "fits.0": "NOBODY"}, *PAIR)
    assert done.totals == totals(rejected=4)
    assert list(bundles([*WAITING, WaitingRow("A", [])], 9)) == [[[0, 1]]]
    assert list(bundles(WAITING, 9, {"B"})) == []


SKUS = "ABCDEF"
FILES = st.lists(
    st.tuples(
        st.lists(st.sampled_from([*SKUS, "NOBODY"]), max_size=2, unique=True),
        st.sampled_from(["1", "1", "1", "x"]),
    ),
    min_size=2,
    max_size=len(SKUS),
)


def accepted(rows):
    """The SKUs that come: whatever can, as long as all that it names comes too."""
    good = {sku: set(names) for sku, (names, price) in zip(SKUS, rows, strict=False)
            if price != "x"}  # fmt: skip
    while lost := {sku for sku, names in good.items() if not names <= good.keys()}:
        good = {sku: names for sku, names in good.items() if sku not in lost}
    return set(good)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=FILES, size=st.integers(1, 4), aside=st.just(50))
@example(rows=[(["B"], "1"), (["A"], "1"), (["A", "D"], "1"), (["C"], "1")], size=1, aside=50)
def test_exactly_what_can_come_does(database, monkeypatch, rows, size, aside):
    monkeypatch.setattr(product_import, "STEP_ROWS", size)
    monkeypatch.setattr(product_import, "ASIDE_ROWS", aside)
    shop = ImportShop(database, f"cycles-{next(NAMES)}")
    file = [
        {"sku": sku, "title": "Rod", "price": price}
        | {f"fits.{place}": name for place, name in enumerate(names)}
        for sku, (names, price) in zip(SKUS, rows, strict=False)
    ]
    columns = ["sku", "title", "price", "fits.0", "fits.1"]
    trial = shop.load(*file, columns=columns, dry_run=True)
    done = shop.load(*file, columns=columns)
    assert done == trial
    coming = accepted(rows)
    assert {sku for sku in SKUS if shop.values(sku)} == coming
    assert done.totals == totals(created=len(coming), rejected=len(rows) - len(coming))
    assert all(len(shop.history(sku)) == 1 for sku in coming)


GRAPHS = st.integers(1, 8).flatmap(
    lambda size: st.lists(st.lists(st.integers(0, size - 1)), min_size=size, max_size=size)
)


def reached(needs, start):
    found = [start]
    for place in found:
        found += [one for one in needs[place] if one not in found]
    return set(found)


@given(GRAPHS)
def test_rings_are_what_leads_to_each_other(needs):
    ways = [reached(needs, place) for place in range(len(needs))]
    cycles = list(components_of(needs))
    for number, found in enumerate(cycles):
        together = {p for p in range(len(needs)) if found[0] in ways[p] and p in ways[found[0]]}
        assert found == sorted(together)
        assert not any(set(needs[p]) & set(later) for p in found for later in cycles[number + 1 :])
    assert sorted(place for found in cycles for place in found) == list(range(len(needs)))
