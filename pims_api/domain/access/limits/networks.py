"""Networks in CIDR notation, and the address that a request comes from behind proxies.

Source: docs/core.md, Limits of keys.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

_MAPPED = IPv6Network("::ffff:0:0/96")  # the IPv4 addresses, as IPv6 writes them
_WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+")


def read_network(text: str) -> Network:
    """Return the network of a text; an address is the network of that one. Raises ValueError.

    >>> read_network("10.20.0.0/16"), read_network("::ffff:10.0.0.1")
    (IPv4Network('10.20.0.0/16'), IPv4Network('10.0.0.1/32'))
    """
    found = ip_network(text.strip())
    if isinstance(found, IPv6Network) and found.subnet_of(_MAPPED):
        mapped = found.network_address.ipv4_mapped
        return IPv4Network((int(mapped or 0), found.prefixlen - _MAPPED.prefixlen))
    return found


def read_address(text: str) -> Address | None:
    """Return the address of a text, which may have a port; None: it is none.

    >>> read_address("[2001:db8::1]:443"), read_address("::ffff:10.0.0.1"), read_address("me")
    (IPv6Address('2001:db8::1'), IPv4Address('10.0.0.1'), None)
    """
    with_port = _WITH_PORT.fullmatch(text.strip())
    plain = (with_port[1] or with_port[2] or "") if with_port else text.strip()
    try:
        found = ip_address(plain.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def is_among(address: Address | None, networks: Iterable[Network]) -> bool:
    """Return whether an address is in one of some networks; an unknown one is in none."""
    return address is not None and any(address in one for one in networks)


def are_within(inner: Iterable[Network], outer: Sequence[Network]) -> bool:
    """Return whether each of some networks is part of one of others."""
    return all(any(_is_part(one, other) for other in outer) for one in inner)


def _is_part(one: Network, other: Network) -> bool:
    if isinstance(one, IPv4Network):
        return isinstance(other, IPv4Network) and one.subnet_of(other)
    return isinstance(other, IPv6Network) and one.subnet_of(other)


@lru_cache(maxsize=16)
def read_networks(text: str) -> tuple[Network, ...]:
    """Return networks that are listed by commas. Raises ValueError."""
    return tuple(read_network(one) for one in text.split(",") if one.strip())


def address_behind(peer: str, forwarded: str | None, proxies: Sequence[Network]) -> Address | None:
    """Return the address that a request comes from; None: nobody knows it.

    peer: the address at the other end of the connection; "" for a socket of this machine, which
    counts as a proxy. forwarded: the header X-Forwarded-For, to which each proxy appends who asked
    it. So the address is the last one, from the right, that is no proxy: whatever stands before it
    may be invented. Without proxies the header is not looked at.

    >>> str(address_behind("10.0.0.1", "6.6.6.6, 192.0.2.7", read_networks("10.0.0.0/8")))
    '192.0.2.7'
    """
    hops = forwarded.split(",") if proxies and forwarded else []
    found = read_address(peer)
    is_proxy = not peer or is_among(found, proxies)
    while hops and is_proxy:
        found = read_address(hops.pop())
        is_proxy = is_among(found, proxies)
    return found
