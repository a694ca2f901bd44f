"""A long job holds up nothing that lies in another queue."""

import threading
from pkgutil import resolve_name

import pytest

from pims_api.domain.access.permission import Permission
from pims_api.domain.job import JobState
from pims_api.jobs.conversion_job import CONVERSION_KIND
from pims_api.jobs.export_job import EXPORT_KIND
from pims_api.jobs.flat_products.export_job import FLAT_EXPORT_KIND
from pims_api.jobs.imports.job import IMPORT_KIND
from pims_api.jobs.kinds import CHANNELS, JOB_KINDS, JobKind, load_kinds
from pims_api.jobs.reverts.job import REVERT_KIND
from pims_api.jobs.worker import run_queues
from pims_api.services.channels.runs import JOB_KIND as CHANNEL_KIND
from pims_api.services.jobs import add_job
from pims_api.services.outlets.export_jobs import RUN_KIND
from pims_api.storage.history.changes import Actor
from pims_api.storage.unit_of_work import unit_of_work

PATIENCE_S = 60


def run_until_told(site, count, **more):
    """Have workers run until so many jobs have ended."""
    told = []

    def tell(job):
        told.append(job)
        if len(told) == count:
            site.stop.ask()

    run_queues(site.database, site.stop, tell, **more)


def ask(site, kind):
    with unit_of_work(site.database, site.shop.tenant_id, Actor("Ada")) as work:
        return add_job(work, kind, {}).id


def test_each_kind_has_a_queue():
    assert {name: kind.queue for name, kind in JOB_KINDS.items()} == {
        "import": "imports",
        "convert": "conversions",
        "export": "exports",
        "bulk_import": "bulk",
        "bulk_update": "bulk",
        "bulk_delete": "bulk",
        "flat_export": "exports",
        "revert": "reverts",
        "channel_run": "channels",
    }


@pytest.mark.parametrize(("name", "kind"), load_kinds().items())
def test_what_a_worker_does_is_found_by_its_place(name, kind):
    assert resolve_name(kind.run.place).__module__ == kind.run.place.partition(":")[0]


def test_the_kinds_are_called_as_those_call_them_who_ask_for_jobs():
    asked = {IMPORT_KIND, REVERT_KIND, EXPORT_KIND, CONVERSION_KIND, FLAT_EXPORT_KIND}
    assert asked | {CHANNEL_KIND, RUN_KIND} <= load_kinds().keys()


def test_a_job_of_another_queue_is_done_while_a_long_one_runs(site):
    quick_is_done = threading.Event()

    def long(_run):
        return {"waited": quick_is_done.wait(PATIENCE_S)}

    def quick(_run):
        quick_is_done.set()
        return {}

    kinds = {
        "long": JobKind(Permission.EXPORT_FILES, long, "slow"),
        "quick": JobKind(Permission.EXPORT_FILES, quick, "fast"),
    }
    numbers = [ask(site, "long"), ask(site, "quick")]
    run_until_told(site, 2, kinds=kinds)
    jobs = [site.job(number) for number in numbers]
    assert [job.state for job in jobs] == [JobState.DONE, JobState.DONE]
    assert jobs[0].result == {"waited": True}


def test_runs_of_channels_do_not_wait_for_each_other(site):
    object.__setattr__(site.database.settings, "channel_runs", 2)
    together = threading.Barrier(2)

    def meet(_run):
        return {"place": together.wait(PATIENCE_S) >= 0}

    numbers = [ask(site, "run"), ask(site, "run")]
    run_until_told(site, 2, kinds={"run": JobKind(Permission.EDIT_PRODUCTS, meet, CHANNELS)})
    assert [site.job(number).result for number in numbers] == [{"place": True}, {"place": True}]


def test_no_more_runs_of_channels_go_on_at_a_time_than_are_set(site):
    object.__setattr__(site.database.settings, "channel_runs", 2)
    running, most = [], []

    def count(run):
        running.append(run.job.id)
        most.append(len(running))
        together.wait(PATIENCE_S)
        running.remove(run.job.id)
        return {}

    together = threading.Barrier(2)
    for _ in range(4):
        ask(site, "run")
    run_until_told(site, 4, kinds={"run": JobKind(Permission.EDIT_PRODUCTS, count, CHANNELS)})
    assert max(most) == 2


def test_a_job_of_a_kind_that_nobody_knows_is_told_by_one_queue(site):
    number = ask(site, "future")
    run_until_told(site, 1)
    assert site.job(number).errors[0]["message"] == (
        "This version of the server knows no jobs of the kind 'future'."
    )


def test_all_queues_end_when_a_worker_does(site, monkeypatch):
    def broken(*_):
        raise RuntimeError("no more")

    monkeypatch.setattr("pims_api.jobs.worker.claim_next", broken)
    with pytest.raises(RuntimeError, match="no more"):
        run_queues(site.database, site.stop)
    assert site.stop.asked
