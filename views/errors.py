"""The HTTP status of each class of refusals, and the one that is about HTTP alone.

The error body is the face's.
"""

from pims_api.errors import (
    BadInput,
    Busy,
    Conflict,
    Forbidden,
    LimitExceeded,
    NameReused,
    NotAllowedNow,
    NotFound,
    Outdated,
    PimsError,
    StaleVersion,
    TooLarge,
    TooMany,
    Unauthorized,
)


class NotJson(PimsError):
    """The body is not declared as JSON."""

    code = "type"
    message = "The request body should be JSON: send the header Content-Type: application/json!"


HTTP_STATUS: dict[type[PimsError], int] = {
    BadInput: 400,
    Unauthorized: 401,
    Forbidden: 403,
    NotFound: 404,
    Outdated: 410,
    Conflict: 409,
    StaleVersion: 412,
    TooLarge: 413,
    NotJson: 415,
    NotAllowedNow: 422,
    NameReused: 422,
    LimitExceeded: 422,
    TooMany: 429,
    Busy: 503,
}


def http_status(error: PimsError) -> int:
    """Return the status of the nearest class that has one, or 500.

    >>> from pims_api.errors import UnknownAction
    >>> http_status(UnknownAction())
    400
    """
    return next((HTTP_STATUS[kind] for kind in type(error).__mro__ if kind in HTTP_STATUS), 500)
