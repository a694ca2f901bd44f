"""Full text over everything that the texts of products say, in whatever scope.

Source: docs/core.md, Criteria.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pims_api.deadline import Work, working_on
from pims_api.domain.access.access import Access, Column
from pims_api.domain.attributes.attribute import PRODUCT_TYPE_ATTRIBUTE, TITLE, ValueType
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.conditions.condition import In, Operand
from pims_api.domain.search.document_tokens import SearchedPlace, place_in, searched_columns
from pims_api.services.lists.criteria import scopes_in_use
from pims_api.services.lists.query import Found, Listing, ListQuery, find_members, list_page
from pims_api.storage.catalogue_index.filter.evaluate import match
from pims_api.storage.search.index import SearchHits, search_places
from pims_api.storage.snapshot import Snapshot

_TEXTS = frozenset({ValueType.STRING, ValueType.TEXT, ValueType.HTML, ValueType.URL})


def list_by_text(snapshot: Snapshot, access: Access, query: ListQuery) -> Listing:
    """Return a page of the products of a query, with every word of its search in their texts.

    Those with every word in the title come first. Raises BadInput for a text that is too long.
    """
    found = find_members(snapshot, access, replace(query, search=""))
    working_on(Work.SEARCH)
    members = in_title = 0
    for columns, kinds in _by_columns(access):
        hits = _hits(snapshot, columns, query.search)
        here = hits.all & found.members
        if here and len(kinds) < len(access.definition.types):
            names = tuple(one.name for one in kinds)
            here &= match(snapshot, In(Operand(PRODUCT_TYPE_ATTRIBUTE), names))
        members |= here
        in_title |= here & hits.in_title
    return list_page(snapshot, access, query, Found(members, found.visible, in_title))


def _by_columns(access: Access) -> Iterator[tuple[list[Column], list[ProductType]]]:
    """Yield the columns of text that products show, each time with the product types of those."""
    texts = {c.attribute.id: c for c in searched_columns(access) if c.attribute.type in _TEXTS}
    kinds = defaultdict(list)
    for one in access.definition.types.values():
        ids = one.attribute_ids
        kinds[tuple(n for n in texts if ids is None or n in ids)].append(one)
    for numbers, found in kinds.items():
        yield [texts[number] for number in numbers], found


def _hits(snapshot: Snapshot, columns: Sequence[Column], text: str) -> SearchHits:
    in_title = [one for one in columns if one.attribute.system and one.attribute.name == TITLE]
    places = list(_places(snapshot, columns))
    return search_places(snapshot, text, places, list(_places(snapshot, in_title)))


def _places(snapshot: Snapshot, columns: Iterable[Column]) -> Iterator[SearchedPlace]:
    for one in columns:
        for scope in scopes_in_use(snapshot, one.attribute):
            yield place_in(snapshot.tenant_id, one.attribute, scope)
