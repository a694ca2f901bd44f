"""pims export-job: list, run, runs; and `pims worker --until-idle`, which does what is due."""

import json
from dataclasses import replace

import pytest

from pims_api.domain.outlets.outlet import Outlet, OutletKind
from pims_api.services.outlets.export_jobs import ExportPlan
from pims_api.services.outlets.outlets import add_outlet, change_outlet
from pims_api.services.outlets.webhooks import add_webhook
from pims_api.storage.history.changes import Actor
from pims_api.storage.outlets.outlets import Outlets
from pims_api.storage.unit_of_work import unit_of_work
from tests.connectors.listener import answering, listening
from tests.connectors.receiver import parsed, receiving


def answer(status):
    return answering(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())


@pytest.fixture
def database_url(sqlite_url):
    """One engine: what both must agree on is tested without the commands."""
    return sqlite_url


@pytest.fixture(autouse=True)
def settings(monkeypatch):
    monkeypatch.setenv("PIMS_OUTGOING_ALLOW", "127.0.0.1/32")
    monkeypatch.setenv("PIMS_JOB_POLL_SECONDS", "0.05")


@pytest.fixture
def receiver():
    with listening(answer(204)) as listener:
        yield listener


@pytest.fixture
def add(database):
    """`add(listener)`: there is an export job of the id `nightly` that sends to it."""

    def made(listener):
        plan = ExportPlan("webhook", "jsonl", {"url": f"{listener.url}/in"})
        one = Outlet(1, 0, OutletKind.EXPORT_JOB, "Night", plan.to_settings(), client_id="nightly")
        with unit_of_work(database, 1, Actor("tests")) as work:
            return add_outlet(work, Outlets(database), one)

    return made


@pytest.fixture
def products(run, tmp_path):
    """There are products of these SKUs."""
    file = tmp_path / "products.csv"

    def made(*skus):
        file.write_text("sku,title\n" + "".join(f"{sku},Rod\n" for sku in skus))
        run("import", str(file))

    return made


def test_export_jobs_are_listed(run, run_json, add, receiver):
    assert run("export-job", "list") == ""
    add(receiver)
    assert run("export-job", "list") == "nightly  Night  jsonl to webhook  by hand\n"
    assert run_json("export-job", "list") == [
        {
            "id": "nightly",
            "name": "Night",
            "destination": "webhook",
            "format": "jsonl",
            "schedule": None,
            "active": True,
            "due": None,
        }
    ]


def test_a_run_is_waited_for_and_listed(run, run_json, add, products, receiver):
    add(receiver)
    products("A-1", "A-2")
    said = run("export-job", "run", "nightly")

    body = parsed(receiver.requests[0]).body
    skus = [json.loads(one)["values"]["sku"][0]["value"] for one in body.splitlines()]
    line = f"run-1  success  2 records, {len(body)} bytes, at {receiver.url}/in\n"
    assert skus == ["A-1", "A-2"]
    assert said == line
    assert run("export-job", "runs", "nightly").endswith(f"+00:00  {line}")
    told = run_json("export-job", "run", "nightly")
    assert [told] == run_json("export-job", "runs", "nightly", "--limit", "1")
    times = {name: told[name] for name in ("started", "completed")}
    assert all(times.values())
    assert told == times | {
        "run": "run-2",
        "status": "success",
        "records": 2,
        "bytes": len(body),
        "place": f"{receiver.url}/in",
        "error": None,
    }


def test_one_that_fails_ends_with_its_reason(run, run_json, add):
    with listening(answer(500)) as broken:
        add(broken)
        said = run("export-job", "run", "nightly", status=1)
        assert "Error: run-1  failed  The receiver answered with status 500.\n" in said
        run("export-job", "run", "nightly", "--json", status=1)
    assert [one["status"] for one in run_json("export-job", "runs", "nightly")] == ["failed"] * 2


def test_an_id_that_is_not_there_is_told_with_those_that_are(run, add, receiver):
    add(receiver)
    for command in ("run", "runs"):
        said = run("export-job", command, "none", status=1)
        assert "There is no export job 'none'. Known ones: nightly." in said


def test_a_worker_that_ends_does_before_what_is_due(
    run, run_json, add, products, receiver, database
):
    """An export job that is due by the clock, and webhooks."""
    one = add(receiver)
    yearly = replace(one, settings=one.settings | {"schedule": "0 0 1 1 *"}, due_at=1)
    with receiving() as hook:
        settings = {"description": None, "url": hook.url, "events": ["entity.created"]}
        with unit_of_work(database, 1, Actor("tests")) as work:
            change_outlet(work, Outlets(database), one, yearly)
            made = Outlet(1, 0, OutletKind.WEBHOOK, "Shop", settings)
            add_webhook(work, Outlets(database), made)
        products("A-1", "A-2")
        for _ in range(2):
            run("worker", "--until-idle")
    assert hook.events == ["entity.created"] * 2
    (done,) = run_json("export-job", "runs", "nightly")
    assert (done["status"], done["records"]) == ("success", 2)
