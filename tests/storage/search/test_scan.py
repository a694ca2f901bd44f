"""Full text against the rule written as a plain scan of the documents, on both engines."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.search.tokenizer import (
    QueryWord,
    html_text,
    query_words,
    sku_tokens,
    tokens,
)
from pims_api.domain.values.value import elements
from pims_api.storage.catalogue_index.bitmaps.blocks import members
from pims_api.storage.database import Database
from pims_api.storage.search import engines
from pims_api.storage.search.index import compare_search, search
from pims_api.storage.snapshot import Snapshot
from tests.storage.search.searched_shop import OPTIONS, define_everything
from tests.storage.shop import new_shop
from tests.waiting import waiting_at_most


def scan(seen: Snapshot, access: Access, documents: dict[int, dict[str, Any]], text: str) -> Any:
    words = query_words(text)
    columns = [
        one
        for one in access.columns
        if one.attribute.searchable
        and not one.attribute.pending
        and not (access.rows is not None and one.attribute.type is ValueType.RELATION)
    ]
    hits, in_title = set(), set()
    for number, values in documents.items():
        shown = {c.attribute.name: tokens_of(seen, c.attribute, c.stored(values)) for c in columns}
        anywhere = [token for some in shown.values() for token in some]
        hits |= {number} if has_every(words, anywhere) else set()
        in_title |= {number} if has_every(words, shown.get("title", [])) else set()
    return sorted(hits), sorted(in_title)


def has_every(words: list[QueryWord], there: list[str]) -> bool:
    return all(
        any(one.startswith(word.token) if word.prefix else one == word.token for one in there)
        for word in words
    )


def tokens_of(seen: Snapshot, of: Attribute, value: Any) -> list[str]:
    read: dict[str, Callable[[Any], list[str]]] = {
        "sku": sku_tokens,
        "link": sku_tokens,
        "body": lambda one: tokens(html_text(one)),
        "colors": lambda one: tokens(seen.definition.options_of(of).alias(one)),
        "in_stock": lambda one: [str(one).lower()],
    }
    return [t for one in elements(of, value) for t in read.get(of.name, tokens)(one)]


PIECES = st.sampled_from(
    [
        *("rod", "red", "Rod", "ROT", "stange", "1", "12", "1_2_rod", "s1e3_", "a_b", "true"),
        *("straße", "STRASSE", "ẞ", "İ", "i\u0307", "ı", "é", "e\u0301", "e", "\u0301", "É"),
        *(
            "红色",
            "红",
            "椅",
            "😀",
            "हिन्दी",
            "हि",
            "น้ำ",
            "น",
            "\u200d",
            "\u200b",
            "\ue02d",
            "\ue022",
        ),
        *('"', "'", "\\", "*", "**", ":", "-", "--", "(", ")", "{", "}", "^", "+", ".", ",", "&"),
        *("|", "!", "!!", "<->", "<b>", "</b>", "&amp;", "%", "_", "$1", ";--", "/*"),
        *("NEAR", "NEAR(", "OR", "AND", "NOT", "or", "not"),
    ]
)
TEXTS = st.lists(st.tuples(PIECES, st.sampled_from(["", " "])), min_size=1, max_size=6).map(
    lambda pieces: "".join(piece + gap for piece, gap in pieces)
)
OPTION_IDS = st.lists(st.sampled_from([one.id for one in OPTIONS]), min_size=1, max_size=2)
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "title": TEXTS,
        "title@1=3": TEXTS,
        "notes": TEXTS,
        "body": TEXTS,
        "body@1=3": TEXTS,
        "colors": OPTION_IDS,
        "colors@1=3": OPTION_IDS,
        "link": TEXTS,
        "weight": st.sampled_from(["1", "-12.5", "+.5"]),
        "released": st.sampled_from(["2024-01-12"]),
        "in_stock": st.booleans(),
        "secret": TEXTS,
        "later": TEXTS,
    },
)
SKUS = TEXTS.map(str.strip).filter(bool)
CATALOGUES = st.dictionaries(SKUS, DOCUMENTS, min_size=1, max_size=6)
NUMBERS = count()


# How many terms are looked up at once, and how few products are left to be read: as it is, then so
# that small searches go the way of large ones, to their middle and to their end.
LIMITS = st.sampled_from([(300, 2_000), (1, 1), (1, 0)])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=CATALOGUES,
    second=CATALOGUES,
    queries=st.lists(TEXTS, min_size=8, max_size=8),
    limits=LIMITS,
    waiting=st.sampled_from([0, 2, 64]),
)
def test_search_finds_what_a_scan_of_the_documents_finds(
    database: Database,
    first: dict[str, dict[str, Any]],
    second: dict[str, dict[str, Any]],
    queries: list[str],
    limits: tuple[int, int],
    waiting: int,
) -> None:
    shop = new_shop(database, f"tenant {next(NUMBERS)}")
    define_everything(shop)
    with waiting_at_most(database, waiting):
        ids = shop.put(first) | shop.put(second)
    documents = {ids[sku]: {"sku": sku} | values for sku, values in (first | second).items()}
    with shop.read() as seen, pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "TERMS_AT_ONCE_MAX", limits[0])
        patch.setattr(engines, "READ_MAX", limits[1])
        for view in (None, "all rows", "some rows"):
            for locale in ("en-us", "de-de"):
                access = shop.access(seen, view, locale)
                for text in queries:
                    if query_words(text):
                        hits = search(seen, access, text)
                        expected = scan(seen, access, documents, text)
                        assert (members(hits.all), members(hits.in_title)) == expected
        assert list(compare_search(seen)) == []
