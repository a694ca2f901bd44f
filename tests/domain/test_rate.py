"""Rates: a bucket that lets so many through at once and fills evenly."""

import pytest

from pims_api.domain.access.limits.rate import read_rate

NOW = 1_700_000_000_000_000_000  # nanoseconds
SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("text", "count", "seconds"),
    [("50/s", 50, 1), ("1/h", 1, 3_600), ("600/m", 600, 60), ("100000/s", 100_000, 1)],
)
def test_a_rate_is_read_and_shown_as_it_was(text, count, seconds) -> None:
    rate = read_rate(text)
    assert (rate.count, rate.seconds, str(rate)) == (count, seconds, text)


@pytest.mark.parametrize(
    "text", ["", "50", "0/s", "-1/s", "1.5/s", "50/d", "50 /s", "050/s", "100001/s", "٣/s", "5/s\n"]
)
def test_what_is_none_is_refused(text) -> None:
    with pytest.raises(ValueError, match=r"^a number from 1 to 100000, a slash and s, m or h"):
        read_rate(text)


@pytest.mark.parametrize("text", ["1/s", "3/s", "7/m", "50/s", "999/h", "31000/s", "100000/h"])
def test_so_many_go_through_at_once_and_no_more(text) -> None:
    rate = read_rate(text)
    taken = rate.take(0, NOW, rate.count + 5)
    assert taken.given == rate.count
    assert rate.take(taken.full_at, NOW) == type(taken)(0, taken.full_at)
    assert rate.left(0, NOW) == rate.count
    assert rate.left(taken.full_at, NOW) == 0


def test_it_fills_evenly() -> None:
    rate = read_rate("4/s")
    state = rate.take(0, NOW, 4).full_at
    assert rate.wait_ns(state, NOW) == SECOND // 4
    assert [rate.left(state, NOW + part * SECOND // 4) for part in range(6)] == [0, 1, 2, 3, 4, 4]
    assert rate.take(state, NOW + SECOND // 4 - 1).given == 0
    one = rate.take(state, NOW + SECOND // 4)
    assert one.given == 1
    assert rate.wait_ns(one.full_at, NOW + SECOND // 4) == SECOND // 4


def test_what_was_refused_does_not_count() -> None:
    rate = read_rate("2/m")
    state = rate.take(0, NOW, 2).full_at
    for second in range(30):
        refused = rate.take(state, NOW + second * SECOND)
        assert (refused.given, refused.full_at) == (0, state)
    assert rate.take(state, NOW + 30 * SECOND).given == 1


def test_over_a_long_time_it_is_the_rate() -> None:
    rate, state, given, seconds = read_rate("10/s"), 0, 0, 100
    for tick in range(seconds * 1_000):
        taken = rate.take(state, NOW + tick * SECOND // 1_000)
        state, given = taken.full_at, given + taken.given
    assert given == 10 + 10 * seconds - 1


def test_a_new_rate_does_not_wait_for_what_the_old_one_owed() -> None:
    owed = read_rate("1/h").take(0, NOW).full_at
    assert read_rate("2/s").left(owed, NOW) == 0
    assert read_rate("2/s").wait_ns(owed, NOW) == SECOND // 2
    assert read_rate("2/s").left(owed, NOW + 3_600 * SECOND) == 2


def test_a_clock_that_was_set_back_stops_nobody() -> None:
    rate = read_rate("2/s")
    state = rate.take(0, NOW + 1_000 * SECOND, 2).full_at
    assert rate.wait_ns(state, NOW) == SECOND // 2
