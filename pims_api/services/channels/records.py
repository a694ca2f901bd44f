"""Records as other systems are told of them: with their variants, in plain values.

Source: docs/channels.md, Records and products.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pims_api.connectors.base import Item, Leaf
from pims_api.domain.access.access import Access
from pims_api.domain.access.sight import Sight
from pims_api.domain.attributes.attribute import (
    CATEGORIES,
    OTHER_CATEGORIES_ATTRIBUTE,
    SKU,
    STATUS,
    VARIATION_ATTRIBUTES,
)
from pims_api.domain.catalog import Catalog, catalogs_of
from pims_api.domain.category import DEFAULT_CATALOG_ID, UNCATEGORIZED_ID
from pims_api.domain.conditions.condition import And, Condition, In, Operand
from pims_api.domain.definition import Definition
from pims_api.domain.generated_sku import is_generated
from pims_api.domain.product import Product, Values
from pims_api.domain.values.scope import split_slot
from pims_api.domain.workflow import stage_of, type_of
from pims_api.errors import BadInput, Fault
from pims_api.services.access import is_visible, visible_skus
from pims_api.services.channels.channel import ChannelPlan
from pims_api.services.channels.plain_values import PlainValues
from pims_api.services.lists.query import ListQuery, find_members
from pims_api.services.products.lifecycle.stages import of_type
from pims_api.services.products.lineages import Lineage, effective_values
from pims_api.services.products.live_links import (
    linked_skus,
    linking_to,
    live_documents,
    relations_of,
)
from pims_api.services.products.removal import DELETED
from pims_api.storage.catalogue_index.order.by_sku import BY_PATH, walk
from pims_api.storage.identity.tenants import tenant_ids
from pims_api.storage.products.store import children_of, products_by_id
from pims_api.storage.snapshot import Snapshot

GONE = "The {} of this channel is gone: send the channel again with one that is there."


@dataclass(frozen=True, slots=True)
class RecordTold:
    """A record, its variants with what is above them, and what another system is told.

    held: the values that hold for the record and each variant, by its number.
    """

    product: Product
    below: Sequence[Lineage]
    item: Item
    plain: PlainValues
    held: Mapping[int, Values]


@dataclass(frozen=True, slots=True)
class _LiveLinks:
    """What is left of the links of products.

    values: by number, without links to what is deleted. shown: the SKUs of the targets that the
    channel sees; None: of all.
    """

    values: Mapping[int, Values]
    shown: set[str] | None


def scope_ids(seen: Snapshot, sight: Sight, plan: ChannelPlan) -> list[int]:
    """Return the numbers of the records that a channel sends. Raises BadInput, Forbidden."""
    condition = _condition(seen.definition, plan)
    members = find_members(seen, sight.overall, ListQuery(condition=condition)).members
    return [number for ids in walk(seen, BY_PATH, members) for number in ids]


def _condition(definition: Definition, plan: ChannelPlan) -> Condition:
    parts: list[Condition] = []
    if plan.type_id is not None:
        kind = definition.type_ids.get(plan.type_id)
        if kind is None or kind.deleted:
            raise BadInput(faults=[Fault("range", GONE.format("schema"))])
        parts.append(of_type(kind))
    if plan.catalog_id is not None:
        catalog = catalogs_of(definition).get(plan.catalog_id)
        if catalog is None:
            raise BadInput(faults=[Fault("range", GONE.format("catalog"))])
        parts.append(_in_catalog(definition, catalog))
    return And(tuple(parts))


def _in_catalog(definition: Definition, catalog: Catalog) -> Condition:
    """Return the condition of being in some category of a catalog."""
    tree = definition.tree(catalog.id)
    ids = [one.id for one in tree if one.id != UNCATEGORIZED_ID]
    if catalog.id == DEFAULT_CATALOG_ID:
        paths = tuple(tree.path_text(number) for number in ids)
        return In(Operand(definition.by_name[CATEGORIES]), paths)
    return In(Operand(OTHER_CATEGORIES_ATTRIBUTE), tuple(map(str, ids)))


class RecordReader:
    """Reads records for one channel, in one state of the catalogue."""

    def __init__(self, seen: Snapshot, sight: Sight, plan: ChannelPlan) -> None:
        self.seen, self.sight, self.plan = seen, sight, plan
        self._plain: dict[tuple[Access, int], PlainValues] = {}

    def told(self, ids: Iterable[int]) -> list[RecordTold]:
        """Return the records of these numbers that are there, in a fixed number of queries."""
        found = products_by_id(self.seen, ids)
        return self.told_of([found[one] for one in ids if one in found])

    def told_of(self, products: Sequence[Product]) -> list[RecordTold]:
        """Return records that were read already."""
        records = [one for one in products if self._exists(one)]
        below = self._below(records)
        links = self._links([*records, *(one[-1] for found in below.values() for one in found)])
        return [self._told(one, below.get(one.id, []), links) for one in records]

    def _held(self, plain: PlainValues, lineage: Lineage, links: _LiveLinks) -> Values:
        """Return the values that hold for the last of a lineage, as its resolved view has them.

        Links to what is deleted are none, so that others are inherited; those to what the channel
        does not see are left out of what is then there.
        """
        attributes = [column.attribute for column in plain.columns.values()]
        live = tuple(one._replace(values=links.values[one.id]) for one in lineage)
        held = effective_values(self.sight.overall, live, attributes)
        if links.shown is None:
            return held
        return linking_to(relations_of(self.seen.definition), held, links.shown)

    def _links(self, products: Sequence[Product]) -> _LiveLinks:
        """Return what is left of the links of products, in at most two queries."""
        found = live_documents(self.seen, [one.values for one in products])
        live = {one.id: values for one, values in zip(products, found, strict=True)}
        if self.sight.overall.rows is None:
            return _LiveLinks(live, None)
        skus = linked_skus(relations_of(self.seen.definition), found)
        return _LiveLinks(live, visible_skus(self.seen, self.sight.overall, skus))

    def plain_of(self, record: Product) -> PlainValues:
        """Return the values of a record's schema, as they are seen at its stage."""
        definition = self.seen.definition
        kind, stage = type_of(definition, record.values), stage_of(definition, record.values)
        access = self.sight.of(kind, stage)
        known = self._plain.get((access, kind.id))
        if known is None:
            known = PlainValues(access, kind, self.plan.read_in)
            self._plain[access, kind.id] = known
        return known

    def has_made_sku(self, one: Product) -> bool:
        """Return whether the SKU of a record or variant was made for want of one: it is none."""
        return is_generated(tenant_ids(self.seen), one.id, one.sku)

    def _exists(self, one: Product) -> bool:
        return one.values[STATUS] != DELETED and is_visible(self.sight.overall, one)

    def _below(self, records: Sequence[Product]) -> dict[int, list[Lineage]]:
        """Return the variants of each record, each with what is above it, one query a level."""
        found: dict[int, list[Lineage]] = {}
        level: dict[int, Lineage] = {one.id: (one,) for one in records}
        while level:
            children = [one for one in children_of(self.seen, level) if self._exists(one)]
            level = {one.id: (*level[one.parent_id or 0], one) for one in children}
            for lineage in level.values():
                found.setdefault(lineage[0].id, []).append(lineage)
        return found

    def _told(self, record: Product, below: list[Lineage], links: _LiveLinks) -> RecordTold:
        plain, plan = self.plain_of(record), self.plan
        held = {one[-1].id: self._held(plain, one, links) for one in ((record,), *below)}
        parents = {lineage[-2].id for lineage in below}
        leaves = [one for one in below if one[-1].id not in parents]
        leaves.sort(key=lambda lineage: lineage[-1].id)
        values = self._values((record,), plain.values(held[record.id]))
        keys = record.values.get(VARIATION_ATTRIBUTES) or ()
        by_key = {c.attribute.key: alias for alias, c in plain.columns.items()}
        item = Item(
            plan.id_of(record.id),
            values,
            [self._leaf(plain, lineage, held, links) for lineage in leaves],
            [by_key[one] for one in keys if one in by_key],
        )
        return RecordTold(record, below, item, plain, held)

    def _leaf(
        self, plain: PlainValues, lineage: Lineage, held: Mapping[int, Values], links: _LiveLinks
    ) -> Leaf:
        number = self.plan.id_of(lineage[-1].id, is_variant=True)
        own = {split_slot(place)[0] for one in lineage[1:] for place in links.values[one.id]}
        aliases = frozenset(a for a, c in plain.columns.items() if c.attribute.key in own)
        return Leaf(number, self._values(lineage, plain.values(held[lineage[-1].id])), aliases)

    def _values(self, lineage: Lineage, values: dict[str, object]) -> dict[str, object]:
        """Return the values of a product with its SKU, if it has one."""
        if self.has_made_sku(lineage[-1]):
            return {alias: value for alias, value in values.items() if alias != SKU}
        return values | {SKU: lineage[-1].sku}
