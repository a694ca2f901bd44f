"""Jobs in the table: who gets them, who may write for them, who is too late."""

import pytest

from pims_api.domain.job import GAVE_UP, Job, JobState
from pims_api.domain.page import Page
from pims_api.storage.jobs.queue import (
    LeaseLost,
    change_job,
    claim_next,
    find_job,
    hold_job,
    insert_job,
    jobs_page,
    last_job_id,
    let_go,
)

SECOND = 1_000_000
NOW = 1_000 * SECOND
LEASE_S = 30.0


@pytest.fixture
def given_job(database):
    """`given_job(1, created_at=5)`: there is such a job."""

    def given(number, **values):
        job = Job(1, number, "count", values.pop("created_at", number), "tests", **values)
        with database.writing() as connection:
            insert_job(connection, job)
            connection.commit()
        return job

    return given


@pytest.fixture
def claim(database):
    """`claim("token", NOW)`: the job that a worker gets, or None."""
    return lambda lease, now=NOW: claim_next(database, lease, now, LEASE_S)


@pytest.fixture
def stored(database):
    """`stored(1)`: the job as it is now."""

    def find(number, tenant_id=1):
        with database.reading() as connection:
            return find_job(connection, tenant_id, number)

    return find


def write(database, change, *arguments, **values):
    with database.writing() as connection:
        change(connection, *arguments, **values)
        connection.commit()


def test_a_job_comes_back_as_it_was_stored(given_job, stored):
    job = given_job(7, payload={"name": "Ä"}, progress={"done": 3, "total": None}, key_id=4)
    assert stored(7) == job
    assert stored(7, tenant_id=2) is None


def test_the_last_id_is_that_of_the_tenant(given_job, database):
    given_job(7)
    with database.reading() as connection:
        assert (last_job_id(connection, 1), last_job_id(connection, 2)) == (7, 0)


def test_the_oldest_job_is_claimed_first(given_job, claim):
    given_job(1, created_at=20)
    given_job(2, created_at=10)
    assert [claim("a").id, claim("b").id, claim("c")] == [2, 1, None]


def test_a_claimed_job_is_running_in_the_name_of_its_lease(given_job, claim, stored):
    given_job(1)
    job = claim("a")
    assert stored(1) == job
    assert (job.state, job.lease, job.attempts) == (JobState.RUNNING, "a", 1)
    assert (job.started_at, job.lease_until) == (NOW, NOW + 30 * SECOND)


@pytest.mark.parametrize("state", [JobState.RECEIVING, JobState.DONE, JobState.FAILED])
def test_jobs_that_do_not_wait_are_left_alone(given_job, claim, state):
    given_job(1, state=state)
    assert claim("a") is None


def test_a_job_is_claimed_again_when_its_lease_has_run_out(given_job, claim):
    given_job(1)
    claim("a")
    assert claim("b", NOW + 29 * SECOND) is None
    again = claim("b", NOW + 30 * SECOND)
    assert (again.lease, again.attempts, again.started_at) == ("b", 2, NOW)


def test_a_job_that_is_to_be_tried_later_waits_for_its_time(given_job, claim):
    given_job(1, run_after=NOW + SECOND)
    assert claim("a") is None
    assert claim("a", NOW + SECOND).id == 1


def test_kinds_of_other_queues_are_left_alone(given_job, database):
    given_job(1)
    assert claim_next(database, "a", NOW, LEASE_S, ["count"]) is None
    assert claim_next(database, "a", NOW, LEASE_S, ["sum"]).id == 1


def test_who_lost_the_lease_can_write_nothing(given_job, claim, database, stored):
    given_job(1)
    late = claim("a")
    claim("b", NOW + 60 * SECOND)
    before = stored(1)
    for change, more in ((hold_job, [NOW]), (let_go, [JobState.DONE])):
        with pytest.raises(LeaseLost):
            write(database, change, late, *more)
    assert stored(1) == before


def test_holding_prolongs_the_lease_and_keeps_the_progress(given_job, claim, database, stored):
    given_job(1)
    job = claim("a")
    write(database, hold_job, job, NOW + 90 * SECOND, progress={"done": 5})
    write(database, hold_job, job, NOW + 99 * SECOND)
    assert (stored(1).lease_until, stored(1).progress) == (NOW + 99 * SECOND, {"done": 5})


def test_a_job_that_is_over_has_no_lease(given_job, claim, database, stored):
    given_job(1)
    write(database, let_go, claim("a"), JobState.DONE, result={"bytes": 3}, finished_at=NOW)
    over = stored(1)
    assert (over.state, over.lease, over.lease_until) == (JobState.DONE, None, None)
    assert (over.result, over.finished_at, over.is_over) == ({"bytes": 3}, NOW, True)


def test_a_job_that_ended_its_worker_three_times_is_given_up(given_job, claim, stored):
    given_job(1)
    times = [NOW + 60 * SECOND * number for number in range(4)]
    claimed = [claim("a", at) for at in times]
    assert [one.state for one in claimed] == [JobState.RUNNING] * 3 + [JobState.FAILED]
    assert stored(1) == claimed[3]
    assert stored(1).errors == [{"code": "internal", "message": GAVE_UP}]
    assert (stored(1).finished_at, stored(1).lease) == (times[3], None)


def test_a_change_asks_for_the_state_that_it_is_for(given_job, database, stored):
    job = given_job(1, state=JobState.DONE)
    write(database, change_job, job, JobState.QUEUED, state=JobState.FAILED)
    assert stored(1).state is JobState.DONE


def test_a_page_has_the_newest_first_and_not_what_is_still_coming_in(given_job, database):
    for number in range(1, 6):
        given_job(number, key_id=number % 2)
    given_job(6, state=JobState.RECEIVING)
    with database.reading() as connection:
        found, total = jobs_page(connection, 1, Page(2, 2))
        assert ([one.id for one in found], total) == ([3, 2], 5)
        own, total = jobs_page(connection, 1, Page(24, 1), key_id=1)
        assert ([one.id for one in own], total) == ([5, 3, 1], 3)
        assert jobs_page(connection, 2, Page(24, 1)) == ([], 0)
