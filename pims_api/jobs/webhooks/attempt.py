"""One attempt at a delivery: the request, and what its answer means. Source: docs/webhooks.md."""

from dataclasses import dataclass

from pims_api.clock import now_us
from pims_api.connectors.http_exchange import ExchangeFailed, HttpClient
from pims_api.connectors.signature import body_signature, standard_headers
from pims_api.domain.outlets.outlet import Outlet

SECRET = "secret"  # noqa: S105 - the name of it
GONE = 410
_ACCEPTED = range(200, 300)
_SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt went. status: of the answer; None: there was none. error: None: well."""

    status: int | None = None
    error: str | None = None

    @property
    def is_gone(self) -> bool:
        return self.status == GONE


def attempt(client: HttpClient, one: Outlet, number: str, body: bytes) -> Outcome:
    """Send a body to a webhook and return how that went."""
    headers = {"Content-Type": "application/json", "X-Sigma-Delivery": number}
    secret = one.secrets.get(SECRET)
    if secret:
        headers |= {"X-Sigma-Signature": body_signature(secret, body)}
        headers |= standard_headers(secret, number, now_us() // _SECOND_US, body)
    try:
        answer = client.send("POST", one.settings["url"], headers, body)
    except ExchangeFailed as failed:
        return Outcome(error=str(failed))
    if answer.status in _ACCEPTED:
        return Outcome(answer.status)
    return Outcome(answer.status, f"The receiver answered {answer.status}.")
