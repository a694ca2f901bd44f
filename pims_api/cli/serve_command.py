"""pims serve: the HTTP server."""

import importlib
import socket
import sys
from dataclasses import replace
from typing import Any

import click

from pims_api.cli.session import require_tables, session_of
from pims_api.settings import Settings
from pims_api.storage.database import Database
from pims_api.storage.dialect import SAFE_SQLITE, sqlite_is_safe

THREADS = 4  # per worker
_GRACE_S = 30  # what requests under way get when the server is asked to stop
_KEEP_ALIVE_S = 30  # how long a client's idle connection stays open


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, metavar="HOST:PORT")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.pass_context
def serve(ctx: click.Context, bind: str, workers: int) -> None:
    r"""Serve the API until Ctrl-C or SIGTERM; requests under way are finished first.

    \b
    Example:
      pims serve --bind 0.0.0.0:8000 --workers 4
    """
    database = session_of(ctx).database
    require_tables(database)
    database.close()  # each worker opens connections of its own
    _warn_of_old_sqlite(database, workers)
    options = _options(bind, workers)
    click.echo(f"Serving http://{bind} with {workers} workers. Ctrl-C stops it.", err=True)
    chosen = replace(Settings.from_environment(), database_url=database.settings.database_url)
    _run(chosen, options)


def _options(bind: str, workers: int) -> dict[str, Any]:
    return {
        "bind": bind,
        "workers": workers,
        "worker_class": "gthread",
        "threads": THREADS,
        "graceful_timeout": _GRACE_S,
        "keepalive": _KEEP_ALIVE_S,
        "control_socket_disable": True,
        "reuse_port": _shares_port(bind),
        "proc_name": "pims",
        "loglevel": "warning",
    }


def _shares_port(bind: str) -> bool:
    """Return whether each worker listens for itself, so that Linux spreads connections evenly.

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


def _warn_of_old_sqlite(database: Database, workers: int) -> None:
    if database.is_sqlite and workers > 1 and not sqlite_is_safe():
        safe = ".".join(map(str, SAFE_SQLITE))
        click.echo(
            f"This SQLite is older than {safe} and may damage the file when several workers "
            "write at once: install pysqlite3, or serve with --workers 1.",
            err=True,
        )


def _run(settings: Settings, options: dict[str, Any]) -> None:
    # Found when it is asked for: gunicorn is not there on Windows, and the application is above us.
    runner = importlib.import_module("gunicorn.app.base").BaseApplication

    class Server(runner):  # type: ignore[misc, valid-type]
        """Gunicorn with our settings; each worker makes the application after the fork."""

        def load_config(self) -> None:
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return importlib.import_module("views.app").create_app(settings)

    Server().run()
