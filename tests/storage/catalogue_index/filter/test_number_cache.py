"""Cached numbers are those of the snapshot, whatever others changed meanwhile."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims_api.domain.values.scope import GLOBAL
from pims_api.storage.caches import Caches
from pims_api.storage.catalogue_index.bitmaps.bit_slices import NumberSlices
from pims_api.storage.catalogue_index.bitmaps.blocks import BLOCK_BITS
from pims_api.storage.catalogue_index.filter import number_cache
from pims_api.storage.catalogue_index.filter.number_cache import NumberCache, stored_numbers
from pims_api.storage.database import Database
from pims_api.storage.snapshot import Snapshot
from tests.storage.catalogue_index.catalogue import Catalogue
from tests.storage.catalogue_index.conftest import MakeCatalogue
from tests.storage.catalogue_index.filter.test_evaluate import statements

PRICE = 103
ROOM = 2**20  # bytes
PRICES = ("1", "-3", "250.5", "0", "99999999", "0.00001", "-7.123456")
FIRST_ID = 3 * BLOCK_BITS - 2  # so that a few products lie in several blocks

Prices = Mapping[int, str | None]


def price_of(text: str | None) -> dict[str, Any]:
    return {} if text is None else {"price": text}


def seen(catalogue: Catalogue, cache: NumberCache) -> NumberSlices:
    with catalogue.reading() as snapshot:
        return stored_numbers(keeping(snapshot, cache), PRICE, GLOBAL)


def keeping(snapshot: Snapshot, cache: NumberCache) -> Snapshot:
    """Return the snapshot of a process that keeps its numbers there."""
    caches = Caches()
    caches.put(cache)
    return replace(snapshot, caches=caches)


def comparable(numbers: NumberSlices) -> tuple[Any, ...]:
    """Return what two equal ones have in common, however many empty slices they end with."""
    slices = list(numbers.slices)
    while slices and not slices[-1]:
        slices.pop()
    inexact = {text: sorted(ids) for text, ids in numbers.inexact.items()}
    return numbers.has, numbers.negative, slices, inexact


_steps = st.lists(
    st.dictionaries(st.integers(0, 5), st.none() | st.sampled_from(PRICES), min_size=1),
    min_size=1,
    max_size=4,
)


@given(steps=_steps)
def test_what_is_cached_equals_what_is_read_anew(database: Database, steps: list[Prices]) -> None:
    made, cache = Catalogue(database, [{} for _ in range(6)], FIRST_ID), NumberCache(ROOM)
    for step in steps:
        changed = {FIRST_ID + at: price_of(text) for at, text in step.items()}
        made.change(changed)
        assert comparable(seen(made, cache)) == comparable(seen(made, NumberCache(ROOM)))


@pytest.fixture
def made(catalogue: MakeCatalogue) -> Catalogue:
    """Prices 1 to 6 in three blocks."""
    first = 2 * BLOCK_BITS - 2
    made = catalogue(*({"price": f"{n}"} for n in range(1, 4)), first_id=first)
    far = {3 * BLOCK_BITS + n: {"price": f"{n}", "sku": f"F{n}"} for n in range(4, 7)}
    made.change(far)
    made.change({number: {"price": "8", "sku": f"G{number}"} for number in (4 * BLOCK_BITS,)})
    return made


def test_nothing_is_read_again_while_nothing_is_written(made: Catalogue) -> None:
    cache = NumberCache(ROOM)
    first = seen(made, cache)
    with statements(made) as sent:
        assert seen(made, cache) is first
    assert sent == []


def test_a_write_elsewhere_costs_a_look_at_the_clocks(made: Catalogue) -> None:
    cache = NumberCache(ROOM)
    first = seen(made, cache)
    made.sequence += 1  # somebody wrote what the index does not hold
    with statements(made) as sent:
        assert seen(made, cache) is first
    assert len(sent) == 1


def test_only_blocks_that_changed_are_read(
    made: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = NumberCache(ROOM)
    before = seen(made, cache)
    monkeypatch.setattr(number_cache, "_all_numbers", None)
    number = 3 * BLOCK_BITS + 5
    made.change({number: {"price": "-50", "sku": "F5"}})
    after = seen(made, cache)
    assert after.negative == 1 << number
    assert after.has == before.has


def test_an_older_snapshot_sees_its_own_numbers_and_replaces_none(made: Catalogue) -> None:
    cache = NumberCache(ROOM)
    with made.reading() as old:
        before = comparable(stored_numbers(keeping(old, NumberCache(ROOM)), PRICE, GLOBAL))
        made.change({made.last_id: {"price": "-1", "sku": f"G{made.last_id}"}})
        newest = seen(made, cache)
        assert comparable(stored_numbers(keeping(old, cache), PRICE, GLOBAL)) == before
    assert seen(made, cache) is newest


def test_a_writer_keeps_nothing(made: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = NumberCache(ROOM)
    with made.reading() as snapshot:
        monkeypatch.setattr(type(snapshot), "is_writing", True)
        first = stored_numbers(keeping(snapshot, cache), PRICE, GLOBAL)
        assert stored_numbers(keeping(snapshot, cache), PRICE, GLOBAL) is not first


def test_with_too_many_those_go_that_were_not_asked_for_longest(made: Catalogue) -> None:
    cache = NumberCache(weight_max=2_500)  # of an attribute without values there is room for two
    with made.reading() as snapshot:
        first, second = (
            stored_numbers(keeping(snapshot, cache), PRICE, scope) for scope in ("a", "b")
        )
        assert stored_numbers(keeping(snapshot, cache), PRICE, "a") is first
        stored_numbers(keeping(snapshot, cache), PRICE, "c")
        assert stored_numbers(keeping(snapshot, cache), PRICE, "a") is first
        assert stored_numbers(keeping(snapshot, cache), PRICE, "b") is not second
