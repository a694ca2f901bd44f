"""Attributes, attribute groups and templates: listed, added."""

from typing import Any

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import DEFAULT_TYPE, Attribute
from pims_api.domain.attributes.named_group import NamedGroup
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.flat.flat_product import FIELD_ATTRIBUTES
from pims_api.errors import Conflict, Fault
from pims_api.services import product_types
from pims_api.services.attributes import groups
from pims_api.services.attributes import write as attributes
from pims_api.storage.history.defined.defined_moments import Moments, moments_of
from pims_api.storage.identity.tenants import tenant_ids
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.tenant.attributes import (
    attribute_object,
    attribute_write,
    group_object,
    template_name,
    template_object,
    type_name,
)
from schemas.tenant.products import FIELDS_ALONE
from views.running import Body
from views.tenant.caller import Caller
from views.transport import current_database


def list_attributes(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with the attributes that the caller sees, by name."""
    definition, ids = seen.definition, tenant_ids(seen)
    moments = moments_of(seen, "attribute")
    shown = [
        attribute_object(ids, definition, one, moments[one.id])
        for one in _shown(caller.sight(definition).somewhere)
    ]
    return sorted(shown, key=lambda one: (one["name"], one["slug"]))


def add_attribute(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Add an attribute and answer with it."""
    slug = asked["body"]["slug"]
    if slug in FIELD_ATTRIBUTES or slug in work.definition.by_name:
        raise Conflict(faults=[Fault("exists", f"There is an attribute {slug} already!")])
    if slug in FIELDS_ALONE:
        message = f"{slug} is a field of products: choose another slug!"
        raise Conflict(faults=[Fault("exists", message)])
    wanted = attribute_write(work.definition, asked["body"])
    inline_max = current_database().settings.reindex_inline_max
    made = attributes.add_attributes(work, [wanted], inline_max).attributes[0]
    return attribute_object(tenant_ids(work), work.definition, made, Moments(work.at, work.at))


def list_groups(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with the attribute groups that the caller sees, newest first."""
    ids, access = tenant_ids(seen), caller.sight(seen.definition).somewhere
    made, known = moments_of(seen, "attribute_group"), groups.groups_seen(access)
    first: dict[str, Moments] = {}
    for number, moments in sorted(moments_of(seen, "attribute").items(), key=lambda one: one[1]):
        first.setdefault(seen.definition.attributes[number].group, moments)
    shown = []
    for name, one in known.items():
        moments = made[one.id] if one is not None else Moments(*2 * (first[name].created,))
        shown.append((-moments.created, name, _description(one), moments))
    return [group_object(ids, *each[1:]) for each in sorted(shown)]


def add_group(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Add an attribute group and answer with it."""
    body = asked["body"]
    made = groups.add_group(work, body["name"], body["description"] or "")
    return group_object(tenant_ids(work), made.name, made.description, Moments(work.at, work.at))


def list_templates(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with every template, by name."""
    ids, moments = tenant_ids(seen), moments_of(seen, "product_type")
    known = [one for one in seen.definition.types.values() if one.name != DEFAULT_TYPE]
    ordered = sorted(known, key=lambda one: (template_name(one), one.id))
    return [template_object(ids, one, moments[one.id]) for one in ordered]


def add_template(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Add a template, which starts without attributes, and answer with it."""
    body, known = asked["body"], work.definition.types.values()
    if any(body["name"] in (one.name, template_name(one)) for one in known):
        raise Conflict(faults=[Fault("exists", f"There is a template {body['name']!r} already!")])
    name = type_name(work.definition, body["name"])
    settings = {"description": body["description"] or ""}
    if name != body["name"]:
        settings["label"] = body["name"]
    wanted = product_types.ProductTypeWrite(settings=settings)
    made: ProductType = product_types.add_type(work, name, wanted)
    return template_object(tenant_ids(work), made, Moments(work.at, work.at))


def _shown(access: Access) -> list[Attribute]:
    shown = (column.attribute for column in access.columns)
    return [one for one in shown if not one.system and one.name not in FIELD_ATTRIBUTES]


def _description(one: NamedGroup | None) -> str:
    return "" if one is None else one.description
