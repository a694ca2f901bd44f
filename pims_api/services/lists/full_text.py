"""Full text over everything that the texts of products say, in whatever scope.

Source: docs/core.md, Criteria.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pims_api.deadline import Work, working_on
from pims_api.domain.access.access import Column
from pims_api.domain.access.sight import Sight
from pims_api.domain.attributes.attribute import TITLE, ValueType
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.conditions.condition import And, Condition, Or
from pims_api.domain.definition import Definition
from pims_api.domain.search.document_tokens import SearchedPlace, place_in, searched_columns
from pims_api.domain.workflow import Stage, workflow_of
from pims_api.services.lists.criteria import scopes_in_use
from pims_api.services.lists.query import Found, Listing, ListQuery, find_members, list_page
from pims_api.services.products.lifecycle.stages import at_stage, of_type
from pims_api.storage.catalogue_index.bitmaps.blocks import without
from pims_api.storage.catalogue_index.filter.evaluate import match
from pims_api.storage.catalogue_index.filter.skus import is_sku
from pims_api.storage.products.odd_skus import odd_skus
from pims_api.storage.search.index import SearchHits, search_places
from pims_api.storage.snapshot import Snapshot

_TEXTS = frozenset({ValueType.STRING, ValueType.TEXT, ValueType.HTML, ValueType.URL})


def list_by_text(snapshot: Snapshot, sight: Sight, query: ListQuery) -> Listing:
    """Return a page of the products of a query, with every word of its search in their texts.

    Those with every word in the title come first. Raises BadInput for a text that is too long.
    """
    found = find_members(snapshot, sight.overall, replace(query, search=""))
    working_on(Work.SEARCH)
    members = in_title = 0
    groups = _by_columns(sight)
    for numbers, places in groups.items():
        columns = [sight.overall.by_attribute[number] for number in numbers]
        hits = _hits(snapshot, columns, query.search)
        hits = _without_made_skus(snapshot, columns, query.search, hits)
        here = hits.all & found.members
        if here and len(groups) > 1:
            here &= match(snapshot, Or(tuple(places)))
        members |= here
        in_title |= here & hits.in_title
    return list_page(snapshot, sight.overall, query, Found(members, found.visible, in_title))


def _by_columns(sight: Sight) -> dict[tuple[int, ...], list[Condition]]:
    """Return the conditions of products of a type and stage by the texts that these show.

    Without attributes that have guards: whether one is shown differs from product to product.
    """
    searched = (one.attribute for one in searched_columns(sight.overall))
    texts = [one.id for one in searched if one.type in _TEXTS and not one.guards]
    found = defaultdict(list)
    for kind in sight.definition.types.values():
        held = [one for one in texts if kind.attribute_ids is None or one in kind.attribute_ids]
        for stage, place in _places_of(sight.definition, kind):
            seen = sight.of(kind, stage).by_attribute
            found[tuple(one for one in held if one in seen)].append(place)
    return found


def _places_of(
    definition: Definition, kind: ProductType
) -> Iterator[tuple[Stage | None, Condition]]:
    """Yield each stage of the products of a type, with the condition of being there."""
    workflow = workflow_of(definition, kind)
    if workflow is None:
        yield None, of_type(kind)
        return
    for stage in workflow.stages:
        yield stage, And((of_type(kind), at_stage(workflow, stage.id)))


def _hits(snapshot: Snapshot, columns: Sequence[Column], text: str) -> SearchHits:
    in_title = [one for one in columns if one.attribute.system and one.attribute.name == TITLE]
    places = list(_places(snapshot, columns))
    return search_places(snapshot, text, places, list(_places(snapshot, in_title)))


def _without_made_skus(
    snapshot: Snapshot, columns: Sequence[Column], text: str, hits: SearchHits
) -> SearchHits:
    """Return the hits without those of words that only generated SKUs have: nobody sees these."""
    others = [one for one in columns if not is_sku(one.attribute)]
    made = odd_skus(snapshot).made if hits.all and len(others) < len(columns) else 0
    if not hits.all & made:
        return hits
    known = _hits(snapshot, others, text).all
    return SearchHits(without(hits.all, made) | (hits.all & known), hits.in_title)


def _places(snapshot: Snapshot, columns: Iterable[Column]) -> Iterator[SearchedPlace]:
    for one in columns:
        for scope in scopes_in_use(snapshot, one.attribute):
            yield place_in(snapshot.tenant_id, one.attribute, scope)
