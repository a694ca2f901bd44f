"""Products: listed, created, read, changed, deleted; variants: created."""

from typing import Any

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import CATEGORIES, TITLE
from pims_api.domain.flat.category_slugs import slugs_of
from pims_api.domain.flat.flat_product import BARCODE, BRAND, CURRENCY, DESCRIPTION, PRICE
from pims_api.errors import BadInput, Fault
from pims_api.services.flat_products.fields import FlatWrite, writable_column
from pims_api.services.flat_products.write import (
    add_variant,
    create_flat,
    delete_flat,
    edit_flat,
)
from pims_api.services.lists.query import ListQuery, find_members
from pims_api.storage.catalogue_index.bitmaps.blocks import newest
from pims_api.storage.identity.tenants import tenant_ids
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.tenant.products import product_row, variant_object
from views.row_cache import json_rows
from views.running import Body
from views.tenant.actions.brands import brand_named
from views.tenant.actions.categories import category_named
from views.tenant.actions.showing import access_to, find_product, product_shown
from views.tenant.caller import Caller

LISTED_MAX = 100


def list_products(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with the newest products, the last one first."""
    sight, ids = caller.sight(seen.definition), tenant_ids(seen)
    members = find_members(seen, sight.overall, ListQuery(in_families=True)).members

    def rows(wanted: Any) -> list[dict[str, Any]]:
        found = products_by_id(seen, wanted)
        shown = [found[number] for number in wanted]
        return [product_row(ids, access_to(sight, one), one) for one in shown]

    role = None if sight.role is None else sight.role.id
    owner = sight.overall.derive(_row_owners).setdefault(role, object())
    return json_rows(seen, owner, newest(members, LISTED_MAX), rows)


def create_product(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Create a product and answer with it."""
    body = asked["body"]
    wanted = FlatWrite(_texts(body, TITLE, DESCRIPTION), _category(work, caller, body))
    made = create_flat(work, caller.sight, wanted)
    return product_shown(work, caller.sight(work.definition), made)


def show_product(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with one product."""
    sight = caller.sight(seen.definition)
    return product_shown(seen, sight, find_product(seen, sight, asked["path"]["product_id"]))


def put_product(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Change what a body holds of a product and answer with it."""
    body, sight = asked["body"], caller.sight(work.definition)
    product = find_product(work, sight, asked["path"]["product_id"])
    texts = _texts(body, TITLE, DESCRIPTION)
    if body["brand_id"]:
        if BRAND in work.definition.by_name:
            writable_column(access_to(sight, product), BRAND)
        texts[BRAND] = brand_named(work.definition, tenant_ids(work), body["brand_id"])
    wanted = FlatWrite(texts, _category(work, caller, body))
    after = edit_flat(work, caller.sight, product, wanted)
    return product_shown(work, caller.sight(work.definition), after)


def delete_product(work: UnitOfWork, caller: Caller, asked: Body) -> None:
    """Delete a product with its variants; it can be restored in PIMS."""
    sight = caller.sight(work.definition)
    delete_flat(work, sight, find_product(work, sight, asked["path"]["product_id"]))


def create_variant(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Create a variant of a product and answer with it."""
    body, sight = asked["body"], caller.sight(work.definition)
    parent = find_product(work, sight, asked["path"]["product_id"])
    wanted = FlatWrite(_texts(body, BARCODE, PRICE, CURRENCY), sku=(body["sku"] or "").strip())
    made = add_variant(work, caller.sight, parent, wanted)
    access = caller.sight(work.definition).of_product(made.values, parent.values)
    return variant_object(tenant_ids(work), access, made, parent)


def _row_owners(_: Access) -> dict[int | None, object]:
    """Return the owners of the cached rows of an access, by the role, empty."""
    return {}


def _texts(body: Body, *names: str) -> dict[str, str]:
    return {name: body[name] for name in names if body[name]}


def _category(work: UnitOfWork, caller: Caller, body: Body) -> int | None:
    """Return the id of the category that a body names by its slug or UUID, if it names one."""
    uuid, definition = body.get("category_id"), work.definition
    if not (body["category"] or uuid):
        return None
    writable_column(caller.sight(definition).somewhere, CATEGORIES)
    by_uuid = category_named(definition, tenant_ids(work), "category_id", uuid)
    if not body["category"]:
        return by_uuid.id if by_uuid else None
    by_slug = slugs_of(definition).by_slug.get(body["category"])
    if by_slug is None:
        message = f"There is no category with the slug {body['category'][:128]!r}!"
        raise BadInput(faults=[Fault("not_found", message)])
    if by_uuid not in (None, by_slug):
        raise BadInput(faults=[Fault("range", "category and category_id name two categories!")])
    return by_slug.id
