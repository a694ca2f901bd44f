"""GET /pim/jobs: who sees which jobs, and calling them off."""

import pytest

from pims_api.jobs import cleaning, worker
from pims_api.storage.database import Database
from tests.pims.stored_rows import stored_rows

FILE = b"sku,title\nA,Rod\n"
UNKNOWN = "Job does not exist!"


@pytest.fixture
def importer(make_key):
    return make_key("pim_import")


def numbers(files, key=None, **query):
    path = "/pim/jobs?" + "&".join(f"{name}={value}" for name, value in query.items())
    return [job["id"] for job in files.get(path, key=key)["jobs"]]


def test_jobs_are_listed_newest_first_by_pages(files):
    for _ in range(5):
        files.send(FILE)
    assert numbers(files) == [5, 4, 3, 2, 1]
    assert numbers(files, pageSize=2, pageNum=2) == [3, 2]
    assert numbers(files, limit=2, page=4) == []
    assert files.get("/pim/jobs?pageSize=1")["total_count"] == 5


@pytest.mark.parametrize("query", ["pageSize=0", "pageSize=501", "pageNum=0", "pageSize=x"])
def test_a_page_that_cannot_be_is_refused(files, query):
    assert files.get(f"/pim/jobs?{query}", status=400)["errors"][0]["code"] == "range"


def test_a_list_asks_for_nothing_per_job(files, queries):
    counts = []
    for _ in range(2):
        files.send(FILE)
        files.send(FILE)
        with queries() as sent:
            files.get("/pim/jobs")
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_a_key_sees_its_own_jobs_alone(files, importer, make_key):
    own, others = files.send(FILE, key=importer)["job"]["id"], files.send(FILE)["job"]["id"]
    assert numbers(files, importer) == [own]
    assert files.get(f"/pim/jobs/{others}", status=404, key=importer)["status_message"] == UNKNOWN
    assert numbers(files, make_key("pim_import", "pim_export", "pim_editor")) == []


@pytest.mark.parametrize("permission", ["pim_manager", "pim_security"])
def test_who_manages_sees_every_job(files, importer, make_key, permission):
    number = files.send(FILE, key=importer)["job"]["id"]
    boss = make_key(permission)
    assert numbers(files, boss) == [number]
    assert files.job(number, key=boss)["id"] == number


@pytest.mark.parametrize("number", [0, 9, 2**31 - 1, 2**31, 10**30])
def test_a_job_that_is_not_there_is_told(files, number):
    reply = files.get(f"/pim/jobs/{number}", status=404)
    assert reply["errors"] == [{"code": "not_found", "message": UNKNOWN, "pointer": "/id"}]


def test_jobs_need_a_key(files):
    for path in ("", "/1", "/1/errors", "/1/result"):
        files.get(f"/pim/jobs{path}", status=401, key="pims_no")


def test_jobs_are_served_below_a_locale_too(files):
    files.send(FILE)
    assert files.get("/api/en-us/pim/jobs/1")["job"]["id"] == 1
    for path in ("", "/1", "/1/errors"):
        assert files.get(f"/api/xx-xx/pim/jobs{path}", status=404)["status"] == "Error"


def cancel(files, number, status=200, key=None):
    reply = files.client.post(f"/pim/jobs/{number}/cancel", json={},
                              headers={"ApiKey": key or files.key, "ApiUser": "Eve"})  # fmt: skip
    assert reply.status_code == status
    return reply.get_json()


def test_a_job_that_is_called_off_is_not_done(files, pims):
    number = files.send(FILE)["job"]["id"]
    job = cancel(files, number)["job"]
    fault = {"code": "cancelled", "message": "The job was cancelled by Eve."}
    assert (job["state"], job["errors"], job["error"]) == ("failed", [fault], fault["message"])
    assert files.done(number) == job
    assert pims("listProduct", sku="A")["status"] == "Error"


def test_a_job_is_called_off_without_a_body(files):
    number = files.send(FILE)["job"]["id"]
    reply = files.client.post(f"/pim/jobs/{number}/cancel", headers={"ApiKey": files.key})
    assert (reply.status_code, reply.get_json()["job"]["state"]) == (200, "failed")


def test_an_export_without_a_body_is_csv_and_a_key_is_still_asked_for(files):
    reply = files.client.post("/pim/export", headers={"ApiKey": files.key})
    job = files.done(reply.get_json()["job"]["id"])
    assert (job["state"], job["result"]["format"]) == ("done", "csv")
    assert files.client.post("/pim/export").status_code == 401


def test_a_body_that_is_no_json_is_refused_where_none_is_needed(files):
    number = files.send(FILE)["job"]["id"]
    reply = files.client.post(
        f"/pim/jobs/{number}/cancel", data=b"x", headers={"ApiKey": files.key}
    )
    assert (reply.status_code, files.job(number)["state"]) == (415, "queued")


def test_a_job_that_is_over_stays_as_it_is(files, database: Database):
    job = files.import_file(FILE)
    before = stored_rows(database)
    assert cancel(files, job["id"])["job"] == job
    assert stored_rows(database) == before


def test_only_who_sees_a_job_may_call_it_off(files, importer):
    number = files.send(FILE)["job"]["id"]
    assert cancel(files, number, 404, importer)["status_message"] == UNKNOWN
    assert files.job(number)["state"] == "queued"


def test_files_go_when_the_job_is_old_and_the_job_stays(files, database):
    job = files.import_file(FILE + b"B,\n")
    waiting = files.send(FILE)["job"]["id"]
    day = 24 * 60 * 60 * 1_000_000
    for days, has_errors in ((6.9, True), (7.1, False)):
        now = job["created"] * 1_000_000 + int(days * day)
        cleaning.remove_old_files(database, now)
        assert ("errors" in files.job(job["id"])["links"]) is has_errors
    reply = files.get(f"/pim/jobs/{job['id']}/errors", status=404)
    assert reply["status_message"] == "The job has no such file, or has it no longer."
    assert files.done(waiting)["state"] == "done"  # its file was still needed


def test_an_upload_that_nobody_finished_goes(files, database, monkeypatch, unchanged):
    def lose(*_):
        raise KeyboardInterrupt

    with unchanged():
        with monkeypatch.context() as patch:
            patch.setattr("views.pims.files.routes._queued", lose)
            patch.setattr("pims_api.jobs.upload.drop_job", lambda *_: None)
            with pytest.raises(KeyboardInterrupt):
                files.send(FILE)
        assert files.get("/pim/jobs")["jobs"] == []
        files.get("/pim/jobs/1", status=404)
        cleaning.remove_old_files(database, worker.now_us() + 25 * 3_600_000_000)
