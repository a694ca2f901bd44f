"""The match of stored tokens with the words of a search, in plain Python."""

from collections.abc import Collection, Iterable, Sequence

from pims_api.domain.search.document_tokens import SearchedPlace
from pims_api.domain.search.tokenizer import QueryWord


class SearchedPlaces:
    """The searched places by the prefixes of their tokens."""

    def __init__(self, places: Iterable[SearchedPlace]) -> None:
        self._by_prefix = {one.prefix: one for one in places}

    def have(self, words: Sequence[QueryWord], tokens: frozenset[str]) -> bool:
        """Return whether a product with these tokens has every word in some of the places."""
        found = self._words(tokens)
        return all(_is_among(found, word) for word in words)

    def _words(self, tokens: frozenset[str]) -> set[str]:
        found = set()
        for token in tokens:
            start, mark, word = token.rpartition("_")  # a word holds no underscore
            place = self._by_prefix.get(start + mark)
            if place is not None and tokens.isdisjoint(place.unless):
                found.add(word)
        return found


def _is_among(found: Collection[str], word: QueryWord) -> bool:
    if word.prefix:
        return any(one.startswith(word.token) for one in found)
    return word.token in found
