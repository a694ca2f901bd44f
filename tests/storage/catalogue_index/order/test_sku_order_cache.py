"""The cached order of SKUs is that of the snapshot, whatever was added meanwhile."""

import pytest

from pims_api.storage.catalogue_index.bitmaps.blocks import from_ids
from pims_api.storage.catalogue_index.order import by_sku, sku_order_cache
from pims_api.storage.catalogue_index.order.by_sku import BY_PATH, BY_SKU, product_page
from tests.storage.catalogue_index.catalogue import Catalogue
from tests.storage.catalogue_index.conftest import MakeCatalogue
from tests.storage.catalogue_index.filter.test_evaluate import statements


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (sku_order_cache, by_sku):
        monkeypatch.setattr(module, "CHUNK", 4)
    monkeypatch.setattr(sku_order_cache, "PIECE", 3)


@pytest.fixture
def made(catalogue: MakeCatalogue) -> Catalogue:
    """Products 1 to 30 with SKUs in another order."""
    return catalogue(*({"sku": f"S{n * 7 % 31:02}"} for n in range(1, 31)))


def page(
    made: Catalogue, members: int, window: range, *, descending: bool = False, order: str = BY_SKU
) -> list[int]:
    with made.reading() as snapshot:
        return product_page(snapshot, order, members, window, descending=descending)


def sorted_ids(made: Catalogue, members: int) -> list[int]:
    products = sorted(made.products.values(), key=lambda one: one.sku)
    return [one.id for one in products if members >> one.id & 1]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("window", [range(3), range(2, 9), range(14, 18), range(27, 40)])
@pytest.mark.parametrize("step", [1, 3, 11])
def test_a_cached_page_is_the_page(
    made: Catalogue, step: int, window: range, descending: bool
) -> None:
    members = from_ids(range(1, 31, step))
    wanted = sorted_ids(made, members)
    if descending:
        wanted.reverse()
    for _ in range(3):
        found = page(made, members, window, descending=descending)
        assert found == wanted[window.start : window.stop]


def test_a_page_that_is_cached_asks_the_database_nothing(made: Catalogue) -> None:
    for _ in range(2):
        page(made, made.everything, range(5, 8))
    with statements(made) as sent:
        page(made, made.everything, range(4, 7))
    assert sent == []


def test_what_is_added_has_its_place_at_once(made: Catalogue) -> None:
    for number in range(3):
        for _ in range(2):
            found = page(made, made.everything, range(30))
            assert found == sorted_ids(made, made.everything)[:30]
        made.add({"sku": f"S05-{number}"})


def test_an_older_snapshot_sees_its_own_order(made: Catalogue) -> None:
    before = sorted_ids(made, made.everything)[:6]
    members = made.everything
    with made.reading() as old:
        product_page(old, BY_SKU, members, range(6))
        made.add({"sku": "A"})
        for _ in range(2):
            page(made, made.everything, range(6))
        assert product_page(old, BY_SKU, members, range(6)) == before


def test_a_writer_keeps_nothing(made: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    with made.reading() as snapshot:
        monkeypatch.setattr(type(snapshot), "is_writing", True)
        for _ in range(3):
            product_page(snapshot, BY_SKU, made.everything, range(3))
        assert sku_order_cache.cached_order(snapshot, descending=False) is None


def test_paths_change_and_are_not_cached(made: Catalogue) -> None:
    for _ in range(3):
        page(made, made.everything, range(3), order=BY_PATH)
    made.change({4: {"sku": "S28", "path": "A"}})
    assert page(made, made.everything, range(1), order=BY_PATH) == [4]


def test_far_from_both_ends_nothing_is_cached(
    made: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sku_order_cache, "CHUNKS_MAX", 2)
    for _ in range(3):
        assert (
            page(made, made.everything, range(10, 12)) == sorted_ids(made, made.everything)[10:12]
        )
        with statements(made) as sent:
            page(made, made.everything, range(10, 12))
        assert len(sent) == 1
