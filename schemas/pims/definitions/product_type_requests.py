"""Product types on the wire of PIMS.

Source: docs/api/pims.md, Managing product types.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pims_api.services.product_types import NamedType, ProductTypeWrite
from schemas.loading import complaint
from schemas.pims.body import Request, WritingBody, read_request
from schemas.pims.fields import Flag, Text, TextList

NAMES_MAX = 10_000  # attributes that one request may name
_NAME_MISSING = complaint("required", "A product type needs a name!")


class ProductTypeBody(WritingBody):
    """Body of addProductType and editProductType; what is absent stays as it is."""

    name = Text(required=True, error_messages={"required": _NAME_MISSING, "null": _NAME_MISSING})
    attributes = TextList(NAMES_MAX, load_default=None)
    required = TextList(NAMES_MAX, load_default=None)
    inherit = Flag(load_default=None)


_BODY = ProductTypeBody()


class WantedType(NamedTuple):
    """What a body asks for of a product type. request: the body itself."""

    name: str
    write: ProductTypeWrite
    request: Request


def read_product_type(body: Mapping[str, Any]) -> WantedType:
    """Return the write to a product type. Raises BadInput with every fault."""
    request = read_request(_BODY, body)
    request.check()
    values = request.values
    write = ProductTypeWrite(values["attributes"], values["required"], values["inherit"])
    return WantedType(values["name"].strip(), write, request)


def product_type_object(one: NamedType) -> dict[str, Any]:
    """Return a product type as callers see it; null stands for every attribute."""
    return {
        "name": one.name,
        "attributes": one.attributes,
        "required": one.required,
        "inherit": "y" if one.inherits else "n",
    }
