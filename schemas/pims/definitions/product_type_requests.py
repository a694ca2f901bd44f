"""Product types on the wire of PIMS.

Source: docs/api/pims.md, Managing product types.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from marshmallow import EXCLUDE, Schema

from pims_api.errors import refuse_if_any
from pims_api.services.product_types import NamedType, ProductTypeWrite
from schemas.loading import complaint, load
from schemas.pims.fields import Flag, Text, TextList

NAMES_MAX = 10_000  # attributes that one request may name
_NAME_MISSING = complaint("required", "A product type needs a name!")


class ProductTypeBody(Schema):
    """Body of addProductType and editProductType; what is absent stays as it is."""

    name = Text(required=True, error_messages={"required": _NAME_MISSING, "null": _NAME_MISSING})
    attributes = TextList(NAMES_MAX, load_default=None)
    required = TextList(NAMES_MAX, load_default=None)
    inherit = Flag(load_default=None)
    dry_run = Flag()

    class Meta:
        unknown = EXCLUDE


_BODY = ProductTypeBody()


class ProductTypeRequest(NamedTuple):
    """The product type that a body is about, and what is to be written to it."""

    name: str
    wanted: ProductTypeWrite
    dry_run: bool


def read_product_type(body: Mapping[str, Any]) -> ProductTypeRequest:
    """Return what a body wants of a product type. Raises BadInput with every fault."""
    values, faults = load(_BODY, body)
    refuse_if_any(faults)
    wanted = ProductTypeWrite(values["attributes"], values["required"], values["inherit"])
    return ProductTypeRequest(values["name"].strip(), wanted, values["dry_run"])


def product_type_object(one: NamedType) -> dict[str, Any]:
    """Return a product type as callers see it; null stands for every attribute."""
    return {
        "name": one.name,
        "attributes": one.attributes,
        "required": one.required,
        "inherit": "y" if one.inherits else "n",
    }
