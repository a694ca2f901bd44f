"""What is deleted and withdrawn at the end."""

from tests.golden.talk import Talk

_PRODUCTS = "/pim/manage/products"


def talk(talk: Talk) -> None:
    talk.about("endings")
    _attributes(talk)
    _categories(talk)
    _views(talk)
    _keys(talk)
    _busy(talk)


def _attributes(talk: Talk) -> None:
    act = talk.at("/pim/manage/attributes")
    act("deleteAttribute: a View needs it", "deleteAttribute", name="cost")
    act("deleteAttribute: shown by Views", "deleteAttribute", name="color")
    act("deleteAttribute", "deleteAttribute", name="origin")
    act(
        "editAttribute: unique where values are shared",
        "editAttribute",
        name="tags",
        definition={"isUnique": "y"},
    )
    act(
        "editAttribute: no collection any more",
        "editAttribute",
        name="tags",
        definition={"collection": "n"},
    )
    act(
        "editAttribute: not localizable any more",
        "editAttribute",
        name="tagline",
        definition={"isLocalizable": "n"},
    )
    act(
        "editAttribute: filterable now",
        "editAttribute",
        name="goes_with",
        definition={"isFilterable": "y", "isSearchable": "y"},
    )
    talk.at(_PRODUCTS)(
        "listProduct: without what was deleted",
        "listProduct",
        sku="LAMP-1",
        params={"definition": False},
    )
    talk.at(_PRODUCTS)("historyProduct: with what was deleted", "historyProduct", sku="LAMP-2",
                       params={"definition": False})  # fmt: skip


def _categories(talk: Talk) -> None:
    act = talk.at("/pim/manage/categories")
    act("deleteCategory: in use", "deleteCategory", id=6)
    act("deleteCategory: a View needs it", "deleteCategory", id=2, force=True)
    views = talk.at("/pim/manage/views")
    views("editPimView: lets go of a category", "editPimView", name="Partner", condition_query="")
    views(
        "removeViewAttributes: lets go of a default",
        "removeViewAttributes",
        name="Partner",
        attributes=["categories"],
    )
    act("deleteCategory: dry run", "deleteCategory", id=2, force=True, dry_run=True)
    act("deleteCategory: with what is below", "deleteCategory", id=2, force="Y")
    act("deleteCategory: gone", "deleteCategory", id=4)
    talk.at(_PRODUCTS)(
        "listProduct: whose category was deleted",
        "listProduct",
        sku="LAMP-2",
        params={"attributes": ["categories"], "definition": False},
    )
    talk.at(_PRODUCTS)("historyProduct: whose category was deleted", "historyProduct",
                       sku="LAMP-1-BLACK", params={"definition": False})  # fmt: skip


def _views(talk: Talk) -> None:
    act = talk.at("/pim/manage/views")
    act("deletePimView: keys have it", "deletePimView", name="Prices")
    talk.at("/pim/manage/views/{partner}")("deleteView", "deleteView", name="Prices")
    act("deletePimView", "deletePimView", name="Prices")
    act("listPimViews", "listPimViews")


def _keys(talk: Talk) -> None:
    def withdraw(name: str, by: str = "owner", /, **body: object) -> None:
        talk.send(f"keydelete: {name}", "POST", "/pim/keydelete", key=by, json=body)

    withdraw("without pim_security", "viewer", key="{mistake}")
    withdraw("the one that asks", key="{owner}")
    withdraw("unknown", key="abcdefgh")
    withdraw("no key named")
    withdraw("done", key="{mistake}")
    withdraw("again", key="{mistake.id}")
    talk.at(_PRODUCTS)("a key that is withdrawn", "getList", key="mistake")
    withdraw("one of the two with pim_security", key="{security.id}")
    talk.send("keyinfo/set: the last with pim_security", "POST", "/pim/keyinfo/set",
              json={"key": "{owner}", "pim_security": 0})  # fmt: skip


def _busy(talk: Talk) -> None:
    """Fill the queue of jobs, without keeping what that answers."""
    for _ in range(100):
        talk.send("", "POST", "/pim/export", json={})
    talk.send("export: too many jobs wait", "POST", "/pim/export", json={})
