"""The tenant face: what lies below /api/v1/pim. Source: docs/api/tenant.md, Errors."""

from schemas.tenant.errors import HTTP_FAULTS, error_object, faults_of
from views.face import Face
from views.tenant.blueprint import check_caller, tenant
from views.tenant.description import describe

TENANT = Face(
    blueprint=tenant,
    prefix="/api/v1/pim",
    error_body=error_object,
    faults_of=faults_of,
    http_faults=HTTP_FAULTS,
    describe=describe,
    ask_first=check_caller,
)
