"""Variants show what their ancestors have, where they have nothing themselves."""

import pytest

from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.product import Values
from pims_api.domain.values.inheritance import effective, inherited

TITLE = Attribute(100, "name", "name", ValueType.STRING)
COLOR = Attribute(101, "color", "color", ValueType.STRING)
EAN = Attribute(102, "ean", "ean", ValueType.STRING, inheritable=False)
ATTRIBUTES = (TITLE, COLOR, EAN)


@pytest.mark.parametrize(
    ("case", "chain", "shown"),
    [
        ("nothing", [], {}),
        ("alone", [{"name": "Rod"}], {"name": "Rod"}),
        ("from the parent", [{"name": "Rod"}, {"color": "red"}], {"name": "Rod", "color": "red"}),
        ("its own wins", [{"color": "red"}, {"color": "blue"}], {"color": "blue"}),
        ("nearest wins", [{"color": "red"}, {"color": "blue"}, {}], {"color": "blue"}),
        ("not inheritable", [{"ean": "1"}, {}], {}),
        ("not inheritable, its own", [{"ean": "1"}, {"ean": "2"}], {"ean": "2"}),
        (
            "one scope set replaces the whole list",
            [{"name": "Rod", "name@1=2": "Stange"}, {"name@1=3": "Barre"}],
            {"name@1=3": "Barre"},
        ),
        (
            "every scope is passed on",
            [{"name": "Rod", "name@1=2": "Stange"}, {}],
            {"name": "Rod", "name@1=2": "Stange"},
        ),
        ("system values are never passed on", [{"sku": "A", "status": "active"}, {}], {}),
    ],
)
def test_effective_values(case: str, chain: list[Values], shown: Values) -> None:
    assert effective(chain, ATTRIBUTES) == shown


def test_which_attributes_come_from_an_ancestor() -> None:
    own = {"color": "blue"}
    shown = effective([{"name": "Rod", "name@1=2": "Stange"}, own], ATTRIBUTES)
    assert inherited(own, shown) == {"name"}
