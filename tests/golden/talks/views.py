"""Views are made, changed, given to keys and looked through; some are deleted in endings.py."""

from typing import Any

from tests.golden.talk import Talk
from tests.golden.talks.keys import make

PATH = "/pim/manage/views"
_PRODUCTS = "/pim/manage/products"

PARTNER: dict[str, Any] = {
    "title": {"transform": "Name"}, "color": {"transform": "Colour"},
    "price": {"readonly": "y", "group": "Offer"}, "status": {},
    "categories": {"default": ["Lamps > Indoor > Desk"]}, "goes_with": {}, "bulb": {},
    "tagline": {"default": "From our partner"}, "variation_skus": {}, "variation_matrix": {},
    "variation_of": {}, "ean": {},
}  # fmt: skip
_DESKS = "[[categories]] = 'Lamps > Indoor > Desk' AND [[cost]] IS NOT NULL"


def talk(talk: Talk) -> None:
    talk.about("views")
    _add(talk)
    _edit(talk)
    talk.about("key_views")
    make(talk, "partner", "pim_user", "pim_editor", views=["Partner", "Prices"],
         default_view="Partner")  # fmt: skip
    _of_keys(talk)
    talk.about("products_through_views")
    _look(talk)
    _write(talk)


def _add(talk: Talk) -> None:
    act = talk.at(PATH)
    act(
        "addPimView",
        "addPimView",
        name="Partner",
        comment="Desk lamps for partners",
        attributes=PARTNER,
        condition_query=_DESKS,
    )
    act(
        "addPimView: with a label",
        "addPimView",
        key="security",
        name="Prices",
        label={"en-us": "Price list"},
        attributes={"price": {}, "title": {}},
    )
    act("addPimView: taken", "addPimView", name="Partner", attributes={})
    act(
        "addPimView: unknown attribute",
        "addPimView",
        name="Other",
        attributes={"prise": {}, "title": {"transform": "A"}, "color": {"transform": "A"}},
    )
    act(
        "addPimView: settings of wrong types",
        "addPimView",
        name="Other",
        comment=5,
        attributes={
            "title": {"readonly": "perhaps", "transform": "[A]", "defualt": "x"},
            "color": "Colour",
            "price": {"default": "cheap"},
            "ean": {"default": "1"},
        },
    )
    act(
        "addPimView: wrong condition",
        "addPimView",
        name="Other",
        attributes={"title": {}},
        condition_query="[[titel]] = 'A' AND [[notes]] = 'b'",
    )
    act(
        "addPimView: condition that cannot be read",
        "addPimView",
        name="Other",
        attributes={"title": {}},
        condition_query="[[title]] =",
    )
    act("addPimView: nothing sent", "addPimView")
    act("addPimView: name that is none", "addPimView", name="my view", attributes={})
    act(
        "addPimView: without the permission",
        "addPimView",
        key="editor",
        name="Other",
        attributes={},
    )


def _edit(talk: Talk) -> None:
    act = talk.at(PATH)
    act(
        "editPimView",
        "editPimView",
        name="Prices",
        comment="What things cost",
        condition_query="[[price]] IS NOT NULL",
    )
    act(
        "editPimView: attributes",
        "editPimView",
        name="Prices",
        attributes={"price": {"transform": "Net price"}, "title": {}, "categories": {}},
    )
    act("editPimView: unknown", "editPimView", name="Price", comment="x")
    act("editPimView: refused", "editPimView", name="Prices", attributes={"cots": {}})
    act("editPimView: without the permission", "editPimView", key="viewer", name="Prices")
    act("listPimViews", "listPimViews")
    act("listPimViews: without the permission", "listPimViews", key="viewer")
    act("deletePimView: unknown", "deletePimView", name="Price")
    act("deletePimView: no name", "deletePimView")
    act("unknown action", "listViews")


def _of_keys(talk: Talk) -> None:
    act = talk.at(f"{PATH}/{{viewer}}")
    act("listViews: none", "listViews")
    act("addView", "addView", name="Partner")
    act("addView: by the id of the key", "addView", name="Prices", address=f"{PATH}/{{viewer.id}}")
    act("addView: has it", "addView", name="Prices")
    act("addView: unknown", "addView", name="Price")
    act("addView: no name", "addView")
    act("setDefault", "setDefault", name="Partner")
    act("setDefault: does not have it", "setDefault", name="Price")
    act("deleteView: the default", "deleteView", name="Partner")
    act("deleteView", "deleteView", name="Prices")
    act("deleteView: does not have it", "deleteView", name="Prices")
    act("listViews", "listViews", key="manager")
    act("listViews: unknown key", "listViews", address=f"{PATH}/abcdefgh")
    act("listViews: without the permission", "listViews", key="editor")
    act("unknown action", "listView")
    talk.at(PATH)("deletePimView: keys have it", "deletePimView", name="Partner")
    talk.get("keyinfo: with Views", "/pim/keyinfo", key="partner")


def _look(talk: Talk) -> None:
    act = talk.at(_PRODUCTS, key="partner")
    plain = {"definition": False}
    act("getList", "getList")
    act(
        "getList: by names of the View",
        "getList",
        params={
            "filter_values": {"Colour": "red", "color": "red"},
            "order": [{"attribute": "Name"}],
        },
    )
    act(
        "getList: condition with hidden names",
        "getList",
        params={"condition_query": "[[Name]] LIKE 'D%' AND [[cost]] > 1"},
    )
    act(
        "getList: explained",
        "getList",
        params={
            "condition_query": "[[Name]] LIKE 'D%'",
            "explain": True,
            "explain_sku": "LAMP-2",
            "includeVariants": True,
            "attributes": [],
            "definition": False,
        },
    )
    act("listProduct", "listProduct", sku="LAMP-1", params=plain)
    act("listProduct: outside", "listProduct", sku="LAMP-2")
    act(
        "listProduct: another View",
        "listProduct",
        sku="LAMP-2",
        params=plain,
        headers={"ApiView": "Prices"},
    )
    act(
        "listProduct: unknown View",
        "listProduct",
        sku="LAMP-1",
        params=plain,
        headers={"ApiView": "Price"},
    )
    act(
        "listProduct: any View for managers",
        "listProduct",
        sku="LAMP-1",
        params=plain,
        key="owner",
        headers={"ApiView": "Partner"},
    )
    act("listProductsBySku", "listProductsBySku", skus=["LAMP-2", "LAMP-1"], params=plain)
    act("historyProduct", "historyProduct", sku="LAMP-1", params=plain)
    act("historyProduct: outside", "historyProduct", sku="LAMP-2", params=plain)
    act("listAttributes", "listAttributes", address="/pim/manage/attributes")
    act("listAttributeGroups", "listAttributeGroups", address="/pim/manage/attributes")
    act("listCategories", "listCategories", address="/pim/manage/categories")


def _write(talk: Talk) -> None:
    def write(name: str, action: str, sku: str, attributes: Any, **more: Any) -> None:
        more = {"params": {"definition": False}} | more
        talk.at(_PRODUCTS, key="partner")(
            f"{action}: {name}", action, sku=sku, data={"attributes": attributes}, **more
        )

    write(
        "read-only and hidden names",
        "editProduct",
        "LAMP-1",
        {"Colour": "brass", "price": "1", "cost": "1", "color": "red"},
    )
    write(
        "the same, strict",
        "editProduct",
        "LAMP-1",
        {"Colour": "red", "price": "1", "cost": "1", "Nam": "x"},
        strict=True,
    )
    write("refused value under its name", "editProduct", "LAMP-1", {"Colour": "rde"})
    write("going outside", "editProduct", "LAMP-1", {"categories": ["Bulbs"]})
    write("outside", "editProduct", "LAMP-2", {"Name": "Lamp"})
    write("taken outside", "createProduct", "LAMP-2", {"Name": "Lamp"})
    write("lying outside", "createProduct", "LAMP-8", {"Name": "Lamp"})
    write("value that one outside has", "createProduct", "LAMP-8", {"ean": "4012345000011"})
    write(
        "with defaults",
        "createProduct",
        "PRICE-1",
        {"title": "Priced"},
        headers={"ApiView": "Prices"},
    )
    talk.at(_PRODUCTS, key="partner")("batch: through a View", "batch", actions=[
        {"action": "editProduct", "sku": "LAMP-1", "data": {"attributes": {"Name": "Desk lamp"}}},
        {"action": "editProduct", "sku": "LAMP-2", "data": {"attributes": {"Name": "Lamp"}}},
        {"action": "editProduct", "sku": "LAMP-1", "data": {"attributes": {"categories": ["New"]}}},
    ], reply="full", params={"definition": False})  # fmt: skip
