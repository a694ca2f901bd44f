"""The index and the plain evaluation of conditions give the same answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims_api.domain.conditions.opposite import opposite
from pims_api.domain.conditions.truth import matches
from pims_api.storage.catalogue_index.bitmaps.blocks import from_ids
from pims_api.storage.catalogue_index.filter import operands
from pims_api.storage.catalogue_index.filter.evaluate import match
from pims_api.storage.catalogue_index.filter.operands import SCANNED_TOGETHER_MIN
from pims_api.storage.database import Database
from tests.storage.catalogue_index.catalogue import Catalogue
from tests.storage.catalogue_index.strategies import (
    FILTERABLE,
    PRODUCTS_MAX,
    UNINDEXED,
    cases,
)

SEEN = st.one_of(st.none(), st.none(), st.sets(st.integers(0, PRODUCTS_MAX - 1)))


@given(
    case=cases([*FILTERABLE, *UNINDEXED]),
    seen=SEEN,
    together=st.sampled_from([1, SCANNED_TOGETHER_MIN]),
)
def test_matches_what_the_plain_evaluation_says(database: Database, case, seen, together) -> None:
    catalogue = Catalogue(database, case.documents, case.first_id)
    visible = None if seen is None else from_ids(case.first_id + one for one in seen)
    shown = {number: catalogue.seen(number, visible) for number in catalogue.products}
    with pytest.MonkeyPatch.context() as patch, catalogue.reading() as snapshot:
        patch.setattr(operands, "SCANNED_TOGETHER_MIN", together)
        for condition in case.conditions:
            expected = from_ids(
                number
                for number, values in shown.items()
                if matches(condition, values, catalogue.definition)
            )
            found = match(snapshot, condition, visible=visible) & catalogue.everything
            if visible is not None:  # the result itself may hold others
                found, expected = found & visible, expected & visible
            assert found == expected, condition


@given(case=cases([*FILTERABLE, *UNINDEXED]))
def test_an_opposite_is_true_where_its_condition_is_not(database: Database, case) -> None:
    catalogue = Catalogue(database, case.documents, case.first_id)
    shown = {number: catalogue.seen(number) for number in catalogue.products}
    with catalogue.reading() as snapshot:
        for condition in case.conditions:
            expected = from_ids(
                number
                for number, values in shown.items()
                if not matches(condition, values, catalogue.definition)
            )
            found = match(snapshot, opposite(condition)) & catalogue.everything
            assert found == expected, condition
