"""Passwords, hashed with argon2."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from pims_api.domain.access.user import PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN
from pims_api.errors import BadInput, Fault

# 19 MiB for each login at the same time; eight threads of a worker then take 152 MiB at most.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hashed(password: str) -> str:
    """Return the hash of a new password. Raises BadInput when it is too short or too long."""
    if not PASSWORD_LENGTH_MIN <= len(password) <= PASSWORD_LENGTH_MAX:
        message = f"A password has {PASSWORD_LENGTH_MIN} to {PASSWORD_LENGTH_MAX} characters!"
        raise BadInput(faults=[Fault("range", message, place="user/password")])
    return _HASHER.hash(password)


def fits(stored: str | None, password: str) -> bool:
    """Return whether a password is the one that was hashed; as slow where there is none."""
    try:
        _HASHER.verify(stored or _nobodys(), password[:PASSWORD_LENGTH_MAX])
    except (Argon2Error, InvalidHashError):
        return False
    return stored is not None


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody has this password")
