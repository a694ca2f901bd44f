"""Direct variants of sets of products, as plain Python finds them."""

import itertools
import random
from collections.abc import Iterator

import pytest

from pims_api.domain.attributes.attribute import SYSTEM_ATTRIBUTES
from pims_api.storage.catalogue_index.bitmaps.blocks import BLOCK_BITS, from_ids, members
from pims_api.storage.catalogue_index.check import compare_index
from pims_api.storage.catalogue_index.filter import variants
from pims_api.storage.catalogue_index.filter.variants import (
    below,
    direct_variants,
    variants_by_parent,
)
from pims_api.storage.database import Database
from tests.storage.shop import Shop, new_shop

MOMENTS, NUMBERS = random.Random(5), itertools.count(1)


@pytest.fixture
def shop(database: Database) -> Shop:
    """A tenant of its own."""
    made = new_shop(database, f"variants-{next(NUMBERS)}")
    made.define(*SYSTEM_ATTRIBUTES)
    return made


def move(shop: Shop, parents: dict[int, int | None]) -> None:
    """Put products below others, each given by its number; None: below none."""
    with shop.work() as work:
        for number, parent in parents.items():
            product = work.find_product(f"P{number}")
            values = {name: one for name, one in product.values.items() if name != "variation_of"}
            above = None if parent is None else work.find_product(f"P{parent}")
            if above is not None:
                values["variation_of"] = above.sku
            path = product.sku if above is None else f"{above.path}\x01{product.sku}"
            number_above = above.id if above else None
            work.put_product(product._replace(values=values, parent_id=number_above, path=path))


def check(shop: Shop, parents: dict[int, int | None]) -> None:
    children = {child for child, parent in parents.items() if parent is not None}
    chosen = {number for number in parents if MOMENTS.random() < 0.7}
    some = {number for number in children if MOMENTS.random() < 0.8}
    with shop.read() as seen:
        direct = direct_variants(seen, from_ids(some), from_ids(chosen))
        grouped = variants_by_parent(seen, from_ids(some))
        under = below(seen, from_ids(chosen))
        assert list(compare_index(seen)) == []
    assert set(members(direct)) == {one for one in some if parents[one] in chosen}
    if under is not None:
        assert set(members(under)) == {n for n in parents if chosen & set(above(parents, n))}
    expected: dict[int | None, list[int]] = {}
    for one in sorted(some):
        expected.setdefault(parents[one], []).append(one)
    assert grouped == expected


def above(parents: dict[int, int | None], number: int) -> Iterator[int]:
    """The product above a product, the one above that, and so on."""
    up = parents[number]
    if up is not None:
        yield up
        yield from above(parents, up)


@pytest.mark.parametrize("looked_up_max", [0, 3, 200])
def test_after_any_moves_they_are_the_ones_whose_parent_is_chosen(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, looked_up_max: int
) -> None:
    monkeypatch.setattr(variants, "LOOKED_UP_MAX", looked_up_max)
    parents: dict[int, int | None] = dict.fromkeys(range(1, 31))
    shop.put({f"P{number}": {} for number in parents})
    for _ in range(25):
        moved = {
            number: MOMENTS.choice([None, *range(1, min(number, 8))])
            for number in MOMENTS.sample(range(2, 31), 3)
        }
        parents |= moved
        move(shop, moved)
        check(shop, parents)


def test_new_products_that_wait_to_be_indexed_count(shop: Shop) -> None:
    parents: dict[int, int | None] = dict.fromkeys(range(1, 11))
    shop.put({f"P{number}": {} for number in parents})
    for number in range(11, 200):
        parent = MOMENTS.randrange(1, number)
        shop.put({f"P{number}": {}})
        move(shop, {number: parent})
        parents[number] = parent
        if number % 20 == 0:
            check(shop, parents)


def test_over_the_edge_of_a_block(shop: Shop) -> None:
    last = BLOCK_BITS + 20
    parents: dict[int, int | None] = dict.fromkeys(range(1, last + 1))
    shop.put({f"P{number}": {} for number in parents})
    moved = {BLOCK_BITS + 3: 1, 5: BLOCK_BITS + 1, BLOCK_BITS + 4: BLOCK_BITS - 1, last: 2}
    move(shop, dict(moved))
    check(shop, parents | moved)
    move(shop, {last: None})
    check(shop, parents | moved | {last: None})


def test_a_block_is_read_again_only_after_it_changed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(variants, "LOOKED_UP_MAX", -1)
    shop.put({f"P{number}": {} for number in range(1, 11)})
    move(shop, {2: 1, 3: 1})

    def reads() -> int:
        with shop.read() as seen, shop.counted() as sent:
            assert members(direct_variants(seen, from_ids([2, 3]), from_ids([1]))) == [2, 3]
        return len([one for one in sent if "parent_id" in one])

    assert [reads(), reads()] == [1, 0]
    move(shop, {4: 1})
    assert [reads(), reads()] == [1, 0]
