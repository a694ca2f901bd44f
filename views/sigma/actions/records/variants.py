"""Variants: listed, created, read, resolved, replaced, changed in one attribute, deleted."""

from typing import Any

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import VARIATION_OF
from pims_api.domain.conditions.condition import And, IsNull, Not, Operand
from pims_api.domain.page import Page
from pims_api.domain.product import Product
from pims_api.errors import BadInput, Fault, NotFound
from pims_api.services.lists.query import ListQuery, list_products, listed_products
from pims_api.services.products.removal import delete_branch
from pims_api.storage.products.store import products_below
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.sigma.ids import product_id
from schemas.sigma.records.record import Lineage, page_object
from views.running import Body
from views.sigma.actions.records.records import of_schema
from views.sigma.actions.records.showing import (
    exists,
    find_record,
    find_variant,
    lineages,
    resolved_object,
    type_of,
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
    """Answer with a window of all variants, and how many there are."""
    access, query = caller.access(seen.definition), asked["query"]
    condition = of_schema(seen, query["schemaId"])
    if condition is None:
        return page_object([], 0, query)
    below = Not(IsNull(Operand(seen.definition.by_name[VARIATION_OF])))
    page = Page(size=query["limit"], start=query["offset"])
    wanted = ListQuery(condition=And((condition, below)), include_variants=True, page=page)
    listing = list_products(seen, access, wanted)
    found = lineages(seen, listed_products(seen, listing))
    return page_object(variant_objects(seen, access, found), listing.total, query)


def list_variants_of_record(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with the variants of a record, each after what is above it."""
    access, query = caller.access(seen.definition), asked["query"]
    record = find_record(seen, access, asked["path"]["record_id"])
    found = [one for one in products_below(seen, record.path) if exists(access, one)]
    wanted = [one for one in lineages(seen, found) if _fits(one, query)]
    return variant_objects(seen, access, wanted)


def _fits(lineage: Lineage, query: Body) -> bool:
    level, parent = query["level"], query["parentId"]
    if level is not None and len(lineage) - 1 != level:
        return False
    return parent is None or product_id(lineage[-2]) == parent


def create_variant(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Create a variant of a record and answer with it."""
    access, body = caller.access(work.definition), asked["body"]
    record = find_record(work, access, asked["path"]["record_id"])
    kind = type_of(work.definition, record)
    refuse_without_variants(kind)
    above = _above(work, access, record, body["parentId"])
    made = create(work, access, kind, body["values"], above[-1])
    return variant_objects(work, access, [(*above, made)])[0]


def _above(work: UnitOfWork, access: Access, record: Product, parent_id: str | None) -> Lineage:
    """Return what will be above a new variant. Raises BadInput."""
    if parent_id is None or parent_id == product_id(record):
        return (record,)
    try:
        return find_variant(work, access, record, parent_id)
    except NotFound as error:
        message = f"There is no variant {parent_id!r} of this record!"
        raise BadInput(faults=[Fault("range", message, pointer="/parentId")]) from error


def show_variant(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with one variant: its own values only."""
    access, lineage = _named(seen, caller, asked)
    return variant_objects(seen, access, [lineage])[0]


def show_resolved(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with one variant: the values that hold for it, own and inherited."""
    access, lineage = _named(seen, caller, asked)
    return resolved_object(seen, access, lineage)


def put_variant(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Replace all own values of a variant; what is left out is inherited again."""
    access, lineage = _named(work, caller, asked)
    kind, values = type_of(work.definition, lineage[-1]), asked["body"]["values"]
    stored = replace_values(work, access, kind, lineage[-1], values)
    return variant_objects(work, access, [(*lineage[:-1], stored)])[0]


def patch_variant_value(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Replace the scoped values of one attribute and answer with the variant."""
    access, lineage = _named(work, caller, asked)
    kind, alias = type_of(work.definition, lineage[-1]), asked["path"]["alias"]
    sent = asked["body"]["scopedValues"]
    stored = replace_attribute(work, access, kind, lineage[-1], alias, sent)
    return variant_objects(work, access, [(*lineage[:-1], stored)])[0]


def delete_variant(work: UnitOfWork, caller: Caller, asked: Body) -> None:
    """Delete a variant and what is below it."""
    _, lineage = _named(work, caller, asked)
    delete_branch(work, lineage[-1])


def _named(seen: Snapshot, caller: Caller, asked: Body) -> tuple[Access, Lineage]:
    access, path = caller.access(seen.definition), asked["path"]
    record = find_record(seen, access, path["record_id"])
    return access, find_variant(seen, access, record, path["variant_id"])
