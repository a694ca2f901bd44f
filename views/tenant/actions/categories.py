"""Categories: listed, added."""

from typing import Any

from pims_api.domain.attributes.attribute import CATEGORIES
from pims_api.domain.catalog import DEFAULT_CATALOG
from pims_api.domain.category import Category
from pims_api.domain.definition import Definition
from pims_api.domain.flat.category_slugs import slugs_of
from pims_api.domain.tenant_ids import Numbered, TenantIds
from pims_api.errors import BadInput, Conflict, Fault
from pims_api.services.categories.nodes import NodeWrite, add_node
from pims_api.storage.history.defined.defined_moments import Moments, moments_of
from pims_api.storage.identity.tenants import tenant_ids
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.tenant.categories import category_object
from views.running import Body
from views.tenant.caller import Caller


def list_categories(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with every category, by name."""
    definition, ids = seen.definition, tenant_ids(seen)
    if caller.sight(definition).somewhere.of(CATEGORIES) is None:
        return []
    moments, known = moments_of(seen, "category"), slugs_of(definition).by_slug.values()
    ordered = sorted(known, key=lambda one: (one.name, one.id))
    return [category_object(ids, definition, one, moments[one.id]) for one in ordered]


def add_category(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Add a category and answer with it."""
    ids, body = tenant_ids(work), asked["body"]
    if body["slug"] in slugs_of(work.definition).by_slug:
        message = f"There is a category with the slug {body['slug']} already!"
        raise Conflict(faults=[Fault("exists", message)])
    above = category_named(work.definition, ids, "parentId", body["parentId"])
    wanted = NodeWrite(
        name=body["name"].strip(),
        slug=body["slug"],
        description=body["description"] or "",
        parent_id=above.id if above else 0,
    )
    made = add_node(work, DEFAULT_CATALOG, wanted)
    return category_object(ids, work.definition, made, Moments(work.at, work.at))


def category_named(
    definition: Definition, ids: TenantIds, key: str, uuid: str | None
) -> Category | None:
    """Return the category that a body names, if it names one. Raises BadInput: it is not there."""
    if not uuid:
        return None
    number = ids.number(Numbered.CATEGORY, uuid)
    if number not in slugs_of(definition).of:
        raise BadInput(faults=[Fault("not_found", f"{key} names no category!")])
    return definition.categories.by_id[number]
