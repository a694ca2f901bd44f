"""The columns of a file: what each feeds, and all that is wrong with them at once."""

import pytest

from pims_api.domain.access.attribute_view import AttributeView, ViewField
from pims_api.domain.attributes.attribute import SYSTEM_ATTRIBUTES, Attribute, ValueType
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.definition import Definition
from pims_api.domain.values.scope import Dimension, Segment
from pims_api.errors import BadInput
from pims_api.services.access import full_access
from pims_api.services.imports.column_plan import ImportChoices, NewAttribute, plan_columns

OWN = (
    Attribute(100, "price", "price", ValueType.NUMBER),
    Attribute(101, "tags", "tags", ValueType.STRING, collection=True),
    Attribute(102, "cost", "cost", ValueType.NUMBER),
)
PARTNER = AttributeView(
    1,
    "partner",
    fields=(ViewField(2, "Name"), ViewField(100, "Preis"), ViewField(3, "status", readonly=True)),
)


@pytest.fixture
def definition():
    made = Definition(1)
    made.put_dimension(Dimension(1, "language", "Language", 1, (Segment(1, "en-us", ""),)))
    for one in (*SYSTEM_ATTRIBUTES, *OWN):
        made.put_attribute(one)
    made.put_view(PARTNER)
    made.put_type(ProductType(1, "default"))
    return made


def planned(definition, *names, view=None, **choices):
    access = full_access(definition, "en-us", view)
    return plan_columns(access, ["sku", *names], ImportChoices(**choices))


def refused(definition, *names, **more):
    with pytest.raises(BadInput) as caught:
        planned(definition, *names, **more)
    return [one.message for one in caught.value.faults]


def fed(plan):
    return {name: (feed.column.attribute.name, feed.element) for name, feed in plan.feeds.items()}


def test_a_column_feeds_the_attribute_or_element_of_its_name(definition):
    plan = planned(definition, "price", "tags.1", "tags.0", "product_type")
    assert fed(plan) == {"price": ("price", None), "tags.1": ("tags", 1), "tags.0": ("tags", 0)}
    assert (plan.sku, plan.product_type) == ("sku", "product_type")


def test_a_column_may_be_mapped_or_ignored(definition):
    mapping = {"Netto": "price", "Wort": "tags.0", "Art": "product_type"}
    plan = planned(definition, "Netto", "Wort", "Art", "x", mapping=mapping, ignored=frozenset("x"))
    assert fed(plan) == {"Netto": ("price", None), "Wort": ("tags", 0)}
    assert plan.product_type == "Art"


def test_the_sku_may_be_mapped(definition):
    access = full_access(definition, "en-us")
    plan = plan_columns(access, ["Nr", "price"], ImportChoices(mapping={"Nr": "sku"}))
    assert plan.sku == "Nr"


def test_every_column_that_is_no_attribute_is_told_with_the_nearest_name(definition):
    assert refused(definition, "pricee", "zzz", mapping={"Gibtsnicht": "price"}) == [
        "The column 'pricee' is no attribute! Map it, ignore it or have the attribute made."
        " Did you mean 'price'?",
        "The column 'zzz' is no attribute! Map it, ignore it or have the attribute made.",
        "The file has no column 'Gibtsnicht' to map!",
    ]


def test_a_file_needs_a_sku(definition):
    with pytest.raises(BadInput) as caught:
        plan_columns(full_access(definition, "en-us"), ["SKU"], ImportChoices(ignored={"SKU"}))
    assert [one.message for one in caught.value.faults] == [
        "The file has no column sku, and none is mapped to it! Did you mean 'SKU'?"
    ]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["price.0"], "The column 'price.0' is an element, but price takes one value!"),
        (["tags", "tags.0"], "The column 'tags.0' feeds tags, which 'tags' feeds already!"),
        (["tags.0", "tags.00"], "The column 'tags.00' feeds tags, which 'tags.0' feeds already!"),
    ],
)
def test_columns_that_cannot_be_together_are_told(definition, names, message):
    assert refused(definition, *names) == [message]


def test_attributes_are_made_by_name_and_numbered_ones_are_collections(definition):
    plan = planned(definition, "weight", "finish.0", "finish.1", missing=frozenset({"attributes"}))
    assert plan.made == {
        "weight": NewAttribute(False, ("weight",)),
        "finish": NewAttribute(True, ("finish.0", "finish.1")),
    }


def test_types_are_for_attributes_that_the_file_makes(definition):
    types = {"wieght": ValueType.NUMBER, "price": ValueType.STRING, "tags": ValueType.STRING}
    assert refused(
        definition, "weight", "tags", missing=frozenset({"attributes"}), types=types
    ) == [
        "price has the type number already, not string: convert the attribute, or leave its type "
        "out!",
        "The file makes no attribute 'wieght' to give a type! Did you mean 'weight'?",
    ]


def test_a_name_that_no_attribute_may_have_is_told(definition):
    assert refused(definition, "Net weight", missing=frozenset({"attributes"})) == [
        "The column 'Net weight' cannot become an attribute, whose name has 1 to 64 letters, "
        "digits, _ and -, and begins with a letter: map it!"
    ]


def test_a_view_has_its_own_names_and_no_others(definition):
    plan = planned(definition, "Preis", "status", view="partner")
    assert fed(plan) == {"Preis": ("price", None)}
    assert [one.message for one in plan.warnings] == [
        "status is read only: its column was ignored."
    ]
    assert plan.title is not None
    assert plan.title.name == "Name"
    told = refused(definition, "cost", "price", view="partner")
    assert told[0] == refused(definition, "cast", view="partner")[0].replace("cast", "cost")


def test_no_attribute_is_made_behind_a_view(definition):
    told = refused(definition, "cost", view="partner", missing=frozenset({"attributes"}))
    assert told == [
        "The column 'cost' is no attribute of the View, and one made now would not be in it!"
    ]


def test_a_product_type_that_is_not_there_is_told(definition):
    told = refused(definition, "price", product_type="defualt")
    assert told == ["There is no product type 'defualt'! Did you mean 'default'?"]
