"""Errors of the tenant face: a text alone. Source: docs/api/tenant.md, Errors."""

from collections.abc import Mapping, Sequence
from typing import Any

from pims_api.domain.access.permission import NotPermitted
from pims_api.domain.access.permission_group import groups_granting
from pims_api.errors import Fault, PimsError, Unauthorized

FAULTS_SHOWN = 10

HTTP_FAULTS: Mapping[int, Fault] = {
    400: Fault("syntax", "The request could not be read!"),
    404: Fault("not_found", "There is nothing at this address!"),
    405: Fault("forbidden", "This address does not serve that method!"),
    500: Fault(
        "internal",
        "The server failed; nothing was stored. The log of the server has the details.",
    ),
}
"""What answers an HTTP status that is no refusal of the core."""


def faults_of(refused: PimsError) -> Sequence[Fault]:
    """Return the faults of a refusal in the words of this face."""
    if isinstance(refused, Unauthorized) and refused.faults[0].message == Unauthorized.message:
        return [Fault(refused.code, "The token is missing, expired or not valid!")]
    if isinstance(refused, NotPermitted):
        words = " or ".join(groups_granting(refused.permission))
        return [Fault(refused.code, f"Access denied! This needs the permission {words}.")]
    return refused.faults


def error_object(faults: Sequence[Fault], _warnings: Sequence[Fault]) -> dict[str, Any]:
    """Return the body of an error, with the message of every fault.

    >>> error_object([Fault("type", "title must be text!")], ())
    {'error': 'title must be text!'}
    """
    messages = dict.fromkeys(one.message for one in faults[:FAULTS_SHOWN])
    return {"error": " ".join(messages)}
