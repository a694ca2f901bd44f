"""Export jobs: by whose rights files are made, when runs begin, and what is kept from whom."""

import socket
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from pims_api.clock import now_us
from pims_api.domain.outlets.outlet import OutletKind
from pims_api.errors import Busy
from pims_api.jobs.outlets import schedule
from pims_api.jobs.outlets.schedule import do_what_is_due
from pims_api.storage.database import Database
from pims_api.storage.outlets.outlets import Outlets
from tests.connectors.listener import answering, listening
from tests.databases.fresh import on_one_engine
from tests.sigma.conftest import everywhere
from tests.sigma.outlets.conftest import Work
from tests.sigma.outlets.given import KEY, body_of, changed, export_job, to


@pytest.fixture
def seen_by(sigma, pims, make_key, apparel, work: Work, receiver):
    """`seen_by(key)`: what is sent when a key asks for a run. `seen_by.bound` sees no prices."""
    values = {"product-name": everywhere("Shown"), "price": everywhere(4711.25)}
    sigma("POST", "/records", {"schemaId": apparel, "values": values}, status=201)
    view = {"name": "shop", "attributes": {"sku": {}, "product-name": {}}}
    pims("addPimView", path="/pim/manage/views", **view)

    def run(**who: Any) -> bytes:
        sigma("POST", "/export-jobs/nightly/runs", status=201, **who)
        work()
        return body_of(receiver)

    run.bound = make_key("pim_user", "pim_manager", "pim_editor", views=("shop",))
    return run


def test_a_run_holds_what_the_maker_sees_whoever_asks_for_it(sigma, seen_by, receiver) -> None:
    sigma("POST", "/export-jobs", to(receiver), status=201, key=seen_by.bound)
    assert b"4711.25" not in seen_by()
    sigma("PUT", "/export-jobs/nightly", to(receiver, name="Other", format="xml"), status=200)
    assert b"4711.25" not in seen_by()


def test_whoever_gives_another_destination_is_the_maker(sigma, seen_by, receiver) -> None:
    sigma("POST", "/export-jobs", to(receiver), status=201)
    assert b"4711.25" in seen_by(key=seen_by.bound)
    elsewhere = to(receiver) | {"destinationConfig": {"url": f"{receiver.url}/mine"}}
    sigma("PUT", "/export-jobs/nightly", elsewhere, status=200, key=seen_by.bound)
    assert b"4711.25" not in seen_by()
    sigma("PUT", "/export-jobs/nightly", to(receiver), status=200)
    assert b"4711.25" in seen_by()


def test_a_run_that_was_only_recorded_keeps_none_waiting(sigma, work: Work, receiver) -> None:
    sigma("POST", "/export-jobs", to(receiver), status=201)
    sigma("POST", "/export-jobs/nightly/runs", {"status": "running"}, status=201)
    sigma("POST", "/export-jobs/nightly/runs", status=201)
    work()
    runs = sigma("GET", "/export-jobs/nightly/runs", status=200)
    assert [one["status"] for one in runs] == ["success", "running"]


def test_what_falls_due_while_one_runs_waits_once(
    sigma, database: Database, work: Work, receiver
) -> None:
    sigma("POST", "/export-jobs", to(receiver, schedule="* * * * *"), status=201)
    due = sigma("GET", "/export-jobs/nightly", status=200)["nextRunAt"]
    at = int(datetime.fromisoformat(due).timestamp() * 1_000_000)
    for minute in range(4):  # one runs, one waits, two are not more than that
        do_what_is_due(database, at + minute * 60_000_000)
    work()
    do_what_is_due(database, at + 3 * 60_000_000 + 1)
    runs = sigma("GET", "/export-jobs/nightly/runs", status=200)
    assert [one["status"] for one in runs] == ["success", "success"]


def test_one_that_cannot_be_begun_keeps_no_other_from_its_time(
    sigma, database: Database, receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its tenant has no room, or its secrets were sealed by a secret that is lost."""
    sigma("POST", "/export-jobs", export_job(schedule="* * * * *"), status=201)
    sigma("POST", "/export-jobs", to(receiver, id="other", schedule="* * * * *"), status=201)
    settings = database.settings
    monkeypatch.setattr(database, "settings", replace(settings, secret_key="B" * 43 + "="))
    real = schedule.ask_run

    def ask_run(work_: Any, one: Any) -> Any:
        if one.client_id == "nightly":
            raise Busy
        return real(work_, one)

    monkeypatch.setattr(schedule, "ask_run", ask_run)
    do_what_is_due(database, now_us() + 3_600_000_000)
    monkeypatch.setattr(database, "settings", settings)
    assert len(sigma("GET", "/export-jobs/other/runs", status=200)) == 1


SFTP = {
    "host": "sftp.example.com", "port": 22, "username": "u", "password": "pa*ss", "path": "x",
    "hostKey": KEY,
}  # fmt: skip


@pytest.mark.parametrize("other", [{"host": "1.1.1.1"}, {"port": 23}, {"hostKey": KEY + " x"}])
@on_one_engine
def test_a_masked_password_is_told_to_no_other_server(
    sigma, resolving_nothing: None, other: Any
) -> None:
    """Else who may change an export job could have the password sent to himself."""
    first = export_job(destinationType="sftp", destinationConfig=SFTP)
    sigma("POST", "/export-jobs", first, status=201)
    kept = SFTP | {"password": "***"}
    same = first | {"destinationConfig": kept | {"path": "y"}}
    sigma("PUT", "/export-jobs/nightly", same, status=200)
    refused = sigma(
        "PUT", "/export-jobs/nightly", first | {"destinationConfig": kept | other}, status=400
    )
    assert refused["message"] == (
        "destinationConfig.password: It was for another server: send it whole!"
    )
    sigma("PUT", "/export-jobs/nightly", first | {"destinationConfig": SFTP | other}, status=200)


@on_one_engine
def test_addresses_are_judged_while_no_transaction_is_open(
    sigma, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that takes its time keeps nobody from writing."""
    real = socket.getaddrinfo

    def getaddrinfo(*asked: Any, **more: Any) -> Any:
        with database.writing() as connection:
            connection.rollback()
        return real(*asked, **more)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    local = changed(endpoint="http://127.0.0.1:9000")
    sigma("POST", "/export-jobs", local, status=201)
    sigma("PUT", "/export-jobs/nightly", local | {"name": "Other"}, status=200)


@pytest.fixture
def resolving_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: Any, **__: Any) -> Any:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_a_credential_is_in_no_reply_log_row_or_error_of_a_run_that_fails(
    sigma, database: Database, work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    with listening(answering(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")) as store:
        job = changed(endpoint=store.url)
        replies = [sigma("POST", "/export-jobs", job, status=201)]
        replies += [sigma("POST", "/export-jobs/nightly/runs", status=201)]
        work()
    replies += sigma("GET", "/export-jobs/nightly/runs", status=200)
    replies += sigma("GET", "/export-jobs", status=200)
    assert replies[2]["status"] == "failed"
    with database.reading() as connection:
        rows = [
            connection.exec_driver_sql(f'SELECT * FROM "{name}"').all()  # noqa: S608
            for name in ("outlet", "outlet_run", "change", "transaction", "job")
        ]
        (one,) = Outlets(database).of_kind(connection, 1, OutletKind.EXPORT_JOB)
    assert one.secrets == {"secretAccessKey": "sk_live_0123456789"}
    assert "0123456789" not in f"{replies}{rows}{one!r}{caplog.text}"
