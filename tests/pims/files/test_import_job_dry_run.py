"""POST /pim/import as a trial: what would happen, how far it is, nothing stored."""

import pytest

from pims_api.jobs import job_run
from pims_api.jobs.imports import product_import

TITLES = b"sku,title\nA,Rod\nB,Bar\n"
TOTALS = {"created": 2, "updated": 0, "unchanged": 0, "rejected": 0, "warnings": 0}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_a_dry_run_tells_what_would_happen_and_stores_nothing(files, given_product, pims):
    given_product("A", title="Rad")
    job = files.import_file(TITLES + b"C,\n", dry_run="1")
    assert job["totals"] == TOTALS | {"created": 1, "updated": 1, "rejected": 1}
    assert job["result"] == {
        "dry_run": True,
        "differences": [
            {"line": 2, "sku": "A", "status": "updated",
             "old": {"title": "Rad"}, "new": {"title": "Rod"}},
            {"line": 3, "sku": "B", "status": "created", "old": {}, "new": {"title": "Bar"}},
        ],
    }  # fmt: skip
    assert b"title cannot be empty" in files.download(job["links"]["errors"])
    assert pims("listProduct", sku="B")["status"] == "Error"
    assert pims("listProduct", sku="A")["data"]["attributes"]["title"] == "Rad"


def saving(monkeypatch, deed):
    """Have something done whenever a job has saved how far it is."""
    saved = job_run.JobRun.save

    def save(self, progress, *more):
        saved(self, progress, *more)
        deed(progress)

    monkeypatch.setattr(job_run.JobRun, "save", save)


def test_a_dry_run_tells_how_far_it_is(files, monkeypatch):
    monkeypatch.setattr(product_import, "STEP_ROWS", 1)
    number = files.send(TITLES, dry_run="1")["job"]["id"]
    seen = []

    def look(_):
        job = files.job(number)
        seen.append((job["state"], job["total"], job["totals"]["created"]))

    saving(monkeypatch, look)
    files.done(number)
    told = [("running", len(TITLES), created) for created in (0, 1, 2, 2)]
    assert seen == told


def test_a_dry_run_can_be_called_off_while_it_runs(files, monkeypatch, database):
    if not database.is_sqlite:
        pytest.skip("On PostgreSQL whoever calls it off waits until it is over")
    monkeypatch.setattr(product_import, "STEP_ROWS", 1)
    number = files.send(TITLES, dry_run="1")["job"]["id"]
    steps = []

    def cancel(progress):
        steps.append(progress)
        sent = {"json": {}, "headers": {"ApiKey": files.key}}
        assert files.client.post(f"/pim/jobs/{number}/cancel", **sent).status_code == 200

    saving(monkeypatch, cancel)
    job = files.done(number)
    assert (job["state"], job["errors"][0]["code"], len(steps)) == ("failed", "cancelled", 1)


def test_a_dry_run_of_a_large_file_is_refused(files, unchanged):
    large = TITLES + b"D,Rod\n" * 1_000_000
    with unchanged():
        reply = files.send(large, status=413, dry_run="1")
    assert reply["errors"][0]["pointer"] == "/dry_run"
