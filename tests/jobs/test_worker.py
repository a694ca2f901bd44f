"""The worker: what becomes of a job when it goes well, badly, or not to its end."""

import logging

import pytest

from pims_api.domain.job import INPUT, RESULT, Job, JobState
from pims_api.errors import BadInput, Busy, Fault
from pims_api.jobs.job_run import KEY_IS_GONE, RIGHT_IS_GONE
from pims_api.jobs.shutdown import Stop
from pims_api.jobs.worker import FAILED, Worker, run_pending_jobs
from pims_api.services.jobs import cancel_job
from pims_api.services.keys.api_keys import create_key, find_key, revoke_key, set_key
from pims_api.storage.history.changes import Actor, product_history
from pims_api.storage.jobs.files import StoredFile, file_of
from pims_api.storage.jobs.queue import LeaseLost, claim_next
from pims_api.storage.unit_of_work import unit_of_work
from tests.storage.shop import put


def in_steps(*skus, before_save=lambda number: None):
    """A kind of job that stores one product in each step, and one part of a file."""

    def run(run):
        start = run.job.progress.get("position", 0)
        for number in range(start, len(skus)):
            run.check_stop()
            with unit_of_work(run.database, run.job.tenant_id, run.actor) as work:
                if skus[number]:
                    put(work, skus[number], {"title": f"by step {number}"})
                before_save(number)
                progress = {"done": number + 1, "position": number + 1}
                run.save_step(work, progress, RESULT, b"%d;" % number)
        return {"steps": len(skus) - start}

    return run


def kept(site, number, name=RESULT):
    file = StoredFile(site.database.reading, file_of(site.job(number), name))
    return file.read()


def sequence(site):
    with site.shop.read() as seen:
        return seen.sequence


def stored(first, last):
    """What a job tells of its transactions."""
    return {"first_transaction": first, "transaction": last}


def raising(error):
    def run(_run):
        raise error

    return run


def test_a_job_is_done_and_tells_its_result(site):
    site.run = in_steps("A", "B")
    number = site.ask(name="x")
    site.work()
    job = site.job(number)
    assert (job.state, job.result, job.errors) == (JobState.DONE, {"steps": 2} | stored(4, 5), [])
    assert job.progress == {"done": 2, "position": 2, "stored": stored(4, 5)}
    assert (job.payload, job.created_by, job.attempts) == ({"name": "x"}, "Ada", 1)
    assert job.created_at <= job.started_at <= job.finished_at
    assert site.told == [job]


def test_jobs_are_done_one_after_the_other(site):
    ran = []
    site.run = lambda run: ran.append(run.job.id) or {}
    numbers = [site.ask() for _ in range(3)]
    site.work()
    assert ran == numbers == [1, 2, 3]


def test_what_a_job_changes_is_by_whoever_asked_for_it(site):
    site.run = in_steps("A")
    site.ask(Actor("Grace"))
    site.work()
    with site.shop.read() as seen:
        [entry] = product_history(seen, 1)
    assert entry.actor == "Grace"


def test_a_step_that_changes_nothing_is_saved_and_leaves_no_number(site):
    site.run = in_steps("", "", "A", "")
    number = site.ask()
    before = sequence(site)
    site.work()
    assert sequence(site) == before + 1
    assert site.job(number).progress["position"] == 4
    assert kept(site, number) == b"0;1;2;3;"


def test_a_step_that_fails_leaves_neither_its_products_nor_its_progress(site):
    def fail(number):
        if number == 1:
            raise BadInput(faults=[Fault("range", "Too much!", "price", row=1)])

    site.run = in_steps("A", "B", before_save=fail)
    number = site.ask()
    site.work()
    job = site.job(number)
    assert job.state is JobState.FAILED
    fault = {"code": "range", "message": "Too much!", "attribute": "price", "row": 1}
    assert (job.errors, job.progress) == (
        [fault],
        {"done": 1, "position": 1, "stored": stored(4, 4)},
    )
    with site.shop.read() as seen:
        assert seen.last_product_id == 1
    assert kept(site, number) == b"0;"


def test_an_error_that_may_pass_is_tried_three_times(site, later, caplog):
    caplog.set_level(logging.CRITICAL)
    ran = []
    site.run = lambda run: ran.append(1) or 1 / 0
    number = site.ask()
    states = []
    for _ in range(4):
        site.work()
        states.append(site.job(number).state)
        later(10)
    assert (len(ran), states) == (3, [JobState.QUEUED] * 2 + [JobState.FAILED] * 2)
    assert site.job(number).errors == [{"code": "internal", "message": FAILED}]


def test_a_busy_database_is_no_failure(site, later):
    site.run = raising(Busy())
    number = site.ask()
    site.work()
    assert site.job(number).state is JobState.QUEUED
    site.run = in_steps("A")
    later(10)
    site.work()
    assert site.job(number).state is JobState.DONE


def test_a_kind_that_is_unknown_fails_and_says_so(site):
    number = site.ask()
    run_pending_jobs(site.database)
    assert site.job(number).errors[0]["message"].endswith("no jobs of the kind 'count'.")


def test_a_worker_that_is_told_to_stop_gives_the_job_back_as_it_is(site):
    site.run = in_steps("A", "B", "C", before_save=lambda number: number == 1 and site.stop.ask())
    number = site.ask()
    site.work()
    job = site.job(number)
    assert (job.state, job.attempts, job.lease) == (JobState.QUEUED, 0, None)
    assert job.progress["position"] == 2
    site.stop, site.run = Stop(), in_steps("A", "B", "C")
    site.work()
    assert (site.job(number).state, kept(site, number)) == (JobState.DONE, b"0;1;2;")


def test_the_job_of_a_dead_worker_goes_on_where_it_was_saved(site, later):
    class Killed(BaseException):
        pass

    def die(number):
        if number == 1:
            raise Killed

    site.run = in_steps("A", "B", "C", before_save=die)
    number = site.ask()
    with pytest.raises(Killed):
        site.work()
    site.run = in_steps("A", "B", "C")
    site.work()
    assert site.job(number).state is JobState.RUNNING  # nobody knows that it is dead
    later(61)
    site.work()
    assert (site.job(number).state, site.job(number).result) == (
        JobState.DONE,
        {"steps": 2} | stored(4, 6),
    )
    assert kept(site, number) == b"0;1;2;"
    with site.shop.read() as seen:
        assert [len(product_history(seen, one)) for one in (1, 2, 3)] == [1, 1, 1]


def test_who_lost_the_job_stores_nothing_more(site):
    def run(run):
        in_steps("A")(run)
        lease_over = run.job.lease_until + 3_600_000_000
        assert claim_next(site.database, "other", lease_over, 60.0).id == run.job.id
        return in_steps("B")(run)

    site.run = run
    number = site.ask()
    site.work()
    job = site.job(number)
    assert (job.state, job.lease, job.progress["position"]) == (JobState.RUNNING, "other", 1)
    with site.shop.read() as seen:
        assert seen.last_product_id == 1


def test_a_cancelled_job_stops_at_its_next_step(site):
    def cancel(run):
        in_steps("A")(run)
        with unit_of_work(site.database, 1, Actor("Eve")) as work:
            cancel_job(work, None, run.job.id)
        with pytest.raises(LeaseLost):
            run.save({"done": 2})
        raise LeaseLost

    site.run = cancel
    number = site.ask()
    site.work()
    job = site.job(number)
    assert (job.state, job.progress["done"]) == (JobState.FAILED, 1)
    assert job.errors == [{"code": "cancelled", "message": "The job was cancelled by Eve."}]


def test_a_job_stops_when_its_key_is_withdrawn(site):
    with site.shop.work() as work:
        text, key = create_key(work, None, "import", ["pim_import"])

    def run(run):
        with site.shop.work() as work:
            revoke_key(work, find_key(work, text))
        return in_steps("A")(run)

    site.run = run
    number = site.ask(Actor("Ada", key.id))
    site.work()
    job = site.job(number)
    assert job.errors == [{"code": "forbidden", "message": KEY_IS_GONE}]
    assert (job.state, job.progress) == (JobState.FAILED, {})


def test_a_job_stops_when_its_key_loses_the_permission(site):
    with site.shop.work() as work:
        _, maker = create_key(work, None, "boss", ["pim_import", "pim_security"])
        _, key = create_key(work, None, "import", ["pim_import", "pim_user"])
    with site.shop.work() as work:
        set_key(work, maker, key, {"pim_import": False}, {})
    site.run = in_steps("A")
    number = site.ask(Actor("Ada", key.id))
    site.work()
    message = RIGHT_IS_GONE.format("pim_import")
    assert site.job(number).errors == [{"code": "forbidden", "message": message}]


def test_a_file_is_written_anew_by_each_attempt(site, later):
    def run(run):
        size = run.write_file(RESULT, [b"x" * 300_000, b"y" * 300_000])
        if run.job.attempts == 1:
            raise Busy
        return {"bytes": size}

    site.run = run
    number = site.ask()
    site.work()
    later(10)
    site.work()
    assert site.job(number).result == {"bytes": 600_000}
    assert kept(site, number) == b"x" * 300_000 + b"y" * 300_000


def test_a_job_reads_the_file_that_came_with_it(site):
    read = []

    def run(run):
        run.save({}, INPUT, b"a\nb\n")
        read.extend(run.open_file(INPUT))
        return {}

    site.run = run
    site.ask()
    site.work()
    assert read == [b"a\n", b"b\n"]


def test_an_idle_worker_writes_nothing(site, monkeypatch):
    def refuse():
        raise AssertionError("an idle worker wrote")

    monkeypatch.setattr(site.database, "writing", refuse)
    site.work()
    assert site.told == []


def test_a_worker_looks_again_until_it_is_told_to_stop(site):
    looks: list[float] = []

    class ThirdLook(Stop):
        def wait(self, seconds: float) -> None:
            looks.append(seconds)
            if len(looks) == 3:
                self.ask()

    Worker(site.database, ThirdLook()).work()
    assert looks == [1.0, 1.0, 1.0]


def test_a_job_that_a_worker_cannot_reach_is_no_end(site, monkeypatch, caplog):
    def busy(*_):
        raise Busy

    monkeypatch.setattr("pims_api.jobs.worker.claim_next", busy)
    site.ask()
    site.work()
    assert site.told == list[Job]()


def test_a_busy_database_never_ends_a_job_that_gets_further(site, later):
    def one_step_and_busy(run):
        done = run.job.progress.get("done", 0) + 1
        run.save({"done": done})
        if done < 6:
            raise Busy
        return {}

    site.run = one_step_and_busy
    number = site.ask()
    for _ in range(6):
        site.work()
        later(10)
    assert (site.job(number).state, site.job(number).progress["done"]) == (JobState.DONE, 6)


def test_a_busy_database_ends_a_job_that_gets_no_further(site, later):
    site.run = raising(Busy())
    number = site.ask()
    for _ in range(3):
        site.work()
        later(10)
    job = site.job(number)
    assert (job.state, job.errors[0]["code"]) == (JobState.FAILED, "busy")
