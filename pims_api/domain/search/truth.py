"""The match of one product with a search, in plain Python, equal to the index's.

Source: docs/core.md, Search.
"""

from collections.abc import Iterable

from pims_api.domain.access.access import Access, Column
from pims_api.domain.attributes.attribute import ValueType
from pims_api.domain.product import Values
from pims_api.domain.search.document_tokens import (
    SearchedPlace,
    document_tokens,
    element_words,
    may_be_searched,
    searched_columns,
    searched_places,
)
from pims_api.domain.search.tokenizer import QueryWord

_WORDED = frozenset(
    {ValueType.STRING, ValueType.TEXT, ValueType.HTML, ValueType.OPTION, ValueType.URL}
)


class SearchedProduct:
    """A product's words, as far as a caller may search them."""

    def __init__(self, access: Access, values: Values) -> None:
        self._access = access
        self._values = values
        self._tokens = frozenset(document_tokens(values, access.definition))
        tenant_id = access.definition.tenant_id
        columns = searched_columns(access)
        self._places = [place for one in columns for place in searched_places(one, tenant_id)]

    def has(self, word: QueryWord) -> bool:
        """Return whether a value that the caller may search has the word."""
        return any(self._is_at(word, place) for place in self._places)

    def unsearchable_with(self, word: QueryWord) -> list[str]:
        """Return the outward names of attributes that have the word but are not searchable."""
        columns = (one for one in self._access.columns if _may_become_searchable(one))
        return [one.name for one in columns if _fits(word, self._words(one))]

    def _is_at(self, word: QueryWord, place: SearchedPlace) -> bool:
        if not self._tokens.isdisjoint(place.unless):
            return False
        wanted = place.prefix + word.token
        if word.prefix:
            return any(token.startswith(wanted) for token in self._tokens)
        return wanted in self._tokens

    def _words(self, column: Column) -> list[str]:
        stored = column.stored(self._values)
        return list(element_words(column.attribute, stored, self._access.definition))


def _may_become_searchable(column: Column) -> bool:
    attribute = column.attribute
    open_to_it = may_be_searched(attribute) and not attribute.can_search
    return open_to_it and not attribute.system and attribute.type in _WORDED


def _fits(word: QueryWord, found: Iterable[str]) -> bool:
    return any(one.startswith(word.token) if word.prefix else one == word.token for one in found)
