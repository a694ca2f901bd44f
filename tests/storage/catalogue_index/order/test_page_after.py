"""Pages after a place go on where the place is, whatever the way that finds them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims_api.domain.product import Product
from pims_api.storage.catalogue_index.bitmaps import groups
from pims_api.storage.catalogue_index.bitmaps.blocks import from_ids
from pims_api.storage.catalogue_index.order import (
    by_attribute,
    by_number,
    by_sku,
    by_text,
)
from pims_api.storage.catalogue_index.order import (
    pages as ordering,
)
from pims_api.storage.catalogue_index.order.by_document import DocumentOrder
from pims_api.storage.catalogue_index.order.by_sku import BY_PATH, product_page_after
from pims_api.storage.catalogue_index.order.keys import OrderKey
from pims_api.storage.catalogue_index.order.pages import Place, page_after, page_of, until_sku
from pims_api.storage.database import Database
from pims_api.storage.snapshot import Snapshot
from tests.storage.catalogue_index.catalogue import Catalogue
from tests.storage.catalogue_index.conftest import MakeCatalogue
from tests.storage.catalogue_index.filter.test_evaluate import statements
from tests.storage.catalogue_index.filter.test_evaluate_property import SEEN
from tests.storage.catalogue_index.order.test_pages_property import plainly_sorted
from tests.storage.catalogue_index.strategies import FILTERABLE, cases


@contextmanager
def ways(small: int = 300, rows: int = 250, passed: int = 6, fetched: int = 20) -> Iterator[None]:
    """Small catalogues go the ways of large ones."""
    settings = [
        *((module, "SMALL", small) for module in (groups, ordering, by_number)),
        (ordering, "ROWS_PER_DOCUMENT", fetched),
        (by_text, "ROWS_AT_ONCE_MIN", rows),
        (by_text, "ROWS_AT_ONCE_MAX", max(rows, 2)),
        (by_sku, "PASSED_PER_FETCHED", passed),
        (by_sku, "ROWS_AT_ONCE_MIN", rows),
        (by_sku, "ROWS_AT_ONCE_MAX", max(rows, 2)),
        (by_attribute, "CHOICES_AT_ONCE", 2),
    ]
    with ExitStack() as stack:
        for module, name, value in settings:
            stack.enter_context(patch.object(module, name, value))
        yield


def place_in(
    snapshot: Snapshot, order: list[OrderKey], product: Product, visible: int | None
) -> Place:
    return DocumentOrder(snapshot, until_sku(order), visible).place_of(product)


@given(
    case=cases([one for one in FILTERABLE if not one.collection]),
    chosen=st.sets(st.integers(0, 9), min_size=1),
    start=st.integers(0, 9),
    size=st.integers(1, 5),
    seen=SEEN,
    small=st.sampled_from([0, 1, 2, 300]),
    rows=st.sampled_from([1, 2, 250]),
    passed=st.sampled_from([0, 1, 6]),
    fetched=st.sampled_from([0, 20]),
)
def test_what_comes_after_any_product_is_the_rest_of_the_sorted_list(
    database: Database, case, chosen, start, size, seen, small, rows, passed, fetched
) -> None:  # fmt: skip
    catalogue = Catalogue(database, case.documents, case.first_id)
    everything = list(catalogue.products.values())
    here = everything[start % len(everything)]  # a member or not
    products = [one for n, one in enumerate(everything) if n in chosen]
    visible = None if seen is None else from_ids(case.first_id + one for one in seen)
    ordered = plainly_sorted(catalogue, [*products, here], case.order, visible)
    expected = [one for one in ordered[ordered.index(here.id) :] if one != here.id][:size]
    members = from_ids(one.id for one in products)
    with ways(small, rows, passed, fetched), catalogue.reading() as snapshot:
        place = place_in(snapshot, case.order, here, visible)
        found = page_after(snapshot, members, until_sku(case.order), place, size, visible=visible)
        assert found == expected


@pytest.mark.parametrize("chosen", [range(1, 10), [3], [1, 4, 9], range(2, 10, 2)])
@pytest.mark.parametrize("passed", [0, 100])
def test_every_page_by_path(catalogue: MakeCatalogue, chosen, passed: int) -> None:
    """The place need not be there: S2X is the path of no product."""
    variations = [{"path": f"S{number}\x01S{number + 5}"} for number in (1, 2)]
    made = catalogue(*[{}] * 5, *variations, {}, {})
    ordered = [one for one in (1, 6, 2, 7, 3, 4, 5, 8, 9) if one in chosen]
    with ways(rows=1, passed=passed), made.reading() as snapshot:
        for last, passing in (("S", 0), ("S1", {1}), ("S1\x01S6", {1, 6}), ("S2X", {1, 6, 2, 7})):
            rest = [one for one in ordered if not passing or one not in passing]
            for size in (1, 2, 9):
                found = product_page_after(snapshot, BY_PATH, from_ids(chosen), last, size)
                assert found == rest[:size]


@pytest.mark.parametrize("name", ["sku", "price", "name", "new", "color"])
@pytest.mark.parametrize("descending", [False, True])
def test_a_page_sends_as_many_statements_at_any_depth(
    catalogue: MakeCatalogue, name: str, descending: bool
) -> None:
    made = catalogue(*(
        {"sku": f"S{number:04}", "price": f"{number % 250}", "name": f"{number * 7 % 1000:04}",
         "new": number % 2 == 0, "color": f"o{number % 4 + 1}"}
        for number in range(1, 1_001)
    ))  # fmt: skip
    order = [OrderKey(made.operand(name), descending)]
    key, counts = until_sku(order), set()
    with made.reading() as snapshot:
        whole = page_of(snapshot, made.everything, order, 0, 1_000)
    for depth in (10, 470, 882):
        with statements(made) as sent, made.reading() as snapshot:
            place = place_in(snapshot, order, made.products[whole[depth - 1]], None)
            found = page_after(snapshot, made.everything, key, place, 10)
        assert found == whole[depth : depth + 10]
        counts.add(len(sent))
    assert len(counts) == 1
    assert counts.pop() <= 5


@given(
    case=cases([one for one in FILTERABLE if not one.collection]),
    size=st.integers(1, 5),
    writes=st.lists(st.tuples(st.integers(0, 10), st.integers(0, 9)), max_size=8),
    small=st.sampled_from([0, 2, 300]),
)
def test_what_nobody_touches_comes_exactly_once_while_others_write(
    database: Database, case, size, writes, small
) -> None:
    catalogue = Catalogue(database, case.documents, case.first_id)
    first, count = list(catalogue.products.values()), len(case.documents)
    whole = plainly_sorted(catalogue, first, case.order, None)
    order, found, touched, place = until_sku(case.order), list[int](), set[int](), None
    while True:
        with ways(small), catalogue.reading() as snapshot:
            members = catalogue.everything
            if place is None:
                page = page_of(snapshot, members, case.order, 0, size)
            else:
                page = page_after(snapshot, members, order, place, size)
            if not page:
                break
            place = place_in(snapshot, case.order, catalogue.products[page[-1]], None)
        found += page
        if writes:  # of one that is there, or a new one
            which, document = writes.pop()
            number = case.first_id + which % (count + 1)
            touched.add(number)
            catalogue.change({number: case.documents[document % count]})
    assert [one for one in found if one not in touched] == [
        one for one in whole if one not in touched
    ]
