"""Records and variants in categories: put in, taken out, listed."""

from typing import Any

from pims_api.domain.access.sight import Sight
from pims_api.domain.attributes.attribute import CATEGORIES, OTHER_CATEGORIES_ATTRIBUTE
from pims_api.domain.catalog import catalogs_of
from pims_api.domain.category import DEFAULT_CATALOG_ID, Category
from pims_api.domain.conditions.condition import In, Operand
from pims_api.domain.page import Page
from pims_api.domain.product import Product
from pims_api.errors import Forbidden, NotFound
from pims_api.services.lists.query import ListQuery, list_products, listed_products
from pims_api.services.products import assignments as changes
from pims_api.services.products.lineages import lineages
from pims_api.services.products.removal import exists
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.sigma.catalogs.catalog import catalog_id
from schemas.sigma.catalogs.category import asked_ids
from schemas.sigma.ids import RECORD, VARIANT, absent, number_of, product_id
from views.running import Body
from views.sigma.actions.catalogs.categories import named_category
from views.sigma.actions.records.showing import (
    record_objects,
    variant_objects,
)
from views.sigma.caller import Caller

_SHOWN_AT_ONCE = 500  # records


def assign(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Put records and variants into a category."""
    sight, category = _place(work, caller, asked)
    _refuse_without_right(work, caller, category)
    found = _named(work, sight, asked)
    changes.assign(work, sight.overall, category, found)
    return _told(asked, found)


def unassign(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Take records and variants out of a category."""
    sight, category = _place(work, caller, asked)
    _refuse_without_right(work, caller, category)
    found = _named(work, sight, asked)
    changes.unassign(work, sight.overall, category, found)
    return _told(asked, found)


def list_entities(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with the records of a category, by SKU."""
    sight, category = _place(seen, caller, asked)
    listing = list_products(seen, sight.overall, _query(seen, category, asked["query"]))
    shown: list[dict[str, Any]] = []
    for start in range(0, len(listing.ids), _SHOWN_AT_ONCE):
        some = listing.ids[start : start + _SHOWN_AT_ONCE]
        shown += _objects(seen, sight, listed_products(seen, listing, some))
    return shown


def _place(seen: Snapshot, caller: Caller, asked: Body) -> tuple[Sight, Category]:
    """Return what the caller sees, and the category of the address. Raises NotFound."""
    sight = caller.sight(seen.definition)
    category = named_category(seen.definition, caller, asked)
    if category.catalog_id == DEFAULT_CATALOG_ID and sight.overall.of(CATEGORIES) is None:
        raise absent("Category", asked["path"]["category_id"])
    return sight, category


def _refuse_without_right(seen: Snapshot, caller: Caller, category: Category) -> None:
    catalog = catalog_id(catalogs_of(seen.definition)[category.catalog_id])
    if not caller.catalog_rights(catalog).assign:
        raise Forbidden(f"Your role may not assign records to categories of {catalog}!")


def _query(seen: Snapshot, category: Category, query: Body) -> ListQuery:
    size = seen.last_product_id if query["limit"] is None else query["limit"]
    page = Page(size=size, start=query["offset"])
    variants = query["includeVariants"] == "true"
    if category.catalog_id == DEFAULT_CATALOG_ID:
        return ListQuery(
            category_id=category.id, include_variants=variants, page=page, in_families=True
        )
    held = In(Operand(OTHER_CATEGORIES_ATTRIBUTE), (str(category.id),))
    return ListQuery(condition=held, include_variants=variants, page=page, in_families=True)


def _objects(seen: Snapshot, sight: Sight, found: list[Product]) -> list[dict[str, Any]]:
    """Return records and variants, each as it is shown elsewhere, in their order."""
    records = [one for one in found if one.parent_id is None]
    variants = [one for one in found if one.parent_id is not None]
    shown = record_objects(seen, sight, records)
    if variants:
        shown += variant_objects(seen, sight, lineages(seen, variants))
    by_id = {one["id"]: one for one in shown}
    return [by_id[product_id(one)] for one in found]


def _named(seen: Snapshot, sight: Sight, asked: Body) -> list[Product]:
    """Return the records and variants that a body names, in one query. Raises NotFound."""
    ids = asked_ids(asked["body"])
    numbers = {number_of(one, RECORD) or number_of(one, VARIANT) for one in ids} - {None}
    products = products_by_id(seen, [one for one in numbers if one is not None])
    families = lineages(seen, list(products.values()))
    there = (family[-1] for family in families if all(exists(sight, one) for one in family))
    known = {product_id(one): one for one in there}
    missing = [one for one in ids if one not in known]
    if missing:
        faults = [absent("Record or variant", one).faults[0] for one in missing]
        raise NotFound(faults=faults)
    return [known[one] for one in ids]


def _told(asked: Body, found: list[Product]) -> dict[str, Any]:
    ids = [product_id(one) for one in found]
    return {"categoryId": asked["path"]["category_id"], "entityIds": ids}
