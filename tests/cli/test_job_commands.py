"""pims worker and pims job: what waits is done, and told of."""

import pytest
from click.testing import CliRunner

from pims_api.cli import main
from pims_api.domain.job import INPUT, Job
from pims_api.jobs.imports.job import ImportTerms
from pims_api.services.jobs import add_job
from pims_api.storage.history.changes import Actor
from pims_api.storage.jobs.files import add_part, file_of
from pims_api.storage.unit_of_work import unit_of_work

FILE = b"sku,title\nA,Rod\nB,\n"


@pytest.fixture
def ask(database):
    """`ask()`: an import that was asked for without a key; returns the job."""

    def import_file(content=FILE) -> Job:
        with unit_of_work(database, 1, Actor("Ada")) as work:
            job = add_job(work, "import", ImportTerms().to_payload())
            add_part(work.connection, file_of(job, INPUT), content)
        return job

    return import_file


@pytest.fixture
def worker(database_url):
    """`worker()`: what `pims worker --until-idle` says."""

    def until_idle():
        words = ["--database", database_url, "worker", "--until-idle"]
        result = CliRunner().invoke(main, words)
        assert (result.exit_code, result.stdout) == (0, "")
        return result.stderr

    return until_idle


def test_a_worker_does_what_waits_and_says_so(ask, worker, run):
    ask()
    assert worker() == "Job 1 (import) is done\n"
    assert "title: Rod\n" in run("product", "show", "A")
    assert worker() == ""


def test_a_worker_says_why_a_job_failed(ask, worker):
    ask(b"code\n1\n")
    said = worker()
    assert said.startswith("Job 1 (import) failed: The column 'code' is no attribute!")


def test_jobs_are_listed_for_people(ask, worker, run):
    ask()
    worker()
    ask()
    assert (
        run("job", "list")
        == f"2  import  queued  Ada\n1  import  done  {len(FILE)} of {len(FILE)}  Ada\n"
    )
    assert run("job", "list", "--limit", "1") == "2  import  queued  Ada\n"


def test_jobs_are_listed_for_scripts(ask, worker, run_json):
    ask()
    worker()
    [job] = run_json("job", "list")
    assert (job["id"], job["state"], job["user"], job["done"]) == (1, "done", "Ada", len(FILE))
    assert job["totals"]["rejected"] == 1
    assert job["created"] <= job["started"] <= job["finished"]
    assert run_json("job", "show", "1") == job


def test_a_job_is_shown_with_its_totals_and_errors(ask, worker, run):
    ask()
    ask(b"code\n1\n")
    worker()
    assert run("job", "show", "1").splitlines() == [
        f"1  import  done  {len(FILE)} of {len(FILE)}  by Ada",
        "  created: 1", "  updated: 0", "  unchanged: 0", "  rejected: 1", "  warnings: 0",
    ]  # fmt: skip
    assert "  The column 'code' is no attribute!" in run("job", "show", "2")


def test_a_job_is_called_off(ask, worker, run):
    ask()
    assert run("job", "cancel", "1") == "1  import  failed\n"
    assert worker() == ""
    assert "cancelled by command line" in run("job", "show", "1")


@pytest.mark.parametrize("words", [("show", "7"), ("cancel", "7")])
def test_a_job_that_is_not_there_is_told(run, words):
    assert run("job", *words, status=1) == "Error: Job does not exist!\n"
