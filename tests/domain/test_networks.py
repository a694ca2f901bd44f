"""Networks that keys may come from, and the address of a request behind proxies."""

import pytest

from pims_api.domain.access.limits.networks import (
    address_behind,
    are_within,
    is_among,
    read_address,
    read_network,
    read_networks,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("203.0.113.0/24", "203.0.113.0/24"),
        (" 203.0.113.7 ", "203.0.113.7/32"),
        ("10.0.0.0/255.0.0.0", "10.0.0.0/8"),
        ("2001:DB8::/32", "2001:db8::/32"),
        ("2001:db8::1", "2001:db8::1/128"),
        ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
        ("::ffff:10.0.0.1", "10.0.0.1/32"),
        ("::/0", "::/0"),
    ],
)
def test_a_network_is_read(text, shown) -> None:
    assert str(read_network(text)) == shown


@pytest.mark.parametrize(
    "text", ["", "10.0.0.1/8", "10.0.0.0/33", "10.0.0", "example.com", "10.0.0.0/8/9", "::1/129"]
)
def test_what_is_none_is_refused(text) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_network(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:8080", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        (" fe80::1%eth0 ", "fe80::1"),
        ("", "None"),
        ("unknown", "None"),
        ("192.0.2.7:", "None"),
        ("[", "None"),
    ],
)
def test_an_address_is_read(text, shown) -> None:
    assert str(read_address(text)) == shown


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("11.0.0.1", False),
        ("2001:db8::9", True),
        ("2001:db9::9", False),
        ("nobody", False),
    ],
)
def test_an_address_is_in_a_network_however_it_is_written(address, inside) -> None:
    networks = read_networks("10.0.0.0/8, 2001:db8::/32")
    assert is_among(read_address(address), networks) is inside


@pytest.mark.parametrize(
    ("inner", "within"),
    [
        ("10.1.0.0/16", True),
        ("10.0.0.0/8", True),
        ("10.1.0.0/16,10.2.0.0/16", True),
        ("10.0.0.0/7", False),
        ("10.1.0.0/16,11.0.0.0/16", False),
        ("::/0", False),
    ],
)
def test_networks_are_within_others(inner, within) -> None:
    assert are_within(read_networks(inner), read_networks("10.0.0.0/8,fd00::/8")) is within


PROXIES = "10.0.0.0/8, fd00::/8"


@pytest.mark.parametrize(
    ("case", "peer", "forwarded", "proxies", "address"),
    [
        ("nobody is trusted", "10.0.0.1", "192.0.2.7", "", "10.0.0.1"),
        ("the peer is no proxy", "192.0.2.1", "192.0.2.7", PROXIES, "192.0.2.1"),
        ("one proxy", "10.0.0.1", "192.0.2.7", PROXIES, "192.0.2.7"),
        ("two proxies", "10.0.0.1", "192.0.2.7, 10.9.9.9", PROXIES, "192.0.2.7"),
        ("invented before", "10.0.0.1", "10.1.1.1, 192.0.2.7", PROXIES, "192.0.2.7"),
        ("proxies of both kinds", "fd00::1", "192.0.2.7,::ffff:10.0.0.2", PROXIES, "192.0.2.7"),
        ("no header", "10.0.0.1", None, PROXIES, "10.0.0.1"),
        ("an empty header", "10.0.0.1", "", PROXIES, "10.0.0.1"),
        ("proxies alone", "10.0.0.1", "10.0.0.3, 10.0.0.2", PROXIES, "10.0.0.3"),
        ("a proxy that hides it", "10.0.0.1", "192.0.2.7, unknown", PROXIES, "None"),
        ("an empty place", "10.0.0.1", "192.0.2.7,", PROXIES, "None"),
        ("a socket", "", "192.0.2.7", PROXIES, "192.0.2.7"),
        ("a socket, nobody is trusted", "", "192.0.2.7", "", "None"),
        ("a socket, no header", "", None, PROXIES, "None"),
    ],
)
def test_the_header_of_proxies_counts_as_far_as_they_are_trusted(
    case, peer, forwarded, proxies, address
) -> None:
    assert str(address_behind(peer, forwarded, read_networks(proxies))) == address, case
