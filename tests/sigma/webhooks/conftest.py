"""Webhooks over an empty tenant, receivers on this machine, and a sender that sends when told."""

from collections.abc import Callable, Iterator

import pytest

from pims_api.jobs.webhooks.sender import WebhookSender
from pims_api.jobs.webhooks.serving import Sending
from pims_api.storage.database import Database
from pims_api.storage.identity.secret import make_secret_file
from tests.connectors.receiver import Receiver, receiving
from tests.sigma.conftest import Json, Sigma
from views.jobs.webhooks import TELLING

EVERY_EVENT = [
    "entity.created",
    "entity.updated",
    "entity.deleted",
    "entity.transition",
    "variant.created",
    "variant.updated",
    "variant.deleted",
]
SECRET = "whsec_c2VjcmV0IG9mIHRoZSBzaG9w"

Deliver = Callable[[], None]


@pytest.fixture(autouse=True)
def settings(database: Database) -> None:
    """Receivers of this machine are allowed, retries come at once, and secrets can be sealed."""
    set_setting(database, outgoing_allow="127.0.0.1/32", webhook_retries="0,0,0")
    if make_secret_file(database.url) is None:
        set_setting(database, secret_key="A" * 43)


def set_setting(database: Database, **values: object) -> None:
    """Change settings of an open database."""
    for name, value in values.items():
        object.__setattr__(database.settings, name, value)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def deliver(database: Database) -> Deliver:
    """`deliver()`: tell every webhook what there is to be told."""
    sender = WebhookSender(Sending(database, TELLING))
    return sender.run_until_idle


@pytest.fixture
def given_webhook(sigma: Sigma, receiver: Receiver) -> Sigma:
    """`given_webhook(events=[…])`: there is a webhook for all events; as it is shown."""

    def given(number: str = "wh-shop", **more: Json) -> Json:
        body = {"id": number, "name": "Shop", "url": receiver.url, "events": EVERY_EVENT}
        return sigma("POST", "/webhooks", body | {"secret": SECRET} | more, status=201)

    return given
