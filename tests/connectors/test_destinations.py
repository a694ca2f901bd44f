"""Files that arrive at real servers: whole, or not at all."""

import io
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import boto3
import paramiko
import pytest
from standardwebhooks import Webhook

from pims_api.connectors.addresses import OutgoingRules
from pims_api.connectors.destinations import object_stores, sftp
from pims_api.connectors.destinations.destination import DeliveryFailed, Parcel
from pims_api.connectors.destinations.object_stores import ObjectStore, azure_store, s3_store
from pims_api.connectors.destinations.sftp import SftpServer
from pims_api.connectors.destinations.webhook import Receiver
from pims_api.connectors.metered import ANSWERED_BYTES_MAX, Metered
from pims_api.connectors.signature import body_signature
from tests.connectors.listener import Listener, answering, listening, read_request
from tests.connectors.servers import (
    ACCOUNT,
    ACCOUNT_KEY,
    Sshd,
    azure_request,
    azure_server,
    s3_server,
    sftp_server,
)

HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPqYNcGHL3hTVgAyjHjIEM8kTYKIkCe3uo8ksx2LWFpU"
LOOPBACK = OutgoingRules.from_text("127.0.0.1/32")
LARGE = b"".join(b"%015d\n" % n for n in range(800_000))  # 12.8 MB: three parts


class Broken(io.BytesIO):
    """A file that cannot be read to its end."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() > 6_000_000:
            raise OSError("broken")
        return super().read(size)


def parcel(content: bytes, path: str = "exports/products.csv") -> Parcel:
    return Parcel(path, io.BytesIO(content), len(content), "text/csv", "run-7")


# S3


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with s3_server(tmp_path_factory.mktemp("s3")) as address:
        seen_by_amazon(address).create_bucket(
            Bucket="shop", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"}
        )
        yield address


def seen_by_amazon(address: str) -> Any:
    """Return the client that Amazon makes."""
    secret = "secret"
    return boto3.client("s3", "eu-north-1", endpoint_url=address,
                        aws_access_key_id="id", aws_secret_access_key=secret)  # fmt: skip


def bucket(s3: str, rules: OutgoingRules = LOOPBACK, **other: str) -> ObjectStore:
    config = {"bucket": "shop", "region": "eu-north-1", "accessKeyId": "id", "endpoint": s3}
    return s3_store(config | {"secretAccessKey": "secret"} | other, rules)


@pytest.mark.parametrize("content", [b"", b"a,b\n", LARGE])
def test_a_file_arrives_in_a_bucket(s3: str, content: bytes) -> None:
    bucket(s3).put(parcel(content))
    found = seen_by_amazon(s3).get_object(Bucket="shop", Key="exports/products.csv")
    assert (found["Body"].read(), found["ContentType"]) == (content, "text/csv")


def test_a_file_that_breaks_off_is_not_in_the_bucket(s3: str) -> None:
    broken = Parcel("half.csv", Broken(LARGE), len(LARGE), "text/csv", "run-8")
    with pytest.raises((DeliveryFailed, OSError)):
        bucket(s3).put(broken)
    found = seen_by_amazon(s3).list_objects_v2(Bucket="shop", Prefix="half")
    assert found["KeyCount"] == 0


def test_a_bucket_that_is_not_there_is_told(s3: str) -> None:
    with pytest.raises(DeliveryFailed, match="no such bucket"):
        bucket(s3, bucket="nothing").put(parcel(b"a"))


def test_a_path_that_no_store_takes_is_told(s3: str) -> None:
    with pytest.raises(DeliveryFailed, match="no file under this path"):
        bucket(s3).put(parcel(b"a", "../products.csv"))


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9", "https://127.0.0.1:9", "https://127.1"])
def test_a_store_inside_is_refused(endpoint: str) -> None:
    with pytest.raises(DeliveryFailed, match="not a public address"):
        bucket(endpoint, OutgoingRules()).put(parcel(b"a"))


def test_nothing_goes_past_the_tunnel(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store over HTTPS is asked through the tunnel alone, which refuses what is inside."""
    monkeypatch.setattr(object_stores, "resolve", lambda *_: ["1.1.1.1"])
    monkeypatch.setattr(object_stores, "_RETRIES", {"max_retries": 0})
    port = s3.rpartition(":")[2]
    with pytest.raises(DeliveryFailed, match="could not be reached"):
        bucket(f"https://127.0.0.1:{port}", OutgoingRules()).put(parcel(b"a"))


@pytest.mark.parametrize("status", ["200 OK", "403 Forbidden"])
def test_a_store_over_plain_http_that_answers_without_end_is_cut_off(
    status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_stores, "_RETRIES", {"max_retries": 0})
    sent: list[int] = []
    over = threading.Event()

    def endless(connection: socket.socket, listener: Listener) -> None:
        listener.requests.append(read_request(connection))
        connection.sendall(f"HTTP/1.1 {status}\r\nContent-Type: text/xml\r\n\r\n".encode())
        with suppress(OSError):
            while True:
                sent.append(connection.send(bytes(65536)))
        over.set()

    with listening(endless) as store:
        with suppress(DeliveryFailed):  # a success is one, whatever is said behind it
            bucket(store.url).put(parcel(b"a,b\n"))
            assert status == "200 OK"
        assert over.wait(10)
    assert sum(sent) < ANSWERED_BYTES_MAX + 32 * 1024 * 1024  # with what networks hold on the way
    head = store.requests[0].split(b"\r\n")
    assert head[0].startswith(b"PUT /shop/exports/products.csv")
    assert f"host: 127.0.0.1:{store.port}".encode() in [line.lower() for line in head]
    assert not any(line.lower().startswith(b"proxy-") for line in head)


# Azure


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with azure_server(tmp_path_factory.mktemp("azure")) as address:
        yield address


def container(azure: str, **other: str) -> ObjectStore:
    config = {"container": "shop", "account": ACCOUNT, "accountKey": ACCOUNT_KEY}
    return azure_store(config | {"endpoint": azure} | other, LOOPBACK)


@pytest.mark.parametrize("content", [b"", b"a,b\n", LARGE])
def test_a_file_arrives_in_a_container(azure: str, content: bytes) -> None:
    azure_request(azure, "PUT", "/shop", "restype:container", accept=(201, 409))
    container(azure).put(parcel(content))
    assert azure_request(azure, "GET", "/shop/exports/products.csv") == content


def test_a_file_that_breaks_off_is_not_in_the_container(azure: str) -> None:
    azure_request(azure, "PUT", "/shop", "restype:container", accept=(201, 409))
    broken = Parcel("half.csv", Broken(LARGE), len(LARGE), "text/csv", "run-8")
    with pytest.raises((DeliveryFailed, OSError)):
        container(azure).put(broken)
    azure_request(azure, "GET", "/shop/half.csv", accept=(404,))


def test_a_container_that_is_not_there_is_told(azure: str) -> None:
    with pytest.raises(DeliveryFailed, match="no such bucket or container"):
        container(azure, container="nothing").put(parcel(b"a"))


def test_a_wrong_account_key_is_told(azure: str) -> None:
    with pytest.raises(DeliveryFailed, match="credentials"):
        container(azure, accountKey="d3Jvbmc=").put(parcel(b"a"))


# SFTP


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sftp_server(tmp_path_factory.mktemp("sshd")) as server:
        yield server


def folder(sshd: Sshd, **other: Any) -> SftpServer:
    config = {
        "host": "127.0.0.1",
        "port": sshd.port,
        "username": sshd.user,
        "privateKey": sshd.private_key,
        "hostKey": sshd.host_key,
    }
    return SftpServer(config | other, LOOPBACK)


@pytest.mark.parametrize("content", [b"", b"a,b\n", LARGE])
def test_a_file_arrives_on_a_server(sshd: Sshd, content: bytes) -> None:
    for _ in range(2):  # a second one takes the place of the first
        folder(sshd).put(parcel(content, f"{sshd.folder}/products.csv"))
    found = {one.name: one.read_bytes() for one in sshd.folder.iterdir()}
    assert found == {"products.csv": content}


def test_a_file_that_breaks_off_leaves_nothing_on_the_server(sshd: Sshd) -> None:
    before = sorted(sshd.folder.iterdir())
    broken = Parcel(f"{sshd.folder}/half.csv", Broken(LARGE), len(LARGE), "text/csv", "run-8")
    with pytest.raises(DeliveryFailed):
        folder(sshd).put(broken)
    assert sorted(sshd.folder.iterdir()) == before


def test_another_host_key_is_refused_before_anything_is_told(sshd: Sshd) -> None:
    with pytest.raises(DeliveryFailed, match="another host key"):
        folder(sshd, hostKey=sshd.other_key).put(parcel(b"a", f"{sshd.folder}/x"))


def test_a_folder_that_is_not_there_is_told(sshd: Sshd) -> None:
    with pytest.raises(DeliveryFailed, match="no such folder"):
        folder(sshd).put(parcel(b"a", f"{sshd.folder}/nothing/x"))


def test_a_user_that_is_not_known_is_told(sshd: Sshd) -> None:
    wrong = {"privateKey": None, "password": "not this", "username": "nobody-here"}
    with pytest.raises(DeliveryFailed, match="did not accept"):
        folder(sshd, **wrong).put(parcel(b"a", f"{sshd.folder}/x"))


def test_a_server_inside_is_refused(sshd: Sshd) -> None:
    with pytest.raises(DeliveryFailed, match="not a public address"):
        SftpServer(folder(sshd).config, OutgoingRules()).put(parcel(b"a"))


@pytest.mark.parametrize("first", [b"", b"SSH-2.0-x\r\n", b"SSH-2.0-x\r\n" + bytes(4_000_000)])
def test_a_server_that_is_silent_or_endless_is_given_up(
    first: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sftp, "CONNECT_S", 0.5)
    over = threading.Event()

    def serve(connection: socket.socket, _: Listener) -> None:
        connection.sendall(first)
        over.wait(30)

    with listening(serve) as listener:
        config = {"host": "127.0.0.1", "port": listener.port, "username": "u", "password": "p"}
        with pytest.raises(DeliveryFailed, match="broke off"):
            SftpServer(config | {"hostKey": HOST_KEY}, LOOPBACK).put(parcel(b"a", "x"))
        over.set()


def test_a_server_that_stops_answering_amid_its_work_is_given_up(
    sshd: Sshd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It lets the user in, and says nothing when it is asked for files."""
    monkeypatch.setattr(sftp, "ANSWER_S", 0.5)
    monkeypatch.setattr(paramiko.Channel, "invoke_subsystem", lambda *_: None)
    with pytest.raises(DeliveryFailed, match="broke off"):
        folder(sshd).put(parcel(b"a", f"{sshd.folder}/x"))


def test_what_is_said_without_end_is_cut_off() -> None:
    mine, others = socket.socketpair()
    with mine, others:
        metered = Metered(mine)
        thread = threading.Thread(target=_say_without_end, args=(others,))
        thread.start()
        metered.sendall(b"a" * 100)
        others.recv(100)
        got = sum(map(len, iter(lambda: metered.recv(65536), b"")))
        mine.shutdown(socket.SHUT_RDWR)
        thread.join()
    assert ANSWERED_BYTES_MAX <= got < ANSWERED_BYTES_MAX + 100 + 65536


def _say_without_end(connection: socket.socket) -> None:
    with suppress(OSError):
        while True:
            connection.sendall(bytes(65536))


def test_no_credential_is_in_what_is_printed_of_a_destination() -> None:
    secret = "hunter2"
    opened = [
        s3_store({"region": "x", "secretAccessKey": secret}, LOOPBACK),
        azure_store({"account": "x", "accountKey": secret}, LOOPBACK),
        SftpServer({"host": "x", "password": secret, "privateKey": secret}, LOOPBACK),
        Receiver("https://example.com", secret, LOOPBACK),
    ]
    assert secret not in repr(opened)


# Webhook

OK = b"HTTP/1.1 204 No Content\r\n\r\n"


def test_a_file_is_posted_and_signed() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    with listening(answering(OK)) as listener:
        Receiver(f"{listener.url}/in", secret, LOOPBACK).put(parcel(LARGE))
    head, _, body = listener.requests[0].partition(b"\r\n\r\n")
    lines = [line.decode().split(": ", 1) for line in head.split(b"\r\n")[1:]]
    headers = {name.lower(): value for name, value in lines}
    assert body == LARGE
    assert headers["content-type"] == "text/csv"
    assert headers["webhook-id"] == "run-7"
    assert headers["content-disposition"] == 'attachment; filename="products.csv"'
    Webhook(secret).verify(body, headers, json_parse=False)
    assert headers["x-sigma-signature"] == body_signature(secret, LARGE)


def test_an_answer_that_is_no_success_is_told() -> None:
    with (
        listening(answering(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")) as listener,
        pytest.raises(DeliveryFailed, match="status 302"),
    ):
        Receiver(listener.url, None, LOOPBACK).put(parcel(b"a"))
