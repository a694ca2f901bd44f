"""getList: conditions, searches, and what explains them."""

from typing import Any

from tests.golden.talk import Talk
from tests.golden.talks.products.lists import PATH, ask


def talk(talk: Talk) -> None:
    talk.about("products_conditions")
    _conditions(talk)
    _wrong_conditions(talk)
    talk.about("products_searches")
    _searches(talk)
    talk.about("products_explained")
    _explained(talk)


def _conditions(talk: Talk) -> None:
    def met(name: str, condition: str, **more: Any) -> None:
        sent = {"address": more.pop("address")} if "address" in more else {}
        ask(talk, f"condition, {name}", {"condition_query": condition} | more, **sent)

    met("comparisons", "[[price]] >= 100 AND [[color]] <> 'red'")
    met("LIKE and IN", "[[sku]] LIKE 'LAMP-%' AND ([[price]] < 120 OR [[material]] IN ('oak'))")
    met("unset", "[[dimmable]] IS NULL AND NOT [[color]] = 'red'")
    met("BETWEEN", "[[launched]] between '2024-01-01' and '2024-12-31' or [[price]] != 4.9")
    met("flags and links", "[[dimmable]] = TRUE OR [[bulb]] = 'BULB-1'")
    met("quotes and wildcards", "[[title]] LIKE '%''%' OR [[title]] NOT LIKE 'D_sk%'")
    met("variations", "[[variation_of]] IS NOT NULL", includeVariants=True)
    met(
        "with a filter and an order",
        "[[price]] > 1",
        filter_values={"color": "red|brass|black"},
        order=[{"attribute": "price"}],
        search="lamp",
    )
    met("in German", "[[tagline]] LIKE 'Licht%'", address=f"/api/de-de{PATH}")


def _wrong_conditions(talk: Talk) -> None:
    def refused(name: str, condition: Any) -> None:
        ask(talk, f"condition, {name}", {"condition_query": condition})

    refused("no joining word", "[[price]] > 100 [[color]] = 'red'")
    refused("several faults", "[[colour]] = 'red' AND [[price]] = 'low' AND [[price]] LIKE '1%'")
    refused("open parenthesis", "([[price]] > 100")
    refused("open quote", "[[title]] = 'abc")
    refused("foreign sign", "[[price]] > 100 ; DROP")
    refused("too many wildcards", "[[title]] LIKE '%a%b%c%d%e%f%g%h%'")
    refused("too deep", "(" * 40 + "[[price]] = 1" + ")" * 40)
    refused("too long", "[[price]] = 1 OR " * 500 + "[[price]] = 1")
    refused("not filterable", "[[notes]] = 'x'")
    refused("value outside the dictionary", "[[color]] = 'blue'")
    refused("wrong type", ["[[price]] = 1"])


def _searches(talk: Talk) -> None:
    def search(name: str, words: Any, **more: Any) -> None:
        ask(talk, f"search, {name}", {"search": words, "attributes": ["title"]} | more)

    search("beginning of a word", "LAMP des")
    search("title before the rest", "lamp", includeVariants=True)
    search("SKU", "lamp-1-black", includeVariants=True)
    search("letters with marks", "ÜNÏQUE")
    search("in HTML", "1932")
    search("nothing found", "hammer")
    search("signs alone", "--!")
    search("under another name", None, searchWord="bulb")
    search("in a category", "lamp", cat_id=4, order=[{"attribute": "price"}])
    search("too many words", " ".join(f"w{number}" for number in range(33)))
    search("wrong type", 5)


def _explained(talk: Talk) -> None:
    def explained(name: str, sku: str | None = None, **params: Any) -> None:
        asked = {"explain": True} | ({"explain_sku": sku} if sku else {})
        ask(talk, f"explain, {name}", asked | params)

    explained(
        "everything",
        "LAMP-1",
        filter_values={"color": "brass|black", "price": "1;;300"},
        condition_query="[[price]] > 200 OR NOT [[weight]] IS NULL",
        cat_id=2,
        includeChildren=True,
        search="lamp",
        order=[{"attribute": "price"}],
    )
    explained("nothing asked")
    explained("deleted product", "OLD-1")
    explained("unknown product", "NONE")
    explained("variation", "LAMP-1-BLACK", condition_query="[[color]] = 'red'")
    explained("nothing found", "PLAIN", filter_values={"color": "red"}, search="hammer")
    ask(talk, "explain, SKU alone", {"explain_sku": "LAMP-2", "filter_values": {"price": "1;;9"}})
    ask(talk, "explain, wrong types", {"explain": "perhaps", "explain_sku": []})
