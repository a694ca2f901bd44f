"""Products are created, edited and saved one by one."""

from typing import Any

from tests.golden.talk import Talk

PATH = "/pim/manage/products"
_PLAIN = {"definition": False}

LAMP = {
    "title": "Desk lamp", "categories": ["Lamps > Indoor > Desk", "Bulbs"], "price": "100.00",
    "cost": 41.5, "color": "red", "material": ["steel", "glass"], "ean": "4012345000011",
    "dimmable": "Y", "launched": "2024-02-13", "seen_at": "2024-02-13T13:42:17Z",
    "tagline": "Light for work", "notes": "Stands on any desk.\nEven “this” one.",
    "story": "<p>Made in <b>1932</b></p>", "tags": ["new", "office"], "finish": "matt",
    "manual": "https://example.com/lamp.pdf", "homepage": "https://example.com/lamp",
    "weight": "1200.50", "thumbnail": "lamp.png",
}  # fmt: skip
_WRONG = {
    "categories": ["Lamps > Indoor > Dsek"], "price": "12 euros", "color": "rde", "ean": "123",
    "weight": "9000", "bulb": "BULB-9", "launched": "2024-02-30", "title": ["Floor", "lamp"],
    "dimmable": "perhaps", "seen_at": "noon", "finish": "shiny", "tagline": "x" * 41,
    "status": None,
}  # fmt: skip


def talk(talk: Talk) -> None:
    talk.command("product-type", "add", "bulb", "--attributes", "price,weight,ean",
                 "--required", "price,weight,ean", "--inherit", "n")  # fmt: skip
    talk.about("products_written")
    _create(talk)
    _refuse_creations(talk)
    _edit(talk)
    _refuse_edits(talk)
    _family(talk)
    _localize(talk)
    _save(talk)


def _writer(talk: Talk, action: str) -> Any:
    def write(name: str, sku: Any, attributes: Any, /, **more: Any) -> None:
        more = {"params": _PLAIN} | more
        talk.at(PATH)(f"{action}: {name}", action, sku=sku, data={"attributes": attributes}, **more)

    return write


def _create(talk: Talk) -> None:
    create = _writer(talk, "createProduct")
    create("with every type of value", "LAMP-1", LAMP, params={})
    talk.at(PATH)("createProduct: SKU alone", "createProduct", sku=" PLAIN ", params=_PLAIN)
    create(
        "of a product type",
        "BULB-1",
        {"title": "Bulb", "categories": "Bulbs", "price": "4.90", "weight": 7, "color": "red"},
        product_type="bulb",
    )
    create(
        "of a product type, strict",
        "BULB-2",
        {"title": "Bulb", "color": "red"},
        product_type="bulb",
        strict=True,
    )
    create("of an unknown product type", "BULB-2", {"title": "Bulb"}, product_type="blub")
    create(
        "with links",
        "LAMP-2",
        {
            "title": "Floor lamp",
            "categories": ["Lamps > Indoor > Floor"],
            "price": "249",
            "color": "black",
            "material": "oak",
            "bulb": "BULB-1",
            "goes_with": ["LAMP-1"],
            "tags": [],
            "origin": "DE",
        },
    )
    create(
        "making what is missing",
        "LAMP-3",
        {"title": "Ünïque lamp", "categories": ["New > Spring"], "finish": "brushed"},
        createMissing=["categories", "dictionary"],
        params={"attributes": ["categories", "finish", "titel"], "definition": False},
    )
    create(
        "dry run",
        "LAMP-9",
        {"title": "Not stored", "price": "1"},
        dry_run=True,
        params={"attributes": ["title", "price"], "definition": False},
    )
    create(
        "omitting what is empty",
        "ROOM-1",
        {"title": "Only in the stock room", "categories": ["Stock room > Cellar"]},
        params={"omitEmpty": True, "definition": False},
    )
    create("pausing the counting of filters", "OLD-1", {"title": "Old lamp", "price": "30",
           "categories": ["Lamps > Indoor > Desk"]}, pauseReIndexing="Y")  # fmt: skip


def _refuse_creations(talk: Talk) -> None:
    create = _writer(talk, "createProduct")
    create("taken", "LAMP-1", {})
    create("no SKU", " ", {"title": "No SKU"})
    create("SKU of a wrong type", 7, {"title": "No SKU"})
    create("everything wrong", "LAMP-4", _WRONG)
    create("value that is not unique", "LAMP-4", {"ean": "4012345000011"})
    create("faults of several statuses", "LAMP-4", {"ean": "4012345000011", "price": "dear"})
    create("attributes of a wrong type", "LAMP-4", ["title"])
    create(
        "terms of wrong types",
        "LAMP-4",
        {},
        strict="perhaps",
        createMissing=["all"],
        if_version="new",
        params=[],
    )
    create(
        "making categories without the permission",
        "LAMP-4",
        {"categories": ["Nowhere"]},
        createMissing=["categories"],
        key="editor",
    )
    create("without pim_editor", "LAMP-4", {}, key="viewer")
    create("control character in the SKU", "LAMP\t4", {})
    create("SKU too long", "L" * 256, {})


def _edit(talk: Talk) -> None:
    edit = _writer(talk, "editProduct")
    edit(
        "some values",
        "LAMP-1",
        {"price": "110.50", "title": "Desk lamp, large"},
        headers={"ApiUser": "anna@example.com"},
    )
    edit("nothing changes", "LAMP-1", {"price": "110.50"})
    edit("unknown and read-only names", "LAMP-1", {"prise": "99", "variation_skus": ["X"]})
    edit(
        "dry run",
        "LAMP-1",
        {"price": "95", "thumbnail": None},
        dry_run=True,
        params={"attributes": ["price", "thumbnail"], "definition": False},
    )
    edit(
        "at the version that was read",
        "LAMP-1",
        {"weight": "1300"},
        if_version=2,
        headers={"ApiUser": "Jürgen"},
    )
    edit("unsetting values", "LAMP-2", {"material": [], "color": "", "goes_with": None})
    edit("deleting", "OLD-1", {"status": "deleted"})
    edit("numbers that are equal are a change", "LAMP-1", {"weight": "1300.0"})
    edit(
        "unknown names in params",
        "LAMP-2",
        {"origin": "EU"},
        params={"attributes": ["orgin"], "omitEmty": True, "definition": False},
    )


def _refuse_edits(talk: Talk) -> None:
    edit = _writer(talk, "editProduct")
    edit("strict", "LAMP-1", {"prise": "99", "variation_skus": ["X"]}, strict=True)
    edit("renaming", "LAMP-1", {"sku": "LAMP-9"})
    edit("unknown product", "LAMP-7", {"price": "1"})
    edit("stale version", "LAMP-1", {"price": "120"}, if_version=1)
    edit("everything wrong", "LAMP-1", _WRONG)
    edit("without pim_editor", "LAMP-1", {"price": "1"}, key="manager")
    edit("user name too long", "LAMP-1", {"price": "1"}, headers={"ApiUser": "a" * 101})


def _family(talk: Talk) -> None:
    create, edit = _writer(talk, "createProduct"), _writer(talk, "editProduct")
    edit("variation attributes", "LAMP-1", {"variation_attributes": ["color", "finish"]})
    create(
        "variation",
        "LAMP-1-BLACK",
        {
            "title": "Desk lamp, black",
            "variation_of": "LAMP-1",
            "color": "black",
            "price": "115",
            "finish": "matt",
            "categories": ["Lamps > Indoor > Desk"],
        },
    )
    create(
        "variation of a variation",
        "LAMP-1-BLACK-XL",
        {"title": "Desk lamp, black, XL", "variation_of": "LAMP-1-BLACK", "color": "black"},
    )
    create(
        "same combination as another",
        "LAMP-1-NIGHT",
        {"variation_of": "LAMP-1", "color": "black", "finish": "matt"},
        dry_run=True,
    )
    edit("variation of itself", "LAMP-1", {"variation_of": "LAMP-1-BLACK"})
    edit("variation of nothing", "LAMP-2", {"variation_of": "LAMP-7"})
    edit("unknown variation attribute", "LAMP-2", {"variation_attributes": ["colr"]})
    talk.at(PATH)("listProduct: parent", "listProduct", sku="LAMP-1", params={
        "attributes": ["color", "variation_attributes", "variation_skus", "variation_matrix"],
        "definition": False})  # fmt: skip


def _localize(talk: Talk) -> None:
    edit = _writer(talk, "editProduct")
    german = f"/api/de-de{PATH}"
    edit(
        "in German",
        "LAMP-1",
        {"tagline": "Licht zum Arbeiten", "notes": "Steht überall."},
        address=german,
    )
    edit(
        "taking a German value away",
        "LAMP-1",
        {"notes": None},
        address=german,
        params={"attributes": ["notes", "tagline"], "definition": False},
    )
    edit("in an unknown locale", "LAMP-1", {"notes": None}, address=f"/api/fr-fr{PATH}")


def _save(talk: Talk) -> None:
    save = _writer(talk, "saveProduct")
    save("one that is not there", "BULB-3", {"title": "Bulb, warm", "price": "5.10"})
    save("one that is there", "BULB-3", {"title": "Bulb, cold"})
    save("one that is deleted", "OLD-1", {"title": "Very old lamp"})
    save("stale version", "BULB-3", {"title": "Bulb"}, if_version=7)
    save("dry run", "BULB-4", {"title": "Bulb, green"}, dry_run=True)
    save("refused", "BULB-3", {"price": "-1", "wieght": 5}, strict=True)
    save("without pim_editor", "BULB-3", {"title": "Bulb"}, key="viewer")
