"""Brands of the tenant face: the options of the attribute `brand`.

Source: docs/api/tenant.md, Brands.
"""

from pims_api.domain.attributes.option_list import Option
from pims_api.domain.definition import Definition
from pims_api.domain.flat_product import BRAND
from pims_api.domain.tenant_ids import Numbered, TenantIds


def brand_id(ids: TenantIds, definition: Definition, one: Option) -> str:
    """Return the UUID of a brand."""
    list_id = definition.by_name[BRAND].option_list_id
    return ids.of_name(Numbered.OPTION, f"{list_id}/{one.id}")
