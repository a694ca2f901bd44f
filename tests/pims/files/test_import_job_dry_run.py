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
        "made": {"attributes": [], "categories": [], "dictionary": [], "more": 0},
    }  # fmt: skip
    assert b"title cannot be empty" in files.download(job["links"]["errors"])
    assert pims("listProduct", sku="B")["status"] == "Error"
    assert pims("listProduct", sku="A")["data"]["attributes"]["title"] == "Rad"


def test_a_dry_run_lists_what_would_be_made(files, given_attribute, listed):
    given_attribute("color", "dropdown")
    rows = b"""{"sku": "A", "title": "Rod", "price": 9.90, "new": true, "color": "red",
    "categories": ["Lamps > Desk"], "sizes.0": "1"}""".replace(b"\n", b"")
    rows += b'\n{"sku": "B", "title": "", "color": "blue", "categories": ["Nowhere"]}'
    options = {"dry_run": "1", "create_missing": "attributes,categories,dictionary"}
    reply = files.send(rows, status=400, format="jsonl", types="new=boolean,typo", **options)
    assert [one["pointer"] for one in reply["errors"]] == ["/types"]
    job = files.import_file(rows, format="jsonl", types="price=string", **options)
    assert job["totals"]["rejected"] == 2  # 9.90 is a number of JSON, which is no text
    assert job["result"]["made"]["attributes"] == []

    job = files.import_file(rows, format="jsonl", **options)
    assert job["result"]["made"] == {
        "attributes": [
            {"name": "price", "type": "number"},
            {"name": "new", "type": "boolean"},
            {"name": "sizes", "type": "number", "collection": True},
        ],
        "categories": ["Lamps", "Lamps > Desk"],
        "dictionary": [{"attribute": "color", "value": "red"}],
        "more": 0,
    }
    assert "price" not in listed()


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
