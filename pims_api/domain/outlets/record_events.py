"""Which events a change of a product is. Source: docs/webhooks.md, Events."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pims_api.domain.attributes.attribute import STAGE, STATUS, VARIATION_OF
from pims_api.domain.outlets.webhook import Event
from pims_api.domain.product import Values

_DELETED = "deleted"


class RecordEvent(NamedTuple):
    """An event of a change. shows_old: whether it is about what the product was before it."""

    event: Event
    shows_old: bool = False


def events_of(old: Mapping[str, Any], new: Mapping[str, Any], after: Values) -> list[RecordEvent]:
    """Return the events of a change, in their order. after: the document that it left.

    >>> after = {"sku": "A", "status": "active", "name": "Lamp"}
    >>> [str(one.event) for one in events_of({"name": None}, {"name": "Lamp"}, after)]
    ['entity.updated']
    """
    is_new = old.get("sku") is None and "sku" in new
    was_there = not is_new and _before(STATUS, old, new, after) != _DELETED
    is_there = after.get(STATUS) != _DELETED
    was_variant = bool(_before(VARIATION_OF, old, new, after))
    is_variant = bool(after.get(VARIATION_OF))
    if was_there and is_there and was_variant == is_variant:
        return _changed(new, is_variant=is_variant)
    found = []
    if was_there:
        event = Event.VARIANT_DELETED if was_variant else Event.ENTITY_DELETED
        found.append(RecordEvent(event, shows_old=True))
    if is_there:
        found.append(RecordEvent(Event.VARIANT_CREATED if is_variant else Event.ENTITY_CREATED))
    return found


def _changed(new: Mapping[str, Any], *, is_variant: bool) -> list[RecordEvent]:
    if is_variant:
        return [RecordEvent(Event.VARIANT_UPDATED)]
    moved = [RecordEvent(Event.ENTITY_TRANSITION)] if STAGE in new else []
    rest = [] if moved and len(new) == 1 else [RecordEvent(Event.ENTITY_UPDATED)]
    return moved + rest


def _before(place: str, old: Mapping[str, Any], new: Mapping[str, Any], after: Values) -> Any:
    return old.get(place) if place in new or place in old else after.get(place)
