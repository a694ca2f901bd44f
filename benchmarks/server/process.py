"""The server that is measured: gunicorn as `pims serve` starts it, with the floor beside."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.errors import BenchError
from pims_api.settings import DATABASE_URL_VARIABLE

HOST = "127.0.0.1"
FOLDER_VARIABLE = "PIMS_BENCH_FOLDER"
LIFELINE_VARIABLE = "PIMS_BENCH_LIFELINE"
_APP = "benchmarks.server.app:create_app()"
_START_S = 60
_STOP_S = 40
_LOOK_AGAIN_S = 0.05
_KEEP_ALIVE_S = 600  # a connection waits while others have their turn
PACKAGES = Path(__file__).parents[2]  # the folder from which ours are imported


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers. process: gunicorn's master."""

    port: int
    process: subprocess.Popen[bytes]

    def computed_s(self) -> float | None:
        """Return how long the workers have been computing, all threads together; None: not known.

        Unlike the clock on the wall it hardly depends on what else the machine does.
        """
        times = [_computed_ns(pid) for pid in _children(self.process.pid)]
        known = [one for one in times if one is not None]
        return sum(known) / 1e9 if known and len(known) == len(times) else None

    def memory_mib(self) -> float | None:
        """Return what the master and its workers hold, shared pages divided; None: not known."""
        pids = [self.process.pid, *_children(self.process.pid)]
        sizes = [_proportional_kib(pid) for pid in pids]
        return None if None in sizes or not sizes else sum(filter(None, sizes)) / 1024


@dataclass(frozen=True, slots=True)
class Nodes:
    """Servers that share a database."""

    servers: Sequence[Server]

    def computed_s(self) -> float | None:
        """Return how long all their workers have been computing; None: not known."""
        return _sum(one.computed_s() for one in self.servers)

    def memory_mib(self) -> float | None:
        """Return what all of them hold; None: not known."""
        return _sum(one.memory_mib() for one in self.servers)


@contextmanager
def serving_nodes(
    url: str, folder: Path, options: Mapping[str, Any], count: int
) -> Iterator[Nodes]:
    """Serve a database with so many servers, each on a port of its own."""
    with ExitStack() as stack:
        opened = [stack.enter_context(serving(url, folder, options)) for _ in range(count)]
        yield Nodes(opened)


@contextmanager
def serving(url: str, folder: Path, options: Mapping[str, Any]) -> Iterator[Server]:
    """Serve a database on a free port while the block lasts, and not when the bench is gone.

    options: gunicorn's settings by name.
    """
    port = free_port()
    settings = {**options, "bind": f"{HOST}:{port}", "keepalive": _KEEP_ALIVE_S}
    conf = folder / f"gunicorn-{port}.conf.py"
    conf.write_text(_conf(settings))
    lifeline, held = os.pipe()
    log = (folder / "server.log").open("ab")
    process = subprocess.Popen(  # noqa: S603 (our own words)
        [sys.executable, "-m", "gunicorn", "--config", str(conf), _APP],
        env=_environment(url, folder, lifeline),
        pass_fds=[lifeline],
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    try:
        os.close(lifeline)
        _wait_for(process, port, folder)
        yield Server(port, process)
    finally:
        os.close(held)
        log.close()
        _stop(process)


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _conf(settings: Mapping[str, Any]) -> str:
    """Return a configuration that has the master import what the workers run, as `pims serve`."""
    lines = [f"{name} = {value!r}\n" for name, value in settings.items()]
    return "".join([f"import {_APP.partition(':')[0]}\n", *lines])


def _environment(url: str, folder: Path, lifeline: int) -> dict[str, str]:
    paths = [str(PACKAGES), os.environ.get("PYTHONPATH", "")]
    return os.environ | {
        DATABASE_URL_VARIABLE: url,
        FOLDER_VARIABLE: str(folder),
        LIFELINE_VARIABLE: str(lifeline),
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }


def _wait_for(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and process.poll() is None:
        if _answers(port):
            return
        time.sleep(_LOOK_AGAIN_S)
    said = (folder / "server.log").read_text(errors="replace")[-2000:]
    raise BenchError(f"The server did not start:\n{said}")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=_START_S)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_STOP_S)
        return
    process.kill()
    process.wait()


def _sum(figures: Iterable[float | None]) -> float | None:
    known = list(figures)
    return None if None in known else sum(filter(None, known))


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _computed_ns(pid: int) -> int | None:
    with suppress(OSError, ValueError, IndexError):
        threads = Path(f"/proc/{pid}/task").iterdir()
        return sum(int((one / "schedstat").read_text().split()[0]) for one in threads)
    return None


def _proportional_kib(pid: int) -> int | None:
    with suppress(OSError, ValueError, IndexError):
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        return int(text.partition("\nPss:")[2].split()[0])
    return None
