"""What goes on beside the web server as long as it runs."""

from dataclasses import dataclass

from pims_api.cli.server.worker_process import WorkerProcess
from pims_api.storage.engine.sqlite.log_file import LogFile


@dataclass(frozen=True, slots=True)
class Companions:
    """The worker of jobs, unless there is none, and the log of a SQLite database."""

    jobs: WorkerProcess | None
    log: LogFile | None

    def tend(self) -> None:
        """Do what is due; the server calls this about once a second."""
        if self.jobs is not None:
            self.jobs.tend()
        if self.log is not None and self.log.is_idle():
            self.log.move()

    def ask_to_stop(self) -> None:
        """Ask the worker of jobs to end."""
        if self.jobs is not None:
            self.jobs.ask_to_stop()

    def stop(self, grace_s: float) -> None:
        """Wait until the worker of jobs has ended, and leave the database in one file."""
        if self.jobs is not None:
            self.jobs.stop(grace_s)
        if self.log is not None:
            self.log.move()
