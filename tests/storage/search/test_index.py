"""Full text, case by case, on both engines."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from pims_api.domain.attributes.attribute import SYSTEM_ATTRIBUTES
from pims_api.domain.search.document_tokens import may_be_searched
from pims_api.settings import Settings
from pims_api.storage.catalogue_index.bitmaps.blocks import members
from pims_api.storage.database import Database
from pims_api.storage.search.engines import store_tokens, stored_tokens
from pims_api.storage.search.index import (
    compare_search,
    maintain_search,
    optimize_search,
    rebuild_search_block,
    search,
)
from tests.environment import settings_of
from tests.storage.search.searched_shop import TITLE, define_everything
from tests.storage.shop import Shop, attribute, new_shop, searchable


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database whose full text knows every product at once."""
    with closing(Database(at_once(database_url))) as made:
        yield made


def at_once(url: str) -> Settings:
    return replace(settings_of(url), unindexed_max=0)


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    define_everything(shop)
    return shop


def found(
    shop: Shop, text: str, view: str | None = None, locale: str = "en-us"
) -> tuple[list[int], list[int]]:
    with shop.read() as seen:
        hits = search(seen, shop.access(seen, view, locale), text)
    return members(hits.all), members(hits.in_title)


@pytest.mark.parametrize(
    ("case", "text", "english", "german"),
    [
        ("a global value", "rod", ([1, 2, 3], [1, 2, 3]), ([1, 3], [1, 3])),
        ("a value of the locale", "stange", ([], []), ([2], [2])),
        ("one without any word hides the global one too", "tube", ([4], [4]), ([], [])),
        ("in words of both", "steel rod", ([1], [1]), ([1], [1])),
        ("as a prefix", "sta", ([], []), ([2], [2])),
    ],
)
def test_the_value_shown_in_the_locale_is_searched(
    stocked: Shop, case: str, text: str, english: Any, german: Any
) -> None:
    # arrange
    stocked.save("P1", {"title": "steel rod"})
    stocked.save("P2", {"title": "brass rod", "title@1=3": "Messingstange Stange"})
    stocked.save("P3", {"title": "rod", "title@1=3": "Stange"})
    stocked.save("P3", {"title": "rod"})  # unset again
    stocked.save("P4", {"title": "tube", "title@1=3": "--"})

    # act and assert
    assert found(stocked, text) == english
    assert found(stocked, text, locale="de-de") == german


@pytest.mark.parametrize(
    ("case", "text", "ids"),
    [
        ("words in different attributes", "rod shiny", [1]),
        ("a word that is only a prefix, not at the end", "shi rod", []),
        ("the last one is a prefix", "rod shi", [1]),
        ("an option by its alias", "strasse", [1]),
        ("not by its id", "id", []),
        ("a number", "12", [1]),
        ("a date", "2024 05", [1]),
        ("a flag", "true", [1]),
        ("html without its tags", "bold", [1]),
        ("a tag", "em", []),
        ("a part of a complex value", "nested", [1]),
        ("an attribute that is not searchable", "hush", []),
        ("an attribute whose words are not all there yet", "soon", []),
        ("a SKU in parts", "7 p", [1]),
        ("signs that are a SKU", "--", [2]),
        ("signs that begin a SKU", "-", [2]),
        ("signs that are nothing", "*", []),
        ("signs beside words", "rod & shiny", [1]),
    ],
)
def test_each_kind_of_value_is_found(stocked: Shop, case: str, text: str, ids: list[int]) -> None:
    stocked.save(
        "P/7",
        {
            "title": "rod",
            "notes": "very shiny",
            "body": "<em>bold</em>",
            "colors": ["id-9"],
            "weight": "12.50",
            "released": "2024-05-01",
            "in_stock": True,
            "extra": {"deep": ["nested"]},
            "secret": "hush",
            "later": "soon",
        },
    )
    stocked.save("--", {})
    assert found(stocked, text)[0] == ids


def test_what_a_view_hides_is_not_found(stocked: Shop) -> None:
    stocked.save("P1", {"title": "rod", "notes": "shiny"})
    assert found(stocked, "shiny") == ([1], [])
    assert found(stocked, "shiny", view="all rows") == ([], [])


def test_links_are_not_searched_where_some_products_are_hidden(stocked: Shop) -> None:
    stocked.save("P1", {"link": "TARGET-1"})
    assert found(stocked, "target", view="all rows") == ([1], [])
    assert found(stocked, "target", view="some rows") == ([], [])


def test_other_tenants_are_not_found(database: Database) -> None:
    first, second = new_shop(database, "first"), new_shop(database, "second")
    first.save("P1", {"title": "rod"})
    second.save("P1", {"title": "tube"})
    second.save("P2", {"title": "rod"})
    assert found(first, "rod") == ([1], [1])
    assert found(second, "rod") == ([2], [2])


def test_a_blank_text_restricts_nothing(shop: Shop) -> None:
    shop.put({"P1": {}, "P2": {}})
    assert found(shop, "  ") == ([1, 2], [1, 2])


def test_nothing_is_found_where_nothing_is_searchable(shop: Shop) -> None:
    shop.define(*(replace(one, searchable=False) for one in SYSTEM_ATTRIBUTES[:2]))
    shop.save("P1", {"title": "rod"})
    assert found(shop, "p1") == ([], [])


def test_a_title_that_is_not_searchable_puts_nothing_first(shop: Shop) -> None:
    shop.define(replace(SYSTEM_ATTRIBUTES[1], searchable=False), searchable(100, "notes"))
    shop.save("P1", {"title": "rod", "notes": "rod"})
    assert found(shop, "rod") == ([1], [])


@pytest.mark.parametrize(
    ("case", "expected"),
    [("sku", True), ("categories", False), ("variation_attributes", False),
     ("variation_skus", False), ("variation_of", True)],
)  # fmt: skip
def test_what_may_be_searchable(case: str, expected: bool) -> None:
    (one,) = (one for one in SYSTEM_ATTRIBUTES if one.name == case)
    assert may_be_searched(one) is expected


def test_categories_are_not_searched_even_if_they_are_marked_so(shop: Shop) -> None:
    shop.define(replace(SYSTEM_ATTRIBUTES[3], searchable=True))
    shop.save("P1", {})
    assert found(shop, "1") == ([], [])


# -- writing -----------------------------------------------------------------------------------


def search_writes(sent: list[str]) -> int:
    return sum(1 for statement in sent if "INTO search" in statement)


@pytest.mark.parametrize(
    ("case", "values", "writes"),
    [
        ("the title", {"title": "Red Rod", "secret": "a"}, 1),
        ("what is not searched", {"title": "red rod", "secret": "b"}, 0),
        ("signs between the same words", {"title": "RED, rod!", "secret": "a"}, 0),
        ("a scoped value without words", {"title": "red rod", "title@1=3": "!"}, 1),
    ],
)
def test_only_other_words_are_written(
    stocked: Shop, case: str, values: dict[str, Any], writes: int
) -> None:
    stocked.save("P1", {"title": "red rod" if case != "the title" else "rod", "secret": "a"})
    with stocked.counted() as sent:
        stocked.save("P1", values)
    assert search_writes(sent) == writes


def test_many_changes_are_written_at_once(stocked: Shop) -> None:
    with stocked.counted() as sent:
        stocked.put({f"P{n}": {"title": f"rod {n}"} for n in range(50)})
    assert search_writes(sent) == 1
    assert len(found(stocked, "rod")[0]) == 50


def test_a_product_without_words_leaves_the_index(shop: Shop) -> None:
    shop.define(replace(SYSTEM_ATTRIBUTES[0], searchable=False))
    shop.save("P1", {"title": "rod"})
    shop.save("P1", {})
    with shop.read() as seen:
        assert stored_tokens(seen.connection, shop.tenant_id, 1, 9) == {}


def test_words_beyond_a_million_bytes_are_left_out(stocked: Shop) -> None:
    flood = " ".join(f"{number:x}{'é' * 90}" for number in range(6_000))
    stocked.save("P1", {"title": "rod", "notes": flood, "in_stock": True})
    assert found(stocked, "rod") == ([1], [1])
    assert found(stocked, "10é") == ([1], [])
    assert found(stocked, "1760é") == ([], [])
    assert found(stocked, "true") == ([], [])
    with stocked.read() as seen:
        (stored,) = stored_tokens(seen.connection, stocked.tenant_id, 1, 1).values()
    assert 999_000 < sum(len(token.encode()) for token in stored) <= 1_000_000


@pytest.mark.parametrize(
    ("case", "sku"),
    [
        ("four bytes each", "𐐀" * 255),
        ("letters that become many", "\ufdfa" * 255),
        ("signs", "-/" * 127),
    ],
)
def test_the_longest_sku_is_found(shop: Shop, case: str, sku: str) -> None:
    shop.save(sku, {})
    assert found(shop, sku) == ([1], [])


# -- wide Views --------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1_000, 5_000])
def test_every_one_of_many_attributes_is_searched(shop: Shop, width: int) -> None:
    shop.define(TITLE, *(searchable(100 + n, f"a{n}", dimensions=(1,)) for n in range(width)))
    last = f"a{width - 1}"
    shop.save("P1", {"title": "steel rod", "a0": "red", last: "shiny"})
    shop.save("P2", {"title": "steel rod", "a0": "red", last: "shiny", f"{last}@1=3": "matt"})
    with shop.counted() as sent:
        assert found(shop, "rod red steel shi") == ([1, 2], [])
    assert sum("search" in statement for statement in sent) <= 3  # one reads the tokens of hits
    assert found(shop, "rod red steel shi", locale="de-de") == ([1], [])
    assert found(shop, "rod steel ma", locale="de-de") == ([2], [])
    assert found(shop, "steel ro", locale="de-de") == ([1, 2], [1, 2])


def test_32_words_are_looked_for_in_1000_attributes(shop: Shop) -> None:
    shop.define(*(searchable(100 + n, f"a{n}") for n in range(1_000)))
    words = [f"w{n}" for n in range(32)]
    shop.save("P1", {f"a{n * 31}": word for n, word in enumerate(words)})
    shop.save("P2", {f"a{n * 31}": word for n, word in enumerate(words[1:])})
    assert found(shop, " ".join(words)) == ([1], [])
    assert found(shop, " ".join(words[1:])) == ([1, 2], [])


# -- repair ------------------------------------------------------------------------------------


@pytest.fixture
def damaged(stocked: Shop) -> Shop:
    stocked.put({"P1": {"title": "red rod"}, "P2": {"title": "tube"}, "P3": {"title": "nut"}})
    prefix = f"{stocked.tenant_id}_2_"
    wrong = {1: f"{prefix}red {prefix}odd", 2: "", 5: f"{prefix}lost"}
    with stocked.database.writing() as connection:
        store_tokens(connection, stocked.tenant_id, wrong)
        connection.commit()
    return stocked


def test_differences_from_the_documents_are_told(damaged: Shop) -> None:
    with damaged.read() as seen:
        assert list(compare_search(seen)) == [
            "Full text of P1: 2 words are missing, 1 are too many.",
            "Full text of P2: 2 words are missing, 0 are too many.",
            "Full text: there are words of product id 5, which does not exist.",
        ]


def test_a_rebuilt_block_follows_from_its_documents(damaged: Shop) -> None:
    with damaged.database.writing() as connection, damaged.read() as seen:
        work = replace(seen, connection=connection)
        assert rebuild_search_block(work, 2, 3) == 1
        assert rebuild_search_block(work, 1, 9) == 2
        assert rebuild_search_block(work, 1, 9) == 0
        connection.commit()
    with damaged.read() as seen:
        assert list(compare_search(seen)) == []
    assert found(damaged, "rod") == ([1], [1])


def test_an_attribute_becomes_searchable_by_a_rebuild(shop: Shop) -> None:
    shop.define(attribute(100, "notes"))
    shop.save("P1", {"notes": "shiny"})
    shop.define(searchable(100, "notes"))
    assert found(shop, "shiny") == ([], [])
    with shop.database.writing() as connection, shop.read() as seen:
        assert rebuild_search_block(replace(seen, connection=connection), 1, 1) == 1
        connection.commit()
    assert found(shop, "shiny") == ([1], [])


def test_search_finds_the_same_after_optimizing(stocked: Shop) -> None:
    for number in range(20):
        stocked.save(f"P{number}", {"title": f"rod {number}"})
    with stocked.database.writing() as connection:
        optimize_search(connection)
        connection.commit()
    assert found(stocked, "rod 7") == ([8], [8])
    assert len(found(stocked, "rod")[0]) == 20


def test_no_change_needs_no_statement(shop: Shop) -> None:
    with shop.counted() as sent, shop.read() as seen:
        maintain_search(seen, [])
    assert search_writes(sent) == 0


def test_optimizing_leaves_one_segment(sqlite_url: str) -> None:
    database = Database(at_once(sqlite_url))
    shop = new_shop(database)
    shop.save("P1", {"title": "rod"})
    shop.save("P2", {"title": "tube"})
    segments = text("SELECT count(DISTINCT segid) FROM search_idx")
    with database.writing() as connection:
        assert connection.scalar(segments) == 2
        optimize_search(connection)
        assert connection.scalar(segments) == 1
    database.close()


def test_optimizing_empties_the_list_of_pending_words(postgres_url: str) -> None:
    database = Database(at_once(postgres_url))
    new_shop(database).save("P1", {"title": "rod"})
    with database.writing() as connection:
        optimize_search(connection)
        pages = connection.scalar(text("SELECT gin_clean_pending_list('ix_search_tokens')"))
    assert pages == 0
    database.close()
