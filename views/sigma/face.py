"""The Sigma face: what lies below /api/v1. Source: docs/api/sigma.md, Errors."""

from schemas.sigma.errors import HTTP_FAULTS, error_object, faults_of
from views.face import Face
from views.sigma.blueprint import sigma
from views.sigma.description import describe

SIGMA = Face(
    blueprint=sigma,
    prefix="/api/v1",
    error_body=error_object,
    faults_of=faults_of,
    http_faults=HTTP_FAULTS,
    describe=describe,
)
