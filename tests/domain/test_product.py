"""What a change of a product consists of."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pims_api.domain.product import Product, ProductChange, differences, fold, path_of, sku_fault
from pims_api.errors import Fault

VALUES = st.dictionaries(
    st.sampled_from(["title", "title@1=2", "price", "tags", "sku"]),
    st.one_of(st.text(max_size=3), st.booleans(), st.lists(st.text(max_size=2), min_size=1)),
)


@given(VALUES, VALUES)
def test_folding_the_difference_gives_the_new_state(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    assert fold(old, differences(old, new)[1]) == new


@given(VALUES, VALUES)
def test_folding_the_old_side_undoes_the_change(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert fold(new, differences(old, new)[0]) == old


@given(VALUES)
def test_nothing_differs_from_itself(values: dict[str, Any]) -> None:
    assert differences(values, dict(values)) == ({}, {})


@given(VALUES, VALUES)
def test_touched_slots_are_those_that_differ(old: dict[str, Any], new: dict[str, Any]) -> None:
    change = ProductChange(Product(1, "A", old), Product(1, "A", new))
    assert set(change.touched) == set(differences(old, new)[0])


@given(st.lists(st.text(st.characters(min_codepoint=32), min_size=1, max_size=4), unique=True))
def test_variants_sort_right_after_their_parent(skus: list[str]) -> None:
    paths = {sku: path_of(sku, None) for sku in skus}
    families = [p for sku in skus for p in (paths[sku], path_of("~", paths[sku]))]
    in_order = sorted(families)
    for sku in skus:
        assert in_order[in_order.index(paths[sku]) + 1] == path_of("~", paths[sku])


def test_a_sku_has_at_most_255_characters_and_no_control_characters() -> None:
    assert sku_fault("A" * 255) is None
    assert sku_fault("A" * 256) == Fault(
        "range", "A SKU has at most 255 characters, this one has 256!", "sku", place="sku"
    )
    assert sku_fault("M5\tx 20") == Fault(
        "type", "A SKU cannot hold control characters!", "sku", place="sku"
    )
