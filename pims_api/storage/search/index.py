"""Full-text search: the only module that uses the full-text tables.

Source: docs/core.md, Search.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import SKU, TITLE
from pims_api.domain.definition import Definition
from pims_api.domain.product import ProductChange
from pims_api.domain.search.document_tokens import (
    SearchedPlace,
    document_tokens,
    searched_columns,
    searched_places,
    searched_slot,
    slot_text,
    token_text,
)
from pims_api.domain.search.token_match import SearchedPlaces
from pims_api.domain.search.tokenizer import QueryWord, query_words
from pims_api.storage.catalogue_index.apart import ProductsApart
from pims_api.storage.catalogue_index.bitmaps.blocks import from_ids, without
from pims_api.storage.catalogue_index.past_products import products_apart
from pims_api.storage.products.documents import document_blocks, documents_between
from pims_api.storage.search.engines import (
    PRODUCT_ID_MAX,
    find_tokens,
    merge_tokens,
    store_tokens,
    stored_tokens,
)
from pims_api.storage.snapshot import Snapshot

_EMPTY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SearchHits:
    """Sets of products as bits. in_title: those with every word in the title."""

    all: int
    in_title: int


def maintain_search(work: Snapshot, changes: Sequence[ProductChange]) -> None:
    """Update the tokens of the changed products; writes only where the words changed."""
    definition = work.definition
    changed = {
        change.after.id: token_text(change.new, definition)
        for change in changes
        if change.before is None or _has_other_words(change, definition)
    }
    store_tokens(work.connection, work.tenant_id, changed)


def search(snapshot: Snapshot, access: Access, text: str) -> SearchHits:
    """Return the products that have every word of the text in something the caller may search.

    A word is searched in the value that the caller sees: that of the caller's locale, or the global
    one where it has none. A blank text finds everything: every id up to the last.
    Deleted products are found like others. Raises BadInput (`limit`) when the text is too long.

    Source: docs/core.md, Search.
    """
    columns = searched_columns(access)
    places = [place for one in columns for place in searched_places(one, snapshot.tenant_id)]
    title = access.of(TITLE)
    is_titled = title is not None and title in columns
    title_places = searched_places(title, snapshot.tenant_id) if title and is_titled else ()
    return search_places(snapshot, text, places, list(title_places))


def search_places(
    snapshot: Snapshot,
    text: str,
    places: Sequence[SearchedPlace],
    in_title: Sequence[SearchedPlace],
) -> SearchHits:
    """Return what `search` returns, for words in some places. in_title: those of the title."""
    words = query_words(text)
    if not words:
        everything = (1 << snapshot.last_product_id + 1) - 2
        return SearchHits(everything, everything)
    if not places:
        return SearchHits(0, 0)
    connection, tenant_id = snapshot.connection, snapshot.tenant_id
    found, titled = find_tokens(connection, tenant_id, words, places, in_title)
    apart = products_apart(snapshot)
    stored, stored_titled = (
        without(from_ids(ids), apart.outdated_tokens) for ids in (found, titled)
    )
    in_title_ids = stored_titled | _hits_apart(apart, words, in_title)
    return SearchHits(stored | _hits_apart(apart, words, places) | in_title_ids, in_title_ids)


def _hits_apart(
    apart: ProductsApart, words: Sequence[QueryWord], places: Sequence[SearchedPlace]
) -> int:
    """Return the products apart that have every word in some place."""
    searched = SearchedPlaces(places)
    return from_ids(n for n, tokens in apart.tokens.items() if searched.have(words, tokens))


def rebuild_search_block(work: Snapshot, first_id: int, last_id: int) -> int:
    """Correct the tokens of the products with these ids, both included, from their documents.

    Returns how many products had other tokens. Does not commit.
    """
    documents = documents_between(work, first_id, min(last_id, work.indexed_id))
    stored = stored_tokens(work.connection, work.tenant_id, first_id, last_id)
    wanted = {one: token_text(values, work.definition) for one, values in documents.items()}
    changed = {one: text for one, text in wanted.items() if _differ(stored.get(one, _EMPTY), text)}
    changed |= dict.fromkeys(stored.keys() - wanted.keys(), "")
    store_tokens(work.connection, work.tenant_id, changed)
    return len(changed)


def compare_search(snapshot: Snapshot) -> Iterator[str]:
    """Yield a sentence for each product whose stored words differ from those of its document."""
    connection, tenant_id = snapshot.connection, snapshot.tenant_id
    for block in document_blocks(snapshot):
        stored = stored_tokens(connection, tenant_id, block.first_id, block.last_id)
        for product_id, values in block.documents.items():
            is_unindexed = product_id > snapshot.indexed_id
            wanted = () if is_unindexed else document_tokens(values, snapshot.definition)
            yield from _difference(values[SKU], set(wanted), stored.pop(product_id, _EMPTY))
        yield from (_orphan(product_id) for product_id in stored)
    beyond = stored_tokens(connection, tenant_id, snapshot.last_product_id + 1, PRODUCT_ID_MAX)
    yield from (_orphan(product_id) for product_id in beyond)


def optimize_search(connection: Connection) -> None:
    """Optimize the full-text tables after many single writes. Does not commit."""
    merge_tokens(connection)


def _has_other_words(change: ProductChange, definition: Definition) -> bool:
    for place in change.touched:
        slot = searched_slot(definition, place)
        if slot is not None:
            old = slot_text(slot, change.old.get(place), definition)
            if old != slot_text(slot, change.new.get(place), definition):
                return True
    return False


def _differ(stored: frozenset[str], wanted: str) -> bool:
    """Return whether stored tokens are others than the wanted ones, which are joined by spaces."""
    return stored != set(wanted.split(" ") if wanted else ())


def _difference(sku: str, wanted: set[str], stored: frozenset[str]) -> Iterator[str]:
    missing, surplus = len(wanted - stored), len(stored - wanted)
    if missing or surplus:
        yield f"Full text of {sku}: {missing} words are missing, {surplus} are too many."


def _orphan(product_id: int) -> str:
    return f"Full text: there are words of product id {product_id}, which does not exist."
