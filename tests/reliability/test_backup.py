"""A backup beside writers: what was acknowledged before it began is in it, and nothing half.

PIMS_TEST_THOROUGH=1 does it more often.
"""

import os
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Semaphore

from click.testing import CliRunner

from pims_api.cli import main
from tests.reliability.running_server import (
    check_catalogue,
    serving,
    wait_for,
)
from tests.reliability.test_kill import (
    PATIENCE_S,
    Record,
    check_record,
    wait_for_writes,
    write_until_it_is_gone,
)

ROUNDS = 10 if os.environ.get("PIMS_TEST_THOROUGH") == "1" else 1
WRITERS = 4
MOMENTS = random.Random(20240213)


def pims(url, *words):
    done = CliRunner().invoke(main, ["--database", url, *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def as_of_now(records):
    """Return what each writer knows by now."""
    return [replace(one, acknowledged=list(one.acknowledged), open=[]) for one in records]


def back_up_amid_writes(site, names, file):
    """Have writers write, back up at a random moment, and kill the server after it.

    Returns what was acknowledged when the backup began, and all that was sent.
    """
    records, done = [Record(names("SAVED")) for _ in range(WRITERS)], Semaphore(0)
    with serving(site.url, site.key) as server, ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(write_until_it_is_gone, server, one, done) for one in records]
        wait_for_writes(done, MOMENTS.randint(20, 60))
        before = as_of_now(records)
        pims(site.url, "backup", str(file))
        wait_for_writes(done, 1)  # they went on
        server.kill()
        for one in writers:
            one.result(PATIENCE_S)
    return before, records


def check_restored(caller, before, after):
    """All that was acknowledged before is there, in order, and nothing that was never sent."""
    reply = caller.post("historyProduct", sku=before.sku, params={"pagination": {"pageSize": 500}})
    kept = [entry["new"]["ean"] for entry in reply.body["history"]] if reply.status == 200 else []
    sent = [*after.acknowledged, *after.open]
    assert kept[: len(before.acknowledged)] == before.acknowledged
    assert kept == sent[: len(kept)]
    check_record(caller, replace(before, acknowledged=kept))


def test_what_was_acknowledged_before_a_backup_is_in_it(
    site, names, fresh_database, tmp_path
) -> None:
    engine = "sqlite" if site.url.startswith("sqlite") else "postgres"
    for number in range(ROUNDS):
        file = tmp_path / f"{number}.backup"
        before, after = back_up_amid_writes(site, names, file)
        with fresh_database(engine) as url:
            pims(url, "restore", str(file))
            check_catalogue(url)
            with serving(url, site.key, workers=1) as server, server.caller() as caller:
                for one, other in zip(before, after, strict=True):
                    check_restored(caller, one, other)


def test_the_log_is_moved_when_nobody_writes_and_when_the_server_ends(
    fresh_keyed_database,
) -> None:
    with fresh_keyed_database("sqlite") as keyed:
        file = Path(keyed.url.removeprefix("sqlite:///"))
        log = file.with_name(file.name + "-wal")
        with serving(keyed.url, keyed.key) as server, server.caller() as caller:
            for number in range(3):
                assert caller.post("createProduct", sku=f"A{number}").status == 200
            assert log.stat().st_size > 0
            wait_for(lambda: log.stat().st_size == 0, "an empty log")
            copy = file.with_name("copy.db")
            copy.write_bytes(file.read_bytes())
            assert pims(f"sqlite:///{copy}", "check").startswith("OK: 3 products")
            assert caller.post("createProduct", sku="A3").status == 200
        assert not log.exists()
        copy.write_bytes(file.read_bytes())
        assert pims(f"sqlite:///{copy}", "check").startswith("OK: 4 products")
