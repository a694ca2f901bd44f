"""A tenant with a searchable attribute of every kind, in two locales, and two Views."""

from dataclasses import replace

from pims_api.domain.access.attribute_view import AttributeView, ViewField
from pims_api.domain.attributes.attribute import SYSTEM_ATTRIBUTES, ValueType
from pims_api.domain.attributes.option_list import Option, OptionList
from pims_api.storage.definitions.kinds import OptionEntry
from tests.storage.shop import Shop, attribute, searchable

TITLE = replace(SYSTEM_ATTRIBUTES[1], dimensions=(1,))
COLOR_LIST_ID = 7
OPTIONS = (Option("red", "red", 0), Option("id-9", "Grün OR Straße", 1), Option("*", '"x', 2))
ATTRIBUTES = (
    TITLE,
    searchable(100, "notes", ValueType.TEXT),
    searchable(101, "body", ValueType.HTML, dimensions=(1,)),
    searchable(
        102, "colors", ValueType.OPTION, collection=True, option_list_id=COLOR_LIST_ID,
        dimensions=(1,),
    ),
    searchable(103, "link", ValueType.RELATION),
    searchable(104, "weight", ValueType.NUMBER),
    searchable(105, "released", ValueType.DATE),
    searchable(106, "in_stock", ValueType.BOOLEAN),
    searchable(107, "extra", ValueType.COMPLEX),
    attribute(108, "secret"),
    searchable(109, "later", pending=frozenset({"searchable"})),
)  # fmt: skip
SHOWN = ("title", "body", "colors", "link", "secret")


def define_everything(shop: Shop) -> None:
    shop.define(OptionList(COLOR_LIST_ID), *(OptionEntry(COLOR_LIST_ID, one) for one in OPTIONS))
    shop.define(*ATTRIBUTES)
    ids = {one.name: one.id for one in ATTRIBUTES}
    fields = tuple(ViewField(ids[name], name) for name in SHOWN)
    shop.define(
        AttributeView(1, "all rows", fields),
        AttributeView(2, "some rows", fields, condition_query="[[sku]] IS NOT NULL"),
    )
