"""The request that tells a webhook of an event, and what its answer means.

Source: docs/webhooks.md, Failures.
"""

import time
from dataclasses import dataclass

from pims_api.connectors.http_exchange import ExchangeFailed, HttpClient
from pims_api.connectors.signature import body_signature, standard_headers

_GONE = 410
_ACCEPTED = range(200, 300)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a request went. status: of the answer; None: there was none. error: None: well."""

    status: int | None = None
    error: str | None = None

    @property
    def is_gone(self) -> bool:
        """Whether the receiver does not want to be told any more."""
        return self.status == _GONE


def tell_webhook(client: HttpClient, url: str, secret: str, number: str, body: bytes) -> Outcome:
    """Send a body and return how that went. secret: "": it is not signed. number: its id."""
    headers = {"Content-Type": "application/json"}
    if secret:
        headers |= {"X-Sigma-Signature": body_signature(secret, body)}
        headers |= standard_headers(secret, number, int(time.time()), body)
    try:
        answer = client.send("POST", url, headers, body)
    except ExchangeFailed as failed:
        return Outcome(error=str(failed))
    if answer.status in _ACCEPTED:
        return Outcome(answer.status)
    return Outcome(answer.status, f"The receiver answered {answer.status}.")
