"""`pims serve` in processes of its own, and callers that talk to it over the network."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from pims_api.cli import main

ROOT = Path(__file__).parents[2]
DEADLINE_S = 60
PORTS_TRIED = 3
_LOOK_AGAIN_S = 0.05

Json = dict[str, Any]


class Gone(Exception):
    """The server went away before it answered: nobody knows whether the request was done."""


@dataclass(frozen=True)
class Reply:
    """What came back of a request."""

    status: int
    body: Json


class Caller:
    """One connection with one key, for one thread at a time."""

    def __init__(self, port: int, key: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE_S)
        self._headers = {"ApiKey": key, "Content-Type": "application/json"}

    def post(self, action: str, path: str = "/pim/manage/products", **body: Any) -> Reply:
        """Send an action. Raises Gone."""
        sent = json.dumps({"action": action, **body}).encode()
        return self._ask("POST", path, sent, self._headers)

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Reply:
        try:
            self._connection.request(method, path, body, headers)
            with self._connection.getresponse() as reply:
                return Reply(reply.status, json.loads(reply.read() or b"null"))
        except (OSError, http.client.HTTPException) as error:
            raise Gone(str(error)) from error

    def under(self, key: str) -> "Caller":
        """Return a caller on the same connection with another key."""
        other = copy(self)
        other._headers = self._headers | {"ApiKey": key}
        return other

    def send_file(self, path: str, content: bytes, kind: str = "text/csv") -> Reply:
        """Send a file as the body. Raises Gone."""
        return self._ask("POST", path, content, self._headers | {"Content-Type": kind})

    def send(self, method: str, path: str, body: Json | None = None) -> Reply:
        """Send a request to the face below /api/v1. Raises Gone."""
        sent = None if body is None else json.dumps(body).encode()
        headers = self._headers | {"X-Sigma-ApiKey": self._headers["ApiKey"]}
        return self._ask(method, f"/api/v1{path}", sent, headers)

    def get(self, path: str) -> Reply:
        """Ask for what is at an address. Raises Gone."""
        return self._ask("GET", path, None, self._headers)

    def edit(self, sku: str, **attributes: Any) -> Reply:
        return self.post("editProduct", sku=sku, data={"attributes": attributes})

    def shown(self, sku: str) -> Json:
        """Return the product as listProduct shows it."""
        reply = self.post("listProduct", sku=sku, params={"definition": False})
        assert reply.status == 200, reply
        return {"version": reply.body["version"]} | reply.body["data"]["attributes"]

    def close(self) -> None:
        self._connection.close()


@dataclass(frozen=True)
class Server:
    """A server that listens; process leads the group of all its workers."""

    port: int
    key: str
    process: subprocess.Popen[bytes]

    @contextmanager
    def caller(self) -> Iterator[Caller]:
        """Open a connection to it while the block lasts."""
        made = Caller(self.port, self.key)
        try:
            yield made
        finally:
            made.close()

    def kill(self) -> None:
        """End it and all its workers at once, without a chance to tidy up."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(DEADLINE_S)

    def workers(self) -> list[int]:
        """Return the process ids of its workers."""
        pid = self.process.pid
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def job_worker(self) -> int | None:
        """Return the process id of its worker of jobs, if there is one now."""
        return next((pid for pid in self.workers() if _words(pid)[-1:] == ["worker"]), None)

    def kill_workers(self) -> None:
        """End the workers at once; returns when others have taken their place."""
        killed = self.workers()
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        _wait_until(self.process, lambda: self._has_others(killed))

    def _has_others(self, killed: list[int]) -> bool:
        present = self.workers()
        replaced = len(present) == len(killed) and not set(killed) & set(present)
        return replaced and _answers(self.port)


@contextmanager
def serving(
    database_url: str, key: str, *, workers: int = 2, with_jobs: bool = False, **settings: str
) -> Iterator[Server]:
    """Serve a database on a free port while the block lasts.

    with_jobs: a worker of jobs runs beside. settings: variables of the environment.
    """
    words = ["serve", "--workers", str(workers), *([] if with_jobs else ["--no-worker"])]
    command = pims_words(database_url, *words)
    server = _started(command, key, settings)
    for _ in range(PORTS_TRIED):  # another program may have taken the port in the meantime
        if server.process.poll() is None:
            break
        server = _started(command, key, settings)
    try:
        _wait_until(server.process, lambda: _answers(server.port))
        yield server
    finally:
        if server.process.poll() is None:
            server.process.terminate()
            server.process.wait(DEADLINE_S)


def _started(command: list[str], key: str, settings: dict[str, str]) -> Server:
    """Start a server and return when it answers or has ended."""
    port = _free_port()
    process = subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{port}"],
        cwd=ROOT,
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with suppress(AssertionError):
        _wait_until(process, lambda: _answers(port))
    return Server(port, key, process)


def check_catalogue(database_url: str) -> None:
    """Run `pims check`, which has to find nothing."""
    done = CliRunner().invoke(main, ["--database", database_url, "check"])
    assert done.exit_code == 0, done.output


def pims_words(database_url: str, *words: str) -> list[str]:
    return [sys.executable, "-m", "pims_api", "--database", database_url, *words]


def start_worker(database_url: str) -> subprocess.Popen[bytes]:
    """Start a worker that ends when no job waits."""
    command = pims_words(database_url, "worker", "--until-idle")
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)


def wait_for(is_so: Callable[[], bool], what: str) -> None:
    """Return when something is so; it has a minute."""
    deadline, pause = time.monotonic() + DEADLINE_S, threading.Event()
    while not is_so():
        assert time.monotonic() < deadline, f"{what}: not within {DEADLINE_S} seconds"
        pause.wait(_LOOK_AGAIN_S)


def is_running(pid: int) -> bool:
    """Return whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _words(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")[:-1]
    except OSError:
        return []


def _wait_until(process: subprocess.Popen[bytes], is_so: Callable[[], bool]) -> None:
    for _ in range(int(DEADLINE_S / _LOOK_AGAIN_S)):
        try:
            process.wait(_LOOK_AGAIN_S)
        except subprocess.TimeoutExpired:
            if is_so():
                return
        else:
            break
    raise AssertionError("The server does not answer")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE_S)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
