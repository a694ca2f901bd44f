"""What a transaction knows of products without variants, so that nobody asks for these."""

import pytest

from pims_api.domain.product import path_of
from pims_api.errors import BadInput
from pims_api.storage.products.store import child_skus, children_of, find_product
from pims_api.storage.unit_of_work import UnitOfWork
from tests.storage.shop import Shop, put


def link(work: UnitOfWork, sku: str, parent: str | None) -> None:
    """Put a product below another one, or below none."""
    above = work.find_product(parent) if parent else None
    put(work, sku, {"variation_of": parent} if parent else {})
    product = work.find_product(sku)
    assert product is not None
    path = path_of(sku, above.path if above else None)
    work.put_product(product._replace(parent_id=above.id if above else None, path=path))


def found_children(work: UnitOfWork, sku: str) -> list[str]:
    """Return the SKUs of the variants, having looked for the product in the database before."""
    product = find_product(work, sku)
    assert product is not None
    skus = [child for _, child, _ in child_skus(work, [product.id])]
    assert skus == [one.sku for one in children_of(work, [product.id])]
    return skus


def test_nobody_asks_for_variants_where_there_are_none(shop: Shop) -> None:
    shop.save("A", {})
    with shop.read() as seen:
        product = find_product(seen, "A")
        assert product is not None
        with shop.counted() as sent:
            assert child_skus(seen, [product.id]) == []
    assert sent == []


def test_variants_that_are_there_are_found(shop: Shop) -> None:
    with shop.work() as work:
        link(work, "A", None)
        link(work, "A1", "A")
    with shop.work() as work:
        assert found_children(work, "A") == ["A1"]
        assert found_children(work, "A1") == []


def test_a_new_product_gets_variants_in_its_transaction(shop: Shop) -> None:
    with shop.work() as work:
        link(work, "A", None)
        work.flush()
        assert found_children(work, "A") == []
        link(work, "A1", "A")
        work.flush()
        assert found_children(work, "A") == ["A1"]


def test_a_product_gets_its_first_variant(shop: Shop) -> None:
    shop.put({"A": {}, "B": {}})
    with shop.work() as work:
        assert found_children(work, "A") == []
        link(work, "B", "A")
        assert found_children(work, "A") == []  # it is not written yet
        work.flush()
        assert found_children(work, "A") == ["B"]


@pytest.mark.parametrize("by_error", [True, False])
def test_a_variant_that_comes_back_is_found(shop: Shop, by_error: bool) -> None:
    with shop.work() as work:
        link(work, "A", None)
        link(work, "A1", "A")
    with shop.work() as work:
        try:
            with work.attempt() as attempt:
                link(work, "A1", None)
                work.flush()
                assert found_children(work, "A") == []
                if by_error:
                    raise BadInput
                attempt.rollback()
        except BadInput:
            assert by_error
        assert found_children(work, "A") == ["A1"]
