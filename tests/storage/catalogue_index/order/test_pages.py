"""Orders of every troublesome value, and how little of the database a page reads."""

import pytest

from pims_api.domain.conditions.truth import stored_value
from pims_api.domain.values.value import comparable
from pims_api.storage.catalogue_index.bitmaps import groups
from pims_api.storage.catalogue_index.bitmaps.blocks import from_ids
from pims_api.storage.catalogue_index.order import by_number, by_sku, by_text
from pims_api.storage.catalogue_index.order import pages as ordering
from pims_api.storage.catalogue_index.order.keys import OrderKey
from pims_api.storage.catalogue_index.order.pages import page_of
from tests.storage.catalogue_index.catalogue import GERMAN, Catalogue
from tests.storage.catalogue_index.conftest import MakeCatalogue
from tests.storage.catalogue_index.filter.test_evaluate import statements
from tests.storage.catalogue_index.strategies import DAYS, NUMBERS, TEXTS


def listed(catalogue: Catalogue, *order: OrderKey, offset: int = 0, size: int = 500,
           members: int | None = None, visible: int | None = None) -> list[int]:  # fmt: skip
    chosen = catalogue.everything if members is None else members
    with catalogue.reading() as snapshot:
        return page_of(snapshot, chosen, order, offset, size, visible=visible)


@pytest.fixture(params=["walking", "stepping", "fetching"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small catalogues go the way of large ones, reading much or little at a time, or their own."""
    if request.param == "stepping":
        monkeypatch.setattr(by_text, "ROWS_AT_ONCE_MIN", 1)
        monkeypatch.setattr(by_text, "ROWS_AT_ONCE_MAX", 1)
    if request.param != "fetching":
        for module in (groups, by_number, ordering):
            monkeypatch.setattr(module, "SMALL", 2)
        monkeypatch.setattr(ordering, "ROWS_PER_DOCUMENT", 1_000)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    ("name", "stored"),
    [("price", NUMBERS), ("name", TEXTS), ("page", TEXTS), ("released", DAYS),
     ("color", ["o1", "o2", "o3", "o4", "o5"]), ("new", [True, False])],
)  # fmt: skip
def test_every_value_stands_where_it_belongs(
    catalogue: MakeCatalogue, name: str, stored: list, descending: bool
) -> None:
    made = catalogue({}, *({name: one} for one in stored), {}, *({name: one} for one in stored))
    key = OrderKey(made.operand(name), descending)
    by_sku = sorted(made.products.values(), key=lambda one: one.sku)
    valued = [one for one in by_sku if name in one.values]
    valued.sort(
        key=lambda one: comparable(
            key.operand.attribute, stored_value(key.operand, one.values), made.definition
        ),
        reverse=descending,
    )
    expected = [one.id for one in valued] + [one.id for one in by_sku if name not in one.values]
    assert listed(made, key) == expected
    for size in (1, 3):
        windows = [expected[n : n + size] for n in range(len(expected))]
        assert [listed(made, key, offset=n, size=size) for n in range(len(expected))] == windows


@pytest.mark.usefixtures("way")
def test_further_keys_decide_among_equals_and_the_sku_at_last(catalogue: MakeCatalogue) -> None:
    made = catalogue(
        {"color": "o1", "price": "2"}, {"color": "o1", "price": "10"}, {"color": "o1"},
        {"color": "o2", "price": "2"}, {"color": "o5", "price": "2.0"}, {"price": "1"},
    )  # fmt: skip
    color, price = made.operand("color"), made.operand("price")
    assert listed(made, OrderKey(color), OrderKey(price)) == [4, 1, 5, 2, 3, 6]
    assert listed(made, OrderKey(color), OrderKey(price, True)) == [4, 2, 1, 5, 3, 6]
    assert listed(made, OrderKey(price, True), OrderKey(color)) == [2, 4, 1, 5, 6, 3]
    sku = OrderKey(made.operand("sku"), descending=True)
    assert listed(made, OrderKey(color), sku, OrderKey(price)) == [4, 5, 3, 2, 1, 6]
    assert listed(made, OrderKey(color, True), sku, offset=1, size=3) == [3, 2, 1]


@pytest.mark.usefixtures("way")
def test_the_value_shown_in_the_scope_decides(catalogue: MakeCatalogue) -> None:
    scoped = f"name@{GERMAN}"
    made = catalogue({"name": "b"}, {"name": "a", scoped: "c"}, {scoped: "b"}, {"name": "a"}, {})
    german = made.operand("name", GERMAN, "")
    assert listed(made, OrderKey(german)) == [4, 1, 3, 2, 5]
    assert listed(made, OrderKey(german, True)) == [2, 1, 3, 4, 5]


@pytest.mark.usefixtures("way")
def test_a_relation_to_a_hidden_product_counts_as_unset(catalogue: MakeCatalogue) -> None:
    made = catalogue({}, {"successor": "S3"}, {"successor": "S1"}, {"successor": "S2"}, {})
    key = OrderKey(made.operand("successor"))
    assert listed(made, key) == [3, 4, 2, 1, 5]
    assert listed(made, key, visible=from_ids([1, 3, 4, 5])) == [3, 2, 1, 4, 5]


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("descending", [False, True])
def test_numbers_fall_back_exactly(catalogue: MakeCatalogue, descending: bool) -> None:
    scoped = f"price@{GERMAN}"
    own = [{"price": one} for one in ("-3", "1.000001", "1", "-1.000009", "1.000002")]
    own[1][scoped] = "-4"
    german = [{scoped: "1.000003"}, {"price": "-4", scoped: "9"}, {scoped: "-5"}]
    made = catalogue(*own, *german, {"price": "-3.99999"})
    key = OrderKey(made.operand("price", GERMAN, ""), descending)
    expected = [8, 2, 9, 1, 4, 3, 5, 6, 7]
    assert listed(made, key) == (expected[::-1] if descending else expected)


@pytest.mark.usefixtures("way")
def test_only_members_are_listed(catalogue: MakeCatalogue) -> None:
    first, second = {"name": "b", "price": "2", "new": True}, {"name": "a", "price": "1"}
    made = catalogue(first, second, second, *[first] * 9, {"name": "aa", "price": "1.5"})
    for name in ("name", "price"):
        assert listed(made, OrderKey(made.operand(name)), members=from_ids([1, 2, 3])) == [2, 3, 1]
    assert listed(made, OrderKey(made.operand("new")), members=from_ids([1, 2, 3])) == [1, 2, 3]


def test_without_an_order_variants_follow_their_parent(catalogue: MakeCatalogue) -> None:
    made = catalogue({}, {"path": "S1\x01S2"}, {}, {"path": "S1\x01S4"}, {"path": "S1-5"})
    assert listed(made) == [1, 2, 4, 5, 3]
    assert listed(made, OrderKey(made.operand("sku"))) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("passed", [0, 1, 100])
@pytest.mark.parametrize("chosen", [range(1, 10), [3], [1, 4, 9], range(2, 10, 2)])
def test_every_window_of_the_skus(
    catalogue: MakeCatalogue, monkeypatch: pytest.MonkeyPatch, chosen, passed: int, descending: bool
) -> None:
    monkeypatch.setattr(by_sku, "PASSED_PER_FETCHED", passed)
    monkeypatch.setattr(by_sku, "ROWS_AT_ONCE_MIN", 1)
    monkeypatch.setattr(by_sku, "ROWS_AT_ONCE_MAX", 2)
    made = catalogue(*[{}] * 9)
    ordered = sorted(chosen, reverse=descending)
    key = OrderKey(made.operand("sku"), descending)
    for offset in range(len(ordered) + 1):
        for size in (1, 2, 9):
            found = listed(made, key, offset=offset, size=size, members=from_ids(chosen))
            assert found == ordered[offset : offset + size]


def test_a_walk_that_leads_too_far_is_given_up(
    catalogue: MakeCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it had passed over or put on the page until then is taken back."""
    for module in (groups, by_number, ordering):
        monkeypatch.setattr(module, "SMALL", 0)
    monkeypatch.setattr(by_text, "ROWS_AT_ONCE_MIN", 2)
    monkeypatch.setattr(ordering, "ROWS_PER_DOCUMENT", 0)
    made = catalogue({"name": "d"}, {"name": "c"}, {"name": "b"}, {"name": "a"}, {})
    key = OrderKey(made.operand("name"))
    assert listed(made, key) == [4, 3, 2, 1, 5]
    assert listed(made, key, offset=1, size=3) == [3, 2, 1]


def test_a_page_of_numbers_reads_no_document(catalogue: MakeCatalogue) -> None:
    made = catalogue(*({"price": str(number % 400)} for number in range(800)))
    with statements(made) as sent:
        page = listed(made, OrderKey(made.operand("price")), offset=600, size=4)
    assert page == [301, 701, 302, 702]
    assert not [one for one in sent if "document" in one]
    assert len(sent) <= 3


def test_a_page_of_texts_reads_what_comes_before_its_end(catalogue: MakeCatalogue) -> None:
    made = catalogue(*({"name": f"{number:05}"} for number in range(4_000)))
    with statements(made) as sent:
        page = listed(made, OrderKey(made.operand("name")), offset=100, size=3)
    assert page == [101, 102, 103]
    assert len(sent) == 2  # which products have a name, and the first names


def test_a_walk_along_the_skus_is_given_up_when_fetching_is_cheaper(
    catalogue: MakeCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_sku, "ROWS_AT_ONCE_MIN", 1)
    monkeypatch.setattr(by_sku, "ROWS_AT_ONCE_MAX", 10)
    made = catalogue(*({"sku": f"S{number:03}"} for number in range(1, 301)))
    with statements(made) as sent:
        last = from_ids(range(281, 301))
        assert listed(made, OrderKey(made.operand("sku")), members=last, size=2) == [281, 282]
    assert len(sent) <= 13  # 120 rows, ten at a time, and one to fetch; the walk would take 29
