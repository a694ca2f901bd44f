"""The application that is measured: `pims serve` as it is, and beside it what limits it.

`pims serve` never serves this. The environment names the database and the folder of the run.
"""

import os
import signal
import threading
from pathlib import Path

from flask import Flask

from benchmarks.floor.routes import bench_blueprint
from benchmarks.floor.samples import Samples
from benchmarks.server.process import FOLDER_VARIABLE, LIFELINE_VARIABLE
from pims_api.garbage import keep_for_good
from pims_api.settings import Settings
from views.app import create_app as create_whole_app
from views.warm_up import warm_up


def create_app() -> Flask:
    """Return the application with the floor beside it; it ends when the benchmark does."""
    lifeline = os.environ.get(LIFELINE_VARIABLE)
    if lifeline:
        threading.Thread(target=_end_with, args=(int(lifeline),), daemon=True).start()
    folder = Path(os.environ[FOLDER_VARIABLE])
    settings = Settings.from_environment()
    app = create_measured_app(settings, folder)
    warm_up(settings)
    keep_for_good()
    return app


def create_measured_app(settings: Settings, folder: Path) -> Flask:
    """Return the application with the floor beside it. folder: where a run puts samples."""
    app = create_whole_app(settings)
    database = app.extensions["pims_database"]
    app.register_blueprint(bench_blueprint(database, Samples(folder)))
    return app


def _end_with(lifeline: int) -> None:
    """Stop the server when nobody holds the other end of this pipe any more."""
    os.read(lifeline, 1)
    os.kill(os.getppid(), signal.SIGTERM)
