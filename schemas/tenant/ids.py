"""UUIDs in addresses, queries and bodies of the tenant face.

Source: docs/api/tenant.md, Ids.
"""

from typing import Any

from pims_api.domain.product import Product
from pims_api.domain.tenant_ids import Numbered, TenantIds, uuid_of
from pims_api.errors import BadInput, Fault, NotFound


def read_uuid(text: str, name: str) -> str:
    """Return a UUID in lower case. name: what it stands for. Raises BadInput: it is none.

    >>> read_uuid("0B4F9F5E-6C54-4D4B-9A52-3D2A1C7F6E10", "id")
    '0b4f9f5e-6c54-4d4b-9a52-3d2a1c7f6e10'
    """
    found = uuid_of(text)
    if found is None:
        raise BadInput(faults=[Fault("type", f"{name} must be a UUID!", value=text[:64])])
    return found


def number_in(ids: TenantIds, kind: Numbered, text: str, name: str) -> int | None:
    """Return the number of a thing of the tenant, or None for a UUID that nothing of it can have.

    name: what the text stands for. Raises BadInput: it is no UUID.
    """
    return ids.number(kind, read_uuid(text, name))


def absent(what: str) -> NotFound:
    """Return the refusal of a UUID that nothing has, the same for every such UUID.

    >>> absent("product").faults[0].message
    'There is no such product!'
    """
    return NotFound(faults=[Fault("not_found", f"There is no such {what}!")])


def product_id(ids: TenantIds, one: Product) -> str:
    """Return the UUID of a product or variant."""
    return ids.of_number(Numbered.PRODUCT, one.id)


def owned(ids: TenantIds, number: str) -> dict[str, Any]:
    """Return how objects begin: the UUID of the thing and whose it is."""
    return {"id": number, "org_id": ids.org, "tenant_id": ids.uuid}
