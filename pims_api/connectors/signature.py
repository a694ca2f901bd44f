"""Signatures of what is sent: by HMAC over the body, and as Standard Webhooks has it."""

import base64
import binascii
import hashlib
import hmac
from typing import BinaryIO

_PIECE = 256 * 1024


def secret_bytes(secret: str) -> bytes:
    """Return the key of a secret as the libraries of Standard Webhooks read it: as base64.

    One that is no base64 is taken as it stands.

    >>> secret_bytes("whsec_c2VjcmV0")
    b'secret'
    """
    try:
        return base64.b64decode(secret.removeprefix("whsec_") + "==") or secret.encode()
    except (binascii.Error, ValueError):
        return secret.encode()


def body_signature(secret: str, body: bytes) -> str:
    """Return HMAC-SHA256 over a body, in lower-case hexadecimal digits."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def standard_headers(
    secret: str, message_id: str, at: int, body: bytes | BinaryIO
) -> dict[str, str]:
    """Return the three headers of Standard Webhooks. at: seconds since 1970.

    A file is read to its end, and is at its beginning again afterwards.
    """
    mac = hmac.new(secret_bytes(secret), f"{message_id}.{at}.".encode(), hashlib.sha256)
    _feed(mac, body)
    signed = base64.b64encode(mac.digest()).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{signed}",
    }


def file_signature(secret: str, file: BinaryIO) -> str:
    """Return what `body_signature` gives for the bytes of a file, which is rewound."""
    mac = hmac.new(secret.encode(), digestmod=hashlib.sha256)
    _feed(mac, file)
    return mac.hexdigest()


def _feed(mac: hmac.HMAC, body: bytes | BinaryIO) -> None:
    if isinstance(body, bytes):
        mac.update(body)
        return
    body.seek(0)
    while piece := body.read(_PIECE):
        mac.update(piece)
    body.seek(0)
