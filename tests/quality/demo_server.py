"""What `make run` does, in a folder of its own and on a free port."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.quality.documents import ROOT

ADDRESS = "127.0.0.1:8000"  # where the documents say that the server is
DEADLINE_S = 60

_CURL = re.compile(r"^ *curl (?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)


@dataclass(frozen=True)
class DemoServer:
    """A server over the demo catalogue. first, second: what `pims init --demo` printed."""

    address: str
    folder: Path
    first: str
    second: str

    @property
    def key(self) -> str:
        found = re.search(r"\bpims_\w{41}\b", self.second)
        return found[0] if found else ""

    def paste(self, text: str) -> str:
        """Run what a document tells to paste into a shell and return what it printed."""
        return run("bash", "-euc", text.replace(ADDRESS, self.address), folder=self.folder,
                   KEY=self.key)  # fmt: skip


def curl_commands(text: str) -> list[str]:
    """Return the curl commands in a text, with the lines that they go on over."""
    return [found.strip() for found in _CURL.findall(text)]


def run(*words: str, folder: Path, **environment: str) -> str:
    """Run a program that has to end with 0 and return what it printed."""
    done = subprocess.run(
        words, cwd=folder, env=_environment(folder) | environment, capture_output=True, text=True,
        timeout=DEADLINE_S, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(words)}: {done.stdout}{done.stderr}")
    return done.stdout


@contextmanager
def demo_server(folder: Path) -> Iterator[DemoServer]:
    """Do what `make run` does, twice `pims init --demo`, and serve while the block lasts."""
    pims_command(folder)
    first = run("pims", "init", "--demo", folder=folder)
    second = run("pims", "init", "--demo", folder=folder)
    address = f"127.0.0.1:{_free_port()}"
    words = ["pims", "serve", "--bind", address, "--workers", "1"]
    log = folder / "serve.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            words, cwd=folder, env=_environment(folder), stdout=output, stderr=output
        )
        try:
            wait = ["curl", "-fsS", "--retry", "30", "--retry-delay", "1", "--retry-connrefused"]
            run(*wait, f"http://{address}/healthz", folder=folder)
            yield DemoServer(address, folder, first, second)
        finally:
            server.terminate()
            server.wait(DEADLINE_S)


def pims_command(folder: Path) -> None:
    """Put a `pims` into the folder's bin that runs the code under test."""
    command = folder / "bin" / "pims"
    command.parent.mkdir(exist_ok=True)
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pims_api "$@"\n')
    command.chmod(0o755)


def _environment(folder: Path) -> dict[str, str]:
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {
        "PATH": path,
        "PYTHONPATH": str(ROOT),
        "PIMS_DATABASE_URL": f"sqlite:///{folder / 'pims.db'}",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
