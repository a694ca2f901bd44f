"""A PostgreSQL server of our own: a temporary cluster that dies with the process that made it."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql

ROLE = "pims"  # no superuser: the application must not need one
MISSING = (
    "PostgreSQL's programs (initdb, pg_ctl, postgres) were not found. Get them with "
    "`apt-get install postgresql` or `brew install postgresql`, or put their folder on PATH."
)
_PROGRAMS = ("initdb", "pg_ctl", "postgres")
_USUAL_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
_SUPERUSER = "postgres"
_UNPRIVILEGED = ("postgres", "nobody")
_PORT_TRIES = 5

# Over TCP anybody on this machine may be the plain role, nobody the superuser: its door is a
# socket in a folder that is closed to other users.
_WHO_MAY_ENTER = f"local all all trust\nhost all {ROLE} 127.0.0.1/32 trust\n"

# Starts the server, says so, and when its input closes ends it and clears its folder away: so
# nothing is left of it even after `kill -9` of pytest.
_KEEPER = """
trap '' INT TERM HUP
quiet() { "$@" </dev/null >/dev/null 2>&1; }
quiet "$1/pg_ctl" --pgdata=data --log=log --wait --options="$2" start || exit 1
echo ready
cat >/dev/null
quiet "$1/pg_ctl" --pgdata=data --mode=immediate stop
cd / && rm -rf "$OLDPWD"
"""


class NoPrograms(Exception):
    """PostgreSQL is not installed here. The message says how to get it."""


@dataclass(frozen=True)
class Cluster:
    """A running server. It has the role `pims`, which owns nothing yet and may create databases."""

    port: int
    folder: Path

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://{ROLE}@127.0.0.1:{self.port}/{database}"

    def administer(self, command: LiteralString, *names: str) -> None:
        """Run a command on the server, with names for its placeholders."""
        with self.connect() as connection:
            connection.execute(sql.SQL(command).format(*map(sql.Identifier, names)))

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[Any, ...]]:
        """Open a connection that commits each statement."""
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=ROLE, dbname=database, autocommit=True
        )


@contextmanager
def running_cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """Make a cluster and serve it until the block ends. Raises NoPrograms.

    durable: whether a commit survives a power cut. Only measurements want to pay for that.
    """
    programs = find_programs()
    folder = Path(tempfile.mkdtemp(prefix="pims-pg-"))
    try:
        _give_away(folder)
        _create(programs, folder)
        with _serving(programs, folder, durable=durable) as cluster:
            yield cluster
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_programs() -> Path:
    """Return the folder with PostgreSQL's programs, the newest version's. Raises NoPrograms."""
    for folder in _folders():
        # os.access, for a folder on PATH may be closed to us
        if all(os.access(folder / program, os.X_OK) for program in _PROGRAMS):
            return folder
    raise NoPrograms(MISSING)


def _folders() -> Iterator[Path]:
    yield from (Path(folder) for folder in os.get_exec_path())
    if shutil.which("pg_config"):
        asked = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True)
        yield Path(asked.stdout.strip())
    for pattern in _USUAL_FOLDERS:
        found = Path("/").glob(pattern.lstrip("/"))
        yield from sorted(found, key=lambda folder: (len(str(folder)), str(folder)), reverse=True)


def _give_away(folder: Path) -> None:
    if account := _account():
        os.chown(folder, account.pw_uid, account.pw_gid)


def _account() -> pwd.struct_passwd | None:
    """Return who runs the server when we are root, whom PostgreSQL refuses; else None."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(known[name] for name in _UNPRIVILEGED if name in known)


def _as_account(folder: Path) -> dict[str, Any]:
    """Return the arguments with which `subprocess` starts a program of the cluster."""
    environment = {name: value for name, value in os.environ.items() if name[:2] != "PG"}
    where: dict[str, Any] = {"cwd": folder, "env": environment | {"LC_ALL": "C"}}
    if account := _account():
        where |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return where


def _create(programs: Path, folder: Path) -> None:
    command = [str(programs / "initdb"), "--pgdata=data", f"--username={_SUPERUSER}", "--no-sync"]
    command += ["--auth=trust", "--encoding=UTF8", "--locale=C"]
    made = subprocess.run(command, capture_output=True, text=True, **_as_account(folder))
    if made.returncode != 0:
        raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")
    (folder / "data" / "pg_hba.conf").write_text(_WHO_MAY_ENTER, encoding="ascii")


@contextmanager
def _serving(programs: Path, folder: Path, *, durable: bool) -> Iterator[Cluster]:
    keeper, port = _start(programs, folder, durable=durable)
    try:
        with psycopg.connect(
            host=str(folder), port=port, user=_SUPERUSER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(ROLE))
            )
        yield Cluster(port, folder)
    finally:
        keeper.communicate()


def _start(programs: Path, folder: Path, *, durable: bool) -> tuple[subprocess.Popen[str], int]:
    """Return the keeper of a server that answers, and its port."""
    for _ in range(_PORT_TRIES):  # a free port may be taken before the server gets to it
        port = _free_port()
        keeper = subprocess.Popen(
            ["/bin/sh", "-c", _KEEPER, "sh", programs, _options(folder, port, durable=durable)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for pytest, which then stops the server
            **_as_account(folder),
        )
        assert keeper.stdout
        if keeper.stdout.readline() == "ready\n":
            return keeper, port
        keeper.communicate()
    raise RuntimeError(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _options(folder: Path, port: int, *, durable: bool) -> str:
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": folder,
        "max_wal_size": "128MB",
    }
    if not durable:
        settings |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
        settings["autovacuum"] = "off"
    return " ".join(f"-c {name}={value}" for name, value in settings.items())
