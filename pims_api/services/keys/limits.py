"""The limits of a key: how often it may ask, and from where.

Source: docs/core.md, Limits of keys.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

from pims_api.domain.access.api_key import ApiKey
from pims_api.domain.access.limits.networks import (
    Address,
    Network,
    are_within,
    is_among,
    read_network,
)
from pims_api.domain.access.limits.rate import Rate, read_rate
from pims_api.errors import Fault, Forbidden, TooMany
from pims_api.storage.identity.rates.limits import Allowance

NETWORKS_MAX = 100  # of one key

_RATE, _NETWORKS = "key/rate", "key/networks"
_TEXT_SHOWN_MAX = 64  # characters


def read_limits(wanted: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """Return the fields of a key that limits come to, and what is wrong with them.

    wanted: texts by `rate` and `allow_from`; "" and an empty list take a limit away, and one that
    is not there stays as it is.
    """
    found: dict[str, Any] = {}
    faults: list[Fault] = []
    if "rate" in wanted:
        found["rate"] = _rate(wanted["rate"], faults)
    if "allow_from" in wanted:
        found["allow_from"] = _networks(wanted["allow_from"], faults)
    return found, faults


def refuse_wider_networks(maker: ApiKey | None, limits: Mapping[str, Any]) -> None:
    """Raise Forbidden for networks beyond those that the maker of a key may come from itself.

    maker: None stands for the command line.
    """
    networks = limits.get("allow_from")
    if maker is None or not maker.allow_from or networks is None:
        return
    if not (networks and are_within(networks, maker.allow_from)):
        message = "Your key is bound to networks, so it grants only networks within them!"
        raise Forbidden(faults=[Fault("forbidden", message, place=_NETWORKS)])


def refuse_strange_address(key: ApiKey, address: Address | None) -> None:
    """Raise Forbidden for an address that a key may not come from; None: nobody knows it."""
    if key.allow_from and not is_among(address, key.allow_from):
        shown = "an address that nobody knows" if address is None else str(address)
        raise Forbidden(f"Access denied! This key may not be used from {shown}.")


def refuse_too_many(told: Allowance) -> None:
    """Raise TooMany for a request that the rate of its key does not let through."""
    if not told.is_given:
        seconds = "1 second" if told.wait_s == 1 else f"{told.wait_s} seconds"
        message = f"Too many requests! This key may ask {told.rate}: try again in {seconds}!"
        raise TooMany(message, retry_after_s=told.wait_s)


def _rate(text: str, faults: list[Fault]) -> Rate | None:
    try:
        return read_rate(text) if text else None
    except ValueError as error:
        faults.append(Fault("range", f"A rate is {error}!", place=_RATE, value=_cut(text)))
        return None


def _networks(texts: Sequence[str], faults: list[Fault]) -> tuple[Network, ...]:
    if len(texts) > NETWORKS_MAX:
        message = f"A key may come from at most {NETWORKS_MAX} networks!"
        faults.append(Fault("limit", message, place=_NETWORKS))
        return ()
    found: dict[Network, None] = {}
    for text in texts:
        try:
            found[read_network(text)] = None
        except ValueError:
            message = f"{_cut(text)!r} is no network in CIDR notation, such as 203.0.113.0/24!"
            fault = Fault("range", message, place=_NETWORKS, value=_cut(text))
            faults.append(replace(fault, nearest=_meant(text)))
    return tuple(found)


def _meant(text: str) -> str | None:
    """Return the network that an address with the length of a prefix is in."""
    try:
        return str(ip_network(text.strip(), strict=False))
    except ValueError:
        return None


def _cut(text: str) -> str:
    return text[:_TEXT_SHOWN_MAX]
