"""The tenant face in the OpenAPI document."""

from apispec import APISpec
from marshmallow import Schema, fields

from views.openapi.document import Dress, describe_endpoint
from views.tenant.caller import ORG_HEADER, TENANT_HEADER
from views.tenant.endpoints import ENDPOINTS

ERROR = "PimError"
_HEADERS = {"tenantId": TENANT_HEADER, "orgId": ORG_HEADER}
_DRESS = Dress("/api/v1/pim", ERROR, ("bearer",), tuple(_HEADERS), "pim")
_TAG = "PIM"


class PimErrorReply(Schema):
    """A refusal: what was wrong, for people."""

    error = fields.String(required=True)


def describe(spec: APISpec) -> None:
    """Add every endpoint of the face."""
    spec.components.schema(ERROR, schema=PimErrorReply())
    for name, header in _HEADERS.items():
        uuid = {"required": True, "schema": {"type": "string", "format": "uuid"}}
        spec.components.parameter(name, "header", uuid | {"name": header})
    for one in ENDPOINTS:
        describe_endpoint(spec, _DRESS, one, _TAG)
