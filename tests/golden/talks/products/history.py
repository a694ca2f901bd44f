"""historyProduct: what happened to a product."""

from typing import Any

from tests.golden.talk import Talk


def talk(talk: Talk) -> None:
    talk.about("products_history")

    def ask(name: str, sku: Any = "LAMP-1", params: Any = None, **more: Any) -> None:
        params = {"definition": False} | params if isinstance(params, dict) else params
        talk.at("/pim/manage/products")(f"historyProduct: {name}", "historyProduct", sku=sku,
                                        params=params, **more)  # fmt: skip

    ask("with the definition", "BULB-3")
    ask("all", "LAMP-1", {})
    ask(
        "newest first, a page",
        "LAMP-1",
        {"order": [{"direction": "DESC"}], "pagination": {"pageSize": 2, "pageNum": 2}},
    )
    ask("of a user", "LAMP-1", {"user": "anna@example.com"})
    ask("of a user beyond ASCII", "LAMP-1", {"user": "Jürgen"})
    ask("of the key that asks", "LAMP-2", {"user": "{owner}", "attributes": ["color", "sku"]})
    ask("of nobody", "LAMP-1", {"user": "nobody"})
    ask("in German", "LAMP-1", {}, address="/api/de-de/pim/manage/products")
    ask("of a deleted product", "OLD-1", {})
    ask(
        "of a batch",
        "SPARE-1",
        {"order": [{"dir": "desc"}]},
        headers={"ApiView": "Prices"},
    )
    ask("unknown product", "LAMP-7", {})
    ask("no SKU", None, {})
    ask("wrong types", 5, {"order": "DESC", "pagination": {"pageSize": 0}, "user": 7})
    ask("without a permission for it", "LAMP-1", {}, key="manager")
