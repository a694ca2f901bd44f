"""Names that lead outside when they are judged, and inside a moment later; and odd spellings.

No name server is asked and nothing outside is connected to: names resolve as a test says, and every
connection to another address than the allowed one is noted and refused.
"""

import io
import socket
from collections.abc import Callable, Iterator
from itertools import chain, repeat
from typing import Any

import pytest

from pims_api.connectors.addresses import OutgoingRules, check_url
from pims_api.connectors.destinations import object_stores
from pims_api.connectors.destinations.destination import DeliveryFailed, Parcel
from pims_api.connectors.destinations.kinds import DESTINATIONS, address_faults, config_faults
from pims_api.connectors.destinations.object_stores import azure_store, s3_store
from pims_api.connectors.destinations.sftp import SftpServer
from pims_api.connectors.destinations.webhook import Receiver
from pims_api.connectors.http_exchange import ExchangeFailed, HttpClient
from tests.connectors.listener import Listener, answering, listening

NONE = OutgoingRules()
OUTSIDE, INSIDE = "93.184.216.34", "127.0.0.1"
HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPqYNcGHL3hTVgAyjHjIEM8kTYKIkCe3uo8ksx2LWFpU"
S3 = {"bucket": "shop", "region": "x", "accessKeyId": "id", "secretAccessKey": "s"}
AZURE = {"container": "shop", "account": "shop", "accountKey": "d3Jvbmc="}


@pytest.fixture
def trap() -> Iterator[Listener]:
    """A server of this machine that nobody may reach."""
    with listening(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as listener:
        yield listener
    assert listener.connections == 0


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were connected to; no connection is made."""
    found: list[str] = []

    def create_connection(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        found.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", create_connection)
    monkeypatch.setattr(object_stores, "_RETRIES", {"max_retries": 1})
    return found


@pytest.fixture
def rebinding(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """`rebinding(2)`: every name leads outside for two questions, then inside."""
    real = socket.getaddrinfo

    def use(times: int) -> None:
        numbers = chain(repeat(OUTSIDE, times), repeat(INSIDE))

        def getaddrinfo(host: str, port: int, **more: Any) -> Any:
            return real(next(numbers), port, **more)

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    return use


def parcel() -> Parcel:
    return Parcel("a.csv", io.BytesIO(b"a"), 1, "text/csv", "run-1")


def told(port: int) -> None:
    client = HttpClient(NONE, timeout_s=2)
    try:
        client.send("POST", f"https://rebind.example:{port}/", {}, b"")
    except ExchangeFailed as failed:
        raise DeliveryFailed(str(failed)) from None


SENDERS: dict[str, Callable[[int], Any]] = {
    "webhook": told,
    "file by webhook": lambda port: Receiver(f"https://rebind.example:{port}/", None, NONE).put(
        parcel()
    ),
    "s3": lambda port: s3_store(S3 | {"endpoint": f"https://rebind.example:{port}"}, NONE).put(
        parcel()
    ),
    "azure": lambda port: azure_store(
        AZURE | {"endpoint": f"https://rebind.example:{port}/shop"}, NONE
    ).put(parcel()),
    "sftp": lambda port: SftpServer(
        {"host": "rebind.example", "port": port, "username": "u", "password": "p"}
        | {"hostKey": HOST_KEY},
        NONE,
    ).put(parcel()),
}


STORES = ("s3", "azure")  # judged once to tell a clear refusal, and once to connect


@pytest.mark.parametrize("after", [0, 1, 2])
@pytest.mark.parametrize("name", SENDERS)
def test_a_name_that_leads_inside_a_moment_later_is_not_followed(
    name: str, after: int, rebinding: Callable[[int], None], tried: list[str], trap: Listener
) -> None:
    check_url("https://rebind.example/", NONE)
    rebinding(after)
    with pytest.raises(DeliveryFailed):
        SENDERS[name](trap.port)
    assert set(tried) == ({OUTSIDE} if after == 2 or (after and name not in STORES) else set())


ODD = ["127.1", "0x7f.1", "0x7f000001", "2130706433", "0177.0.0.1", "017700000001", "localhost.",
       "::ffff:127.0.0.1", "::ffff:7f00:1", "::127.0.0.1", "::ffff:0:127.0.0.1", "fec0::1",
       "64:ff9b::127.0.0.1", "0.0.0.0"]  # noqa: S104  # fmt: skip
CONFIGS = {
    "s3": (S3, "endpoint", "https://{}"),
    "azure-blob": (AZURE, "endpoint", "https://{}"),
    "webhook": ({}, "url", "https://{}/in"),
    "sftp": ({"username": "u", "password": "p", "hostKey": HOST_KEY}, "host", "{}"),
}


@pytest.mark.parametrize("host", ODD)
@pytest.mark.parametrize("kind", CONFIGS)
def test_odd_spellings_of_what_is_inside_are_refused_for_every_destination(
    kind: str, host: str, tried: list[str]
) -> None:
    config, key, form = CONFIGS[kind]
    host = f"[{host}]" if ":" in host and kind != "sftp" else host
    sent = config | {"path": "a.csv", key: form.format(host)}
    ((name, message),) = address_faults(DESTINATIONS[kind], sent, NONE)
    assert name == key
    assert "not a public address" in message
    assert tried == []


@pytest.mark.parametrize("host", ["user@example.com", "a/b", "[::1]", "a b", "a\nb", "exämple.com"])
def test_what_is_no_host_is_refused_for_sftp(host: str) -> None:
    config, key, _ = CONFIGS["sftp"]
    faults = config_faults(DESTINATIONS["sftp"], config | {"path": "a.csv", key: host})
    assert [name for name, _ in faults] == ["host"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("kind", ["s3", "azure"])
def test_a_store_that_leads_elsewhere_is_not_followed(
    kind: str, status: int, trap: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_stores, "_RETRIES", {"max_retries": 0})
    rules = OutgoingRules.from_text("127.0.0.1/32")
    head = f"HTTP/1.1 {status} X\r\nLocation: {trap.url}/\r\nContent-Length: 0\r\n\r\n"
    with listening(answering(head.encode())) as store:
        opened = {
            "s3": s3_store(S3 | {"endpoint": store.url}, rules),
            "azure": azure_store(AZURE | {"endpoint": f"{store.url}/shop"}, rules),
        }
        with pytest.raises(DeliveryFailed, match=str(status)):
            opened[kind].put(parcel())
    assert len(store.requests) == 1
