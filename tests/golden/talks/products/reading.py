"""Products are read by their SKUs."""

from tests.golden.talk import Talk

PATH = "/pim/manage/products"
_PLAIN = {"definition": False}


def talk(talk: Talk) -> None:
    talk.about("products_read")
    _one(talk)
    _some(talk)
    act = talk.at(PATH)
    act("unknown action", "listProducts")
    talk.send("no action", "POST", PATH, json={"sku": "LAMP-1"})
    act("action of another address", "listCategories")
    act("action of a wrong type", 5)


def _one(talk: Talk) -> None:
    act = talk.at(PATH)
    act("listProduct", "listProduct", sku="LAMP-1")
    act(
        "listProduct: omitting what is empty",
        "listProduct",
        sku="LAMP-2",
        params={"omitEmpty": True, "definition": False},
    )
    act(
        "listProduct: some attributes",
        "listProduct",
        sku=" LAMP-1 ",
        params={"attributes": ["price", "titel", "cost"], "definition": False},
    )
    act(
        "listProduct: in German",
        "listProduct",
        sku="LAMP-1",
        params=_PLAIN,
        address=f"/api/de-DE{PATH}/",
    )
    act("listProduct: deleted", "listProduct", sku="OLD-1", params=_PLAIN, key="viewer")
    act("listProduct: no SKU", "listProduct")
    act("listProduct: unknown", "listProduct", sku="LAMP-7")
    act("listProduct: in another case", "listProduct", sku="lamp-1")
    act(
        "listProduct: wrong types",
        "listProduct",
        sku=["LAMP-1"],
        params={"attributes": "price", "omitEmpty": "perhaps", "definition": 7},
    )
    act(
        "listProduct: unknown View",
        "listProduct",
        sku="PLAIN",
        params=_PLAIN,
        headers={"ApiView": "Nowhere"},
    )
    act("listProduct: without a permission for it", "listProduct", sku="LAMP-1", key="security")


def _some(talk: Talk) -> None:
    act = talk.at(PATH)
    some = ["LAMP-2", "LAMP-7", "OLD-1", "LAMP-1", "LAMP-2"]
    short = {"attributes": ["title"], "definition": False}
    act("listProductsBySku", "listProductsBySku", skus=some, params={"attributes": ["title"]})
    act(
        "listProductsBySku: deleted ones too",
        "listProductsBySku",
        skus=some,
        params=short,
        showDeleted="Y",
    )
    act("listProductsBySku: by another name", "listProductsBySku", sku_list=some, params=short)
    act("listProductsBySku: none", "listProductsBySku")
    act("listProductsBySku: no list", "listProductsBySku", skus="LAMP-1")
    act("listProductsBySku: empty list", "listProductsBySku", skus=[])
    act("listProductsBySku: wrong elements", "listProductsBySku", skus=["LAMP-1", 7, None])
    act("listProductsBySku: too many", "listProductsBySku", skus=["A"] * 501)
    act(
        "listProductsBySku: without a permission for it",
        "listProductsBySku",
        skus=some,
        key="importer",
    )
