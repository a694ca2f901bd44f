"""Pages are slices of the whole list, sorted in plain Python."""

from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from pims_api.domain.conditions.truth import stored_value
from pims_api.domain.product import Product
from pims_api.domain.values.value import comparable
from pims_api.storage.catalogue_index.bitmaps import groups
from pims_api.storage.catalogue_index.bitmaps.blocks import from_ids
from pims_api.storage.catalogue_index.order import (
    by_attribute,
    by_number,
    by_sku,
    by_text,
    sku_order_cache,
)
from pims_api.storage.catalogue_index.order import (
    pages as ordering,
)
from pims_api.storage.catalogue_index.order.keys import OrderKey
from pims_api.storage.catalogue_index.order.pages import page_of
from pims_api.storage.database import Database
from tests.storage.catalogue_index.catalogue import Catalogue
from tests.storage.catalogue_index.filter.test_evaluate_property import SEEN
from tests.storage.catalogue_index.strategies import FILTERABLE, cases


def plainly_sorted(
    catalogue: Catalogue, products: list[Product], order: list[OrderKey], visible: int | None
) -> list[int]:
    products = sorted(products, key=lambda one: one.sku)
    for key in reversed(order):
        values = {}
        for one in products:
            stored = stored_value(key.operand, catalogue.seen(one.id, visible))
            if stored is not None:
                values[one.id] = comparable(key.operand.attribute, stored, catalogue.definition)
        unset = [one for one in products if one.id not in values]
        valued = [one for one in products if one.id in values]
        products = sorted(valued, key=lambda one: values[one.id], reverse=key.descending) + unset
    return [one.id for one in products]


@given(
    case=cases([one for one in FILTERABLE if not one.collection]),
    chosen=st.sets(st.integers(0, 9), min_size=1),
    offset=st.integers(0, 6),
    size=st.integers(1, 6),
    seen=SEEN,
    small=st.sampled_from([0, 1, 2, 300]),
    rows=st.sampled_from([1, 2, 250]),
    passed=st.sampled_from([0, 1, 6]),
    fetched=st.sampled_from([0, 20]),
)
def test_a_page_is_a_slice_of_the_sorted_list(
    database: Database, case, chosen, offset, size, seen, small, rows, passed, fetched
) -> None:  # fmt: skip
    catalogue = Catalogue(database, case.documents, case.first_id)
    products = [one for n, one in enumerate(catalogue.products.values()) if n in chosen]
    visible = None if seen is None else from_ids(case.first_id + one for one in seen)
    expected = plainly_sorted(catalogue, products, case.order, visible)[offset : offset + size]
    with (
        patch.object(groups, "SMALL", small),
        patch.object(ordering, "SMALL", small),
        patch.object(by_number, "SMALL", small),
        patch.object(ordering, "ROWS_PER_DOCUMENT", fetched),
        patch.object(by_text, "ROWS_AT_ONCE_MIN", rows),
        patch.object(by_text, "ROWS_AT_ONCE_MAX", max(rows, 2)),
        patch.object(by_sku, "PASSED_PER_FETCHED", passed),
        patch.object(by_sku, "CACHED_PASSED_PER_FETCHED", passed),
        patch.object(by_sku, "CHUNK", rows),
        patch.object(sku_order_cache, "CHUNK", rows),
        patch.object(sku_order_cache, "CHUNKS_MAX", 2),
        patch.object(sku_order_cache, "PIECE", 2),
        patch.object(by_sku, "ROWS_AT_ONCE_MIN", rows),
        patch.object(by_sku, "ROWS_AT_ONCE_MAX", max(rows, 2)),
        patch.object(by_attribute, "CHOICES_AT_ONCE", 2),
        catalogue.reading() as snapshot,
    ):
        members = from_ids(one.id for one in products)
        for _ in range(3):  # of what is asked for again and again, the order of SKUs is kept
            found = page_of(snapshot, members, case.order, offset, size, visible=visible)
            assert found == expected
