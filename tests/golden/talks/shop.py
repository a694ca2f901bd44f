"""The reads for shops."""

from tests.golden.talk import Talk

_SHORT = "definition=false&attributes=title,price"


def talk(talk: Talk) -> None:
    talk.about("shop_products")
    _products(talk)
    talk.about("shop_lists")
    _lists(talk)
    _searches(talk)
    talk.about("shop_categories")
    _categories(talk)
    _paused(talk)
    _refusals(talk)


def _products(talk: Talk) -> None:
    def get(name: str, path: str, **more: object) -> None:
        talk.get(name, path, **({"key": "editor"} | more))

    get("v/p", "/v/p/LAMP-1")
    get("v/p: some attributes", f"/v/p/LAMP-1/?{_SHORT},titel,goes_with")
    get("v/p: omitting what is empty", "/v/p/LAMP-2?omitEmpty=Y&definition=false")
    get("v/p: in German", f"/api/de-de/v/p/LAMP-1?{_SHORT},tagline")
    get("v/p: through a View", "/v/p/LAMP-1?definition=false", key="viewer")
    get("v/p: through a View, outside", "/v/p/LAMP-2", key="viewer")
    get("v/p: not for sale", "/v/p/ROOM-1")
    get("v/p: deleted", "/v/p/OLD-1")
    get("v/p: unknown", "/v/p/LAMP-7")
    get("v/p: unknown parameter", "/v/p/LAMP-1?omitEmtpy=Y&definition=perhaps")
    get("v/pl", f"/v/pl?skus=LAMP-2,ROOM-1,LAMP-1,LAMP-7&{_SHORT}")
    get("v/pl: sent one by one", "/v/pl?skus=LAMP-2&skus=LAMP-1&attributes=title")
    get("v/pl: none", "/v/pl")
    get("v/pl: empty", "/v/pl?skus=")


def _lists(talk: Talk) -> None:
    def get(name: str, path: str, **more: object) -> None:
        talk.get(name, path, **({"key": "editor"} | more))

    get("v/pc", f"/v/pc?{_SHORT}")
    get("v/pc: with the definition", "/v/pc?pageSize=1&attributes=title")
    get(
        "v/pc: everything said",
        "/v/pc/2?includeChildren=true&includeVariants=Y&pageSize=2"
        f"&pageNum=1&order-by=price|desc,title&price=1;;500&search=lamp&{_SHORT}",
    )
    get("v/pc: filters named", f"/v/pc?filters=color,price&color=brass|red&price=50;;300&{_SHORT}")
    get("v/pc: filter sent twice", f"/v/pc?color=red&color=brass&{_SHORT}")
    get("v/pc: through a View", "/v/pc?Colour=brass&definition=false", key="viewer")
    get("v/pc: in German", "/api/de-de/v/pc?attributes=tagline&definition=false&order-by=tagline")
    get("v/pc: several faults", "/v/pc?pageSize=1000&price=cheap&order-by=weight|up,titel")
    get("v/pc: filter without a value", "/v/pc?filters=color,price&color=red&size=5")
    get("v/pc: unknown category", "/v/pc/99")
    get("v/pc: category that is none", "/v/pc/lamps")
    get("v/pc: closed category", "/v/pc/7")
    get("v/cpc", f"/v/cpc/2?includeChildren=true&order-by=price|desc&pageSize=1&{_SHORT}")
    get("v/cpc: all", f"/v/cpc/0?pageSize=1&{_SHORT}")
    get("v/cpc: unknown category", "/v/cpc/99")


def _searches(talk: Talk) -> None:
    def get(name: str, path: str, **more: object) -> None:
        talk.get(name, path, **({"key": "editor"} | more))

    get("sv", f"/sv//lamp?{_SHORT}")
    get("sv: one slash", f"/sv/lamp?{_SHORT}")
    get("sv: in a category", f"/sv/6/bulb/?{_SHORT}")
    get("sv: with a filter", f"/sv//lamp?color=brass&includeVariants=Y&{_SHORT}")
    get("sv: several words", f"/sv//desk%20lamp?{_SHORT}")
    get("sv: nothing found", f"/sv//hammer?{_SHORT}")
    get("sv: through a View", "/sv//lamp?definition=false", key="viewer")
    get("sv: unknown parameter", "/sv//lamp?colr=red")


def _categories(talk: Talk) -> None:
    def get(name: str, path: str, **more: object) -> None:
        talk.get(name, path, **({"key": "editor"} | more))

    get("v/c", "/v/c/4")
    get("v/c: with what is below and variations", "/v/c/2?includeChildren=Y&includeVariants=Y")
    get("v/c: in German", "/api/de-de/v/c/4")
    get("v/c: through a View", "/v/c/4", key="viewer")
    get("v/c: closed", "/v/c/8")
    get("v/c: unknown", "/v/c/99")
    get("v/c: none", "/v/c/0")
    get("v/c: flag that is none", "/v/c/4?includeChildren=perhaps&sort=cat_name")
    get("v/ct", "/v/ct")
    get("v/ct: by name", "/v/ct/?sort=cat_name")
    get("v/ct: unknown order", "/v/ct?sort=name")
    get("v/ct: named", "/v/ct/DESK")
    get("v/ct: none named", "/v/ct/hammer")
    get("v/ctf", "/v/ctf")
    get("v/ctn", "/v/ctn")
    get("v/ctn: of one", "/v/ctn/4?includeVariants=Y")
    get("v/ctn: through a View", "/v/ctn", key="viewer")


def _paused(talk: Talk) -> None:
    """What was counted stays while re-indexing is paused, and is counted anew afterwards."""
    write = talk.at("/pim/manage/products")
    data = {"attributes": {"color": "red", "categories": ["Bulbs"], "price": "9"}}
    plain = {"definition": False}
    talk.get("v/c: before a pause", "/v/c/6", key="editor")
    write("createProduct: pausing", "createProduct", sku="PAUSE-1", data=data, params=plain,
          pauseReIndexing="Y")  # fmt: skip
    talk.get("v/c: in a pause", "/v/c/6", key="editor")
    write("editProduct: ending the pause", "editProduct", sku="PAUSE-1",
          data={"attributes": {"price": "10"}}, params=plain)  # fmt: skip
    talk.get("v/c: after a pause", "/v/c/6", key="editor")


def _refusals(talk: Talk) -> None:
    talk.get("v/ct: no key", "/v/ct", key=None)
    talk.get("v/ct: without a permission for it", "/v/ct", key="manager")
    talk.get("v/ct: unknown locale", "/api/fr-fr/v/ct", key="editor")
    talk.send("v/ct: posted", "POST", "/v/ct", key="editor", json={})
    talk.get("v/x: unknown address", "/v/x", key="editor")
