"""What SQLite's log holds is moved into the database's file beside those who write."""

import shutil
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from pims_api.storage.database import Database
from pims_api.storage.engine.dialect import sqlite_is_safe, sqlite_module
from pims_api.storage.engine.sqlite import log_mover
from pims_api.storage.engine.sqlite.log_file import log_path
from pims_api.storage.engine.sqlite.log_mover import MOVE_PAGES, LogMover
from tests.environment import settings_of

PAGE = 4096

pytestmark = pytest.mark.skipif(
    not sqlite_is_safe(), reason="Only commits move the log of this SQLite, it is too old"
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "moved.db"


@pytest.fixture
def writer(path):
    with closing(connected(path)) as connection:
        connection.execute("CREATE TABLE filler (x)")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        yield connection


def connected(path, page=PAGE):
    connection = sqlite_module().connect(path, isolation_level=None, timeout=0)
    pragmas = ("journal_mode=WAL", "synchronous=OFF", "wal_autocheckpoint=0")
    for pragma in (f"page_size={page}", *pragmas):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def write(connection, pages=1):
    connection.execute("INSERT INTO filler VALUES (zeroblob(?))", [pages * PAGE])


def rows_in_file_alone(path):
    """Count the rows that a copy of the file without its log has."""
    copy = path.with_name("copy.db")
    shutil.copyfile(path, copy)
    with closing(sqlite_module().connect(copy)) as connection:
        return connection.execute("SELECT count(*) FROM filler").fetchone()[0]


def moved_after(mover):
    mover.after_write()
    mover.wait()


def rows_moved(mover, path):
    """Have the log looked at, and count the rows that are in the file after that."""
    moved_after(mover)
    return rows_in_file_alone(path)


@pytest.mark.parametrize("page", [512, 4096, 65_536])
def test_a_log_is_moved_as_soon_as_it_has_so_many_pages(path, page):
    with closing(connected(path, page)) as writer:
        writer.execute("CREATE TABLE filler (x)")
        write(writer, pages=9)
        pages = (log_path(path).stat().st_size - 32) // (page + 24)
        moved_after(LogMover(path, pages=pages + 1, look_every_s=0))
        assert path.stat().st_size == page  # the header
        assert rows_moved(LogMover(path, pages=pages, look_every_s=0), path) == 1


def test_a_log_that_is_absent_or_no_log_is_left_alone(path):
    moved_after(LogMover(path, pages=1, look_every_s=0))
    log_path(path).write_bytes(b"short")
    moved_after(LogMover(path, pages=1, look_every_s=0))
    assert not path.exists()


def test_nothing_is_moved_until_there_are_so_many_pages_beyond_the_last_move(path, writer):
    mover = LogMover(path, pages=20, look_every_s=0)
    write(writer, pages=10)
    assert rows_moved(mover, path) == 0
    with closing(connected(path)) as reader:
        write(writer, pages=20)
        reader.execute("BEGIN")  # so the log is not begun anew
        reader.execute("SELECT count(*) FROM filler").fetchall()
        assert rows_moved(mover, path) == 2
        write(writer, pages=10)
        reader.execute("ROLLBACK")
    assert rows_moved(mover, path) == 2
    write(writer, pages=10)
    assert rows_moved(mover, path) == 4


def test_a_log_that_was_begun_anew_is_counted_from_its_start(path, writer):
    mover = LogMover(path, pages=20, look_every_s=0)
    write(writer, pages=40)
    assert rows_moved(mover, path) == 1
    write(writer, pages=20)
    assert rows_moved(mover, path) == 2


def test_a_reader_keeps_what_it_sees(path, writer):
    mover = LogMover(path, pages=1, look_every_s=0)
    with closing(connected(path)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM filler").fetchone() == (0,)
        write(writer)
        moved_after(mover)
        assert reader.execute("SELECT count(*) FROM filler").fetchone() == (0,)
        reader.execute("ROLLBACK")
        assert reader.execute("SELECT count(*) FROM filler").fetchone() == (1,)


def test_the_log_is_not_looked_at_after_each_write(path, writer):
    mover = LogMover(path, pages=1, look_every_s=3600)
    write(writer)
    moved_after(mover)
    write(writer)
    assert rows_moved(mover, path) == 1


def test_what_cannot_be_moved_stays_and_harms_no_writer(path, writer, monkeypatch):
    mover = LogMover(path, pages=1, look_every_s=0)
    write(writer)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", no_more_threads)
        moved_after(mover)
    hidden = path.rename(path.with_name("hidden.db"))
    moved_after(mover)
    hidden.rename(path)
    assert rows_in_file_alone(path) == 0
    assert rows_moved(mover, path) == 1


def test_writers_do_not_wait_and_none_is_refused_while_the_log_is_moved(path, writer):
    mover = LogMover(path, pages=1, look_every_s=0)
    for _ in range(300):
        write(writer, pages=20)  # without a timeout: SQLite would say that the database is locked
        mover.after_write()
    mover.wait()
    assert writer.execute("SELECT count(*) FROM filler").fetchone() == (300,)


def test_an_sqlite_that_could_do_harm_moves_the_log_in_commits_only(path, writer, monkeypatch):
    monkeypatch.setattr(log_mover, "sqlite_is_safe", lambda: False)
    write(writer)
    assert rows_moved(LogMover(path, pages=1, look_every_s=0), path) == 0


def test_a_link_to_the_database_is_followed(path, writer, tmp_path):
    link = tmp_path / "link.db"
    link.symlink_to(path)
    write(writer)
    assert rows_moved(LogMover(link, pages=1, look_every_s=0), path) == 1


def no_more_threads(_thread):
    raise RuntimeError("can't start new thread")


def test_writes_of_a_database_have_its_log_moved(sqlite_url):
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    with closing(Database(settings_of(sqlite_url))) as database:
        with database.writing() as connection:
            connection.execute(text("CREATE TABLE filler (x)"))
            insert = text("INSERT INTO filler VALUES (zeroblob(:size))")
            connection.execute(insert, {"size": MOVE_PAGES * PAGE})
            database.commit(connection)
        # The last connection that is closed moves the log as well: let it not be the database's.
        with closing(sqlite_module().connect(path)) as other:
            other.execute("SELECT count(*) FROM filler").fetchall()
            database.close()
            assert rows_in_file_alone(path) == 1
