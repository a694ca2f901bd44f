"""Export jobs as tests send them."""

from typing import Any

from tests.connectors.listener import Listener

S3 = {
    "bucket": "shop",
    "path": "out/{date}.csv",
    "region": "eu-north-1",
    "accessKeyId": "AKIA",
    "secretAccessKey": "sk_live_0123456789",
}
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPqYNcGHL3hTVgAyjHjIEM8kTYKIkCe3uo8ksx2LWFpU"


def export_job(**other: Any) -> dict[str, Any]:
    made = {"id": "nightly", "name": "Nightly", "destinationType": "s3", "destinationConfig": S3}
    return made | {"format": "csv"} | other


def to(listener: Listener, **other: Any) -> dict[str, Any]:
    config = {"url": f"{listener.url}/in"}
    return export_job(destinationType="webhook", destinationConfig=config, **other)


def body_of(listener: Listener, place: int = -1) -> bytes:
    return listener.requests[place].partition(b"\r\n\r\n")[2]


def changed(**other: Any) -> dict[str, Any]:
    return export_job(destinationConfig=S3 | other)
