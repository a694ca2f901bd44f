"""pims serve: the HTTP server."""

import importlib
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from pims_api.cli.options import session_of
from pims_api.cli.server.companions import Companions
from pims_api.cli.server.signs import tell_signs_of_loss
from pims_api.cli.server.worker_process import WorkerProcess
from pims_api.cli.session import require_tables
from pims_api.garbage import keep_for_good
from pims_api.settings import BIND_DEFAULT, BIND_VARIABLE, Settings
from pims_api.storage.database import Database
from pims_api.storage.engine.dialect import SAFE_SQLITE, sqlite_is_safe
from pims_api.storage.engine.sqlite.log_file import LogFile

THREADS = 4  # per worker
_GRACE_S = 30  # for requests under way when the server stops
_QUICK_GRACE_S = 5  # for a step of a job on Ctrl-C
_LAST_WORDS_S = 0.2  # for a client to close a connection after the last answer on it
_KEEP_ALIVE_S = 30  # how long a client's idle connection stays open


@click.command()
@click.option(
    "--bind",
    envvar=BIND_VARIABLE,
    default=BIND_DEFAULT,
    show_default=True,
    metavar="HOST:PORT",
    help=f"Where to listen: an address, or unix:PATH for a socket; also {BIND_VARIABLE}.",
)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--no-worker", is_flag=True, help="Leave imports and exports to `pims worker`.")
@click.pass_context
def serve(ctx: click.Context, bind: str, workers: int, no_worker: bool) -> None:
    r"""Serve the API until Ctrl-C or SIGTERM; requests under way are finished first.

    One worker for imports and exports runs beside it; `pims worker` runs more.

    \b
    Example:
      pims serve --bind 0.0.0.0:8000 --workers 4
      pims serve --bind unix:/run/pims/pims.sock
    """
    database = session_of(ctx).database
    require_tables(database)
    tell_signs_of_loss(database)
    database.close()  # each worker opens connections of its own
    _warn_of_old_sqlite(database, workers if no_worker else workers + 1)
    options = server_options(bind, workers)
    click.echo(f"Serving {_shown(bind)} with {workers} workers. Ctrl-C stops it.", err=True)
    chosen = replace(Settings.from_environment(), database_url=database.settings.database_url)
    log = LogFile(Path(database.url.database or "")) if database.is_sqlite else None
    _run(
        chosen, options, Companions(None if no_worker else WorkerProcess(chosen.database_url), log)
    )


def server_options(bind: str, workers: int) -> dict[str, Any]:
    """Return gunicorn's settings by name. Ends the command when the address is taken."""
    return {
        "bind": bind,
        "workers": workers,
        "worker_class": "gthread",
        "threads": THREADS,
        "graceful_timeout": _GRACE_S,
        "keepalive": _KEEP_ALIVE_S,
        "limit_request_line": 8190,  # the most that gunicorn counts: lists of SKUs are long
        "control_socket_disable": True,
        "reuse_port": _shares_port(bind),
        "proc_name": "pims",
        "loglevel": "warning",
    }


def _shown(bind: str) -> str:
    """Return where the server listens, as a browser or a proxy takes it."""
    return bind if bind.startswith("unix:") else f"http://{bind}"


def _shares_port(bind: str) -> bool:
    """Return whether each worker has its own listening socket, for an even spread on Linux.

    Ends the command when somebody else has the address, which sharing would hide.
    """
    host, _, port = bind.rpartition(":")
    if not sys.platform.startswith("linux") or not port.isdigit() or port == "0":
        return False
    name = host.strip("[]")
    try:
        family, kind, *_, address = socket.getaddrinfo(name, int(port), type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        message = f"Cannot listen at {bind}: {error.strerror or error}. Try --bind HOST:PORT"
        raise click.ClickException(message) from error
    return True


def _warn_of_old_sqlite(database: Database, writers: int) -> None:
    if database.is_sqlite and writers > 1 and not sqlite_is_safe():
        safe = ".".join(map(str, SAFE_SQLITE))
        click.echo(
            f"This SQLite is older than {safe} and may damage the file when several workers "
            "write at once: install pysqlite3, or serve with --workers 1 --no-worker.",
            err=True,
        )


def _run(settings: Settings, options: dict[str, Any], companions: Companions) -> None:
    # Found when it is asked for: gunicorn is not there on Windows, and the application is above us.
    # Imported before the fork, so that no worker spends its start on it.
    views, warming = map(importlib.import_module, ("views.app", "views.warm_up"))
    runner = importlib.import_module("gunicorn.app.base").BaseApplication
    master = _master(companions)

    class Server(runner):  # type: ignore[misc, valid-type]
        """Gunicorn with our settings; each worker makes the application after the fork."""

        def load_config(self) -> None:
            for name, value in options.items():
                self.cfg.set(name, value)
            self.cfg.set("worker_class", _worker())

        def load(self) -> Any:
            app = views.create_app(settings)
            warming.warm_up(settings)
            keep_for_good()
            return app

        def run(self) -> None:
            master(self).run()

    Server().run()


def _worker() -> Any:
    """Return gunicorn's worker, which closes connections in the threads of their requests.

    Gunicorn does so in the one thread that accepts all others, and waits up to two seconds there
    for the client to close too: a few who do not would stop the server for everybody.
    """
    closing = importlib.import_module("gunicorn.util")

    class Worker(importlib.import_module("gunicorn.workers.gthread").ThreadWorker):  # type: ignore[misc]
        def handle(self, conn: Any) -> Any:
            goes_on = super().handle(conn)
            if not goes_on:
                closing.close_graceful(conn.sock, timeout=_LAST_WORDS_S)
            return goes_on

    return Worker


def _master(companions: Companions) -> Any:
    """Return gunicorn's master, which looks after the companions as after its own workers."""
    arbiter = importlib.import_module("gunicorn.arbiter").Arbiter

    class Master(arbiter):  # type: ignore[misc, valid-type]
        def manage_workers(self) -> None:
            super().manage_workers()
            companions.tend()

        def stop(self, graceful: bool = True) -> None:
            companions.ask_to_stop()
            super().stop(graceful)
            companions.stop(_GRACE_S if graceful else _QUICK_GRACE_S)

    return Master
