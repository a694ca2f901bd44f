"""Variants: listed, created, read, resolved, replaced, changed in one attribute, deleted."""

from typing import Any

from pims_api.domain.access.sight import Sight
from pims_api.domain.attributes.attribute import VARIATION_OF
from pims_api.domain.conditions.condition import Condition, IsNull, Not, Operand
from pims_api.domain.page import Page
from pims_api.domain.product import Product
from pims_api.domain.workflow import type_of
from pims_api.errors import BadInput, Fault, NotFound
from pims_api.services.lists.query import ListQuery, list_products, listed_products
from pims_api.services.products.lineages import Lineage, lineages
from pims_api.services.products.removal import delete_branch, exists
from pims_api.storage.products.store import products_below
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.sigma.ids import product_id
from schemas.sigma.records.record import page_object
from views.running import Body
from views.sigma.actions.records.records import of_schema
from views.sigma.actions.records.showing import (
    find_record,
    find_variant,
    resolved_object,
    variant_objects,
)
from views.sigma.actions.records.writing import (
    create,
    refuse_without_variants,
    replace_attribute,
    replace_values,
)
from views.sigma.caller import Caller


def list_variants(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with a window of the variants of records, perhaps of one schema, oldest first."""
    sight, query = caller.sight(seen.definition), asked["query"]
    condition = of_schema(seen, query["schemaId"])
    if condition is None:
        return page_object([], 0, query)
    below = None if query["schemaId"] is None else condition
    page = Page(size=query["limit"], start=query["offset"])
    listing = list_products(seen, sight.overall, _variants(seen, below, page))
    found = lineages(seen, listed_products(seen, listing))
    return page_object(variant_objects(seen, sight, found), listing.total, query)


def _variants(seen: Snapshot, below: Condition | None, page: Page) -> ListQuery:
    """Return what finds variants, below records that a condition finds."""
    return ListQuery(
        Not(IsNull(Operand(seen.definition.by_name[VARIATION_OF]))),
        include_variants=True,
        page=page,
        in_families=True,
        by_creation=True,
        below=below,
    )


def list_variants_of_record(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with the variants of a record, oldest first."""
    sight, query = caller.sight(seen.definition), asked["query"]
    record = find_record(seen, sight, asked["path"]["record_id"])
    found = [one for one in products_below(seen, record.path) if exists(sight, one)]
    families = [one for one in lineages(seen, found) if all(exists(sight, each) for each in one)]
    wanted = [one for one in families if _fits(one, query)]
    return variant_objects(seen, sight, sorted(wanted, key=lambda one: one[-1].id))


def _fits(lineage: Lineage, query: Body) -> bool:
    level, parent = query["level"], query["parentId"]
    if level is not None and len(lineage) - 1 != level:
        return False
    return parent is None or product_id(lineage[-2]) == parent


def create_variant(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Create a variant of a record and answer with it."""
    sight, body = caller.sight(work.definition), asked["body"]
    record = find_record(work, sight, asked["path"]["record_id"])
    kind = type_of(work.definition, record.values)
    refuse_without_variants(kind)
    above = _above(work, sight, record, body["parentId"])
    made = create(work, sight, kind, body["values"], above)
    return _shown(work, caller, (*above, made))


def _above(work: UnitOfWork, sight: Sight, record: Product, parent_id: str | None) -> Lineage:
    """Return what will be above a new variant. Raises BadInput."""
    if parent_id is None or parent_id == product_id(record):
        return (record,)
    try:
        return find_variant(work, sight, record, parent_id)
    except NotFound as error:
        message = f"There is no variant {parent_id!r} of this record!"
        raise BadInput(faults=[Fault("range", message, pointer="/parentId")]) from error


def show_variant(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with one variant: its own values only."""
    _, lineage = _named(seen, caller, asked)
    return _shown(seen, caller, lineage)


def show_resolved(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with one variant: the values that hold for it, own and inherited."""
    sight, lineage = _named(seen, caller, asked)
    return resolved_object(seen, sight, lineage)


def put_variant(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Replace all own values of a variant; what is left out is inherited again."""
    sight, lineage = _named(work, caller, asked)
    stored = replace_values(work, sight, lineage, asked["body"]["values"])
    return _shown(work, caller, (*lineage[:-1], stored))


def patch_variant_value(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Replace the scoped values of one attribute and answer with the variant."""
    sight, lineage = _named(work, caller, asked)
    alias, sent = asked["path"]["alias"], asked["body"]["scopedValues"]
    stored = replace_attribute(work, sight, lineage, alias, sent)
    return _shown(work, caller, (*lineage[:-1], stored))


def delete_variant(work: UnitOfWork, caller: Caller, asked: Body) -> None:
    """Delete a variant and what is below it."""
    _, lineage = _named(work, caller, asked)
    delete_branch(work, lineage[-1])


def _named(seen: Snapshot, caller: Caller, asked: Body) -> tuple[Sight, Lineage]:
    sight, path = caller.sight(seen.definition), asked["path"]
    record = find_record(seen, sight, path["record_id"])
    return sight, find_variant(seen, sight, record, path["variant_id"])


def _shown(seen: Snapshot, caller: Caller, lineage: Lineage) -> Any:
    return variant_objects(seen, caller.sight(seen.definition), [lineage])[0]
