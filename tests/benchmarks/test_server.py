"""The bench's server: connections lie evenly on its workers, and it never outlives the bench."""

import os
import select
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.errors import BenchError
from benchmarks.measure.client import Address, Refused, connections, drive
from benchmarks.server.process import HOST, PACKAGES, free_port, serving, serving_nodes
from pims_api.cli.server.serve_command import server_options

DEADLINE_S = 60
WHO = b"GET /bench/worker HTTP/1.1\r\nHost: here\r\n\r\n"
BENCH = """
import signal, sys
from pathlib import Path
from benchmarks.server.process import HOST, free_port, serving
from pims_api.cli.server.serve_command import server_options
options = server_options(f"{HOST}:{free_port()}", 2)
with serving(sys.argv[1], Path(sys.argv[2]), options) as server:
    print(server.process.pid, flush=True)
    signal.pause()
"""


@pytest.fixture(scope="module")
def server(fresh_database, tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    options = server_options(f"{HOST}:{free_port()}", 2)
    with fresh_database("sqlite") as url, serving(url, folder, options) as running:
        yield running


def address(server):
    return Address(HOST, server.port, "no key")


def test_connections_are_spread_evenly_over_the_workers(server):
    with connections([address(server)], 6, workers=2) as opened:
        found = Counter(one.ask(WHO) for one in opened)
    assert sorted(found.values()) == [3, 3]


def test_connections_are_spread_evenly_over_the_nodes(sqlite_url, tmp_path):
    options = server_options(f"{HOST}:{free_port()}", 2)
    with serving_nodes(sqlite_url, tmp_path, options, 2) as nodes:
        addresses = [address(one) for one in nodes.servers]
        with connections(addresses, 6, workers=2) as opened:
            found = Counter(one.ask(WHO) for one in opened)
            ports = Counter(one.socket.getpeername()[1] for one in opened)
    assert ports == {one.port: 3 for one in addresses}
    assert sorted(found.values()) == [1, 1, 2, 2]


def test_fewer_connections_than_nodes_go_to_the_first_of_them(server):
    nowhere = Address(HOST, 1, "no key")
    with connections([address(server), nowhere], 1, workers=2) as opened:
        assert [one.socket.getpeername()[1] for one in opened] == [server.port]


def test_a_round_has_a_latency_of_every_request(server):
    sent = []

    def messages():
        while True:
            sent.append(WHO)
            yield WHO

    with connections([address(server)], 3, workers=2) as opened:
        done = drive(opened, messages(), 0.05)
    assert len(done.latencies) == len(sent) > 3
    assert 0 < min(done.latencies) <= max(done.latencies) <= done.seconds
    assert 0.05 <= done.seconds < DEADLINE_S


def test_a_refusal_ends_the_measurement_with_what_the_server_said(server):
    message = address(server).message("/pim/manage/products", b"{}")
    refused = pytest.raises(Refused, match=r"401.*ApiKey")
    with connections([address(server)], 1, workers=2) as opened, refused:
        opened[0].ask(message)


def test_the_server_tells_what_it_computes_and_holds(server):
    before = server.computed_s()
    with connections([address(server)], 1, workers=2) as opened:
        drive(opened, iter(lambda: WHO, None), 0.1)
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux tells")
    assert server.computed_s() > before > 0
    assert 20 < server.memory_mib() < 500


def test_a_server_that_cannot_start_says_why(tmp_path):
    options = {"workers": 0, "worker_class": "no such class"}
    refused = pytest.raises(BenchError, match="did not start")
    with refused, serving("sqlite:///none.db", tmp_path, options):
        pass


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux can wait for strangers")
def test_the_server_ends_when_the_bench_is_killed(sqlite_url: str, tmp_path: Path):
    bench = subprocess.Popen(
        [sys.executable, "-c", BENCH, sqlite_url, str(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(PACKAGES)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert bench.stdout
    master = os.pidfd_open(int(bench.stdout.readline()))
    bench.send_signal(signal.SIGKILL)
    bench.communicate()
    ended, _, _ = select.select([master], [], [], DEADLINE_S)
    os.close(master)
    assert ended
