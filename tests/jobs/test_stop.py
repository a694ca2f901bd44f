"""How a worker is told to stop."""

import os
import signal
import threading

import pytest

from pims_api.jobs.shutdown import Stop, stopped_by_signals


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_tells_it_and_afterwards_means_what_it_did(number):
    before, stop = signal.getsignal(number), Stop()
    with stopped_by_signals(stop):
        assert not stop.asked
        os.kill(os.getpid(), number)
        assert stop.asked
    assert signal.getsignal(number) is before


def test_waiting_ends_when_it_is_told():
    stop = Stop()
    teller = threading.Timer(0.01, stop.ask)
    teller.start()
    stop.wait(3_600)
    teller.join()
    assert stop.asked


def test_waiting_ends_by_itself():
    stop = Stop()
    stop.wait(0.001)
    assert not stop.asked


def test_the_end_of_the_parent_tells_it():
    assert not Stop(parent=os.getppid()).asked
    orphan = Stop(parent=os.getppid() + 1)
    assert orphan.asked
    orphan.wait(3_600)
