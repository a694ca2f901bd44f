"""The deadline of a request and the places for slow ones, with a clock that the tests set."""

import threading

import pytest

from pims_api import deadline
from pims_api.deadline import (
    SLOW_AFTER_S,
    SlowPlaces,
    TooSlow,
    Work,
    check_deadline,
    checking_deadline,
    current_deadline,
    ending_within,
    expect_s,
    must_end,
    wait_at_most,
    without_deadline,
    working_on,
)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(deadline, "time", made)
    return made


def test_a_request_ends_when_its_time_is_over(clock: Clock) -> None:
    with ending_within(15):
        clock.now += 15 - 0.1
        check_deadline()
        clock.now += 0.1
        assert must_end()
        with pytest.raises(TooSlow):
            check_deadline()


def test_the_refusal_says_what_was_expensive_and_what_to_do(clock: Clock) -> None:
    with ending_within(15), pytest.raises(TooSlow) as refused:
        working_on(Work.SEARCH)
        clock.now += 15
        check_deadline()
    [fault] = refused.value.faults
    assert fault.code == "busy"
    assert fault.message == (
        "The request takes longer than 15 seconds, above all for its search; nothing was stored. "
        "Search for fewer words, or for whole ones!"
    )


def test_what_runs_within_a_request_has_the_time_of_the_request(clock: Clock) -> None:
    with ending_within(15):
        clock.now += 10
        with ending_within(60):
            assert wait_at_most(60) == 5
        assert wait_at_most(3) == 3


def test_a_request_leaves_no_deadline_behind(clock: Clock) -> None:
    with pytest.raises(TooSlow), ending_within(1):
        clock.now += 1
        check_deadline()
    assert current_deadline() is None
    check_deadline()
    assert not must_end()
    assert wait_at_most(7) == 7


def test_what_reads_a_whole_catalogue_has_none(clock: Clock) -> None:
    with ending_within(1):
        with without_deadline():
            clock.now += 2
            check_deadline()
            expect_s(1_000)
        assert must_end()


def test_another_thread_has_a_deadline_of_its_own(clock: Clock) -> None:
    seen: list[object] = []
    with ending_within(1):
        thread = threading.Thread(target=lambda: seen.append(current_deadline()))
        thread.start()
        thread.join()
    assert seen == [None]


def test_a_loop_ends_between_two_items(clock: Clock) -> None:
    done: list[int] = []
    with ending_within(1), pytest.raises(TooSlow):
        for one in checking_deadline(range(10)):
            done.append(one)
            clock.now += 0.4
    assert done == [0, 1, 2]


def test_a_slow_request_takes_a_place_and_gives_it_back(clock: Clock) -> None:
    places = SlowPlaces(1)
    with ending_within(15, places=places):
        check_deadline()
        clock.now += SLOW_AFTER_S + 0.1
        check_deadline()
        assert not places.take()
        check_deadline()  # it keeps its place
    assert places.take()


def test_a_slow_request_without_a_place_is_refused_for_good(clock: Clock) -> None:
    places = SlowPlaces(1)
    assert places.take()
    with ending_within(15, Work.HISTORY, places):
        check_deadline()
        clock.now += SLOW_AFTER_S + 0.1
        with pytest.raises(TooSlow) as refused:
            check_deadline()
        places.give_back()
        assert must_end()
    assert refused.value.faults[0].message == (
        "The request is slow, at the moment for the history of the product, and the server answers "
        "as many slow requests as it may; nothing was stored. Try again later. Ask for the whole "
        "history, without a user, by pages!"
    )
    assert places.take()  # it had none to give back


def test_a_refused_request_gives_its_place_back(clock: Clock) -> None:
    places = SlowPlaces(1)
    with pytest.raises(TooSlow), ending_within(15, places=places):
        clock.now += 2
        check_deadline()
        clock.now += 13
        check_deadline()
    assert places.take()


def test_work_that_cannot_be_done_in_time_is_not_begun(clock: Clock) -> None:
    with ending_within(15, Work.CONDITION):
        expect_s(14.9)
        clock.now += 1
        with pytest.raises(TooSlow, match="longer than 15 seconds, above all for its condition"):
            expect_s(14.9)


def test_long_work_needs_a_place_before_it_begins(clock: Clock) -> None:
    places = SlowPlaces(1)
    with ending_within(15, places=places):
        expect_s(SLOW_AFTER_S)
        assert places.take()
        with pytest.raises(TooSlow, match="as many slow requests as it may"):
            expect_s(SLOW_AFTER_S + 0.1)
