"""Export jobs: kept, run by a worker, sent to servers of this machine."""

import gzip
from dataclasses import replace
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import orjson
import pytest

from pims_api.domain.outlets.outlet import RunState
from pims_api.jobs.outlets.schedule import do_what_is_due
from pims_api.storage.database import Database
from tests.connectors.listener import answering, listening
from tests.databases.fresh import on_one_engine
from tests.sigma.conftest import everywhere, in_segment
from tests.sigma.outlets.conftest import Work
from tests.sigma.outlets.given import KEY, S3, body_of, changed, export_job, to


@pytest.fixture
def danish(sigma) -> None:
    """The tenant has English, and Danish."""
    segments = [{"id": "seg-en", "alias": "en-us", "name": "English"}]
    segments.append({"id": "seg-da", "alias": "da", "name": "Danish"})
    body = {"id": "dim-language", "name": "Language", "alias": "language", "segments": segments}
    sigma("POST", "/dimensions", body | {"defaultSegmentId": "seg-en"}, status=201)


# Kept


def test_an_export_job_is_kept_and_its_secret_is_not_shown(sigma) -> None:
    made = sigma("POST", "/export-jobs", export_job(schedule="30 2 * * *"), status=201)
    shown = sigma("GET", "/export-jobs/nightly", status=200)
    assert made == shown
    assert sigma("GET", "/export-jobs", status=200) == [shown]
    times = {name: shown.pop(name) for name in ("createdAt", "updatedAt", "nextRunAt")}
    assert all(datetime.fromisoformat(one) for one in times.values())
    assert times["nextRunAt"].endswith("T02:30:00.000Z") or "T02:30:00" in times["nextRunAt"]
    assert shown == {
        "id": "nightly",
        "name": "Nightly",
        "description": None,
        "destinationType": "s3",
        "destinationConfig": S3 | {"secretAccessKey": "***"},
        "format": "csv",
        "schemaId": None,
        "catalogId": None,
        "dimensionScope": None,
        "schedule": "30 2 * * *",
        "compression": "none",
        "status": "active",
        "lastRunAt": None,
    }


def test_a_secret_is_nowhere_in_clear(sigma, database: Database) -> None:
    sigma("POST", "/export-jobs", export_job(), status=201)
    sigma("PUT", "/export-jobs/nightly", export_job(name="Other"), status=200)
    with database.reading() as connection:
        for name in ("outlet", "change", "transaction", "job"):
            rows = connection.exec_driver_sql(f'SELECT * FROM "{name}"').all()  # noqa: S608
            assert "sk_live_0123456789" not in repr([tuple(row) for row in rows])


def test_a_secret_that_is_sent_as_shown_is_kept(sigma, database: Database) -> None:
    sigma("POST", "/export-jobs", export_job(), status=201)
    masked = S3 | {"secretAccessKey": "***", "bucket": "other"}
    changed = sigma("PUT", "/export-jobs/nightly", export_job(destinationConfig=masked), status=200)
    assert changed["destinationConfig"] == masked
    refused = S3 | {"secretAccessKey": "xy_***"}
    sigma("PUT", "/export-jobs/nightly", export_job(destinationConfig=refused), status=400)
    masked_at_first = export_job(id="b", destinationConfig=masked)
    sigma("POST", "/export-jobs", masked_at_first, status=400)


def test_deleting_and_pausing(sigma) -> None:
    sigma("POST", "/export-jobs", export_job(schedule="* * * * *"), status=201)
    for _ in range(2):
        paused = sigma("POST", "/export-jobs/nightly/pause", status=200)
        assert (paused["status"], paused["nextRunAt"]) == ("paused", None)
    for _ in range(2):
        resumed = sigma("POST", "/export-jobs/nightly/resume", status=200)
        assert resumed["status"] == "active"
        assert resumed["nextRunAt"]
    sigma("DELETE", "/export-jobs/nightly", status=204)
    sigma("GET", "/export-jobs/nightly", status=404)
    sigma("POST", "/export-jobs/nightly/runs", status=404)


@on_one_engine
@pytest.mark.parametrize(
    "body",
    [
        {},
        export_job(name=""),
        export_job(name=None),
        export_job(destinationType="ftp"),
        export_job(destinationConfig=None),
        export_job(destinationConfig=[]),
        export_job(format="pdf"),
        export_job(compression="zip"),
        export_job(compression=True),
        export_job(status="running"),
        export_job(schedule="every day"),
        export_job(schedule="61 * * * *"),
        export_job(schedule="* * * * * *"),
        export_job(schedule="0 0 31 2 *"),
        export_job(schedule=5),
        export_job(schemaId="nothing"),
        export_job(catalogId="nothing"),
        export_job(dimensionScope={"dim-nothing": "seg"}),
        export_job(dimensionScope=[]),
        changed(bucket=""),
        changed(bucket=None),
        changed(bucket=["a"]),
        changed(secretAccessKey=None),
        changed(path="a/{secret}.csv"),
        changed(path="a/"),
        changed(path="a//b.csv"),
        changed(path="a/../b.csv"),
        changed(unknown="x"),
        changed(endpoint="http://10.0.0.1"),
        changed(endpoint="https://169.254.169.254"),
        changed(endpoint="ftp://example.com"),
        export_job(destinationType="webhook", destinationConfig={}),
        export_job(destinationType="webhook", destinationConfig={"url": "https://10.0.0.1/x"}),
        export_job(destinationType="webhook", destinationConfig={"url": "file:///etc/passwd"}),
        export_job(destinationType="webhook", destinationConfig={"url": "https://u:p@a.example"}),
        export_job(destinationType="sftp", destinationConfig={"host": "a.example", "path": "x"}),
        export_job(
            destinationType="sftp",
            destinationConfig={
                "host": "10.0.0.1", "username": "u", "password": "p", "path": "x", "hostKey": KEY,
            },
        ),
        export_job(
            destinationType="sftp",
            destinationConfig={
                "host": "sftp.example", "username": "u", "password": "p", "path": "x",
                "hostKey": "no key",
            },
        ),
        export_job(
            destinationType="sftp",
            destinationConfig={
                "host": "sftp.example", "username": "u", "path": "x", "hostKey": KEY,
            },
        ),
        export_job(
            destinationType="sftp",
            destinationConfig={
                "host": "sftp.example", "port": 0, "username": "u", "password": "p", "path": "x",
                "hostKey": KEY,
            },
        ),
        export_job(
            destinationType="azure-blob",
            destinationConfig={"container": "a", "path": "x", "account": "a b", "accountKey": "k"},
        ),
    ],
)  # fmt: skip
def test_what_does_not_do_is_refused_and_nothing_is_stored(sigma, body: Any) -> None:
    refused = sigma("POST", "/export-jobs", body, status=400)
    assert refused["error"] == "VALIDATION_ERROR"
    assert sigma("GET", "/export-jobs", status=200) == []


@on_one_engine
def test_an_id_is_taken_once(sigma) -> None:
    sigma("POST", "/export-jobs", export_job(), status=201)
    assert sigma("POST", "/export-jobs", export_job(), status=409)["error"] == "CONFLICT"


# Run


def test_a_run_sends_the_records_and_says_so(sigma, apparel, work: Work, receiver) -> None:
    record = {"schemaId": apparel, "values": {"product-name": everywhere("Parka")}}
    one = sigma("POST", "/records", record, status=201)["id"]
    sigma("POST", "/export-jobs", to(receiver, format="jsonl", schemaId=apparel), status=201)
    run = sigma("POST", "/export-jobs/nightly/runs", status=201)
    assert (run["id"], run["jobId"], run["status"]) == ("run-1", "nightly", "running")
    assert run["completedAt"] is None
    work()
    (line,) = body_of(receiver).splitlines()
    assert orjson.loads(line) == sigma("GET", f"/records/{one}", status=200)
    (done,) = sigma("GET", "/export-jobs/nightly/runs", status=200)
    assert done == run | {
        "status": "success",
        "completedAt": done["completedAt"],
        "recordCount": 1,
        "fileSize": len(line) + 1,
        "destinationPath": f"{receiver.url}/in",
    }
    assert sigma("GET", "/export-jobs/nightly", status=200)["lastRunAt"] == run["startedAt"]


FORMATS = ["csv", "json", "jsonl", "xml"]


@pytest.mark.parametrize("kind", FORMATS)
def test_formats_hold_plain_values_of_a_scope(
    sigma, danish, apparel, work: Work, receiver, kind: str
) -> None:
    values = {
        "product-name": [*everywhere("A & <b>"), in_segment("seg-da", "Å")],
        "price": everywhere(9.5),
    }
    one = sigma("POST", "/records", {"schemaId": apparel, "values": values}, status=201)["id"]
    scope = {"dim-language": "seg-da"}
    job = to(receiver, format=kind, schemaId=apparel, dimensionScope=scope, compression="gzip")
    sigma("POST", "/export-jobs", job, status=201)
    sigma("POST", "/export-jobs/nightly/runs", status=201)
    work()
    content = gzip.decompress(body_of(receiver))
    if kind == "csv":
        assert content.decode().splitlines()[1].startswith(f"{one},")
    elif kind == "xml":
        (record,) = ElementTree.fromstring(content)  # noqa: S314 - our own
        assert record.get("id") == one
        assert {v.get("attribute"): v.text for v in record} == {
            "product-name": "Å", "price": "9.5",
        }  # fmt: skip
    else:
        read = orjson.loads(content)
        expected = {"_id": one, "product-name": "Å", "price": 9.5}
        assert read == ([expected] if kind == "json" else expected)


def test_xml_holds_scopes(sigma, danish, apparel, work: Work, receiver) -> None:
    values = {"product-name": [*everywhere("A & <b>"), in_segment("seg-da", "Å")]}
    sigma("POST", "/records", {"schemaId": apparel, "values": values}, status=201)
    sigma("POST", "/export-jobs", to(receiver, format="xml"), status=201)
    sigma("POST", "/export-jobs/nightly/runs", status=201)
    work()
    (record,) = ElementTree.fromstring(body_of(receiver))  # noqa: S314 - our own
    assert [(v.get("attribute"), v.get("scope"), v.text) for v in record] == [
        ("product-name", None, "A & <b>"),
        ("product-name", '{"dim-language":"seg-da"}', "Å"),
    ]


def test_a_run_that_fails_says_why(sigma, work: Work) -> None:
    with listening(answering(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")) as receiver:
        sigma("POST", "/export-jobs", to(receiver), status=201)
        sigma("POST", "/export-jobs/nightly/runs", status=201)
        work()
    (run,) = sigma("GET", "/export-jobs/nightly/runs", status=200)
    assert (run["status"], run["error"]) == ("failed", "The receiver answered with status 500.")
    assert run["completedAt"]


def test_a_second_run_waits_once(sigma, work: Work, receiver) -> None:
    sigma("POST", "/export-jobs", to(receiver), status=201)
    first = sigma("POST", "/export-jobs/nightly/runs", status=201)
    second = sigma("POST", "/export-jobs/nightly/runs", status=201)
    assert (first["status"], second["status"]) == ("running", "running")
    assert sigma("POST", "/export-jobs/nightly/runs", status=409)["error"] == "CONFLICT"
    work()
    runs = sigma("GET", "/export-jobs/nightly/runs", status=200)
    assert [(one["id"], one["status"]) for one in runs] == [
        ("run-2", "success"), ("run-1", "success"),
    ]  # fmt: skip
    assert len(receiver.requests) == 2


@on_one_engine
@pytest.mark.parametrize("sent", [None, {}, {"status": None, "error": None}])
def test_an_export_runs_now_where_nothing_is_said_of_a_run(sigma, work: Work, receiver, sent):
    sigma("POST", "/export-jobs", to(receiver), status=201)
    assert sigma("POST", "/export-jobs/nightly/runs", sent, status=201)["status"] == "running"
    work()
    assert len(receiver.requests) == 1


def test_a_run_that_was_made_elsewhere_is_recorded(sigma) -> None:
    sigma("POST", "/export-jobs", export_job(), status=201)
    told = {
        "status": "failed",
        "startedAt": "2026-11-29T10:00:00Z",
        "completedAt": "2026-11-29T10:01:00+00:00",
        "recordCount": 5,
        "fileSize": 10,
        "destinationPath": "x.csv",
        "error": "No",
    }
    run = sigma("POST", "/export-jobs/nightly/runs", told, status=201)
    assert sigma("GET", "/export-jobs/nightly/runs", status=200) == [run]
    assert run["error"] == "No"
    assert datetime.fromisoformat(run["startedAt"]) == datetime.fromisoformat(told["startedAt"])
    for wrong in ({"status": "gone"}, {"status": "success", "startedAt": "x"}, {"status": 1}):
        sigma("POST", "/export-jobs/nightly/runs", wrong, status=400)
    over = {"status": "success", "completedAt": "0001-01-01T00:00:00Z"}
    early = sigma("POST", "/export-jobs/nightly/runs", over, status=201)
    assert (early["startedAt"], early["completedAt"]) == ("0001-01-01T00:00:00.000Z",) * 2


@on_one_engine
@pytest.mark.parametrize(
    ("run", "message"),
    [
        ({"recordCount": 5}, "status: It is required beside recordCount; "
         "send nothing to have the job run now!"),
        ({"status": None, "error": "No"}, "status: It is required beside error; "
         "send nothing to have the job run now!"),
        ({"status": "success", "startedAt": "2026-01-02T00:00:00Z",
          "completedAt": "2026-01-01T00:00:00Z"}, "completedAt: It must not be before startedAt!"),
        # Beyond the years that can be shown, once in UTC.
        ({"status": "success", "startedAt": "0001-01-01T00:00:00+12:00"},
         "startedAt: It must be a time such as 2026-11-29T10:00:00Z!"),
        ({"status": "failed", "completedAt": "9999-12-31T23:59:59-12:00"},
         "completedAt: It must be a time such as 2026-11-29T10:00:00Z!"),
    ],
)  # fmt: skip
def test_a_run_that_cannot_have_been_is_not_recorded(sigma, run, message) -> None:
    sigma("POST", "/export-jobs", export_job(), status=201)
    told = sigma("POST", "/export-jobs/nightly/runs", run, status=400)
    assert told == {"error": "VALIDATION_ERROR", "message": message}
    assert sigma("GET", "/export-jobs/nightly/runs", status=200) == []


@on_one_engine
def test_what_is_not_there_is_named(sigma) -> None:
    for path, name in (
        ("/export-jobs/nope/runs", "Export job 'nope'"),
        ("/webhooks/nope", "Webhook 'nope'"),
        ("/channels/ch-7/sync-logs", "Channel 'ch-7'"),
    ):
        told = sigma("GET", path, status=404)
        assert told == {"error": "NOT_FOUND", "message": f"{name} does not exist!"}


def test_the_clock_begins_what_is_due_once(sigma, database: Database, work: Work, receiver) -> None:
    sigma("POST", "/export-jobs", to(receiver, schedule="0 3 * * *"), status=201)
    due = sigma("GET", "/export-jobs/nightly", status=200)["nextRunAt"]
    late = int(datetime.fromisoformat(due).timestamp() * 1_000_000) + 5 * 86_400 * 1_000_000
    do_what_is_due(database, late - 6 * 86_400 * 1_000_000)
    assert sigma("GET", "/export-jobs/nightly/runs", status=200) == []
    for _ in range(3):
        do_what_is_due(database, late)
    work()
    assert len(sigma("GET", "/export-jobs/nightly/runs", status=200)) == 1
    after = sigma("GET", "/export-jobs/nightly", status=200)["nextRunAt"]
    assert datetime.fromisoformat(after).timestamp() * 1_000_000 > late


def test_a_run_whose_worker_died_is_closed(sigma, database: Database, receiver) -> None:
    sigma("POST", "/export-jobs", to(receiver), status=201)
    sigma("POST", "/export-jobs/nightly/runs", status=201)
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE job SET state = 'failed', finished_at = 5")
        connection.commit()
    do_what_is_due(database, 0)
    (run,) = sigma("GET", "/export-jobs/nightly/runs", status=200)
    assert run["status"] == RunState.FAILED.value
    assert "worker ended" in run["error"]


def test_what_the_maker_does_not_see_is_not_sent(
    sigma, pims, make_key, apparel, work: Work, receiver
) -> None:
    values = {"product-name": everywhere("Shown"), "price": everywhere(4711.25)}
    sigma("POST", "/records", {"schemaId": apparel, "values": values}, status=201)
    view = {"name": "shop", "attributes": {"sku": {}, "product-name": {}}}
    pims("addPimView", path="/pim/manage/views", **view)
    bound = make_key("pim_user", "pim_manager", "pim_editor", views=("shop",))
    sigma("POST", "/export-jobs", to(receiver, format="json"), status=201, key=bound)
    sigma("POST", "/export-jobs/nightly/runs", status=201, key=bound)
    work()
    assert b"Shown" in body_of(receiver)
    assert b"4711.25" not in body_of(receiver)


def test_without_a_secret_of_the_installation_it_is_told(
    sigma, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(database.settings, secret_key="")
    monkeypatch.setattr(database, "settings", settings)
    refused = sigma("POST", "/export-jobs", export_job(), status=503)
    assert "without a secret" in refused["message"]
