"""getList: filters, order, pages and cursors."""

from typing import Any

from tests.golden.talk import Talk

PATH = "/pim/manage/products"


def talk(talk: Talk) -> None:
    talk.about("products_lists")
    _whole(talk)
    _filter(talk)
    _order(talk)
    _pages(talk)
    _cursors(talk)


def ask(talk: Talk, name: str, params: Any, **more: Any) -> dict[str, Any]:
    """Ask for a list of SKUs, and what else params say."""
    if isinstance(params, dict):
        params = {"attributes": [], "definition": False} | params
    return talk.at(PATH)(f"getList: {name}", "getList", params=params, **more)


def _whole(talk: Talk) -> None:
    talk.at(PATH)("getList", "getList", params={"pagination": {"pageSize": 2}})
    ask(talk, "all SKUs", {})
    ask(talk, "in German", {"attributes": ["tagline", "notes"], "filter_values":
        {"tagline": "Licht zum Arbeiten"}}, address=f"/api/de-de{PATH}")  # fmt: skip
    ask(
        talk,
        "deleted ones and variations too",
        {"showDeleted": True, "includeVariants": "Y", "attributes": ["variation_of", "status"]},
    )
    ask(talk, "category", {"cat_id": 4})
    ask(talk, "category and what is below", {"cat_id": 2, "includeChildren": True})
    ask(talk, "unknown category", {"cat_id": 99})
    ask(talk, "category of a wrong type", {"cat_id": "lamps"})
    ask(talk, "unknown key of params", {"pageSize": 10, "serach": "lamp"})
    ask(talk, "params of a wrong type", [])
    ask(talk, "flags of wrong types", {"includeDeleted": "perhaps", "omitEmpty": [], "order": {}})
    ask(talk, "without a permission for it", {}, key="manager")


def _filter(talk: Talk) -> None:
    def filtered(name: str, **values: Any) -> None:
        ask(talk, f"filter, {name}", {"filter_values": values})

    filtered("one value", color="brass")
    filtered("any of two", color="red|brass")
    filtered("list", color=["red", "brass"], price="50;;150")
    filtered("half a range", price="100;;")
    filtered("range turned round", price="150;;4")
    filtered("dates", launched="2024-01-01;;2024-12-31")
    filtered("flag", dimmable="Y")
    filtered("collection", material=["oak", "glass"])
    filtered("category path", categories="Lamps > Indoor > Desk")
    filtered("link", bulb="BULB-1")
    filtered("computed", complete="0;;99")
    filtered(
        "several wrong",
        colour="red",
        color="blue",
        price="cheap",
        ean="1;;2",
        weight="",
        notes="x",
        dimmable="maybe",
        categories="Lamsp",
        bulb="NONE",
    )
    ask(talk, "filter of a wrong type", {"filter_values": ["color"]})


def _order(talk: Talk) -> None:
    def ordered(name: str, *order: Any, **more: Any) -> None:
        ask(talk, f"order, {name}", {"order": list(order)} | more)

    ordered("number, falling", {"attribute": "price", "direction": "DESC"})
    ordered("two keys", {"name": "color"}, {"field": "title", "dir": "desc"})
    ordered("SKU", {"attribute": "sku"}, includeVariants=True)
    ordered(
        "dates and SKU, falling",
        {"attribute": "launched"},
        {"attribute": "sku", "direction": "DESC"},
    )
    ordered(
        "wrong",
        {"attribute": "material"},
        {"attribute": "price", "direction": "down"},
        {"attribute": "titel"},
        {},
        "price",
    )
    ordered("too many", *[{"attribute": "price"}] * 11)


def _pages(talk: Talk) -> None:
    ask(talk, "second page", {"pagination": {"page_size": 2, "page": 2}})
    ask(talk, "past the end", {"pagination": {"pageSize": 5, "pageNum": 50}})
    ask(talk, "page that is none", {"pagination": {"pageSize": 501, "pageNum": "two"}})
    ask(talk, "pagination of a wrong type", {"pagination": 5})


def _cursors(talk: Talk) -> None:
    def page(name: str, **params: Any) -> str:
        reply = ask(talk, f"cursor, {name}", {"pagination": {"pageSize": 3}} | params)
        return str(reply.get("next", ""))

    by_price = {"order": [{"attribute": "price", "direction": "DESC"}], "attributes": ["price"]}
    first = page("by price", after="", **by_price)
    page("by price, on", after=first, **by_price)
    usual = page("in the usual order", after="", includeVariants=True)
    page("in the usual order, on", after=usual, includeVariants=True)
    found = page("search", after="", search="lamp", includeVariants=True)
    page("search, on", after=found, search="lamp", includeVariants=True)
    page("to the end", after="", pagination={"pageSize": 500})
    page("of another order", after=first)
    page("that is none", after="page 2")
    page("of a wrong type", after=2)
    page("with a page number", after="", pagination={"pageNum": 2})
