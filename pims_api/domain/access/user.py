"""Users: people who sign in with an e-mail address and a password. Source: docs/core.md, Users."""

import re
from dataclasses import dataclass

EMAIL_LENGTH_MAX = 254  # characters
PASSWORD_LENGTH_MIN = 12  # characters
PASSWORD_LENGTH_MAX = 1_000  # characters; hashing more of them proves nothing

_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f]+\Z")


@dataclass(frozen=True, slots=True)
class User:
    """A user of one tenant. Times in microseconds since 1970.

    email: in lower case; one user of an installation has it. role: the code of its role. revision:
    counts the changes of role, password and state; a token of an earlier one is refused.
    quick_login: whether the page that lists tenants names the user.
    """

    tenant_id: int
    id: int
    email: str
    name: str
    role: str
    password: str
    revision: int = 1
    disabled: bool = False
    quick_login: bool = False
    created_at: int = 0


def normal_email(text: str) -> str | None:
    """Return an e-mail address as it is stored, or None for what cannot be one.

    >>> normal_email(" Ann@Example.COM "), normal_email("ann@localhost")
    ('ann@example.com', None)
    """
    email = text.strip().lower()
    return email if len(email) <= EMAIL_LENGTH_MAX and _EMAIL.match(email) else None
