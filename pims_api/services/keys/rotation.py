"""Another secret for a key. Source: docs/core.md, Keys."""

import re
from dataclasses import replace

from pims_api.domain.access import api_key as keys
from pims_api.domain.access.api_key import EXPIRES_IN_DAYS_MAX, ApiKey
from pims_api.errors import BadInput, Fault, Subject, absent
from pims_api.services.keys.api_keys import store_key
from pims_api.storage.unit_of_work import UnitOfWork

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_SPAN = re.compile(r"([0-9]{1,10})([smhd])")


def read_overlap(text: str) -> int:
    """Return the seconds of a text such as 24h. Raises BadInput.

    >>> read_overlap("90s"), read_overlap("2d")
    (90, 172800)
    """
    found = _SPAN.fullmatch(text.strip())
    seconds = int(found[1]) * _SECONDS[found[2]] if found else None
    if seconds is None or seconds > EXPIRES_IN_DAYS_MAX * _SECONDS["d"]:
        message = (
            f"An overlap is a number with s, m, h or d, such as 24h, of up to "
            f"{EXPIRES_IN_DAYS_MAX} days, not {text[:64]!r}!"
        )
        raise BadInput(faults=[Fault("range", message)])
    return seconds


def rotate_key(work: UnitOfWork, key: ApiKey | None, overlap_s: int = 0) -> tuple[str, ApiKey]:
    """Make another secret for a key; return its text, which is not stored, and the key.

    overlap_s: seconds for which the secret of now still works; the one before it does not. Raises
    NotFound when there is no such key or it does not work.
    """
    if key is None or not key.works_at(work.at):
        raise absent(Subject.KEY, place="key")
    text = keys.new_secret(key)
    changed = replace(
        key,
        digest=keys.digest(text),
        mask=keys.mask(text),
        previous_digest=key.digest,
        previous_until=work.at + overlap_s * 1_000_000,
    )
    return text, store_key(work, key, changed)
