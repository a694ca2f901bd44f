"""A process that moves SQLite's log beside its writes is killed: no acknowledged write is lost.

PIMS_TEST_THOROUGH=1 kills more often.
"""

import os
import random
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from pims_api.storage.database import open_database
from pims_api.storage.engine.dialect import sqlite_is_safe

KILLS = 100 if os.environ.get("PIMS_TEST_THOROUGH") == "1" else 8
PROGRAM = """
import os, sys
from pathlib import Path
from sqlalchemy import text
from pims_api.storage.database import Database, open_database
from pims_api.storage.engine.sqlite.log_mover import LogMover

path = Path(sys.argv[1])
Database._log_mover = LogMover(path, pages=12, look_every_s=0)
database = open_database(f"sqlite:///{path}")
for _ in range(2_000):
    with database.writing() as connection:
        connection.execute(text("INSERT INTO written (filler) VALUES (randomblob(20000))"))
        database.commit(connection)
    os.write(1, b".")
"""
MOMENTS = random.Random(20261130)


def write_until_killed(path):
    """Have a process write until a random moment; return how many writes it acknowledged."""
    command = [sys.executable, "-c", PROGRAM, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0) as process:
        told = sum(len(process.stdout.read(1)) for _ in range(MOMENTS.randrange(1, 120)))
        process.kill()
        return told + len(process.stdout.read())


@pytest.mark.skipif(not sqlite_is_safe(), reason="This SQLite is too old to move its log beside")
def test_no_acknowledged_write_is_lost_when_the_log_is_being_moved(sqlite_url):
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    with closing(open_database(sqlite_url)) as database, database.writing() as connection:
        connection.execute(text("CREATE TABLE written (n INTEGER PRIMARY KEY, filler BLOB)"))
        database.commit(connection)
    rows, was_moved = 0, False
    for _ in range(KILLS):
        size = path.stat().st_size
        told = write_until_killed(path)
        was_moved = was_moved or path.stat().st_size > size
        with closing(open_database(sqlite_url)) as database, database.reading() as connection:
            found = connection.scalar(text("SELECT count(*) FROM written"))
            assert told >= 1
            assert rows + told <= found <= rows + told + 1
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
        rows = found
    assert was_moved
