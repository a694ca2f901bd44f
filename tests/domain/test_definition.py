"""What a tenant has defined, and what outlives a change of it."""

from dataclasses import replace

import pytest

from pims_api.domain.access.access import Access
from pims_api.domain.access.attribute_view import AttributeView, ViewField
from pims_api.domain.access.compile import compile_access
from pims_api.domain.access.policy import EVERYTHING, view_policy
from pims_api.domain.attributes.attribute import SYSTEM_ATTRIBUTES, Attribute, ValueType
from pims_api.domain.attributes.option_list import Option, OptionList
from pims_api.domain.category import Category
from pims_api.domain.definition import Definition
from pims_api.domain.flat.category_slugs import slugs_of
from pims_api.domain.values.scope import Dimension, Scope, Segment
from schemas.pims.definitions.definition import definition_bytes


@pytest.fixture
def definition() -> Definition:
    made = Definition(1)
    made.put_dimension(Dimension(1, "language", "Language", 1, (Segment(1, "en-us", ""),)))
    made.put_attribute(SYSTEM_ATTRIBUTES[0])
    made.put_attribute(Attribute(100, "width", "width", ValueType.NUMBER))
    made.put_option_list(OptionList(7))
    made.put_category(Category(2, "Rods"))
    return made


def access(definition: Definition, view: str | None = None) -> Access:
    policy = view_policy(definition, definition.views[view]) if view else EVERYTHING
    return compile_access(definition, policy, Scope())


def test_categories_and_options_leave_the_columns_as_they_are(definition: Definition) -> None:
    before, duplicate = access(definition), definition.copy()
    duplicate.put_category(Category(3, "Bolts"))
    duplicate.put_option(7, Option("red", "red", 0))

    assert access(duplicate).columns is before.columns
    assert access(duplicate).definition is duplicate
    assert duplicate.categories.find(("Bolts",)) is not None
    assert definition.categories.find(("Bolts",)) is None
    assert definition.option_lists[7].find("red") is None


def test_an_attribute_makes_new_columns_for_the_copy_alone(definition: Definition) -> None:
    duplicate = definition.copy()
    duplicate.put_attribute(Attribute(101, "height", "height", ValueType.NUMBER))

    assert [one.name for one in access(duplicate).columns] == ["sku", "width", "height"]
    assert [one.name for one in access(definition).columns] == ["sku", "width"]
    assert [one.name for one in access(duplicate).columns] == ["sku", "width", "height"]


def test_a_view_makes_new_columns(definition: Definition) -> None:
    definition.put_view(AttributeView(1, "shop", (ViewField(100, "Breadth"),)))
    assert [one.name for one in access(definition, "shop").columns] == ["sku", "Breadth"]
    definition.put_view(AttributeView(1, "shop", (ViewField(100, "Span"),)))
    assert [one.name for one in access(definition, "shop").columns] == ["sku", "Span"]


def test_nothing_is_kept_of_views_that_are_gone(definition: Definition) -> None:
    for number in range(1, 20):
        definition = definition.copy()
        view = AttributeView(number, f"shop{number}", (ViewField(100, "Breadth"),))
        definition.put_view(view)
        access(definition)
        access(definition, view.name)
        definition.put_view(replace(view, deleted=True))
        definition_bytes(access(definition))
    slugs = slugs_of(definition)
    duplicate = definition.copy()
    (gone,) = definition.rendered.keys() - duplicate.rendered.keys()
    assert gone[:2] == ("columns", view_policy(definition, view).key)
    assert len(duplicate.rendered) == 5  # all columns, their JSON whole and one by one, the slugs
    assert slugs_of(duplicate) is slugs


def test_a_mark_is_another_as_soon_as_what_it_stands_for_has_changed(
    definition: Definition,
) -> None:
    attributes, options = definition.attributes_mark, definition.options_mark
    definition.put_category(Category(4, "Nuts"))
    assert (definition.attributes_mark, definition.options_mark) == (attributes, options)
    definition.put_option(7, Option("blue", "blue", 1))
    assert definition.attributes_mark is attributes
    assert definition.options_mark is not options
    definition.put_attribute(Attribute(102, "depth", "depth", ValueType.NUMBER))
    assert definition.attributes_mark is not attributes


def test_a_narrowed_access_shows_what_was_asked_for(definition: Definition) -> None:
    everything = access(definition)
    assert everything.shows("width")
    assert not everything.narrowed(["sku"]).shows("width")
    assert everything.narrowed(["width"]).shows("width")
