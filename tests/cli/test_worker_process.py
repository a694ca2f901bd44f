"""The worker beside the server: begun, begun again, and ended."""

import subprocess
import sys

import pytest

from pims_api.cli.server import worker_process
from pims_api.cli.server.worker_process import WorkerProcess

DEADLINE_S = 60


class Clock:
    """The time that the code under test sees."""

    def __init__(self):
        self.now = 1_000.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(worker_process, "time", made)
    return made


@pytest.fixture
def started(monkeypatch):
    """The processes that were begun instead of workers, and how."""
    processes, real = [], subprocess.Popen

    def begin(words, env):
        processes.append(real([sys.executable, "-c", "input()"], stdin=subprocess.PIPE))
        processes[-1].asked = (words[1:], env)
        return processes[-1]

    monkeypatch.setattr(worker_process.subprocess, "Popen", begin)
    yield processes
    for one in processes:
        one.kill()
        one.communicate()


def end(process):
    process.kill()
    process.wait(DEADLINE_S)


def test_the_database_is_told_by_the_environment_alone(clock, started):
    WorkerProcess("postgresql://me:hush@db/pims").tend()
    words, env = started[0].asked
    assert words == ["-m", "pims_api", "worker"]
    assert env["PIMS_DATABASE_URL"] == "postgresql://me:hush@db/pims"


def test_a_worker_that_runs_is_left_alone(clock, started):
    worker = WorkerProcess("sqlite:///x.db")
    for _ in range(3):
        worker.tend()
        clock.now += 100
    assert len(started) == 1


def test_a_worker_that_ended_is_begun_again_but_not_at_once(clock, started):
    worker = WorkerProcess("sqlite:///x.db")
    begun = []
    for seconds in (0, 0.5, 0.6, 1.1, 1.0, 2.0, 3.9, 0.2):
        clock.now += seconds
        worker.tend()
        begun.append(len(started))
        end(started[-1])
    assert begun == [1, 1, 2, 2, 3, 3, 4, 4]


def test_a_worker_that_was_well_for_long_is_begun_again_soon(clock, started):
    worker = WorkerProcess("sqlite:///x.db")
    worker.tend()
    for _ in range(6):
        end(started[-1])
        clock.now += 61
        worker.tend()
    assert len(started) == 7
    end(started[-1])
    clock.now += 1.1
    worker.tend()
    assert len(started) == 8


def test_stopping_ends_the_worker(clock, started):
    worker = WorkerProcess("sqlite:///x.db")
    worker.ask_to_stop()
    worker.stop(1)
    worker.tend()
    worker.stop(DEADLINE_S)
    assert started[0].returncode is not None


def test_a_worker_that_does_not_end_is_made_to(clock, started, monkeypatch):
    worker = WorkerProcess("sqlite:///x.db")
    worker.tend()
    monkeypatch.setattr(started[0], "terminate", lambda: None)
    worker.stop(0.01)
    assert started[0].returncode == -9
