"""pims serve, as a process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from click.testing import CliRunner

from pims_api.cli import main
from pims_api.cli.server import serve_command

ROOT = Path(__file__).parents[2]
DEADLINE_S = 60
CONNECTIONS = 24  # new ones: that all of them reach the same of two workers will not happen


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pims(*words):
    return [sys.executable, "-m", "pims_api", *words]


@contextmanager
def serving(url, *, workers=2):
    """Serve a database while the block lasts; yields the port. It must end well."""
    port = free_port()
    words = pims("--database", url, "serve", "--bind", f"127.0.0.1:{port}")
    server = subprocess.Popen(
        [*words, "--workers", str(workers)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(server, port)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        _, said = server.communicate(timeout=DEADLINE_S)
    assert server.returncode == 0, said
    assert "Traceback" not in said


def wait_for(server, port):
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        try:
            return ask(port, "GET", "/healthz")
        except OSError:
            with pytest.raises(subprocess.TimeoutExpired):  # else it ended before it began
                server.wait(0.1)
    raise AssertionError("The server did not begin.")


def ask(port, method, path, body=None, key=None):
    """Send a request over a connection of its own; returns status and reply."""
    connection = HTTPConnection("127.0.0.1", port, timeout=DEADLINE_S)
    headers = {"Content-Type": "application/json"} | ({"ApiKey": key} if key else {})
    try:
        connection.request(method, path, json.dumps(body) if body else None, headers)
        reply = connection.getresponse()
        return reply.status, json.loads(reply.read())
    finally:
        connection.close()


def make_key(url, permissions, *more):
    words = ["key", "create", "--name", "x", "--permissions", permissions, *more]
    return CliRunner().invoke(main, ["--database", url, *words]).stdout.strip()


@pytest.fixture
def url(database_url):
    assert CliRunner().invoke(main, ["--database", database_url, "init"]).exit_code == 0
    return database_url


def test_workers_share_what_is_written_and_who_is_withdrawn_and_how_often_a_key_asks(url):
    boss = make_key(url, "pim_security,pim_user,pim_editor")
    other = make_key(url, "pim_user,pim_editor")
    limited = make_key(url, "pim_user", "--rate", "5/h")
    products = ("POST", "/pim/manage/products")
    with serving(url) as port:
        for number in range(CONNECTIONS):
            wanted = {"action": "createProduct", "sku": f"A{number}"}
            assert ask(port, *products, wanted, boss)[0] == 200
            status, listed = ask(port, *products, {"action": "getList"}, other)
            assert (status, listed["sku_count"]) == (200, number + 1)
        assert ask(port, "POST", "/pim/keydelete", {"key": other}, boss)[0] == 200
        listed = {"action": "getList"}
        asked = [ask(port, *products, listed, limited)[0] for _ in range(CONNECTIONS)]
        assert asked == [200] * 5 + [429] * (CONNECTIONS - 5)
        assert {ask(port, *products, listed, other)[0] for _ in range(CONNECTIONS)} == {401}
        write = {"action": "createProduct", "sku": "B"}
        assert {ask(port, *products, write, other)[0] for _ in range(CONNECTIONS)} == {401}


def test_a_change_by_command_holds_in_the_running_server(url):
    key = make_key(url, "pim_user")
    with serving(url) as port:
        path = "/api/de-de/pim/manage/products"
        assert ask(port, "POST", path, {"action": "getList"}, key)[0] == 404
        CliRunner().invoke(main, ["--database", url, "locale", "add", "de-de"])
        for _ in range(CONNECTIONS):
            assert ask(port, "POST", path, {"action": "getList"}, key)[0] == 200


def test_an_address_that_somebody_has_is_refused(sqlite_url):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        CliRunner().invoke(main, ["--database", sqlite_url, "init"])
        result = CliRunner().invoke(main, ["--database", sqlite_url, "serve", "--bind", bind])
    assert result.exit_code == 1
    assert f"Cannot listen at {bind}" in result.stderr


@pytest.mark.parametrize(
    ("case", "options", "safe", "warned"),
    [
        ("old, several", ["--workers", "2", "--no-worker"], False, True),
        ("old, one and that of jobs", ["--workers", "1"], False, True),
        ("old, one", ["--workers", "1", "--no-worker"], False, False),
        ("new, several", ["--workers", "2"], True, False),
    ],
)
def test_an_old_sqlite_with_several_workers_is_warned_of(
    sqlite_url, monkeypatch, case, options, safe, warned
):
    monkeypatch.setattr(serve_command, "sqlite_is_safe", lambda: safe)
    monkeypatch.setattr(serve_command, "_run", lambda *_: None)
    CliRunner().invoke(main, ["--database", sqlite_url, "init"])
    words = ["serve", "--bind", f"127.0.0.1:{free_port()}", *options]
    result = CliRunner().invoke(main, ["--database", sqlite_url, *words])
    assert result.exit_code == 0
    assert ("This SQLite is older than 3.51.3" in result.stderr) is warned


def test_clients_that_leave_their_connections_open_keep_nobody_waiting(sqlite_url):
    CliRunner().invoke(main, ["--database", sqlite_url, "init"])
    with serving(sqlite_url) as port, ExitStack() as held:
        for _ in range(8):
            connection = held.enter_context(socket.create_connection(("127.0.0.1", port)))
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert connection.recv(12) == b"HTTP/1.1 200"
        began = time.monotonic()
        for _ in range(CONNECTIONS):
            asked = HTTPConnection("127.0.0.1", port, timeout=DEADLINE_S)
            asked.request("GET", "/healthz")
            assert asked.getresponse().read() == b'{"status":"ok"}'
            asked.close()
        assert time.monotonic() - began < 1.9  # of two seconds each that gunicorn would wait
