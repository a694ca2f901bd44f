"""What comes next is read while what is there is worked on."""

from collections.abc import Iterator
from threading import Event, current_thread, main_thread

import pytest

from pims_api.transfer.read_ahead import ahead


def test_the_next_one_is_made_while_one_is_worked_on() -> None:
    made = [Event(), Event(), Event()]

    def items() -> Iterator[int]:
        for number, event in enumerate(made):
            assert current_thread() is not main_thread()
            event.set()
            yield number

    found = ahead(items())
    assert next(found) == 0
    assert made[1].wait(10)
    assert not made[2].is_set()
    assert list(found) == [1, 2]


def test_what_fails_is_raised_behind_what_came_before() -> None:
    def items() -> Iterator[str]:
        yield "first"
        raise ValueError("a quote is never closed")

    found = ahead(items())
    assert next(found) == "first"
    with pytest.raises(ValueError, match="never closed"):
        next(found)


def test_nothing_is_read_any_more_when_it_was_closed() -> None:
    passed: list[int] = []

    def items() -> Iterator[int]:
        for number in range(5):
            passed.append(number)
            yield number

    found = ahead(items())
    assert next(found) == 0
    found.close()
    assert passed == [0, 1]
