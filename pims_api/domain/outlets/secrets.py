"""How credentials of other systems are shown, and told apart from new ones.

Source: docs/core.md, Outlets.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

STARS = "***"
_PREFIX_MAX = 8
_MASK = re.compile(r".*\*{3}|\*+", re.DOTALL)  # a password may hold a star


class MaskedSecret(ValueError):
    """A secret with stars that is not the one that is kept."""


def masked(secret: str) -> str:
    """Return what is shown of a secret: its prefix up to the first `_`, and three stars.

    >>> masked("shpat_0123456789")
    'shpat_***'
    >>> masked("0123456789")
    '***'
    """
    prefix, found, _ = secret.partition("_")
    return f"{prefix}_{STARS}" if found and len(prefix) < _PREFIX_MAX else STARS


def is_masked(value: Any) -> bool:
    """Return whether a secret was sent as secrets are shown.

    >>> is_masked("shpat_***"), is_masked("***"), is_masked("pass*word")
    (True, True, False)
    """
    return _MASK.fullmatch(str(value)) is not None


def split_secrets(
    sent: Mapping[str, Any], names: Collection[str], kept: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what is plain of a configuration, and its secrets.

    One that is sent as stars stays the one that is kept. Raises MaskedSecret for another
    mask, with its name.
    """
    plain = {name: value for name, value in sent.items() if name not in names}
    secrets = {}
    for name in names:
        value = sent.get(name)
        if not value:
            continue
        if name in kept and value in (STARS, masked(kept[name])):
            value = kept[name]
        elif is_masked(value):
            raise MaskedSecret(name)
        secrets[name] = str(value)
    return plain, secrets


def shown(plain: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, Any]:
    """Return a configuration as it is shown: nothing of its secrets."""
    return dict(plain) | dict.fromkeys(secrets, STARS)


def split_nested(
    sent: Any, names: Collection[str], kept: Mapping[str, str], place: str = ""
) -> tuple[Any, dict[str, str]]:
    """Return a configuration as it is shown, and its secrets by their places, such as `auth/token`.

    As `split_secrets`, however deep the secrets lie, and none has stars. A secret is text: others
    are taken as theirs.
    """
    if isinstance(sent, list):
        pairs: Any = enumerate(sent)
    elif isinstance(sent, Mapping):
        pairs = sent.items()
    else:
        return sent, {}
    told, secrets = {}, dict[str, str]()
    for name, value in pairs:
        here = f"{place}/{name}" if place else str(name)
        if name in names and value not in (None, ""):
            secret = str(value)
            if here in kept and secret == masked(kept[here]):
                secret = kept[here]
            elif "*" in secret:
                raise MaskedSecret(here)
            secrets[here], told[name] = secret, masked(secret)
        else:
            told[name], found = split_nested(value, names, kept, here)
            secrets |= found
    return list(told.values()) if isinstance(sent, list) else told, secrets


def joined(told: Any, secrets: Mapping[str, str], place: str = "") -> Any:
    """Return a configuration with its secrets in their places; the opposite of `split_nested`."""

    def below(name: Any) -> str:
        return f"{place}/{name}" if place else str(name)

    if isinstance(told, list):
        return [joined(one, secrets, below(n)) for n, one in enumerate(told)]
    if isinstance(told, Mapping):
        return {name: joined(one, secrets, below(name)) for name, one in told.items()}
    return secrets.get(place, told)
