"""The PIMS face: every address that is no other face's. Source: docs/api/pims.md, Errors."""

from pims_api.errors import Fault, LimitExceeded
from schemas.pims.faults import error_object, faults_of
from views.face import OTHER, Face
from views.pims.blueprint import pims
from views.pims.description import describe
from views.pims.rehearsal import rehearse_lists

PIMS = Face(
    blueprint=pims,
    prefix="",
    error_body=error_object,
    faults_of=faults_of,
    http_faults={
        OTHER: Fault("syntax", "The request could not be read!"),
        404: Fault("not_found", "There is nothing at this address!"),
        405: Fault("forbidden", "This address does not serve that method!"),
        500: Fault(
            "internal",
            "The server failed; nothing was stored. The log of the server has the details.",
        ),
    },
    status_in_body=True,
    names_request=True,
    rehearse=rehearse_lists,
    describe=describe,
    statuses={LimitExceeded: 400},
)
