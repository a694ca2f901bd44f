"""The kinds of destinations: what their configurations hold, and how they are opened.

Source: docs/export-jobs.md, Destinations.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pims_api.connectors.addresses import AddressRefused, OutgoingRules, check_host, check_url
from pims_api.connectors.destinations.destination import DeliveryFailed, Destination
from pims_api.connectors.destinations.object_stores import azure_store, s3_store
from pims_api.connectors.destinations.sftp import (
    BadHostKey,
    HostKey,
    SftpServer,
    read_private_key,
)
from pims_api.connectors.destinations.webhook import Receiver
from pims_api.domain.outlets.secrets import is_masked

Config = Mapping[str, Any]
Check = Callable[[str], None]
Reach = Callable[[str, OutgoingRules], None]

TEXT_MAX = 16_384  # characters of one text of a configuration
PORT_MAX = 65_535
PLACES = ("date", "time", "job", "run")
"""What a path may have filled in: `{date}`, …"""

_PLACE = re.compile(r"\{([^{}]*)\}")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")


class BadConfig(ValueError):
    """A text that does not do. Its message says why."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a configuration. check: raises BadConfig for a text.

    reach: raises AddressRefused where the text leads to what the server does not connect to; it
    asks name servers, which may take a while.
    """

    name: str
    check: Check
    reach: Reach | None = None
    required: bool = True
    secret: bool = False


@dataclass(frozen=True, slots=True)
class DestinationKind:
    """What a kind of destination needs, and how it is opened. whole: what several keys make.

    told: the names of secrets that the other side is told as they are. place: of the keys that say
    who that is.
    """

    keys: tuple[Key, ...]
    open: Callable[[Config, OutgoingRules], Destination]
    whole: Callable[[Config], Iterator[tuple[str, str]]] = field(default=lambda config: iter(()))
    told: frozenset[str] = frozenset()
    place: tuple[str, ...] = ()

    @property
    def secrets(self) -> frozenset[str]:
        """The names of what must be sealed."""
        return frozenset(one.name for one in self.keys if one.secret)


def config_faults(kind: DestinationKind, config: Config) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a configuration but its addresses: the key and a message."""
    known = {one.name for one in kind.keys}
    for name in config:
        if name not in known:
            yield name, f"There is no such key: there are {', '.join(sorted(known))}."
    for key in kind.keys:
        message = _fault(key, config.get(key.name))
        if message:
            yield key.name, message
    yield from kind.whole(config)


def address_faults(
    kind: DestinationKind, config: Config, rules: OutgoingRules
) -> Iterator[tuple[str, str]]:
    """Yield the addresses of a configuration that are refused: the key and a message."""
    for key in kind.keys:
        value = config.get(key.name)
        if key.reach is None or not value or _fault(key, value):
            continue
        try:
            key.reach(str(value), rules)
        except AddressRefused as refused:
            yield key.name, str(refused)


def reuse_faults(
    kind: DestinationKind, sent: Config, before: Config, kept: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield the secrets that were sent as they are shown, but would be told to somebody else."""
    if all(str(sent.get(name)) == str(before.get(name)) for name in kind.place):
        return
    for name in kind.told & set(kept):
        if is_masked(sent.get(name)):
            yield name, "It was for another server: send it whole!"


def _fault(key: Key, value: Any) -> str | None:
    if value is None or value == "":
        return "It is required!" if key.required else None
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or len(text) > TEXT_MAX:
        return f"It must be a text of at most {TEXT_MAX} characters!"
    try:
        key.check(text)
    except BadConfig as error:
        return str(error)
    return None


def filled_path(path: str, values: Mapping[str, str]) -> str:
    """Return a path with its places filled in.

    >>> filled_path("x/{date}.csv", {"date": "2026-11-29"})
    'x/2026-11-29.csv'
    """
    return _PLACE.sub(lambda found: values[found[1]], path)


def _any(text: str) -> None:
    if any(ord(c) < 32 for c in text):
        raise BadConfig("It must not hold control characters!")


def _word(text: str) -> None:
    if not _WORD.fullmatch(text):
        raise BadConfig("It must be made of letters, digits, `.`, `-` and `_`!")


def _path(text: str) -> None:
    _any(text)
    unknown = sorted({name for name in _PLACE.findall(text) if name not in PLACES})
    if unknown or text.endswith("/"):
        known = ", ".join(f"{{{one}}}" for one in PLACES)
        raise BadConfig(f"It must name a file; {known} are filled in, and nothing else is.")


def _object_path(text: str) -> None:
    _path(text)
    if any(step in ("", ".", "..") for step in text.strip("/").split("/")):
        raise BadConfig("It must not hold `//`, `.` or `..` as a step!")


def _reach_url(text: str, rules: OutgoingRules) -> None:
    check_url(text, rules)


def _host(text: str) -> None:
    _any(text)
    if not text.isascii() or any(c in text for c in "/@ %?#[]"):
        raise BadConfig("It must be the name or the address of a host!")


def _reach_host(text: str, rules: OutgoingRules) -> None:
    check_host(text, 22, rules)


def _port(text: str) -> None:
    if not text.isdecimal() or not 0 < int(text) <= PORT_MAX:
        raise BadConfig(f"It must be a number from 1 to {PORT_MAX}!")


def _host_key(text: str) -> None:
    try:
        HostKey.from_text(text)
    except BadHostKey as error:
        raise BadConfig(str(error)) from None


def _private_key(text: str) -> None:
    try:
        read_private_key(text)
    except DeliveryFailed as error:
        raise BadConfig(str(error)) from None
    except ImportError:
        return  # the first run says which library is missing


def _way_in(config: Config) -> Iterator[tuple[str, str]]:
    if not config.get("password") and not config.get("privateKey"):
        yield "password", "A password or a privateKey is required!"


def _receiver(config: Config, rules: OutgoingRules) -> Destination:
    return Receiver(config["url"], config.get("secret"), rules)


DESTINATIONS: Mapping[str, DestinationKind] = {
    "s3": DestinationKind(
        (
            Key("bucket", _word),
            Key("path", _object_path),
            Key("region", _word),
            Key("endpoint", _any, _reach_url, required=False),
            Key("accessKeyId", _any),
            Key("secretAccessKey", _any, secret=True),
        ),
        lambda config, rules: s3_store(dict(config), rules),
    ),
    "azure-blob": DestinationKind(
        (
            Key("container", _word),
            Key("path", _object_path),
            Key("account", _word),
            Key("accountKey", _any, secret=True),
            Key("endpoint", _any, _reach_url, required=False),
        ),
        lambda config, rules: azure_store(dict(config), rules),
    ),
    "sftp": DestinationKind(
        (
            Key("host", _host, _reach_host),
            Key("port", _port, required=False),
            Key("username", _any),
            Key("password", _any, required=False, secret=True),
            Key("privateKey", _private_key, required=False, secret=True),
            Key("hostKey", _host_key),
            Key("path", _path),
        ),
        lambda config, rules: SftpServer(dict(config), rules),
        _way_in,
        told=frozenset({"password"}),
        place=("host", "port", "hostKey"),
    ),
    "webhook": DestinationKind(
        (Key("url", _any, _reach_url), Key("secret", _any, required=False, secret=True)), _receiver
    ),
}
"""The kinds, by the names that export jobs give them."""
