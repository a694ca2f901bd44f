"""Errors of the Sigma face: a code, a message, and the details of several faults.

Source: docs/api/sigma.md, Errors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pims_api.domain.access.permission import NotPermitted
from pims_api.errors import (
    Busy,
    Conflict,
    Fault,
    Forbidden,
    LimitExceeded,
    NameReused,
    NotAllowedNow,
    NotFound,
    PimsError,
    StaleVersion,
    Subject,
    TooMany,
    Unauthorized,
)
from pims_api.wording import Wordings
from schemas.sigma.nouns import in_own_nouns
from schemas.sigma.pointers import POINTERS

VALIDATION_ERROR = "VALIDATION_ERROR"
UNAUTHORIZED = "UNAUTHORIZED"
PERMISSION_DENIED = "PERMISSION_DENIED"
NOT_FOUND = "NOT_FOUND"
CONFLICT = "CONFLICT"
LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
TRANSITION_ERROR = "TRANSITION_ERROR"
INTERNAL_ERROR = "INTERNAL_ERROR"

_WORDS = Wordings(
    by_place={},
    by_subject={
        ("exists", Subject.PRODUCT): ("There is a product", "There is a record or variant"),
        ("exists", Subject.PRODUCT_TYPE): ("a product type", "a schema with the alias"),
        ("exists", Subject.SAVED_QUERY): ("a saved query", "a saved query with the id"),
        ("exists", Subject.ATTRIBUTE): ("an attribute", "an attribute with the alias"),
    },
)

DETAILS_MAX = 100  # faults that one error tells of

_CODES: tuple[tuple[type[PimsError], str], ...] = (
    (Unauthorized, UNAUTHORIZED),
    (Forbidden, PERMISSION_DENIED),
    (NotFound, NOT_FOUND),
    (Conflict, CONFLICT),
    (StaleVersion, CONFLICT),
    (NotAllowedNow, TRANSITION_ERROR),
    (NameReused, CONFLICT),
    (LimitExceeded, LIMIT_EXCEEDED),
    (TooMany, LIMIT_EXCEEDED),
    (Busy, INTERNAL_ERROR),
)

HTTP_FAULTS: Mapping[int, Fault] = {
    400: Fault(VALIDATION_ERROR, "The request could not be read!"),
    404: Fault(NOT_FOUND, "There is nothing at this address!"),
    405: Fault(VALIDATION_ERROR, "This address does not serve that method!"),
    500: Fault(
        INTERNAL_ERROR,
        "The server failed; nothing was stored. The log of the server has the details.",
    ),
}
"""What answers an HTTP status that is no refusal of the core."""


def faults_of(refused: PimsError) -> Sequence[Fault]:
    """Return the faults of a refusal with the codes and words of this face."""
    code = next((code for kind, code in _CODES if isinstance(refused, kind)), VALIDATION_ERROR)
    if isinstance(refused, NotPermitted):
        message = f"You may not {refused.permission.value}!"
        return [in_own_nouns(Fault(PERMISSION_DENIED, message))]
    if isinstance(refused, Unauthorized):
        message = refused.faults[0].message
        if message == Unauthorized.message:
            message = "The token or API key is missing, expired or not valid!"
        return [Fault(code, message)]
    return [replace(in_own_nouns(_WORDS.worded(one)), code=code) for one in refused.faults]


def error_object(faults: Sequence[Fault], _warnings: Sequence[Fault]) -> dict[str, Any]:
    """Return the body of an error; `details` tell of each fault when there are several."""
    body: dict[str, Any] = {"error": faults[0].code, "message": faults[0].message}
    if len(faults) > 1:
        body["details"] = [_detail(one) for one in faults[:DETAILS_MAX]]
    return body


def _detail(fault: Fault) -> dict[str, Any]:
    pointer = fault.pointer or POINTERS.get(fault.place or "")
    told = {"attribute": fault.attribute, "pointer": pointer, "value": fault.value}
    given = {name: value for name, value in told.items() if value is not None}
    return {"message": fault.message} | given
