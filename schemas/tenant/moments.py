"""Times of the tenant face: ISO 8601 in UTC, to the second."""

from functools import lru_cache

from pims_api.domain.product import moment_text
from pims_api.storage.history.defined.defined_moments import Moments

_SECONDS = len("2024-02-13T13:42:17")


@lru_cache(maxsize=4_096)
def second_text(at: int) -> str:
    """Return a moment in microseconds since 1970.

    >>> second_text(1_707_831_737_000_500)
    '2024-02-13T13:42:17Z'
    """
    return f"{moment_text(at)[:_SECONDS]}Z"


def changed(moments: Moments) -> dict[str, str]:
    """Return when a thing was made and last changed, as objects end."""
    created, updated = second_text(moments.created), second_text(moments.updated)
    return {"created_at": created, "updated_at": updated}
