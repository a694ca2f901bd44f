"""Facets are what one finds by looking at every product."""

from collections import Counter
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from random import Random
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims_api.domain.attributes.attribute import ValueType
from pims_api.domain.conditions.condition import Operand
from pims_api.domain.conditions.truth import stored_value
from pims_api.domain.values.scope import slot
from pims_api.domain.values.value import elements
from pims_api.storage.catalogue_index.bitmaps.blocks import from_ids
from pims_api.storage.catalogue_index.bitmaps.terms import element_text
from pims_api.storage.catalogue_index.facets import (
    block_reading,
    few_values,
    many_values,
)
from pims_api.storage.catalogue_index.facets import (
    counts as facet_counts,
)
from pims_api.storage.catalogue_index.facets.block_cache import BlockCache
from pims_api.storage.catalogue_index.facets.counts import count_facets
from pims_api.storage.catalogue_index.rebuild import rebuild_block
from pims_api.storage.database import Database
from tests.pims.sent_statements import sent_statements
from tests.storage.catalogue_index.catalogue import GERMAN, OPTIONS, SWISS, Catalogue
from tests.storage.catalogue_index.conftest import MakeCatalogue
from tests.storage.catalogue_index.strategies import DEFINITION, PRODUCTS_MAX, cases

RANGED = (ValueType.NUMBER, ValueType.DATE)
KINDS = (*RANGED, ValueType.OPTION, ValueType.BOOLEAN, ValueType.STRING)
COUNTED = [
    one for one in DEFINITION.attributes.values()
    if one.filterable and one.type in KINDS and one.name != "sku"
]  # fmt: skip
SCOPES = [("",), (GERMAN, ""), (SWISS, GERMAN, "")]


@contextmanager
def limits(small: int = 0, number_terms: int = 2_000, sample: int = 1, per_leap: int = 32):
    """What is a lot elsewhere is a few here, so that few products take every way there is."""
    with (
        patch.object(facet_counts, "SMALL", small),
        patch.object(few_values, "NUMBER_TERMS_MAX", number_terms),
        patch.object(many_values, "SMALL", sample),
        patch.object(block_reading, "PASSED_PER_SKIP", per_leap),
    ):
        yield


PER_LEAP = st.sampled_from([0, 32])


def operands(scopes: tuple[str, ...]) -> list[Operand]:
    return [Operand(one, scopes if one.dimensions else ("",)) for one in COUNTED]


def recount(catalogue, operand, members, texts_max):
    """The counts or the ends of one attribute, by plain Python; None where there are none."""
    counts = Counter()
    for number in members:
        stored = stored_value(operand, catalogue.products[number].values)
        found = elements(operand.attribute, stored)
        counts.update({element_text(operand.attribute, one) for one in found})
    if operand.attribute.type in RANGED:
        numbers = [comparable(operand.attribute.type, text) for text in counts]
        return (min(numbers), max(numbers)) if numbers else None
    if operand.attribute.type is ValueType.STRING and len(counts) > texts_max:
        return None
    return dict(counts) or None


def comparable(kind: ValueType, text: str) -> Decimal:
    return Decimal(date.fromisoformat(text).toordinal() if kind is ValueType.DATE else text)


def assert_right(catalogue, found, wanted, members, texts_max):
    for one in wanted:
        number = one.attribute.id
        told = found.values.get(number) or found.ranges.get(number)
        assert told == recount(catalogue, one, members, texts_max), one.attribute.name


@given(
    case=cases(COUNTED),
    scopes=st.sampled_from(SCOPES),
    left_out=st.sets(st.integers(0, PRODUCTS_MAX - 1), max_size=3),
    texts_max=st.sampled_from([0, 1, 2, 200]),
    most=st.sampled_from(
        [{}, {"number_terms": 0}, {"small": 300}, {"sample": 300}, {"per_leap": 0}]
    ),
)
def test_counts_are_those_of_plain_python(database: Database, case, scopes, left_out, texts_max,
                                          most) -> None:  # fmt: skip
    catalogue = Catalogue(database, case.documents, case.first_id)
    members = [n for n in catalogue.products if n - case.first_id not in left_out]
    wanted = operands(scopes)
    with catalogue.reading() as snapshot, limits(**most):
        found = count_facets(snapshot, wanted, from_ids(members), texts_max, BlockCache(2**20))
    assert_right(catalogue, found, wanted, members, texts_max)


@given(case=cases(COUNTED), later=cases(COUNTED), kept=st.integers(0, 9), per_leap=PER_LEAP)
def test_going_on_from_an_earlier_count_is_as_good(database: Database, case, later, kept,
                                                   per_leap) -> None:  # fmt: skip
    catalogue = Catalogue(database, case.documents, case.first_id)
    wanted, cache = operands((GERMAN, "")), BlockCache(2**20)
    with limits(per_leap=per_leap):
        with catalogue.reading() as snapshot:
            before = count_facets(snapshot, wanted, from_ids(catalogue.products), 200, cache)
        catalogue.change(dict(enumerate(later.documents, case.first_id + kept)))
        members = list(catalogue.products)[kept % 2 :]
        with catalogue.reading() as snapshot:
            found = count_facets(snapshot, wanted, from_ids(members), 200, cache, before)
    assert_right(catalogue, found, wanted, members, 200)


@given(
    case=cases(COUNTED),
    changes=st.lists(st.tuples(cases(COUNTED), st.integers(0, 9)), max_size=3),
    asked=st.lists(st.tuples(st.sampled_from(SCOPES), st.sets(st.integers(0, 9))), min_size=4),
    weight_max=st.sampled_from([0, 1_000, 1 << 20]),
)
def test_what_is_known_of_blocks_serves_any_products(database: Database, case, changes, asked,
                                                     weight_max) -> None:  # fmt: skip
    catalogue, cache = Catalogue(database, case.documents, case.first_id), BlockCache(weight_max)
    for scopes, left_out in asked:
        members = [n for n in catalogue.products if n - case.first_id not in left_out]
        wanted = operands(scopes)[len(left_out) % 3 :]
        with catalogue.reading() as snapshot, limits():
            found = count_facets(snapshot, wanted, from_ids(members), 200, cache)
        assert_right(catalogue, found, wanted, members, 200)
        if changes:
            later, kept = changes.pop()
            catalogue.change(dict(enumerate(later.documents, case.first_id + kept)))


def many_documents(seed: int, number: int) -> list[dict[str, object]]:
    """Documents whose values are in few products of a block, in many or in nearly all."""
    rng = Random(seed)

    def one() -> dict[str, object]:
        chosen = rng.choices(list(OPTIONS), (60, 30, 8, 1, 1), k=2)
        values = {
            "color": chosen[0],
            slot("color", GERMAN): chosen[1],
            "colors": [*dict.fromkeys(chosen)],
            "new": rng.random() < 0.1,
            "price": rng.choice(("-1.5", "12.5", "0.00001", str(rng.randrange(90)))),
            "name": rng.choice(("long " * 50, "a", f"n{rng.randrange(60)}")),
        }
        return {name: value for name, value in values.items() if rng.random() < 0.8}

    return [one() for _ in range(number)]


@pytest.mark.parametrize("scopes", SCOPES[:2])
def test_many_products_in_each_block_are_counted_right(database, scopes) -> None:
    catalogue = Catalogue(database, many_documents(1, 600), first_id=4_096 - 350)
    cache, wanted, before = BlockCache(2**20), operands(scopes), None
    for changes, part in ((0, 1), (3, 2), (200, 1)):
        changed = many_documents(2, changes)
        catalogue.change(dict(enumerate(changed, catalogue.first_id + 300)))
        members = list(catalogue.products)[::part]
        with catalogue.reading() as snapshot, limits():
            before = count_facets(snapshot, wanted, from_ids(members), 200, cache, before)
        assert_right(catalogue, before, wanted, members, 200)


@pytest.fixture
def two_blocks(catalogue: MakeCatalogue) -> Catalogue:
    """Four products, two in each of two blocks."""
    colors = ({"color": "o1"}, {"color": "o2"}, {"color": "o2"}, {"color": "o3"})
    return catalogue(*colors, first_id=4_094)


def counted(made: Catalogue, before=None, cache=None):
    wanted = [made.operand("color")]
    with made.reading() as snapshot, limits():
        members = from_ids(made.products)
        return count_facets(snapshot, wanted, members, 200, cache or BlockCache(2**20), before)


class TestBlocks:
    def test_only_the_block_that_changed_is_counted_again(self, two_blocks):
        before = counted(two_blocks)
        two_blocks.change({4_096: {"color": "o1"}})
        after = counted(two_blocks, before)
        assert after.values[two_blocks.attribute("color").id] == {"o1": 2, "o2": 1, "o3": 1}
        old, new = before.counted.blocks, after.counted.blocks
        assert [new[block] is old[block] for block in (0, 1)] == [True, False]

    def test_what_leaves_a_block_without_a_trace_is_noticed(self, two_blocks):
        before = counted(two_blocks)
        two_blocks.change({4_096: {}, 4_097: {}})
        after = counted(two_blocks, before)
        assert after.values[two_blocks.attribute("color").id] == {"o1": 1, "o2": 1}
        assert after == counted(two_blocks)

    def test_a_block_made_anew_for_one_attribute_is_counted_again(self, two_blocks):
        two_blocks.change({4_094: {"color": "o3"}}, index=False)
        before = counted(two_blocks)
        with two_blocks.writing() as work:
            rebuild_block(work, 0, {two_blocks.attribute("color").id})
        found = counted(two_blocks, before).values[two_blocks.attribute("color").id]
        assert found == {"o2": 2, "o3": 2}


class TestKnownBlocks:
    def test_only_a_block_that_changed_is_read_again(self, two_blocks):
        cache = BlockCache(2**20)
        with patch.object(block_reading, "read_blocks", wraps=block_reading.read_blocks) as reading:
            counted(two_blocks, cache=cache)
            two_blocks.change({4_096: {"color": "o1"}})
            counted(two_blocks, cache=cache)
            counted(two_blocks, cache=cache)
            read = [call.args[2] for call in reading.call_args_list]
        assert read == [[0, 1], [1], []]

    def test_whoever_began_before_a_write_counts_what_was_there_then(self, two_blocks):
        cache, number = BlockCache(2**20), two_blocks.attribute("color").id
        wanted, members = [two_blocks.operand("color")], from_ids(two_blocks.products)
        with two_blocks.reading() as earlier, limits():
            first = count_facets(earlier, wanted, members, 200, cache)
            two_blocks.change({4_096: {"color": "o1"}})
            assert counted(two_blocks, cache=cache).values[number] == {"o1": 2, "o2": 1, "o3": 1}
            assert count_facets(earlier, wanted, members, 200, cache) == first
        assert counted(two_blocks, cache=cache).values[number] == {"o1": 2, "o2": 1, "o3": 1}

    def test_a_string_that_got_many_values_is_still_told_as_one_with_too_many(self, catalogue):
        made = catalogue(*({"name": "same"} for _ in range(4)), first_id=4_094)
        cache, wanted = BlockCache(2**20), [made.operand("name")]
        for values, told in ((["a"], {"same": 3, "a": 1}), (["b", "c"], None)):
            made.change({4_096 + n: {"name": text} for n, text in enumerate(values)})
            with made.reading() as snapshot, limits():
                found = count_facets(snapshot, wanted, from_ids(made.products), 2, cache)
            assert found.values.get(wanted[0].attribute.id) == told


def test_attributes_with_many_values_are_not_counted_value_by_value(catalogue) -> None:
    made = catalogue(*({"name": f"n{n}", "price": f"{n}.00001"} for n in range(9)))
    wanted, members = [made.operand("name"), made.operand("price")], from_ids(made.products)
    cache = BlockCache(2**20)
    for terms, narrow in ((2, []), (2_000, ["price"])):
        with made.reading() as snapshot, limits(number_terms=terms):
            found = count_facets(snapshot, wanted, members, 2, cache)
        assert found.few == {made.attribute(name).id for name in narrow}
        assert_right(made, found, wanted, list(made.products), 2)


def test_a_value_beside_one_that_is_known_is_counted_too(catalogue: MakeCatalogue) -> None:
    made = catalogue({"tags": ["a", "b"]}, {"tags": ["a", "c"]}, {"tags": ["a"]})
    for most, told in ((2, None), (3, {"a": 3, "b": 1, "c": 1})):
        with made.reading() as snapshot, limits(sample=1):
            members, cache = from_ids(made.products), BlockCache(2**20)
            found = count_facets(snapshot, [made.operand("tags")], members, most, cache)
        assert found.values.get(made.attribute("tags").id) == told


def test_as_many_statements_for_many_products_as_for_few(
    database: Database, catalogue: MakeCatalogue
) -> None:
    counts = []
    for number in (10, 60):
        made = catalogue(first_id=4_080)
        made.add(*({"color": "o1", "price": str(n)} for n in range(number)))
        wanted = [made.operand(name) for name in ("color", "price", "new", "tags")]
        with made.reading() as snapshot, limits(), sent_statements(database) as statements:
            count_facets(snapshot, wanted, from_ids(made.products), 200, BlockCache(2**20))
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 5
