"""Compiled schemas read bodies as marshmallow itself would, faults and their order included."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields

from pims_api.domain.values.value import JsonNumber
from schemas.keys import spellings
from schemas.loading import _faults, load
from schemas.pims.definitions.attribute_view import ViewFieldRequest
from schemas.pims.products.requests import (
    BATCH,
    GET_LIST,
    HISTORY_PRODUCT,
    LIST_PRODUCT,
    LIST_PRODUCTS_BY_SKU,
    ROW,
    SAVE_PRODUCT,
    RowRequestReader,
)

SCHEMAS = (LIST_PRODUCT, LIST_PRODUCTS_BY_SKU, GET_LIST, SAVE_PRODUCT, HISTORY_PRODUCT, BATCH, ROW)
KEYS = (
    "action", "sku", "skus", "sku_list", "params", "attributes", "omitEmpty", "definition",
    "pagination", "pageSize", "limit", "pageNum", "order", "attribute", "field", "direction",
    "dir", "search", "searchWord", "after", "cat_id", "filter_values", "includeDeleted",
    "include_deleted", "mode", "reply", "dry_run", "user", "data", "if_version", "unknown",
    "dryRun", "ifVersion", "omit_empty", "page_size", "strict", "create_missing", "showDeleted",
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


class SpelledTwice(Exception):
    """An object says one key twice, with two values."""


def under_our_names(schema: Schema, sent: Any) -> Any:
    """Return an object with the names of its schema, and the objects in it with theirs."""
    if schema.many and isinstance(sent, list):
        one_of_them = type(schema)()
        return [under_our_names(one_of_them, one) for one in sent]
    if schema.many or not isinstance(sent, dict):
        return sent
    named, known = {}, set()
    for name in schema.fields:
        for word in reversed((name, *schema.aliases.get(name, ()))):
            own = [one for one in spellings(word) if one == name or one not in schema.fields]
            values = [sent[one] for one in own if one in sent]
            if any(one != values[0] for one in values):
                raise SpelledTwice
            if values:
                named[name] = values[0]
            known |= {*own}
    named |= {name: value for name, value in sent.items() if name not in known}
    nested = {n: f.schema for n, f in schema.fields.items() if isinstance(f, fields.Nested)}
    return {n: under_our_names(nested[n], v) if n in nested else v for n, v in named.items()}


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda one: type(one).__name__)
@given(body=USUAL | st.dictionaries(st.sampled_from(KEYS), ANYTHING, max_size=5))
def test_a_body_is_read_as_its_schema_would_read_it(schema: Schema, body: Any) -> None:
    values, faults = load(schema, body)
    try:
        body = under_our_names(schema, body)
    except SpelledTwice:
        assert "syntax" in [one.code for one in faults]
        return
    try:
        expected, messages = schema.load(body), {}
    except ValidationError as error:
        expected, messages = error.valid_data, error.normalized_messages()
    assert values == expected
    assert faults == list(_faults(messages, ""))


def test_what_is_wrong_is_told_in_the_order_of_the_schema() -> None:
    order = [{"direction": "up"}, [], {"attribute": None}]
    params = {"order": order, "pagination": {"num": JsonNumber("0")}, "attributes": "sku"}
    values, faults = load(GET_LIST, {"params": params})
    assert [(one.pointer, one.code, one.message) for one in faults] == [
        ("/params/attributes", "type", "attributes must be a list of texts!"),
        ("/params/order/0/attribute", "required",
         "An order entry needs the name of an attribute!"),
        ("/params/order/0/direction", "range", "The direction must be ASC or DESC!"),
        ("/params/order/1", "type", "This must be an object!"),
        ("/params/order/2/attribute", "required",
         "An order entry needs the name of an attribute!"),
        ("/params/pagination/pageNum", "range",
         "pageNum must be a whole number from 1 to 1000000000000!"),
    ]  # fmt: skip
    assert values["params"]["pagination"] == {"pageSize": 24}


def test_usual_values_stand_for_keys_that_were_not_sent() -> None:
    reader = RowRequestReader({"strict": True, "createMissing": ["categories"]})
    assert reader.read({"sku": "A"}).values == {
        "sku": "A", "data": {}, "pauseReIndexing": False, "strict": True,
        "if_version": None, "product_type": None, "only": "", "restore": False,
        "createMissing": ["categories"],
        "params": {"attributes": None, "omitEmpty": False, "definition": True, "system": False,
                   "missing": False},
    }  # fmt: skip
    assert reader.read({"sku": "A", "strict": None}).values["strict"] is False
    assert [one.pointer for one in reader.read({}).faults] == ["/sku"]


def test_unknown_keys_are_refused_where_a_schema_refuses_them() -> None:
    values, faults = load(ViewFieldRequest(), {"zz": 1, "readonly": "maybe", "aa": 2})
    assert [one.pointer for one in faults] == ["/readonly", "/zz", "/aa"]
    assert values == {"transform": None, "group": None, "default": None}


def test_defaults_are_not_shared_between_bodies() -> None:
    first, second = (load(GET_LIST, {})[0] for _ in range(2))
    first["params"]["pagination"]["pageNum"] = 7
    assert second["params"]["pagination"]["pageNum"] == 1
