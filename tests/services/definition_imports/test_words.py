"""Whatever a file says of categories and attributes is read or told to be wrong."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims_api.domain.definition import Definition
from pims_api.domain.values.json_text import read_object
from pims_api.domain.values.scope import Dimension, Segment
from pims_api.services.attributes.requests import AttributeWrite
from pims_api.services.definition_imports import attributes as attribute_import
from pims_api.services.definition_imports import category_rows as category_entry
from pims_api.services.definition_imports.attribute_words import KEYS
from pims_api.services.definition_imports.attributes import AttributeSource
from pims_api.services.definition_imports.category_rows import CategoryEntry, read_category
from pims_api.services.definition_imports.key_mapping import SourceKeys

ATTRIBUTE_KEYS = (*KEYS, "name", "definition", "label.de-de", "comment.x", "dictionary.de-de")
CATEGORY_KEYS = (*category_entry.VOCABULARY.keys, "label.de-de", "label.", "cat_data.icon")
LOCALES = (Segment(1, "en-us", ""), Segment(2, "de-de", ""))

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False).map(float)
    | texts
    | st.sampled_from(["", "0", "y", "a|b", "number", "dropdown", "A > B", '{"a": 1}', "[1]"])
    | st.sampled_from(['{"a": "\\ud800"}', '["\\udc00"]', '{"a": NaN}', "[" * 500])
)
anything = st.recursive(
    leaves, lambda below: st.lists(below) | st.dictionaries(texts, below), max_leaves=8
)


@pytest.fixture(scope="module")
def definition() -> Definition:
    made = Definition(1)
    made.put_dimension(Dimension(1, "language", "Language", 1, LOCALES))
    return made


def as_read(entry: Any) -> dict[str, Any]:
    """Return the entry as a file gives it: numbers as their text."""
    return read_object(json.dumps(entry).encode())


def category(definition: Definition, entry: Any) -> CategoryEntry:
    keys = SourceKeys(category_entry.VOCABULARY)
    return read_category(1, as_read(entry), keys, definition)


def attribute(definition: Definition, entry: Any) -> AttributeWrite:
    source = AttributeSource(definition, SourceKeys(attribute_import.VOCABULARY))
    return source.read(1, as_read(entry), "line").wanted


@given(st.dictionaries(st.sampled_from(CATEGORY_KEYS), anything))
def test_a_category_is_read_or_refused(definition: Definition, entry: dict) -> None:
    found = category(definition, entry).wanted
    json.dumps([found.path, found.name, found.data, found.labels]).encode()
    assert found.faults or found.path is not None or found.name is not None


@given(st.dictionaries(st.sampled_from(ATTRIBUTE_KEYS), anything))
def test_an_attribute_is_read_or_refused(definition: Definition, entry: dict) -> None:
    found = attribute(definition, entry)
    assert all(one.message for one in found.faults)
    assert found.faults or "type" in found.settings


@pytest.mark.parametrize(
    ("case", "entry", "told"),
    [
        ("number as a name", {"name": 5}, "name must be text!"),
        ("fraction as an order", {"name": "A", "cat_order": 1.5}, "cat_order must be a whole"),
        ("text as data", {"name": "A", "cat_data": "x"}, "cat_data must be an object, as JSON!"),
        ("data of half a character", {"name": "A", "data": '{"a": "\\ud800"}'}, "as JSON!"),
        ("list as an id", {"name": "A", "id": []}, "id must be text or a number!"),
        ("long label", {"name": "A", "label": "x" * 1001}, "label has at most 1000 characters!"),
        ("long data", {"name": "A", "data.a": "x" * 65_600}, "cat_data takes at most 64 kB!"),
    ],
)
def test_a_category_has_the_rules_of_the_api(
    definition: Definition, case: str, entry: dict, told: str
) -> None:
    (fault,) = category(definition, entry).wanted.faults
    assert told in fault.message


def test_ids_may_be_numbers_or_text(definition: Definition) -> None:
    found = category(definition, {"name": "A", "id": 7, "parent_id": " 7 "})
    assert (found.id, found.parent_id) == ("7", "7")
