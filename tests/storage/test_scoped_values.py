"""Values that differ by two dimensions: every look-up finds what `resolve` says of each product."""

from collections import Counter
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pims_api.domain.access.access import Access
from pims_api.domain.access.compile import compile_access
from pims_api.domain.access.policy import EVERYTHING
from pims_api.domain.attributes.attribute import SYSTEM_ATTRIBUTES, ValueType
from pims_api.domain.attributes.completeness import completeness
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.conditions.condition import (
    Between,
    Comparison,
    Condition,
    IsNull,
    Like,
    Not,
    Operand,
)
from pims_api.domain.conditions.truth import matches
from pims_api.domain.search.tokenizer import tokens
from pims_api.domain.values.scope import Dimension, Scope, Segment, resolve, slot, split_slot
from pims_api.services.dimensions import record_scopes
from pims_api.storage.catalogue_index.bitmaps.blocks import from_ids, members
from pims_api.storage.catalogue_index.facets.block_cache import BlockCache
from pims_api.storage.catalogue_index.facets.counts import count_facets
from pims_api.storage.catalogue_index.filter.evaluate import match
from pims_api.storage.catalogue_index.order.keys import OrderKey
from pims_api.storage.catalogue_index.order.pages import page_of
from pims_api.storage.database import Database
from pims_api.storage.search.index import compare_search, search
from pims_api.storage.snapshot import Snapshot
from tests.storage.shop import LOCALES, Shop, attribute, new_shop, put
from tests.waiting import waiting_at_most

CHANNELS = Dimension(2, "channel", "Channel", 5, (Segment(5, "web", ""), Segment(6, "print", "")))
NAME = attribute(100, "name", dimensions=(1, 2), searchable=True, filterable=True, indexable=True)
PRICE = attribute(
    101, "price", ValueType.NUMBER, dimensions=(2, 1), filterable=True, indexable=True
)
BOTH = {1: LOCALES, 2: CHANNELS}
SCOPES = [
    Scope(language | channel)
    for language in ({}, {1: 1}, {1: 3})
    for channel in ({}, {2: 5}, {2: 6})
]
NAMES = st.sampled_from(["rod", "steel rod", "tube", "--"])
PRICES = st.sampled_from(["1", "2.5", "-3"])
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={slot("name", one.text): NAMES for one in SCOPES}
    | {slot("price", one.text): PRICES for one in SCOPES},
)
NUMBERS = count()


def plain(values: dict[str, Any], wanted: Scope) -> dict[str, Any]:
    """Return a document that has globally what holds of another one in a scope."""
    shown = {}
    for one in (NAME, PRICE):
        scoped = {split_slot(s)[1]: v for s, v in values.items() if split_slot(s)[0] == one.key}
        shown[one.key] = resolve(scoped, wanted, [BOTH[number] for number in one.dimensions])
    return {key: value for key, value in shown.items() if value is not None}


def conditions(name: Operand, price: Operand) -> list[Condition]:
    return [
        Comparison(name, "=", "rod"),
        Not(Comparison(name, "=", "rod")),
        Like(name, "%rod"),
        IsNull(name),
        Not(IsNull(price)),
        Comparison(price, ">", Decimal(1)),
        Not(Between(price, Decimal(-3), Decimal(1))),
    ]


def operands(access: Access) -> tuple[Operand, Operand]:
    return access.by_name["name"].operand, access.by_name["price"].operand


def assert_filters(seen: Snapshot, access: Access, shown: dict[int, Any]) -> None:
    plainly = conditions(Operand(NAME), Operand(PRICE))
    for asked, plain_one in zip(conditions(*operands(access)), plainly, strict=True):
        expected = [n for n, one in shown.items() if matches(plain_one, one, seen.definition)]
        assert members(match(seen, asked) & from_ids(shown)) == expected, asked


def assert_order(seen: Snapshot, access: Access, shown: dict[int, Any]) -> None:
    by_name = sorted(shown, key=lambda n: ("name" not in shown[n], shown[n].get("name"), n))
    by_price = sorted(
        shown, key=lambda n: ("price" not in shown[n], Decimal(shown[n].get("price", 0)), n)
    )
    for operand, expected in zip(operands(access), (by_name, by_price), strict=True):
        order = [OrderKey(operand, descending=False)]
        assert page_of(seen, from_ids(shown), order, 0, len(shown)) == expected


def assert_facets(seen: Snapshot, access: Access, shown: dict[int, Any]) -> None:
    name, price = operands(access)
    found = count_facets(seen, [name, price], from_ids(shown), 200, BlockCache(2**20))
    names = Counter(one["name"] for one in shown.values() if "name" in one)
    prices = [Decimal(one["price"]) for one in shown.values() if "price" in one]
    assert found.values.get(NAME.id, {}) == names
    assert found.ranges.get(PRICE.id) == ((min(prices), max(prices)) if prices else None)


def assert_search(seen: Snapshot, access: Access, shown: dict[int, Any]) -> None:
    for word in ("rod", "steel", "tube"):
        expected = [n for n, one in shown.items() if word in tokens(one.get("name", ""))]
        assert members(search(seen, access, f"{word} ").all) == expected, word


def scoped_shop(database: Database) -> Shop:
    shop = new_shop(database, f"tenant {next(NUMBERS)}")
    shop.define(*SYSTEM_ATTRIBUTES, CHANNELS, NAME, PRICE)
    return shop


def store(shop: Shop, products: dict[str, dict[str, Any]]) -> dict[str, int]:
    """Store values as services do, which record their scopes."""
    with shop.work() as work:
        ids = {}
        for sku, values in products.items():
            record_scopes(work, values)
            ids[sku] = put(work, sku, values)
        return ids


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    documents=st.lists(DOCUMENTS, min_size=1, max_size=5),
    later=st.lists(DOCUMENTS, max_size=2),
    waiting=st.sampled_from([0, 2]),
)
@example(documents=[{"name": "rod", "name@1=1,2=5": "steel tube"}], later=[], waiting=0)
@example(documents=[{"name": "--", "name@1=1,2=5": "rod", "name@2=6": "tube"}], later=[], waiting=2)
def test_every_look_up_finds_what_resolve_says(
    database: Database, documents: list[Any], later: list[Any], waiting: int
) -> None:
    shop = scoped_shop(database)
    first = {f"P{number}": one for number, one in enumerate(documents)}
    second = {f"P{number}": one for number, one in enumerate(later)}
    with waiting_at_most(database, waiting):
        ids = store(shop, first)
        ids |= store(shop, second)
    with shop.read() as seen:
        for wanted in SCOPES:
            access = compile_access(seen.definition, EVERYTHING, wanted)
            shown = {ids[sku]: plain(one, wanted) for sku, one in (first | second).items()}
            assert_filters(seen, access, shown)
            assert_order(seen, access, shown)
            assert_facets(seen, access, shown)
            assert_search(seen, access, shown)
        assert list(compare_search(seen)) == []


def test_the_sets_of_dimensions_are_recorded_with_the_first_write_that_names_them(
    database: Database,
) -> None:
    shop = scoped_shop(database)
    store(shop, {"A": {"name": "rod", "name@1=3": "Stange"}})
    with shop.read() as seen:
        first, version = seen.definition.by_name["name"].scoped_by, seen.definition.version
    assert first == ()

    store(shop, {"B": {"name@1=3,2=6": "Stange", "name@2=6": "rod", "price@2=5": "1"}})
    with shop.read() as seen:
        by_name = seen.definition.by_name
        recorded = {name: by_name[name].scoped_by for name in ("name", "price")}
        assert recorded == {"name": ((1, 2), (2,)), "price": ((2,),)}
        assert seen.definition.version > version
        version = seen.definition.version

    store(shop, {"C": {"name@1=1,2=5": "other segments of the same dimensions", "name@2=5": "x"}})
    with shop.read() as seen:
        assert seen.definition.version == version


def test_a_refused_write_records_nothing(database: Database) -> None:
    shop = scoped_shop(database)
    with pytest.raises(RuntimeError), shop.work() as work:
        record_scopes(work, ["name@2=6"])
        raise RuntimeError
    with shop.read() as seen:
        assert seen.definition.by_name["name"].scoped_by == ()


def test_values_of_the_default_segments_fill_an_attribute_that_a_type_requires(
    database: Database,
) -> None:
    shop = scoped_shop(database)
    shop.define(ProductType(1, "default", required_ids=frozenset({NAME.id, PRICE.id})))
    with shop.work() as work:
        record_scopes(work, ["name@2=5", "price@1=3"])
        both = {"name@2=5": "rod", "price@1=3": "1"}
        assert completeness({}, work.definition) == 0
        assert completeness(both, work.definition) == 50
        assert completeness(both | {"price": "1"}, work.definition) == 100
