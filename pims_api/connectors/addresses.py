"""Which addresses the server may connect to: public ones, and those that the operator allows.

A name is resolved here and each of its addresses is judged. Whoever connects uses a judged address
and never resolves the name again, so a name that points elsewhere a moment later changes nothing.

Source: docs/operating.md, Outgoing connections.
"""

import ipaddress
import socket
import time
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

HOST_LENGTH_MAX = 253  # characters of a name in the DNS
_PORTS = {"https": 443, "http": 80}

# Of IPv6 the addresses of the internet are these. Others hold an IPv4 address, or lead nowhere.
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
# Public by the letter, but they lead to other addresses: tunnelled IPv4, and the blocks of protocol
# assignments and of documents.
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(text) for text in ("2002::/16", "2001::/32", "3fff::/20", "192.0.0.0/24")
)


class AddressRefused(Exception):
    """An address that the server does not connect to. Its text may be shown to the caller."""


class NotResolved(Exception):
    """A host name that has no address now."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where an address leads: a host by name or number, and a port."""

    scheme: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class OutgoingRules:
    """What the operator allows besides public addresses: networks, and patterns of host names."""

    networks: tuple[Network, ...] = ()
    hosts: tuple[str, ...] = ()

    @classmethod
    def from_text(cls, text: str) -> "OutgoingRules":
        """Return the rules that a list, parted by commas, gives.

        >>> OutgoingRules.from_text("127.0.0.1/32, *.internal.example").hosts
        ('*.internal.example',)
        """
        networks: list[Network] = []
        hosts: list[str] = []
        for word in filter(None, (one.strip() for one in text.split(","))):
            try:
                networks.append(ipaddress.ip_network(word))
            except ValueError:
                hosts.append(word.lower())
        return cls(tuple(networks), tuple(hosts))

    def allow_host(self, host: str) -> bool:
        """Return whether the operator allows a host by its name."""
        return any(fnmatchcase(host, pattern) for pattern in self.hosts)

    def allow_address(self, address: Address) -> bool:
        """Return whether the operator allows an address by its network."""
        return any(address in network for network in self.networks)

    def admit(self, host: str, address: Address) -> bool:
        """Return whether the server may connect to an address that a host has."""
        return is_public(address) or self.allow_address(address) or self.allow_host(host)


def is_public(address: Address) -> bool:
    """Return whether an address can only lead to a host of the public internet.

    >>> is_public(ipaddress.ip_address("::ffff:127.0.0.1"))
    False
    """
    plain = _unwrapped(address)
    if not plain.is_global or plain.is_multicast:
        return False
    if isinstance(plain, ipaddress.IPv6Address) and plain not in _GLOBAL_UNICAST:
        return False
    return not any(plain in network for network in _NOT_PUBLIC)


def read_target(text: str, rules: OutgoingRules) -> Target:
    """Return where an address leads, before anything is resolved.

    Raises AddressRefused for what is no https address, has a user name in it, or has `http` where
    the operator does not allow it.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise AddressRefused("It is no address such as https://example.com/path!") from None
    host = (parts.hostname or "").rstrip(".").lower()
    if parts.scheme not in _PORTS or not host or len(host) > HOST_LENGTH_MAX:
        raise AddressRefused("It must be an address such as https://example.com/path!")
    if not host.isascii() or "%" in host or any(c.isspace() or ord(c) < 32 for c in text):
        raise AddressRefused("Its host must be written in ASCII, without spaces!")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("It must not hold a user name or a password!")
    target = Target(parts.scheme, host, _PORTS[parts.scheme] if port is None else port)
    if target.scheme == "http" and not _is_allowed_by_operator(target, rules):
        raise AddressRefused("It must begin with https://!")
    return target


def resolve(host: str, port: int, rules: OutgoingRules) -> list[str]:
    """Return the addresses of a host, each of which the server may connect to.

    Raises NotResolved, and AddressRefused when one of them is not allowed: a name that leads inside
    as well as outside is no honest one.
    """
    host = host.rstrip(".").lower()
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotResolved(f"{host} has no address!") from None
    numbers = list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
    for number in numbers:
        if not rules.admit(host, ipaddress.ip_address(number)):
            raise AddressRefused(
                f"{host} is not a public address! The operator of the server can allow it "
                "with PIMS_OUTGOING_ALLOW."
            )
    return numbers


def check_url(text: str, rules: OutgoingRules) -> Target:
    """Return where an address leads. A name that has no address yet may be stored.

    Raises AddressRefused.
    """
    target = read_target(text, rules)
    check_host(target.host, target.port, rules)
    return target


def check_host(host: str, port: int, rules: OutgoingRules) -> None:
    """Raise AddressRefused for a host that the server does not connect to, as far as is known."""
    try:
        resolve(host, port, rules)
    except NotResolved:
        return  # it is judged again when it is connected to


def connect(host: str, port: int, rules: OutgoingRules, timeout_s: float) -> socket.socket:
    """Return a connection to one of the addresses of a host; each was judged before.

    Raises NotResolved, AddressRefused, OSError (a timeout is one).
    """
    until = time.monotonic() + timeout_s
    failed: OSError = OSError("no address")
    for number in resolve(host, port, rules):
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        try:
            return socket.create_connection((number, port), timeout=left)
        except OSError as error:
            failed = error
    raise failed


def _unwrapped(address: Address) -> Address:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _is_allowed_by_operator(target: Target, rules: OutgoingRules) -> bool:
    if rules.allow_host(target.host):
        return True
    try:
        numbers = resolve(target.host, target.port, rules)
    except NotResolved:
        return False
    return all(rules.allow_address(_unwrapped(ipaddress.ip_address(one))) for one in numbers)
