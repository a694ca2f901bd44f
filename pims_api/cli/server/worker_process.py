"""The supervisor of the job worker beside the web server: a child process, restarted on exit."""

import os
import subprocess
import sys
import time

from pims_api.settings import DATABASE_URL_VARIABLE

PARENT_VARIABLE = "PIMS_WORKER_PARENT"  # tells a worker which process it ends with

_AGAIN_AFTER_S = 1.0
_AGAIN_AFTER_MAX_S = 30.0
_IS_WELL_AFTER_S = 60.0


class WorkerProcess:
    """Runs `pims worker` as a child of this process; it ends when this process does.

    The address of the database goes by the environment, for a command line can be read by others.
    """

    def __init__(self, database_url: str) -> None:
        self._environment = {DATABASE_URL_VARIABLE: database_url, PARENT_VARIABLE: str(os.getpid())}
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._wait_s = _AGAIN_AFTER_S

    def tend(self) -> None:
        """Start the worker when it does not run, with exponential backoff when it ends at once."""
        lived_s = time.monotonic() - self._started_at
        if self._process is None:
            self._begin()
        elif self._process.poll() is not None and lived_s > self._wait_s:
            well = lived_s > _IS_WELL_AFTER_S
            self._wait_s = _AGAIN_AFTER_S if well else min(2 * self._wait_s, _AGAIN_AFTER_MAX_S)
            self._begin()

    def ask_to_stop(self) -> None:
        """Ask the worker to save its step, release its job and exit."""
        if self._process is not None:
            self._process.terminate()

    def stop(self, grace_s: float) -> None:
        """Wait until the worker has exited; it is killed after that time."""
        if self._process is None:
            return
        self.ask_to_stop()
        try:
            self._process.wait(grace_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _begin(self) -> None:
        self._started_at = time.monotonic()
        words = [sys.executable, "-m", "pims_api", "worker"]
        self._process = subprocess.Popen(words, env=os.environ | self._environment)  # noqa: S603
