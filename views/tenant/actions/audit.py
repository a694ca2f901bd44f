"""The audit: events of products, definitions and media, from history."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

from pims_api.domain.access.sight import Sight
from pims_api.domain.attributes.attribute import VARIATION_OF
from pims_api.storage.history.changes import PRODUCT_ENTITY
from pims_api.storage.history.defined.group_changes import group_changes
from pims_api.storage.history.events import ChangeRow, changes_newest_first
from pims_api.storage.identity.tenants import tenant_ids
from pims_api.storage.media import MEDIA_ENTITY
from pims_api.storage.products.store import ids_of_skus, products_by_id
from pims_api.storage.snapshot import Snapshot
from schemas.tenant.overview.definition_events import DefinitionEvents
from schemas.tenant.overview.events import Event, event_object
from schemas.tenant.overview.product_events import ProductEvents
from views.running import Body
from views.tenant.caller import Caller

EVENTS_MAX = 100


def list_events(seen: Snapshot, caller: Caller, _asked: Body) -> Any:
    """Answer with the newest events, the last one first."""
    return list(islice(_events(seen, caller.sight(seen.definition)), EVENTS_MAX))


def _events(seen: Snapshot, sight: Sight) -> Iterator[dict[str, Any]]:
    ids = tenant_ids(seen)
    of_definitions = DefinitionEvents(ids, sight.somewhere, partial(group_changes, seen))
    entities = {PRODUCT_ENTITY, MEDIA_ENTITY, *of_definitions.entities}
    for part in changes_newest_first(seen, entities):
        of_products = _product_events(seen, sight, part)
        makers: Mapping[str, Callable[[ChangeRow], Iterator[Event]]] = {
            PRODUCT_ENTITY: of_products.of_product,
            MEDIA_ENTITY: of_products.of_media,
        }
        for row in part:
            for event in makers.get(row.entity, of_definitions.of)(row):
                yield event_object(ids, row, event)


def _product_events(seen: Snapshot, sight: Sight, part: Sequence[ChangeRow]) -> ProductEvents:
    """Return the maker of events of products, which are read together."""
    changed = [one for one in part if one.entity == PRODUCT_ENTITY]
    numbers = {one.entity_id for one in changed}
    of_media = (one for one in part if one.entity == MEDIA_ENTITY)
    numbers |= {n for one in of_media for n in (one.new.get(name) for name in _OWNERS) if n}
    found = products_by_id(seen, numbers)
    parents = {one.parent_id for one in found.values() if one.parent_id} - found.keys()
    found |= products_by_id(seen, parents)
    named = (side.get(VARIATION_OF) for one in changed for side in (one.old, one.new))
    return ProductEvents(tenant_ids(seen), sight, found, ids_of_skus(seen, filter(None, named)))


_OWNERS = ("product_id", "variant_id")
