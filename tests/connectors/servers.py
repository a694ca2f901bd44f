"""Real servers on this machine that take files: S3 (moto), Azure (azurite), SFTP (OpenSSH).

None is faked here: they are programs of their own, started on free ports and ended with the block.
One whose program is missing is skipped; with PIMS_TEST_SERVERS=required, as in CI, it fails.
"""

import base64
import hmac
import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from urllib.parse import urlsplit

import pytest

REQUIRED = "PIMS_TEST_SERVERS"
ACCOUNT = "devstoreaccount1"
# The well-known key of every emulated account; it opens nothing else.
ACCOUNT_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
_STARTED_IN_S = 60.0
_ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """Return a port that nobody has now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def running(words: Sequence[str], port: int, folder: Path) -> Iterator[None]:
    """Run a program until the block ends; it is up when its port is."""
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(words, stdout=out, stderr=out, cwd=folder)
        try:
            _wait_for(process, port, log)
            yield
        finally:
            process.terminate()
            process.wait(10)


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + _STARTED_IN_S
    while process.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
        except OSError:
            continue
        return
    raise AssertionError(f"It did not start:\n{log.read_text()}")


@contextmanager
def s3_server(folder: Path) -> Iterator[str]:
    """Serve buckets while the block lasts; yield the address."""
    port = free_port()
    words = [str(Path(sys.executable).parent / "moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    with running(words, port, folder):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def azure_server(folder: Path) -> Iterator[str]:
    """Serve containers while the block lasts; yield the address of the emulated account."""
    port = free_port()
    place = _ROOT / ".venv" / "azurite" / "node_modules" / ".bin"
    program = _found("azurite-blob", str(place), "`make test` installs it where npm is")
    words = [program, "--blobHost", "127.0.0.1", "--blobPort", str(port), "--location", "."]
    with running([*words, "--silent", "--skipApiVersionCheck", "--disableTelemetry"], port, folder):
        yield f"http://127.0.0.1:{port}/{ACCOUNT}"


def azure_request(
    address: str, method: str, path: str, query: str = "", accept: Sequence[int] = (200,)
) -> bytes:
    """Ask the emulated account as its owner, and return the body of the answer.

    query: `name:value`, or nothing.
    """
    at = formatdate(usegmt=True)
    heads = f"x-ms-date:{at}\nx-ms-version:2021-08-06\n"
    place = f"/{ACCOUNT}/{ACCOUNT}{path}" + (f"\n{query}" if query else "")
    text = f"{method}{11 * chr(10)}\n{heads}{place}"
    digest = hmac.digest(base64.b64decode(ACCOUNT_KEY), text.encode(), "sha256")
    url = urlsplit(address)
    connection = http.client.HTTPConnection(url.netloc, timeout=30)
    headers = {
        "x-ms-date": at,
        "x-ms-version": "2021-08-06",
        "Authorization": f"SharedKey {ACCOUNT}:{base64.b64encode(digest).decode()}",
    }
    more = "?" + query.replace(":", "=") if query else ""
    with closing(connection):
        connection.request(method, f"{url.path}{path}{more}", headers=headers)
        answer = connection.getresponse()
        body = answer.read()
    assert answer.status in accept, (answer.status, body)
    return body


@dataclass(frozen=True)
class Sshd:
    """An SFTP server. folder: where its files may lie. host_key: its public key."""

    port: int
    user: str
    folder: Path
    host_key: str
    private_key: str
    other_key: str


@contextmanager
def sftp_server(folder: Path) -> Iterator[Sshd]:
    """Serve files over SFTP to this user, by a key, while the block lasts."""
    for name in ("host", "client", "other"):
        _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(folder / name))
    shutil.copy(folder / "client.pub", folder / "authorized")
    (folder / "files").mkdir()
    port = free_port()
    config = folder / "config"
    config.write_text(_SSHD.format(port=port, folder=folder))
    Path("/run/sshd").mkdir(exist_ok=True)
    program = _found("sshd", "/usr/sbin:/usr/local/sbin", "apt-get install openssh-server")
    with running([program, "-D", "-e", "-f", str(config)], port, folder):
        yield Sshd(
            port,
            _run("id", "-un").strip(),
            folder / "files",
            (folder / "host.pub").read_text().strip(),
            (folder / "client").read_text(),
            (folder / "other.pub").read_text().strip(),
        )


_SSHD = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/authorized
PidFile none
StrictModes no
PasswordAuthentication yes
PermitRootLogin yes
UsePAM no
Subsystem sftp internal-sftp
"""


def _found(name: str, folders: str, advice: str) -> str:
    """Return the path of a program. Without it the test is skipped, or fails where it must run."""
    program = shutil.which(name, path=f"{folders}:{os.environ['PATH']}")
    if program is None:
        message = f"{name} was not found: {advice}"
        (pytest.fail if os.environ.get(REQUIRED) == "required" else pytest.skip)(message)
    return str(program)


def _run(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout
