"""Which addresses the server connects to. No test asks a name server."""

import ipaddress
import socket
from collections.abc import Callable

import pytest

from pims_api.connectors.addresses import (
    AddressRefused,
    NotResolved,
    OutgoingRules,
    check_url,
    connect,
    is_public,
    read_target,
    resolve,
)

NONE = OutgoingRules()
LOOPBACK = OutgoingRules.from_text("127.0.0.1/32")

INSIDE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1"),
    *("192.0.0.8", "224.0.0.1", "255.255.255.255", "198.18.0.1", "240.0.0.1", "0.1.2.3"),
    *("::1", "::", "fe80::1", "fc00::1", "ff02::1", "2001:db8::1", "2001:0:1::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::"),
]


@pytest.mark.parametrize("number", INSIDE)
def test_what_may_lead_inside_is_not_public(number: str) -> None:
    assert not is_public(ipaddress.ip_address(number))


@pytest.mark.parametrize("number", ["1.1.1.1", "93.184.216.34", "2606:4700::1", "::ffff:1.1.1.1"])
def test_what_leads_outside_only_is_public(number: str) -> None:
    assert is_public(ipaddress.ip_address(number))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com",
        "ftp://example.com/x",
        "file:///etc/passwd",
        "gopher://example.com",
        "https://",
        "https:///path",
        "https://user@example.com",
        "https://user:word@example.com",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "https://example.com/a\nb",
        "https://[fe80::1%25eth0]/",
        "https://exämple.com/",
        "http://1.1.1.1/",
        "https://" + "a" * 254,
        "https://[::1",
    ],
)
def test_what_is_no_public_https_address_is_refused(text: str) -> None:
    with pytest.raises(AddressRefused):
        read_target(text, NONE)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "0x7f.1", "2130706433", "0177.0.0.1", "127.0.0.1.", "localhost"),
        *("[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "169.254.169.254", "10.0.0.1"),
    ],
)
def test_odd_spellings_of_inner_addresses_are_refused(host: str) -> None:
    with pytest.raises(AddressRefused, match="PIMS_OUTGOING_ALLOW"):
        check_url(f"https://{host}/hook", NONE)


def test_a_name_without_an_address_may_be_stored(resolving: "Resolving") -> None:
    resolving({})
    assert check_url("https://hooks.example/x", NONE).host == "hooks.example"


def test_what_the_operator_allows_may_be_plain_http() -> None:
    assert check_url("http://127.0.0.1:9000/x", LOOPBACK).port == 9000
    with pytest.raises(AddressRefused, match="https://"):
        check_url("http://1.1.1.1:9000/x", LOOPBACK)
    with pytest.raises(AddressRefused, match="not a public address"):
        check_url("http://127.0.0.2:9000/x", LOOPBACK)


def test_a_host_is_allowed_by_its_name(resolving: "Resolving") -> None:
    resolving({"a.internal.example": ["10.0.0.1"], "internal.example": ["10.0.0.1"]})
    rules = OutgoingRules.from_text("*.internal.example")
    assert check_url("http://A.internal.example./x", rules).host == "a.internal.example"
    with pytest.raises(AddressRefused):
        check_url("https://internal.example/x", rules)


def test_a_name_that_leads_inside_too_is_refused(resolving: "Resolving") -> None:
    resolving({"both.example": ["1.1.1.1", "10.0.0.1"]})
    with pytest.raises(AddressRefused):
        resolve("both.example", 443, NONE)


def test_the_address_that_was_judged_is_connected_to(
    resolving: "Resolving", monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def connection(address: tuple[str, int], timeout: float) -> str:
        asked.append(address)
        return "connected"

    resolving({"rebind.example": ["1.1.1.1"]}, then={"rebind.example": ["127.0.0.1"]})
    monkeypatch.setattr(socket, "create_connection", connection)
    assert connect("rebind.example", 443, NONE, 1.0) == "connected"
    assert asked == [("1.1.1.1", 443)]
    with pytest.raises(AddressRefused):
        connect("rebind.example", 443, NONE, 1.0)
    assert asked == [("1.1.1.1", 443)]


def test_a_name_without_an_address_cannot_be_connected_to(resolving: "Resolving") -> None:
    resolving({})
    with pytest.raises(NotResolved, match="nowhere"):
        connect("nowhere.example", 443, NONE, 1.0)


Resolving = Callable[..., None]


@pytest.fixture
def resolving(monkeypatch: pytest.MonkeyPatch) -> Resolving:
    """`resolving({name: numbers}, then=…)`: what names lead to; after the first question, then."""
    real = socket.getaddrinfo

    def use(first: dict[str, list[str]], then: dict[str, list[str]] | None = None) -> None:
        answers = [first, then if then is not None else first]

        def getaddrinfo(host: str, port: int, **asked: object) -> list[object]:
            known = answers.pop(0) if len(answers) > 1 else answers[0]
            if host not in known:
                raise socket.gaierror("Name or service not known")
            return [one for number in known[host] for one in real(number, port, type=1)]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    return use
