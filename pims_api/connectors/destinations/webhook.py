"""Files that are posted to an address."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from pims_api.clock import now_us
from pims_api.connectors.addresses import OutgoingRules
from pims_api.connectors.destinations.destination import ANSWER_S, DeliveryFailed, Parcel
from pims_api.connectors.http_exchange import ExchangeFailed, HttpClient
from pims_api.connectors.signature import file_signature, standard_headers

_PIECE = 64 * 1024
_BYTES_PER_S_MIN = 256 * 1024  # a large file may take longer
_OK = range(200, 300)


@dataclass(frozen=True, slots=True)
class Receiver:
    """An address that takes files by POST, signed when there is a secret."""

    url: str
    secret: str | None = field(repr=False)
    rules: OutgoingRules

    def put(self, parcel: Parcel) -> None:
        """Post a file. Raises DeliveryFailed unless the answer is a 2xx."""
        headers = {
            "Content-Type": parcel.content_type,
            "Content-Length": str(parcel.size),
            "Content-Disposition": f'attachment; filename="{_name(parcel.path)}"',
        }
        if self.secret:
            headers |= standard_headers(
                self.secret, parcel.id, now_us() // 1_000_000, parcel.file
            ) | {"X-Sigma-Signature": file_signature(self.secret, parcel.file)}
        client = HttpClient(self.rules, timeout_s=ANSWER_S + parcel.size // _BYTES_PER_S_MIN)
        try:
            answer = client.send("POST", self.url, headers, _pieces(parcel.file))
        except ExchangeFailed as failed:
            raise DeliveryFailed(str(failed)) from None
        finally:
            client.close()
        if answer.status not in _OK:
            raise DeliveryFailed(f"The receiver answered with status {answer.status}.")


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _name(path: str) -> str:
    """Return the last step of a path, as a header may hold it."""
    last = path.rsplit("/", 1)[-1]
    return "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in last)
