"""Products are found by any number of SKUs, ids and parents, each looked up in an index."""

from typing import Any

import pytest

from pims_api.domain.product import Product
from pims_api.storage.engine.dialect import is_sqlite
from pims_api.storage.products.store import (
    child_skus,
    children_of,
    find_product,
    ids_of_skus,
    products_by_id,
    products_by_sku,
)
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from tests.storage.shop import Shop, put

MANY = 70_000  # more than a PostgreSQL statement may have parameters


@pytest.fixture
def family(shop: Shop) -> dict[str, int]:
    """A with the variants A-2 and A-1, B with none, 1 whose SKU looks like a number: their ids."""
    made = shop.put({sku: {} for sku in ("A", "B", "1")})
    with shop.work() as work:
        for sku in ("A-2", "A-1"):
            made[sku] = put(work, sku, {"variation_of": "A"})
            work.put_product(known(work, sku)._replace(parent_id=made["A"]))
    return made


def known(work: UnitOfWork, sku: str) -> Product:
    found = work.find_product(sku)
    assert found is not None
    return found


def test_products_are_found_among_very_many_skus(shop: Shop, family: dict[str, int]) -> None:
    skus = ["A", "A", "1", *(f"none-{number}" for number in range(MANY))]
    with shop.read() as seen:
        assert products_by_sku(seen, skus).keys() == {"A", "1"}
        assert ids_of_skus(seen, skus) == {"A": family["A"], "1": family["1"]}
        assert products_by_sku(seen, []) == {}


def test_products_are_found_among_very_many_ids(shop: Shop, family: dict[str, int]) -> None:
    numbers = [family["B"], family["A"], family["A"], *range(100, MANY)]
    with shop.read() as seen:
        found = products_by_id(seen, numbers)
        assert {number: one.sku for number, one in found.items()} == {
            family["A"]: "A",
            family["B"]: "B",
        }
        assert [one.sku for one in children_of(seen, numbers)] == ["A-1", "A-2"]


@pytest.mark.parametrize(
    ("find", "wanted", "index"),
    [
        (products_by_sku, ["A"], "ix_product_sku"),
        (ids_of_skus, ["A"], "ix_product_sku"),
        (products_by_id, [1], "PRIMARY KEY"),
        (children_of, [1], "ix_product_parent"),
        (child_skus, [1], "ix_product_parent"),
    ],
)
def test_sqlite_looks_them_up_in_an_index(shop: Shop, family, find, wanted, index: str) -> None:
    with shop.read() as seen, shop.counted() as sent:
        if not is_sqlite(seen.connection):
            pytest.skip("SQLite plans only.")
        assert find(seen, wanted)
        steps = [step for one in tuple(sent) for step in plan_of(seen, one)]
    looked_up = [step for step in steps if step.startswith("SEARCH product ")]
    assert f"{index} (tenant_id=? AND " in looked_up[0]
    assert all("(tenant_id=? AND " in one for one in looked_up)
    assert not [step for step in steps if step.startswith(("SCAN product", "SCAN document"))]


def test_sqlite_looks_for_variants_in_an_index(shop: Shop, family) -> None:
    with shop.read() as seen, shop.counted() as sent:
        if not is_sqlite(seen.connection):
            pytest.skip("SQLite plans only.")
        assert find_product(seen, "A") is not None
        steps = plan_of(seen, sent[-1], (1, "A"))
    wanted = "ix_product_parent (tenant_id=? AND parent_id=?)"
    assert [step for step in steps if step.startswith("SEARCH child") and wanted in step]


def plan_of(seen: Snapshot, statement: str, values: tuple[Any, ...] = ("[[1, 1]]",)) -> list[str]:
    plan = seen.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    return [row[3] for row in plan]
