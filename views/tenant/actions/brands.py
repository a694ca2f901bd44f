"""Brands: listed, added."""

from typing import Any

from pims_api.domain.attributes.option_list import OptionList
from pims_api.domain.definition import Definition
from pims_api.domain.flat.flat_product import BRAND
from pims_api.domain.tenant_ids import TenantIds
from pims_api.errors import BadInput, Fault
from pims_api.services.flat_products import brands
from pims_api.storage.history.defined.defined_moments import Moments, option_moments
from pims_api.storage.identity.tenants import tenant_ids
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.tenant.brands import brand_id, brand_object, brand_write
from views.running import Body
from views.tenant.caller import Caller


def list_brands(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with every brand, by name."""
    definition, ids = seen.definition, tenant_ids(seen)
    known = brands.brand_list(definition)
    if known is None or caller.sight(definition).somewhere.of(BRAND) is None:
        return []
    moments = option_moments(seen, known.id)
    ordered = sorted(known.in_order(), key=lambda one: (one.alias, one.id))
    return [brand_object(ids, definition, one, moments[one.id]) for one in ordered]


def add_brand(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Add a brand and answer with it."""
    made = brands.add_brand(work, brand_write(asked["body"]))
    return brand_object(tenant_ids(work), work.definition, made, Moments(work.at, work.at))


def brand_named(definition: Definition, ids: TenantIds, uuid: str) -> str:
    """Return the name of the brand that a body names. Raises BadInput: it is not there."""
    known = brands.brand_list(definition)
    if known is not None:
        found = known.options.get(_number_of(definition, ids, known, uuid))
        if found is not None and not found.removed:
            return found.alias
    raise BadInput(faults=[Fault("not_found", "brand_id names no brand!")])


def _number_of(definition: Definition, ids: TenantIds, known: OptionList, uuid: str) -> str:
    """Return the id of the option of a UUID, or "". Each UUID is computed once for all versions."""
    computed: dict[str, str] = definition.rendered.setdefault(("brands by UUID", known.id), {})
    if uuid not in computed:
        new = known.options.keys() - set(computed.values())
        computed |= {brand_id(ids, definition, known.options[one]): one for one in new}
    return computed.get(uuid, "")
