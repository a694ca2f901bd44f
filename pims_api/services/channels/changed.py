"""Which records changed since a sequence of the tenant.

Source: docs/channels.md, Pushing.
"""

from collections.abc import Sequence

from pims_api.domain.attributes.attribute import Attribute
from pims_api.domain.conditions.condition import In, Operand, Or
from pims_api.services.access import full_access
from pims_api.services.channels.channel import ChannelPlan
from pims_api.services.channels.records import RecordReader
from pims_api.services.lists.criteria import scopes_in_use
from pims_api.services.lists.query import ListQuery, find_members
from pims_api.services.products.lineages import lineages
from pims_api.services.products.live_links import relations_of
from pims_api.services.products.removal import DELETED
from pims_api.storage.catalogue_index.order.by_sku import BY_PATH, walk
from pims_api.storage.outlets.changed import changed_products
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import Snapshot

CHANGED_MAX = 20_000
"""Beyond so many changes every record is looked at instead."""


def changed_records(reader: RecordReader, since: int | None) -> set[int] | None:
    """Return the records that changed, or whose variants or links did; None: any may have.

    A link changes when its target is deleted or restored, and where the channel does not see every
    product perhaps with any change of its target.
    """
    seen = reader.seen
    if since is None or seen.definition.version > since:
        return None
    found = changed_products(seen, since, CHANGED_MAX, DELETED)
    if found is None:
        return None
    changed = products_by_id(seen, found.products)
    moved = found.moved if reader.sight.overall.rows is None else found.products
    targets = [one.sku for number, one in changed.items() if number in moved]
    linking = _linking(seen, _sent_relations(seen, reader.plan), targets) - set(changed)
    there = lineages(seen, [*changed.values(), *products_by_id(seen, linking).values()])
    return {one[0].id for one in there}


def _sent_relations(seen: Snapshot, plan: ChannelPlan) -> list[Attribute]:
    """Return the relations whose values are sent: those that are mapped, without mappings all.

    Where no field is an option of the product, `variation_attributes` may name a relation too.
    """
    relations = [one for one in relations_of(seen.definition).values() if not one.system]
    sent = {one["sourceAttribute"] for one in plan.field_mappings}
    if not sent:
        return relations
    has_options = any(one["targetField"].startswith("options[") for one in plan.field_mappings)
    return [one for one in relations if one.name in sent or not (has_options or one.collection)]


def _linking(seen: Snapshot, relations: Sequence[Attribute], skus: Sequence[str]) -> set[int]:
    """Return the products with links to these, in whatever scope."""
    if not (relations and skus):
        return set()
    literals = tuple(skus)
    links = [Operand(one, (scope,)) for one in relations for scope in scopes_in_use(seen, one)]
    condition = Or(tuple(In(one, literals) for one in links))
    access = full_access(seen.definition, seen.definition.default_locale)
    found = find_members(seen, access, ListQuery(condition, include_variants=True))
    return {number for ids in walk(seen, BY_PATH, found.members) for number in ids}
