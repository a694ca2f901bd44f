"""search of getList."""

import pytest

from tests.pims.tool_shop import WITHOUT_VARIATIONS


def found(tool_shop, words, **params):
    reply = tool_shop("getList", params={"search": words} | params, status=200)
    skus = [one["sku"] for one in reply["products"]]
    assert reply["sku_count"] == len(skus)
    return skus


@pytest.mark.parametrize(
    ("case", "words", "skus"),
    [
        ("nothing", "", WITHOUT_VARIATIONS),
        ("spaces", "   ", WITHOUT_VARIATIONS),
        ("a word of titles, by SKU", "claw", ["G1", "H1"]),
        ("titles before the rest", "steel", ["S2", "H1"]),
        ("any case", "CLAW", ["G1", "H1"]),
        ("last word as a prefix", "ham", ["H1", "H2"]),
        ("every word", "claw hammer", ["H1"]),
        ("order of words does not matter", "hammer claw", ["H1"]),
        ("words from several attributes", "bosch claw", ["H1"]),
        ("only the last word is a prefix", "cla hammer", []),
        ("last word as a prefix after another", "claw ha", ["H1"]),
        ("no part within a word", "ammer", []),
        ("signs between words", "claw, (hammer)!", ["H1"]),
        ("long text", "wood", ["S1"]),
        ("brand", "makita", ["G1", "H2"]),
        ("accents matter", "angstrom", []),
        ("composed", "Ångström", ["a1"]),
        ("decomposed", "A\u030angstro\u0308m", ["a1"]),
        ("other case of accents", "ÅNGSTRÖM", ["a1"]),
        ("wide letters", "\uff53\uff41\uff57", ["S1", "S2"]),
        ("SKU", "h1", ["H1"]),
        ("start of a SKU", "H", ["H1", "H2", "S1"]),
        ("attribute that is not searchable", "hidden", []),
        ("dictionary values are not searched", "red", []),
        ("nobody has it", "zzz", []),
        ("wildcards mean nothing", "%", []),
        ("operators mean nothing", "claw OR saw", []),
        ("quotes mean nothing", "\"claw hammer'", ["H1"]),
    ],
)
def test_finds(tool_shop, case, words, skus) -> None:
    assert sorted(found(tool_shop, words)) == sorted(skus)
    if case != "start of a SKU":  # whose titles hold words with that prefix, too
        assert found(tool_shop, words) == skus


@pytest.mark.parametrize("name", ["search", "searchWord", "search_word", "search_phrase"])
def test_accepts_other_spellings(tool_shop, name) -> None:
    reply = tool_shop("getList", params={name: "claw"}, status=200)

    assert [one["sku"] for one in reply["products"]] == ["G1", "H1"]
    assert "warnings" not in reply


@pytest.mark.parametrize(
    ("case", "params", "skus"),
    [
        ("an order", {"order": [{"attribute": "sku", "direction": "DESC"}]}, ["S2", "H1"]),
        ("an order that turns it", {"order": [{"attribute": "sku"}]}, ["H1", "S2"]),
        ("a filter", {"filter_values": {"price": ";;0"}}, ["S2"]),
        ("a condition", {"condition_query": "[[price]] > 0"}, ["H1"]),
    ],
)
def test_holds_together_with(tool_shop, case, params, skus) -> None:
    assert found(tool_shop, "steel", **params) == skus


def test_finds_variations_and_deleted_ones_when_asked(tool_shop) -> None:
    assert found(tool_shop, "hand", includeVariants=True) == ["S1", "S1-A", "S1-B"]
    assert found(tool_shop, "rake") == ["G1"]
    assert found(tool_shop, "rake", includeDeleted=True) == ["D1", "G1"]


def test_finds_a_sku_by_its_parts_and_as_a_whole(tool_shop) -> None:
    assert found(tool_shop, "s1-b", includeVariants=True) == ["S1", "S1-B"]  # S1 is by Bosch
    assert found(tool_shop, "s1-a", includeVariants=True) == ["S1-A"]


def test_follows_what_is_edited(pims, given_product) -> None:
    given_product("A", title="Red lamp")

    pims("editProduct", sku="A", data={"attributes": {"title": "Green lamp"}})

    skus = {
        word: [one["sku"] for one in pims("getList", params={"search": word})["products"]]
        for word in ("red", "green", "lamp")
    }
    assert skus == {"red": [], "green": ["A"], "lamp": ["A"]}


@pytest.mark.parametrize("wrong", [5, True, ["claw"], {"word": "claw"}])
def test_refuses_what_is_no_text(tool_shop, wrong) -> None:
    reply = tool_shop("getList", params={"search": wrong}, status=400)

    assert [error["code"] for error in reply["errors"]] == ["type"]


@pytest.mark.parametrize("words", ["x" * 100_000, "x " * 5_000])
def test_refuses_what_is_too_long(tool_shop, words) -> None:
    reply = tool_shop("getList", params={"search": words}, status=400)

    assert [error["code"] for error in reply["errors"]] == ["limit"]
