"""The tokenizer of full-text search."""

import unicodedata
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims_api.domain.search.tokenizer import (
    QUERY_WORDS_MAX,
    TOKEN_LENGTH_MAX,
    QueryWord,
    html_text,
    query_words,
    sku_tokens,
    tokens,
    within_bytes,
)
from pims_api.errors import BadInput

NASTY = st.text(
    st.one_of(
        st.sampled_from(
            "aB1ßẞİıé\u0301\u0345ﬁ½Ⅷ①ʰ紅が가น้ำहि\u094d\u200d\u200b\u00ad\ufe0f_-'\"*:😀 \t"
        ),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=30,
)


@pytest.mark.parametrize(
    ("case", "text", "expected"),
    [
        ("nothing", "", []),
        ("signs only", " -- & !", []),
        ("order kept, once each", "red Blue RED", ["red", "blue"]),
        ("letters and digits stay together", "M8x20", ["m8x20"]),
        ("signs part words", "M8-x/20,5_mm", ["m8", "x", "20", "5", "mm"]),
        ("a sharp s in each case", "Straße STRASSE STRAẞE", ["strasse"]),
        ("an accent as a character or as a mark", "é e\u0301", ["é"]),
        ("a capital i with a dot keeps the dot", "İ", ["i\u0307"]),
        ("Greek final sigma", "ΟΔΟΣ οδος", ["οδοσ"]),
        ("ligature, full width, superscript", "ﬁne Ｗｉｄｅ m²", ["fine", "wide", "m2"]),
        ("Hindi vowel signs and virama", "हिन्दी शब्द", ["हिन्दी", "शब्द"]),
        ("Thai tone marks", "เก้าอี้ ไม้", ["เก้าอี้", "ไม้"]),
        ("zero-width space parts words", "ไม้\u200bแดง", ["ไม้", "แดง"]),
        ("Chinese", "红色椅子，蓝色", ["红色椅子", "蓝色"]),
        ("soft hyphen and joiners are not there", "Stahl\u00adrohr a\u200db", ["stahlrohr", "ab"]),
        ("emoji part words", "red😀rod", ["red", "rod"]),
        ("a mark on nothing", "\u0301 a", ["a"]),
        ("a fraction", "½", ["1", "2"]),
    ],
)
def test_a_text_has_these_tokens(case: str, text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_a_long_run_is_cut() -> None:
    assert tokens("é" * 101 + " " + "a" * 101) == ["é" * 100, "a" * 100]


def reference(text: str) -> list[str]:
    """The rule, character by character."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    invisible = {0xAD, 0x200C, 0x200D, 0x2060, 0xFEFF, *range(0xFE00, 0xFE10)}
    invisible |= set(range(0xE0100, 0xE01F0))
    kept = "".join(one for one in folded if ord(one) not in invisible)
    runs = [""]
    for one in unicodedata.normalize("NFKC", kept):
        is_mark = unicodedata.category(one).startswith("M")
        if one.isalnum() or (is_mark and runs[-1]):
            runs[-1] += one
        else:
            runs.append("")
    return list(dict.fromkeys(run[:TOKEN_LENGTH_MAX] for run in runs if run))


@given(NASTY)
def test_tokens_follow_the_rule(text: str) -> None:
    assert tokens(text) == reference(text)


@given(NASTY)
def test_composed_and_decomposed_text_have_the_same_tokens(text: str) -> None:
    decomposed, composed = (unicodedata.normalize(form, text) for form in ("NFD", "NFC"))
    assert tokens(decomposed) == tokens(composed) == tokens(text)


@given(NASTY)
def test_no_token_holds_what_a_database_would_split(text: str) -> None:
    for token in [*tokens(text), *sku_tokens(text)]:
        assert all(one.isalnum() or ord(one) > 127 for one in token)
        assert token == token.lower() or not token.isascii()


@pytest.mark.parametrize(
    ("case", "sku", "expected"),
    [
        ("one word is its own whole", "ROD1", ["rod1"]),
        ("words and the whole", "Rod-1/x", ["rod", "1", "x", "rod\ue02d1\ue02fx"]),
        ("signs only", "---", ["\ue02d\ue02d\ue02d"]),
        ("a space inside", "A b", ["a", "b", "a\ue020b"]),
    ],
)
def test_a_sku_has_its_words_and_itself(case: str, sku: str, expected: list[str]) -> None:
    assert sku_tokens(sku) == expected


@pytest.mark.parametrize(
    ("case", "text", "expected"),
    [
        ("nothing", "", []),
        ("blank", " \t\n\u3000", []),
        ("invisible", "\u200d\u00ad", []),
        ("the only word is a prefix", "Rod", [QueryWord("rod", prefix=True)]),
        ("the last word is a prefix", "red rod ", [QueryWord("red"), QueryWord("rod", True)]),
        ("again is once", "rod rod red", [QueryWord("rod"), QueryWord("red", True)]),
        ("a word and the same as prefix", "a a", [QueryWord("a"), QueryWord("a", True)]),
        ("signs between words", "Black & Decker", [QueryWord("black"), QueryWord("decker", True)]),
        ("signs at the end", "rod --", [QueryWord("rod", True)]),
        ("signs only", "-- *", [QueryWord("\ue02d\ue02d"), QueryWord("\ue02a", True)]),
        ("signs beyond ASCII", "—", [QueryWord("—", True)]),
    ],
)
def test_a_query_asks_for_these_words(case: str, text: str, expected: list[QueryWord]) -> None:
    assert query_words(text) == expected


@pytest.mark.parametrize(
    ("case", "text", "limit"),
    [
        ("words", " ".join(f"w{n}" for n in range(QUERY_WORDS_MAX + 1)), "32 words"),
        ("characters", "a" * 8_001, "8000 characters"),
    ],
)
def test_a_query_that_is_too_long_is_refused(case: str, text: str, limit: str) -> None:
    with pytest.raises(BadInput) as refused:
        query_words(text)
    (fault,) = refused.value.faults
    assert fault.code == "limit"
    assert fault.message == (
        f"The search text is too long, it may have up to {limit}! Please search for less."
    )


def test_a_query_may_have_32_words() -> None:
    text = " ".join(f"w{n}" for n in range(QUERY_WORDS_MAX))
    assert len(query_words(text)) == QUERY_WORDS_MAX


@pytest.mark.parametrize(
    ("case", "markup", "expected"),
    [
        ("no markup", "a < b > c", ["a", "b", "c"]),
        ("tags part words", "<p>red</p><p class='x'>rod</p>", ["red", "rod"]),
        ("entities", "caf&eacute; &amp; bar", ["café", "bar"]),
        ("a tag that never ends", "<<<a", ["a"]),
    ],
)
def test_html_is_searched_without_its_tags(case: str, markup: str, expected: list[str]) -> None:
    assert tokens(html_text(markup)) == expected


def test_tokens_beyond_the_limit_are_left_out_from_the_first_that_does_not_fit() -> None:
    endless = (f"é{number}" for number in range(10**9))
    assert within_bytes(islice(endless, 10**6), bytes_max=7) == ["é0", "é1"]
