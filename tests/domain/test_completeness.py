from dataclasses import replace

import pytest

from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.attributes.completeness import completeness, share
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.definition import Definition


@pytest.fixture
def definition() -> Definition:
    made = Definition(1)
    for number, name in enumerate("abc", 100):
        made.put_attribute(Attribute(number, name, name, ValueType.STRING))
    made.put_attribute(Attribute(103, "c", "c~2", ValueType.STRING, collection=True))
    made.put_attribute(Attribute(104, "x", "x", ValueType.TEXT, computed=True))
    made.put_type(ProductType(1, "default"))
    made.put_type(ProductType(2, "full", required_ids=frozenset({100, 101, 103})))
    made.put_type(ProductType(3, "odd", required_ids=frozenset({100, 104, 999})))
    return made


@pytest.mark.parametrize(
    ("case", "values", "percent"),
    [
        ("nothing is required", {}, 100),
        ("an unknown type requires nothing", {"product_type": "gone"}, 100),
        ("nothing is there", {"product_type": "full"}, 0),
        ("one of three", {"product_type": "full", "a": "1"}, 33),
        ("two of three", {"product_type": "full", "a": "1", "c~2": ["1"]}, 67),
        ("an empty collection is unset", {"product_type": "full", "a": "1", "c~2": []}, 33),
        ("another locale's value does not count", {"product_type": "full", "a@1=2": "1"}, 0),
        ("a value of an older attribute does not count", {"product_type": "full", "c": "1"}, 0),
        ("computed and unknown ones do not count", {"product_type": "odd", "a": "1"}, 100),
    ],
)
def test_completeness(definition: Definition, case: str, values: dict, percent: int) -> None:
    assert completeness(values, definition) == percent, case


def test_deleted_attributes_are_not_required(definition: Definition) -> None:
    definition.put_attribute(replace(definition.attributes[101], deleted=True))
    assert completeness({"product_type": "full", "a": "1"}, definition) == 50


@pytest.mark.parametrize(
    ("filled", "required", "percent"),
    [
        (0, 0, 100),
        (0, 7, 0),
        (7, 7, 100),
        (1, 8, 12),
        (3, 8, 37),
        (5, 8, 62),
        (1, 6, 17),
        (199, 200, 99),
    ],
)
def test_shares_are_rounded_and_an_exact_half_down(
    filled: int, required: int, percent: int
) -> None:
    assert share(filled, required) == percent
