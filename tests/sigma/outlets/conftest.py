"""A worker in this process, and a receiver of files on this machine."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from pims_api.jobs.worker import run_pending_jobs
from pims_api.storage.database import Database
from tests.connectors.listener import Listener, answering, listening
from views.jobs.kinds import KINDS

OK = b"HTTP/1.1 204 No Content\r\n\r\n"

Work = Callable[[], None]


@pytest.fixture(autouse=True)
def secret(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The installation has a secret, and may send to this machine."""
    settings = replace(database.settings, outgoing_allow="127.0.0.1/32", secret_key="A" * 43 + "=")
    monkeypatch.setattr(database, "settings", settings)


@pytest.fixture
def work(database: Database) -> Work:
    """Do all jobs that wait, as `pims worker` does."""
    return lambda: run_pending_jobs(database, kinds=KINDS)


@pytest.fixture
def receiver() -> Iterator[Listener]:
    with listening(answering(OK)) as listener:
        yield listener
