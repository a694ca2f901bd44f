"""The one tokenizer of full-text search: the databases store its tokens and split nothing.

A token is a run of letters and digits (as `str.isalnum` sees them) together with the marks on
them, so that words of every script stay whole: accents, Hindi vowel signs, Thai tones. Before that
text becomes NFKC, casefolded, NFKC again; characters that only steer its layout are dropped.

Source: docs/core.md, Search.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape

from pims_api.domain.product import SKU_LENGTH_MAX
from pims_api.errors import BadInput, Fault

TOKEN_LENGTH_MAX = 100  # characters; the rest of a longer run is not searched
_UTF8_BYTES_MAX = 4  # of one character
TOKENS_BYTES_MAX = 1_000_000  # UTF-8, of one product; PostgreSQL takes 1,048,575
QUERY_WORDS_MAX = 32
QUERY_LENGTH_MAX = 8_000  # characters

# Soft hyphen, joiners, byte order mark, variation selectors: two texts that differ in them only
# look alike. The zero-width space is none of them, it parts the words of Thai and Khmer.
_INVISIBLE = re.compile("[\u00ad\u200c\u200d\u2060\ufeff\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# Translating bytes takes a fifth of translating text.
_ASCII_SPACES = bytes(code if chr(code).isalnum() else ord(" ") for code in range(128)).ljust(256)
_TAG = re.compile("<[!/?A-Za-z][^<>]*>")
# In a whole SKU, what would end a word in a database stands as a character of private use.
_MARKS_END = 0x20000  # above it, only variation selectors are marks
_PRIVATE_USE = 0xE000
_WHOLE = [chr(code if chr(code).isalnum() else _PRIVATE_USE + code) for code in range(128)]


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A token that a product must have; prefix: one that starts so will do."""

    token: str
    prefix: bool = False


def tokens(text: str) -> list[str]:
    """Return the distinct tokens of a text in the order of their first places.

    >>> tokens("Stahlstraße 12-B, STAHLSTRASSE")
    ['stahlstrasse', '12', 'b']
    """
    normal = _normal(text)
    distinct = dict.fromkeys(_whole_runs(normal))
    if len(normal) > TOKEN_LENGTH_MAX and max(map(len, distinct), default=0) > TOKEN_LENGTH_MAX:
        distinct = dict.fromkeys(_shortened(list(distinct), normal))
    return list(distinct)


def sku_tokens(sku: str) -> list[str]:
    """Return the tokens of a SKU, and last the whole of it as one token that no text can have.

    >>> [token.isalnum() for token in sku_tokens("Rod-1")]
    [True, True, False]
    >>> sku_tokens("ROD1")
    ['rod1']
    """
    normal = _normal(sku)
    whole = _whole(normal)
    return list(dict.fromkeys([*_runs(normal), *([whole] if whole else [])]))


def html_text(markup: str) -> str:
    """Return the text of HTML without its tags, in time linear to its length.

    >>> html_text("<p>steel<br>caf&eacute;</p>").split()
    ['steel', 'café']
    """
    return unescape(_TAG.sub(" ", markup))


def query_words(text: str) -> list[QueryWord]:
    """Return the words that each product found must have; nothing when the text is blank.

    The last word is a prefix. Signs between words mean nothing; a text of nothing but signs asks
    for SKUs that are made of them. Raises BadInput (`limit`) above 8,000 characters or 32 words.

    >>> query_words("Black & Decker")
    [QueryWord(token='black', prefix=False), QueryWord(token='decker', prefix=True)]

    Source: docs/core.md, Search.
    """
    if len(text) > QUERY_LENGTH_MAX:
        raise _too_much(f"{QUERY_LENGTH_MAX} characters")
    normal = _normal(text)
    found = _runs(normal) or [_whole(chunk) for chunk in normal.split()]
    if not found:
        return []
    words = dict.fromkeys(found[:-1])
    if len(words) >= QUERY_WORDS_MAX:
        raise _too_much(f"{QUERY_WORDS_MAX} words")
    return [*(QueryWord(word) for word in words), QueryWord(found[-1], prefix=True)]


def within_bytes(found: Iterable[str], bytes_max: int = TOKENS_BYTES_MAX) -> list[str]:
    """Return the distinct tokens in their order, up to the first that would exceed the bytes.

    >>> within_bytes(["red", "rot", "red", "rouge", "r"], bytes_max=10)
    ['red', 'rot']
    """
    distinct = list(dict.fromkeys(found))
    if len("".join(distinct)) * _UTF8_BYTES_MAX <= bytes_max:
        return distinct
    return list(_first_within(distinct, bytes_max))


def text_within_bytes(found: str) -> str:
    """Return distinct tokens, joined by spaces, up to the first beyond 1,000,000 bytes."""
    if len(found) * _UTF8_BYTES_MAX <= TOKENS_BYTES_MAX:
        return found
    return " ".join(within_bytes(found.split(" ")))


def _first_within(distinct: Iterable[str], bytes_max: int) -> Iterator[str]:
    room = bytes_max
    for token in distinct:
        room -= len(token.encode())
        if room < 0:
            return
        yield token


def _normal(text: str) -> str:
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", folded))


def _runs(normal: str) -> list[str]:
    return _shortened(_whole_runs(normal), normal)


def _whole_runs(normal: str) -> list[str]:
    if normal.isascii():
        return normal.encode().translate(_ASCII_SPACES).decode().split()
    return _any_word().findall(normal)


def _shortened(runs: list[str], normal: str) -> list[str]:
    """Return the runs of a text without what is not searched of them."""
    if len(normal) <= TOKEN_LENGTH_MAX:
        return runs
    return [run[:TOKEN_LENGTH_MAX] for run in runs]


def _whole(normal: str) -> str:
    return normal.translate(_WHOLE)[:SKU_LENGTH_MAX]


@cache
def _any_word() -> re.Pattern[str]:
    return re.compile(rf"[^\W_](?:[^\W_]|[{_marks()}])*")


def _marks() -> str:
    """Return the inside of a character class: ranges match quicker than two thousand marks."""
    stretches: list[list[str]] = []
    for character in map(chr, range(128, _MARKS_END)):
        if not unicodedata.category(character).startswith("M"):
            continue
        if stretches and ord(character) == ord(stretches[-1][1]) + 1:
            stretches[-1][1] = character
        else:
            stretches.append([character, character])
    return "".join(f"{first}-{last}" for first, last in stretches)


def _too_much(limit: str) -> BadInput:
    message = f"The search text is too long, it may have up to {limit}! Please search for less."
    return BadInput(faults=[Fault("limit", message)])
