"""Bodies that are as most are read the same without the full look of their schema."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema

from pims_api.domain.values.value import JsonNumber
from schemas.loading import load
from schemas.pims.products.plain_reading import read_plainly
from schemas.pims.products.requests import (
    BATCH,
    GET_LIST,
    HISTORY_PRODUCT,
    LIST_PRODUCT,
    LIST_PRODUCTS_BY_SKU,
    SAVE_PRODUCT,
)

SCHEMAS = (LIST_PRODUCT, LIST_PRODUCTS_BY_SKU, GET_LIST, SAVE_PRODUCT, HISTORY_PRODUCT, BATCH)
KEYS = (
    "action", "sku", "skus", "sku_list", "params", "attributes", "omitEmpty", "definition",
    "pagination", "pageSize", "limit", "pageNum", "order", "attribute", "field", "direction",
    "dir", "search", "searchWord", "after", "cat_id", "filter_values", "includeDeleted",
    "include_deleted", "mode", "reply", "dry_run", "user", "data", "if_version", "unknown",
)  # fmt: skip
NUMBERS = st.sampled_from([JsonNumber(text) for text in ("0", "1", "24", "-3", "1.5")])
WORDS = st.sampled_from(["", "a", " a ", "ASC", "desc", "true", "per_row", "full"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | WORDS | NUMBERS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=12,
)
PARAMS = st.fixed_dictionaries(
    {},
    optional={
        "attributes": st.none() | st.lists(WORDS, max_size=2),
        "omitEmpty": st.booleans() | WORDS,
        "pagination": st.dictionaries(st.sampled_from(["pageSize", "pageNum"]), NUMBERS),
        "order": st.lists(st.fixed_dictionaries({"attribute": WORDS, "direction": WORDS})),
        "search": WORDS,
        "cat_id": NUMBERS,
    },
)
USUAL = st.fixed_dictionaries(
    {"action": WORDS},
    optional={"sku": WORDS, "skus": st.lists(WORDS, max_size=3), "params": PARAMS},
)


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda one: type(one).__name__)
@given(body=USUAL | st.dictionaries(st.sampled_from(KEYS), ANYTHING, max_size=5))
def test_what_is_read_plainly_is_what_the_schema_reads(schema: Schema, body: Any) -> None:
    plain = read_plainly(schema, body)
    assert plain is None or (plain, []) == load(schema, body)


def test_a_usual_body_is_read_plainly() -> None:
    order = [{"attribute": "sku", "direction": "desc"}]
    body = {"action": "getList", "params": {"order": order, "search": "rod"}}
    found = read_plainly(GET_LIST, body)
    assert found is not None
    assert found["params"]["order"] == [{"attribute": "sku", "direction": "DESC"}]
    assert found["params"]["pagination"] == {"pageSize": 24, "pageNum": 1}


@pytest.mark.parametrize(
    "body",
    [
        {"params": {"searchWord": "rod"}},
        {"params": {"search": None}},
        {"params": {"search": JsonNumber("1")}},
        {"params": {"pagination": {"pageSize": JsonNumber("0")}}},
        {"params": []},
        {"params": {"order": [{"direction": "ASC"}]}},
    ],
)
def test_other_spellings_nulls_and_faults_are_left_to_the_schema(body: dict[str, Any]) -> None:
    assert read_plainly(GET_LIST, body) is None


def test_defaults_are_not_shared_between_bodies() -> None:
    first, second = (read_plainly(GET_LIST, {}) for _ in range(2))
    assert first is not None
    assert second is not None
    first["params"]["pagination"]["pageNum"] = 7
    assert second["params"]["pagination"]["pageNum"] == 1
