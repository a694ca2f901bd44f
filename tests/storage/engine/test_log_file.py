"""The log of a SQLite database is moved into its file when nobody writes, and nobody waits long."""

import os
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from pims_api.storage.database import Database
from pims_api.storage.engine.sqlite.log_file import IDLE_S, LogFile, log_path
from tests.environment import settings_of


@pytest.fixture
def path(sqlite_url):
    return Path(sqlite_url.removeprefix("sqlite:///"))


@pytest.fixture
def database(sqlite_url):
    with closing(Database(settings_of(sqlite_url))) as opened:
        yield opened


def write(database):
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS filler (x)"))
        connection.execute(text("INSERT INTO filler VALUES (1)"))
        connection.commit()


def age(path, seconds):
    at = time.time() - seconds
    os.utime(log_path(path), (at, at))


def test_a_log_is_idle_when_it_holds_something_and_is_old_enough(database, path):
    assert not LogFile(path).is_idle()
    write(database)
    assert not LogFile(path).is_idle()
    age(path, IDLE_S + 1)
    assert LogFile(path).is_idle()


def test_what_is_in_the_log_is_moved_into_the_file(database, path, tmp_path):
    write(database)
    LogFile(path).move()
    assert log_path(path).stat().st_size == 0
    copy = tmp_path / "copy.db"
    copy.write_bytes(path.read_bytes())
    settings = settings_of(f"sqlite:///{copy}")
    with closing(Database(settings)) as copied, copied.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM filler")) == 1


def test_a_reader_keeps_what_it_sees_and_writes_go_on(database, path):
    write(database)
    with database.reading() as reader:
        assert reader.scalar(text("SELECT count(*) FROM filler")) == 1
        write(database)
        LogFile(path).move()
        assert reader.scalar(text("SELECT count(*) FROM filler")) == 1
        write(database)
    with database.reading() as reader:
        assert reader.scalar(text("SELECT count(*) FROM filler")) == 3


def test_nothing_is_moved_while_somebody_writes(database, path):
    write(database)
    size = log_path(path).stat().st_size
    with database.writing() as connection:
        connection.execute(text("INSERT INTO filler VALUES (2)"))
        LogFile(path).move()
        assert log_path(path).stat().st_size >= size
        connection.commit()


def test_a_file_that_is_gone_is_not_made(tmp_path):
    LogFile(tmp_path / "gone.db").move()
    assert not (tmp_path / "gone.db").exists()
