"""The worker killed while it sends the file of an export job: it arrives whole, or not at all."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from tests.connectors.servers import Sshd, sftp_server
from tests.pims.conftest import opened_app
from tests.pims.file_client import FileClient
from tests.reliability.running_server import DEADLINE_S, ROOT, pims_words

RECORDS = 200
SETTINGS = {"PIMS_OUTGOING_ALLOW": "127.0.0.1/32", "PIMS_SECRET_KEY": "A" * 43}
# A worker that stops for ever amid the file, or when it has arrived and nobody has noted that.
AMID, ARRIVED = ("SFTPFile", "write"), ("SFTPClient", "posix_rename")
PROGRAM = """
import os, sys, threading
import paramiko
from pims_api.cli import main
from pims_api.connectors.destinations import sftp

owner, name = getattr(paramiko, sys.argv.pop(1)), sys.argv.pop(1)
done = getattr(owner, name)

def stopping(*words):
    done(*words)
    os.write(1, b"here\\n")
    threading.Event().wait()

sftp._PIECE = 4096
setattr(owner, name, stopping)
main()
"""


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    with sftp_server(tmp_path) as server:
        yield server


def kill_at(moment: tuple[str, str], url: str) -> None:
    """Have a worker begin what waits, and kill it at a moment."""
    words = [sys.executable, "-c", PROGRAM, *moment, *pims_words(url, "worker", "--until-idle")[3:]]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"here\n"
        process.kill()


class Asking:
    """What a caller with the key of the site does."""

    def __init__(self, app: Flask, key: str) -> None:
        self._database = app.extensions["pims_database"]
        self._client = app.test_client()
        self._key = key

    def import_records(self, app: Flask) -> None:
        rows = "".join(f"X-{number},Rod\n" for number in range(RECORDS))
        FileClient(app, self._client, self._key).import_file(f"sku,title\n{rows}".encode())

    def send(self, method: str, path: str, **more: Any) -> Any:
        headers = {"X-Sigma-ApiKey": self._key}
        path = f"/api/v1/export-jobs{path}"
        return self._client.open(path, method=method, headers=headers, **more).get_json()

    def end_leases(self) -> None:
        """Let what a dead worker held go to the next one now."""
        with self._database.writing() as connection:
            connection.execute(text("UPDATE job SET lease_until = 1 WHERE finished_at IS NULL"))
            connection.commit()


def test_a_worker_killed_amid_a_run_leaves_it_whole_to_the_next(site: Any, sshd: Sshd) -> None:
    """One dies amid the file, one when the file has arrived; the third one ends the run."""
    config = {
        "host": "127.0.0.1",
        "port": sshd.port,
        "username": sshd.user,
        "path": f"{sshd.folder}/products-{{run}}.jsonl",
        "privateKey": sshd.private_key,
        "hostKey": sshd.host_key,
    }
    body = {"id": "night", "name": "Night", "destinationType": "sftp", "format": "jsonl"}
    with opened_app(site.url) as app:
        ask = Asking(app, site.key)
        ask.import_records(app)
        ask.send("POST", "", json=body | {"destinationConfig": config})
        run = ask.send("POST", "/night/runs")

        kill_at(AMID, site.url)
        assert [one.name for one in sshd.folder.iterdir()] == ["products-1.jsonl.run-1-1.part"]
        ask.end_leases()
        kill_at(ARRIVED, site.url)
        (file,) = sshd.folder.iterdir()
        assert (file.name, file.read_bytes().count(b"\n")) == ("products-1.jsonl", RECORDS)
        assert ask.send("GET", "/night/runs") == [run]
        ask.end_leases()
        words = pims_words(site.url, "worker", "--until-idle")
        subprocess.run(words, cwd=ROOT, check=True, timeout=DEADLINE_S, capture_output=True)

        (done,) = ask.send("GET", "/night/runs")
        assert [one.name for one in sshd.folder.iterdir()] == ["products-1.jsonl"]
        assert (done["status"], done["recordCount"]) == ("success", RECORDS)
        assert done["fileSize"] == file.stat().st_size
